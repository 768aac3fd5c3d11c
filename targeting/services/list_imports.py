"""Imports of long sheets: read, shown and written into a draft in the background, by a job whose
first run reads and whose second one, after the confirmation, writes.

A run tells after every so many rows how far it is, which renews its lease too. What the domain
refuses is kept with the import and ends the job; nothing of it is tried again.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from risk.domain.errors import EditionChanged
from risk.models import ListEdition
from risk.models.choices import EditionState
from risk.services import drafts
from risk.services.judging import Draws
from shipments.domain.errors import TargetingError
from shipments.models import Job, StageRun
from shipments.models.choices import JobKind, JobStage, JobState
from shipments.services import jobs, stage_runs
from targeting.domain.errors import ImportNotPreviewed, ImportsRunning
from targeting.domain.list_imports import MOST_RUNNING
from targeting.models import ListImport, User
from targeting.selectors.edition_sheets import SheetPreview, preview_long_sheet
from targeting.selectors.list_imports import shown_preview, state_of
from targeting.services.history import set_history_context

TOLD_AFTER_ROWS = 1_000


def open_import(
    *,
    owner: User,
    edition: ListEdition,
    version: int,
    content: bytes,
    file_name: str,
    kind: str,
    now: datetime,
) -> ListImport:
    """An import with its sheet and its job, nothing read yet.

    The caller holds the transaction. Locks the owner's row. Raises EditionChanged, WrongState and
    ImportsRunning.
    """
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    running = ListImport.objects.filter(owner=owner, job__state=JobState.RUNNING)
    if running.count() >= MOST_RUNNING:
        raise ImportsRunning(allowed=f"{MOST_RUNNING} at a time")
    draft = drafts.lock_edition(edition, version, {EditionState.DRAFT})
    opened = ListImport(
        owner=owner,
        job=jobs.start_job(kind=JobKind.LIST_IMPORT, actor=owner.actor, now=now),
        edition=draft,
        version=version,
        kind=kind,
        file_name=file_name,
        expires_at=_expiry(now),
    )
    opened.sheet.name = default_storage.save(_place(opened, "sheet"), ContentFile(content))
    try:
        opened.save()
    except BaseException:
        default_storage.delete(opened.sheet.name)
        raise
    return opened


@transaction.atomic
def confirm_import(*, imported: ListImport, digest: str, reason: str, now: datetime) -> None:
    """Let what was shown be written; the caller starts the run.

    Raises ImportNotPreviewed when there is nothing to confirm, and EditionChanged when something
    else was shown. After a refusal, as for a missing reason, it may be confirmed again.
    """
    job = jobs.lock_job(imported.job_id)
    imported.refresh_from_db()
    if not imported.digest or imported.written_at or job.state == JobState.RUNNING:
        raise ImportNotPreviewed(state=state_of(imported).value)
    if digest != imported.digest:
        raise EditionChanged(version=imported.version, given=digest[:100])
    StageRun.objects.filter(job=job, stage=JobStage.APPLY).delete()
    jobs.continue_job(job=job)
    imported.confirmed_at, imported.reason, imported.refusal = now, reason, {}
    imported.expires_at = _expiry(now)
    imported.save(update_fields=["confirmed_at", "reason", "refusal", "expires_at"])


def do_chunk(*, run: StageRun, draws: Draws) -> list[int]:
    """Read the sheet of an import, or write what was confirmed; no run follows.

    Raises LeaseLost when another worker has it, or when somebody ended the import.
    """
    found = ListImport.objects.select_related("owner", "edition__control_list", "job")
    imported = found.filter(job=run.job_id).first()
    if imported is None:
        raise stage_runs.LeaseLost(stage_run=run.pk)
    work = _read if run.stage == JobStage.READ else _write
    try:
        work(imported, run)
    except stage_runs.LeaseLost:
        raise
    except TargetingError as error:
        _refuse(imported, run, error)
    return []


def remove_import(*, imported: ListImport) -> None:
    """End the import if it runs, and delete its files and all that is kept of it; what it wrote
    into the draft stays."""
    runs = StageRun.objects.filter(job=imported.job_id)
    attempts = max(runs.values_list("attempts", flat=True), default=0)
    with transaction.atomic():
        jobs.lock_job(imported.job_id)
        imported.delete()
        Job.objects.filter(pk=imported.job_id).delete()
    imported.sheet.storage.delete(str(imported.sheet.name))
    for attempt in range(1, attempts + 1):
        default_storage.delete(_place(imported, f"{attempt}.json"))


def remove_expired_imports(*, now: datetime) -> int:
    """Delete the imports whose time is over, with their files; how many."""
    expired = list(ListImport.objects.filter(expires_at__lte=now))
    for imported in expired:
        remove_import(imported=imported)
    return len(expired)


def _read(imported: ListImport, run: StageRun) -> None:
    found, rows = _previewed(imported, run)
    whole, head = shown_preview(found)
    content = json.dumps(whole, ensure_ascii=False).encode()
    name = default_storage.save(_place(imported, f"{run.attempts}.json"), ContentFile(content))
    try:
        with transaction.atomic():
            job = _locked(imported, run)
            imported.preview.name, imported.digest, imported.head = name, found.digest, head
            imported.row_count = rows
            _complete(imported, run, job, "preview", "digest", "head", "row_count")
    except BaseException:
        default_storage.delete(name)
        raise


def _write(imported: ListImport, run: StageRun) -> None:
    found, _ = _previewed(imported, run)
    edition = _edition_of(imported)
    if found.digest != imported.digest:
        raise EditionChanged(version=edition.version, given=imported.digest)
    now = timezone.now()
    with transaction.atomic():
        set_history_context(actor=imported.owner.actor, reason=imported.reason)
        drafts.apply_comparison(
            edition=edition,
            version=imported.version,
            comparison=found.preview.comparison,
            names=found.preview.names,
            actor=imported.owner.as_actor(),
            now=now,
            reasons={"*": imported.reason},
        )
        job = _locked(imported, run)
        imported.written_at = now
        _complete(imported, run, job, "written_at")


def _previewed(imported: ListImport, run: StageRun) -> tuple[SheetPreview, int]:
    """What the sheet makes of the draft as it is now, and how many rows the sheet has."""
    with imported.sheet.open("rb") as stream:
        content = stream.read()
    rows = 0

    def begin(count: int) -> None:
        nonlocal rows
        rows = count
        ListImport.objects.filter(pk=imported.pk).update(row_count=count)

    found = preview_long_sheet(
        _edition_of(imported),
        version=imported.version,
        content=content,
        file_name=imported.file_name,
        kind=imported.kind,
        begin=begin,
        tell=_teller(run),
    )
    return found, rows


def _edition_of(imported: ListImport) -> ListEdition:
    if imported.edition is None:
        raise EditionChanged(version=0, given=imported.version)
    return imported.edition


def _teller(run: StageRun) -> Callable[[int], None]:
    lease = timedelta(seconds=settings.TARGETING["LEASE_SECONDS"])

    def tell(row: int) -> None:
        if row % TOLD_AFTER_ROWS == 0:
            with stage_runs.redoable():
                now = timezone.now()
                stage_runs.renew_lease(run=run, now=now, lease=lease, counts={"row": row})

    return tell


@transaction.atomic
def _refuse(imported: ListImport, run: StageRun, error: TargetingError) -> None:
    _locked(imported, run)
    params = json.loads(json.dumps(error.params, default=str))
    imported.refusal = {"code": error.code, "params": params}
    imported.confirmed_at = None
    imported.save(update_fields=["refusal", "confirmed_at"])
    stage_runs.fail_run(run=run, failure=str(error)[:2000], now=timezone.now())


def _locked(imported: ListImport, run: StageRun) -> Job:
    try:
        return jobs.lock_job(imported.job_id)
    except Job.DoesNotExist:
        raise stage_runs.LeaseLost(stage_run=run.pk) from None


def _complete(imported: ListImport, run: StageRun, job: Job, *fields: str) -> None:
    now = timezone.now()
    stage_runs.complete_run(run=run, counts={"row": imported.row_count or 0}, now=now)
    imported.expires_at = _expiry(now)
    imported.save(update_fields=[*fields, "expires_at"])
    jobs.finish_job(job=job, now=now)


def _place(imported: ListImport, ending: str) -> str:
    """Where a file is kept; no word of it comes from a person."""
    return f"list-imports/{imported.public_id}-{ending}"


def _expiry(now: datetime) -> datetime:
    return now + timedelta(hours=settings.TARGETING["EXPORT_HOURS"])
