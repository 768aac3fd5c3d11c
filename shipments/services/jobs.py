"""Jobs: long work in chunks, which can be watched, cancelled and resumed.

A job's chunks are stage runs: claimed, kept and swept as those of batches are
(``stage_runs``). What a stage does, and which follows, says ``targeting.pipeline``.
"""

from datetime import datetime

from django.db import transaction

from shipments.domain.errors import WrongJobState
from shipments.models import Job, StageRun
from shipments.models.choices import JobKind, JobStage, JobState, StageState


def start_job(*, kind: JobKind, actor: str, now: datetime) -> Job:
    """A job that runs, without any chunk yet; the caller holds the transaction."""
    return Job.objects.create(kind=kind, requested_by=actor, started_at=now)


def schedule_chunks(*, job_id: int, stage: JobStage, count: int, now: datetime) -> list[int]:
    """Make the runs of the stage's chunks, as far as they are new; ids of all that are pending."""
    StageRun.objects.bulk_create(
        (StageRun(job_id=job_id, stage=stage, chunk=chunk, woken_at=now) for chunk in range(count)),
        ignore_conflicts=True,
    )
    pending = StageRun.objects.filter(job=job_id, stage=stage, state=StageState.PENDING)
    return list(pending.order_by("chunk").values_list("pk", flat=True))


def lock_job(job_id: int) -> Job:
    """The job, locked until the caller's transaction ends: of two chunks that finish together
    the second one sees the first."""
    return Job.objects.select_for_update(no_key=True).get(pk=job_id)


def is_stage_done(*, job_id: int, stage: JobStage) -> bool:
    """Whether no run of the stage is left to do."""
    return not (
        StageRun.objects.filter(job=job_id, stage=stage).exclude(state=StageState.DONE).exists()
    )


def finish_job(*, job: Job, now: datetime) -> None:
    """Close a job whose last chunk is done, also one that was cancelled too late to stop it."""
    job.state, job.finished_at = JobState.DONE, now
    job.save(update_fields=["state", "finished_at"])


@transaction.atomic
def cancel_job(*, job_id: int, actor: str, now: datetime) -> Job:
    """Let nothing of the job begin any more; what a worker is at is still finished.

    Raises WrongJobState when it does not run.
    """
    job = lock_job(job_id)
    if job.state != JobState.RUNNING:
        raise WrongJobState(state=job.state, allowed=JobState.RUNNING.value)
    job.state, job.cancelled_by, job.cancelled_at = JobState.CANCELLED, actor, now
    job.save(update_fields=["state", "cancelled_by", "cancelled_at"])
    return job


@transaction.atomic
def resume_job(*, job_id: int, now: datetime) -> list[int]:
    """Let a cancelled or failed job go on where it stopped; ids of the runs to wake.

    Raises WrongJobState when it runs or is done.
    """
    job = lock_job(job_id)
    if job.state not in (JobState.CANCELLED, JobState.FAILED):
        raise WrongJobState(state=job.state, allowed="cancelled, failed")
    job.state, job.failure, job.finished_at = JobState.RUNNING, "", None
    job.cancelled_by, job.cancelled_at = "", None
    job.save()
    return _reopen_runs(job_id=job_id, states=[StageState.FAILED], now=now)


def reopen_job(*, job_id: int, now: datetime) -> Job:
    """Forget the chunks of a job that ended, so that it is done anew.

    The caller holds the transaction. Raises WrongJobState when it runs.
    """
    job = lock_job(job_id)
    if job.state == JobState.RUNNING:
        raise WrongJobState(state=job.state, allowed="done, cancelled, failed")
    StageRun.objects.filter(job=job).delete()
    job.state, job.failure, job.started_at, job.finished_at = JobState.RUNNING, "", now, None
    job.cancelled_by, job.cancelled_at = "", None
    job.save()
    return job


def continue_job(*, job: Job) -> None:
    """Let a job that ended take further chunks; the caller locked it."""
    job.state, job.failure, job.finished_at = JobState.RUNNING, "", None
    job.save(update_fields=["state", "failure", "finished_at"])


def _reopen_runs(*, job_id: int, states: list[StageState], now: datetime) -> list[int]:
    """Make the job's runs in these states pending again; ids of all that are pending then."""
    runs = StageRun.objects.filter(job=job_id)
    runs.filter(state__in=states).update(
        state=StageState.PENDING, fruitless_attempts=0, failure="", finished_at=None, woken_at=now
    )
    pending = runs.filter(state=StageState.PENDING).order_by("pk")
    return list(pending.values_list("pk", flat=True))
