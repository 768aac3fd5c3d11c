"""The chunks of jobs: what each stage does, and which follows. Started by the pipeline.

Work, completion and the runs that follow are one transaction; so are, for the last chunk
of a stage, the plan of the next one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from risk.models import Rescreening
from risk.selectors.texts import are_texts_pending
from risk.services import look_backs, rescreenings, simulations
from risk.services.judging import Draws
from risk.services.texts import index_texts, store_older_texts
from shipments.models import Job, StageRun
from shipments.models.choices import JobKind, JobStage, JobState
from shipments.services import jobs, stage_runs
from targeting.services.alerts import raise_retroactive_alerts

Counts = Mapping[str, Any]


def index_all_texts(*, run: StageRun, lease: timedelta) -> None:
    """Index every stored text before candidates are chosen, in short transactions that each
    keep the run; raises LeaseLost when another worker has taken it over."""
    while are_texts_pending() and index_texts(wait=True):
        with transaction.atomic():
            stage_runs.renew_lease(run=run, now=timezone.now(), lease=lease)


@transaction.atomic
def include_late(*, rescreening: Rescreening, now: datetime, margin: timedelta) -> list[int]:
    """Let a look-back that is done go on with declarations that came since; ids of its runs.

    Late is what was assessed since late ones were last looked for, at first since the look-back
    began, and has a date in its period: its own
    lists are those of its day, which did not hold what the look-back looks for. ``margin`` is
    the longest that a stage may take to commit.
    """
    job = jobs.lock_job(rescreening.job_id)
    if job.state != JobState.DONE:
        return []
    since = rescreening.looked_until or job.started_at
    rescreening.looked_until = now
    rescreening.save(update_fields=["looked_until"])
    chunks = rescreenings.add_late_texts(rescreening, after=since - margin)
    if not chunks:
        return []
    jobs.continue_job(job=job)
    return jobs.schedule_chunks(job_id=job.pk, stage=JobStage.SCREEN, count=chunks, now=now)


@transaction.atomic
def do_chunk(*, run: StageRun, draws: Draws) -> list[int]:
    """Do one chunk of a job; ids of the runs that follow, to be woken after the commit.

    Of a plan every text was indexed before (``index_all_texts``).
    """
    if run.job_id is None:
        raise TypeError(f"stage run {run.pk} is no run of a job")
    stage = JobStage(run.stage)
    if stage is JobStage.INDEX:
        return _completed(run, store_older_texts(chunk=run.chunk))
    related = Rescreening.objects.select_related("edition__control_list")
    rescreening = related.get(job=run.job_id)
    if stage is JobStage.PLAN:
        if _are_texts_missing():
            stage_runs.postpone_run(run=run, reason="waits until older texts are stored")
            return []
        chunks = rescreenings.plan_texts(rescreening)
        counts: Counts = {"candidate": rescreening.candidate_count}
        return _completed(run, counts, rescreening, JobStage.SCREEN, chunks)
    if stage is JobStage.SCREEN:
        counts = rescreenings.screen_texts(rescreening, chunk=run.chunk)
        return _completed(run, counts, rescreening, JobStage.JUDGE)
    return _completed(run, _judge(rescreening, run.chunk, draws), rescreening)


def _are_texts_missing() -> bool:
    """Whether texts from before texts were stored are still being stored."""
    indexing = Job.objects.filter(kind=JobKind.INDEXING)
    return indexing.exclude(state=JobState.DONE).exists()


def _judge(rescreening: Rescreening, chunk: int, draws: Draws) -> Counts:
    if not rescreening.is_look_back:
        result = simulations.judge_declarations(rescreening, chunk=chunk, draws=draws)
        return {"result": msgspec.to_builtins(result, builtin_types=())}
    found = look_backs.judge_declarations(rescreening, chunk=chunk, draws=draws)
    raised = raise_retroactive_alerts(
        look_back_id=rescreening.pk,
        trigger_key=look_backs.trigger_key(rescreening),
        chunk=chunk,
        now=timezone.now(),
    )
    return {**found, **raised}


def _completed(
    run: StageRun,
    counts: Counts,
    rescreening: Rescreening | None = None,
    following: JobStage | None = None,
    chunks: int | None = None,
) -> list[int]:
    """Complete the chunk. The last of its stage plans the next one, or ends the job."""
    now = timezone.now()
    job = jobs.lock_job(run.job_id or 0)
    stage_runs.complete_run(run=run, counts=counts, now=now)
    if not jobs.is_stage_done(job_id=job.pk, stage=JobStage(run.stage)):
        return []
    if following and rescreening:
        if chunks is None:
            chunks = rescreenings.plan_declarations(rescreening)
        scheduled = jobs.schedule_chunks(job_id=job.pk, stage=following, count=chunks, now=now)
        if scheduled:
            return scheduled
    if rescreening:
        if rescreening.is_look_back:
            look_backs.store_result(rescreening)
        else:
            simulations.store_result(rescreening)
    jobs.finish_job(job=job, now=now)
    return []
