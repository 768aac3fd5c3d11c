"""Look-backs, simulations, reassessments, exports and imports begun, gone on with, repeated: each
a job that the pipeline does."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from risk.domain.four_eyes import Actor
from risk.domain.lists.sheets import SheetFormat
from risk.models import (
    ListEdition,
    ProfileSimulation,
    Reassessment,
    Rescreening,
    RiskProfile,
)
from risk.services import (
    look_backs,
    profile_drafts,
    profile_simulations,
    register_reassessments,
    simulations,
)
from shipments.models import StageRun
from shipments.models.choices import JobKind, JobStage, JobState
from shipments.services import jobs
from targeting import pipeline
from targeting.domain.exports import ExportResource
from targeting.models import Export, ListImport, User
from targeting.selectors.exports import Parameters
from targeting.services import exports, list_imports, rescreening
from targeting.services.editions import propose_edition

# From the match stage of a chunk to its assessment; a batch may stand still for some days.
LONGEST_INTAKE = timedelta(days=7)


def look_back(*, edition: ListEdition, day: date, actor: str, now: datetime) -> Rescreening:
    """Look back on what the edition changes on the day: once, however often it is asked for."""
    with transaction.atomic():
        found, is_new = look_backs.open_look_back(edition=edition, day=day, actor=actor, now=now)
        if is_new:
            _start(found.job_id)
    return found


def look_back_on_names(*, before: datetime, actor: str, now: datetime) -> Rescreening | None:
    """Look back on the names that changed before the moment, in one job; None without any."""
    with transaction.atomic():
        found = look_backs.open_name_look_back(before=before, actor=actor, now=now)
        if found:
            _start(found.job_id)
    return found


def look_back_on_late(*, now: datetime) -> int:
    """Let look-backs that are done go on with declarations that came since; how many do.

    A declaration can come late for a new name only while it is on its way through the stages.
    """
    kinds = Q(kind=JobKind.LOOK_BACK) | Q(
        kind=JobKind.NAME_LOOK_BACK, job__started_at__gt=now - LONGEST_INTAKE
    )
    done = Rescreening.objects.filter(kinds, job__state=JobState.DONE)
    count = 0
    for one in done.select_related("edition__control_list").order_by("pk"):
        with transaction.atomic():
            runs = rescreening.include_late(rescreening=one, now=now, margin=pipeline.lease())
            for run_id in runs:
                pipeline.send_on_commit(run_id)
        count += bool(runs)
    return count


def reassess(*, before: datetime, actor: str, now: datetime) -> Reassessment | None:
    """Assess again what changes of the registers from before the moment concern, in one job;
    None without any."""
    with transaction.atomic():
        opened = register_reassessments.open_reassessment(before=before, actor=actor, now=now)
        if opened:
            _start(opened.job_id, JobStage.CHOOSE)
    return opened


def simulate(*, edition: ListEdition, days: int, actor: str, now: datetime) -> Rescreening:
    """Find out what the edition as it stands would change on the last ``days``."""
    with transaction.atomic():
        found = simulations.open_simulation(edition=edition, days=days, actor=actor, now=now)
        _start(found.job_id)
    return found


def propose(*, edition: ListEdition, version: int, actor: Actor, now: datetime) -> ListEdition:
    """Propose a draft, and find out what it would change for who is to approve it."""
    with transaction.atomic():
        proposal = propose_edition(edition=edition, version=version, actor=actor, now=now)
        days = settings.TARGETING["SIMULATION_DAYS"]
        simulate(edition=proposal, days=days, actor=actor.account, now=now)
    return proposal


def simulate_profile(
    *,
    profile: RiskProfile,
    since: date,
    until: date,
    actor: str,
    now: datetime,
    plan_day: date | None = None,
) -> ProfileSimulation:
    """Find out what the version as it stands would have selected on these days."""
    with transaction.atomic():
        opened = profile_simulations.open_simulation(
            profile=profile, since=since, until=until, actor=actor, now=now, plan_day=plan_day
        )
        _start(opened.job_id, JobStage.REPLAY, count=profile_simulations.day_count(opened))
    return opened


def propose_profile(*, profile_id: int, revision: int, actor: Actor, now: datetime) -> RiskProfile:
    """Propose a draft of the profile, and simulate it for who is to approve it."""
    days = settings.TARGETING["SIMULATION_DAYS"]
    since, until = profile_simulations.period_of(days=days, now=now)
    with transaction.atomic():
        proposal = profile_drafts.propose_profile(
            profile_id=profile_id, revision=revision, actor=actor, now=now
        )
        simulate_profile(profile=proposal, since=since, until=until, actor=actor.account, now=now)
    return proposal


def export(
    *,
    owner: User,
    resource: ExportResource,
    parameters: Parameters,
    sheet_format: SheetFormat,
    now: datetime,
) -> Export:
    """Have rows written into a file; what is being written already is not begun anew."""
    with transaction.atomic():
        opened, is_new = exports.open_export(
            owner=owner,
            resource=resource,
            parameters=parameters,
            sheet_format=sheet_format,
            now=now,
        )
        if is_new:
            _start(opened.job_id, JobStage.WRITE)
    return opened


def import_sheet(
    *,
    owner: User,
    edition: ListEdition,
    version: int,
    content: bytes,
    file_name: str,
    kind: str,
    now: datetime,
) -> ListImport:
    """Have a long sheet read, and what it would change in the draft found out."""
    with transaction.atomic():
        opened = list_imports.open_import(
            owner=owner,
            edition=edition,
            version=version,
            content=content,
            file_name=file_name,
            kind=kind,
            now=now,
        )
        _start(opened.job_id, JobStage.READ)
    return opened


def confirm_list_import(*, imported: ListImport, digest: str, reason: str, now: datetime) -> None:
    """Have what an import showed written into the draft."""
    with transaction.atomic():
        list_imports.confirm_import(imported=imported, digest=digest, reason=reason, now=now)
        _start(imported.job_id, JobStage.APPLY)


def resume_job(*, job_id: int, now: datetime) -> None:
    """Let a cancelled or failed job go on where it stopped."""
    woken = StageRun.objects.filter(pk__in=jobs.resume_job(job_id=job_id, now=now))
    for run_id, stage in woken.order_by("pk").values_list("pk", "stage"):
        pipeline.send_on_commit(run_id, stage=stage)


def repeat_job(*, job_id: int, now: datetime) -> None:
    """Do a job that ended all over again: of the same texts and lists it gives the same."""
    with transaction.atomic():
        job = jobs.reopen_job(job_id=job_id, now=now)
        _start(job_id, JobStage.CHOOSE if job.kind == JobKind.REASSESSMENT else JobStage.PLAN)


def _start(job_id: int, first: JobStage = JobStage.PLAN, *, count: int = 1) -> None:
    now = timezone.now()
    for run_id in jobs.schedule_chunks(job_id=job_id, stage=first, count=count, now=now):
        pipeline.send_on_commit(run_id, stage=first)
