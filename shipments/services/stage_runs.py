"""Stage runs: claiming work, keeping it, finishing it. The database is the truth."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from psycopg.types.json import Jsonb

from shipments.domain.errors import ShipmentsError
from shipments.models import IntakeBatch, Job, StageRun
from shipments.models.choices import BatchState, JobState, Stage, StageState
from shipments.services.bulk import upsert_rows

MAX_FRUITLESS_ATTEMPTS = 5
CANCELLED = "cancelled"
"""The failure code of a batch of which no more was read."""
_HELD = (
    "batch",
    "stage",
    "chunk",
    "state",
    "attempts",
    "fruitless_attempts",
    "leased_until",
    "woken_at",
    "failure",
    "counts",
)
# Runs of a job that was cancelled or failed wait until it is resumed.
_MAY_RUN = Q(job=None) | Q(job__state=JobState.RUNNING)


class LeaseLost(ShipmentsError):
    """Another worker has taken over this stage run; what this one did is rolled back."""

    code = "lease_lost"


@contextmanager
def redoable() -> Iterator[None]:
    """A transaction that does not wait for the disk: for what is done again should it be lost.

    PostgreSQL keeps the order, so a crash loses the last of such commits and never one before
    a commit that did wait (synchronous_commit in its manual).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        yield


@redoable()
def claim_run(*, run_id: int, now: datetime, lease: timedelta) -> StageRun | None:
    """Take a run that is pending or whose lease has run out; None when somebody has it.

    Locks the run (SKIP LOCKED) for the length of this short transaction; afterwards the
    lease protects it. A run that was tried MAX_FRUITLESS_ATTEMPTS times without getting
    on has killed its workers: it becomes failed instead.
    """
    run = _lock_free(run_id, now)
    if run is None:
        return None
    if run.fruitless_attempts >= MAX_FRUITLESS_ATTEMPTS:
        run.state, run.failure, run.finished_at = StageState.FAILED, "too many attempts", now
        run.save()
        _fail_owner(run, now)
        return None
    run.state, run.attempts = StageState.RUNNING, run.attempts + 1
    run.fruitless_attempts += 1
    run.leased_until = now + lease
    _write_claim(run, now)
    return run


def _lock_free(run_id: int, now: datetime) -> StageRun | None:
    """The run, locked, if it is there for somebody to claim."""
    found = StageRun.objects.raw(
        """
        SELECT * FROM shipments_stagerun AS run
        WHERE run.id = %(run)s
          AND (run.state = %(pending)s
            OR run.state = %(running)s AND run.leased_until < %(now)s)
          AND (run.job_id IS NULL OR EXISTS (
            SELECT FROM shipments_job AS job
            WHERE job.id = run.job_id AND job.state = %(job_running)s))
        FOR NO KEY UPDATE SKIP LOCKED
        """,
        {
            "run": run_id,
            "now": now,
            "pending": StageState.PENDING,
            "running": StageState.RUNNING,
            "job_running": JobState.RUNNING,
        },
    )
    return next(iter(found), None)


def _write_claim(run: StageRun, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE shipments_stagerun SET state = %s, attempts = %s, fruitless_attempts = %s,
              leased_until = %s
            WHERE id = %s
            """,
            [run.state, run.attempts, run.fruitless_attempts, run.leased_until, run.pk],
        )
        if run.batch and run.batch.state == BatchState.RECEIVED:
            cursor.execute(
                """
                UPDATE shipments_intakebatch
                SET state = %s, started_at = coalesce(started_at, %s)
                WHERE id = %s AND state = %s
                """,
                [BatchState.PROCESSING, now, run.batch_id, BatchState.RECEIVED],
            )


def renew_lease(
    *, run: StageRun, now: datetime, lease: timedelta, counts: Mapping[str, int] | None = None
) -> None:
    """Keep a run that got on; raises LeaseLost when another worker has claimed it meanwhile.

    A long file may outlive any number of workers, as long as each of them stores a part.
    ``counts`` say how far it got.

    The row stays locked until the caller's transaction ends, so the caller's writes and
    its ownership are decided together.
    """
    _update_own(run, leased_until=now + lease, fruitless_attempts=0, counts=dict(counts or {}))


@redoable()
def keep_lease(*, run: StageRun, now: datetime, lease: timedelta) -> None:
    """Keep a run that is on its way back to where an earlier attempt ended; raises LeaseLost.

    No progress: a file that kills whoever reads it is given up all the same.
    """
    _update_own(run, leased_until=now + lease)


def keep_assessing_apart(*, batch_id: int, chunk: int) -> None:
    """Let nobody who waits in :func:`wait_for_assessing` pass until this transaction ends.

    For the assess stage of a chunk, before it reads its facts: one row is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM shipments_stagerun WHERE batch_id = %s AND stage = %s AND chunk = %s
            FOR UPDATE
            """,
            [batch_id, Stage.ASSESS, chunk],
        )


def wait_for_assessing(*, declaration_ids: Sequence[int], but_of_batch: int) -> None:
    """Wait until nobody assesses these declarations, and keep it so until this transaction ends.

    What was assessed by then is seen by the caller's next query; who begins later sees what
    the caller committed. Declarations of the caller's own batch are not waited for: its barrier
    lets nobody assess before all of it is linked. A key-share lock leaves claims alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT run.id FROM shipments_stagerun AS run
            WHERE run.stage = %s AND (run.batch_id, run.chunk) IN (
              SELECT batch_id, chunk FROM shipments_declaration
              WHERE id = ANY(%s) AND batch_id <> %s)
            ORDER BY run.id FOR KEY SHARE
            """,
            [Stage.ASSESS, list(declaration_ids), but_of_batch],
        )


def complete_run(*, run: StageRun, counts: Mapping[str, int], now: datetime) -> None:
    """Mark the run done in the caller's transaction; raises LeaseLost as above."""
    _update_own(run, state=StageState.DONE, counts=dict(counts), finished_at=now, leased_until=None)


def release_run(*, run: StageRun, failure: str) -> None:
    """Give the run back for another attempt, after a fault that may pass by itself."""
    _update_own(run, state=StageState.PENDING, failure=failure, leased_until=None)


def postpone_run(*, run: StageRun, reason: str) -> None:
    """Give the run back because what it waits for is not there yet: no attempt of its own."""
    _update_own(
        run, state=StageState.PENDING, failure=reason, leased_until=None, fruitless_attempts=0
    )


@transaction.atomic
def fail_run(*, run: StageRun, failure: str, now: datetime) -> None:
    """End the run and its owner as failed: a fault that another attempt would meet again."""
    run.failure = failure
    _update_own(run, state=StageState.FAILED, failure=failure, finished_at=now, leased_until=None)
    _fail_owner(run, now)


def _fail_owner(run: StageRun, now: datetime) -> None:
    """End the batch or job of a run that failed."""
    if run.job_id:
        Job.objects.filter(pk=run.job_id).update(
            state=JobState.FAILED,
            failure=f"{run.stage} {run.chunk}: {run.failure}",
            finished_at=now,
        )
    if run.batch_id:
        IntakeBatch.objects.filter(pk=run.batch_id).update(
            state=BatchState.FAILED,
            failure_code="stage_failed",
            failure_detail=run.stage,
            finished_at=now,
        )


def _update_own(run: StageRun, **values: Any) -> None:
    """Write columns of the run while it is its holder's.

    In words of SQL, like all that a single declaration pays for at every stage: the ORM takes
    longer to make such a statement than the database to follow it.
    """
    if "counts" in values:
        values["counts"] = Jsonb(values["counts"])
    columns = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE shipments_stagerun SET {columns}"  # noqa: S608 - names of this module
            " WHERE id = %s AND state = %s AND attempts = %s",
            [*values.values(), run.pk, StageState.RUNNING, run.attempts],
        )
        if not cursor.rowcount:
            raise LeaseLost(stage_run=run.pk)


def schedule_run(*, batch_id: int, stage: Stage, chunk: int, now: datetime) -> StageRun:
    """The run of this stage of this chunk, made when it is new."""
    run, _ = StageRun.objects.get_or_create(
        batch_id=batch_id, stage=stage, chunk=chunk, defaults={"woken_at": now}
    )
    return run


def hold_run(
    *, batch: IntakeBatch, stage: Stage, chunk: int, now: datetime, lease: timedelta
) -> StageRun | None:
    """A new run that its maker has claimed already; None when it was made before.

    It needs no message: should the maker die, it is found like every run whose lease is over.
    """
    run = StageRun(
        batch=batch,
        stage=stage,
        chunk=chunk,
        state=StageState.RUNNING,
        attempts=1,
        fruitless_attempts=1,
        leased_until=now + lease,
        woken_at=now,
    )
    made = upsert_rows(
        StageRun,
        _HELD,
        [(batch.pk, *(getattr(run, name) for name in _HELD[1:-1]), "{}")],
        key=("batch", "stage", "chunk"),
        returning=("id",),
    )
    if not made:
        return None
    run.pk = made[0][0]
    return run


def reopen_ingest(*, batch_id: int, now: datetime) -> StageRun:
    """Let the file be read on behind the stored chunks; the caller holds the batch's lock."""
    run = StageRun.objects.get(batch_id=batch_id, stage=Stage.INGEST)
    run.state, run.woken_at, run.finished_at = StageState.PENDING, now, None
    run.save(update_fields=["state", "woken_at", "finished_at"])
    return run


def open_barrier(*, batch_id: int, now: datetime) -> list[StageRun]:
    """The assess runs of the batch, once every chunk has been linked; empty before.

    Locks the batch until the caller's transaction ends, in which the chunk's own link run
    was completed: of two chunks that finish together the second one sees the first.
    """
    batch = IntakeBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    linked = StageRun.objects.filter(
        batch=batch, stage=Stage.LINK, state=StageState.DONE
    ).values_list("chunk", flat=True)
    if batch.chunk_count is None or len(linked) < batch.chunk_count:
        return []
    StageRun.objects.bulk_create(
        (
            StageRun(batch=batch, stage=Stage.ASSESS, chunk=chunk, woken_at=now)
            for chunk in sorted(linked)
        ),
        ignore_conflicts=True,
    )
    return list(
        StageRun.objects.filter(batch=batch, stage=Stage.ASSESS, state=StageState.PENDING).order_by(
            "chunk"
        )
    )


def finish_batch(*, batch_id: int, now: datetime) -> bool:
    """Close the batch when its last chunk has been through every stage.

    Locks the batch until the caller's transaction ends, as ``open_barrier`` does.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT chunk_count, failure_code FROM shipments_intakebatch WHERE id = %s
            FOR NO KEY UPDATE
            """,
            [batch_id],
        )
        chunk_count, failure_code = cursor.fetchone()
        if chunk_count is None:
            return False
        ends = {"": BatchState.DONE, CANCELLED: BatchState.CANCELLED}
        # A statement of its own: one that waited for the lock does not see who finished meanwhile.
        cursor.execute(
            """
            UPDATE shipments_intakebatch SET state = %s, finished_at = %s
            WHERE id = %s AND %s <= (
              SELECT count(*) FROM shipments_stagerun
              WHERE batch_id = %s AND stage = %s AND state = %s)
            """,
            [
                ends.get(failure_code, BatchState.FAILED),
                now,
                batch_id,
                chunk_count,
                batch_id,
                Stage.ALERT,
                StageState.DONE,
            ],
        )
        return bool(cursor.rowcount)


@transaction.atomic
def wake_overdue_runs(*, now: datetime, patience: timedelta) -> list[StageRun]:
    """Runs that nobody works on, with their batches, marked as woken now.

    Overdue is a pending run whose last message is older than ``patience`` (it was lost)
    and a running one whose lease has expired (its worker was).
    """
    overdue = (
        StageRun.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("batch")
        .filter(
            _MAY_RUN,
            Q(state=StageState.PENDING) | Q(state=StageState.RUNNING, leased_until__lt=now),
            woken_at__lt=now - patience,
        )
        .order_by("woken_at", "pk")
    )
    runs = list(overdue)
    StageRun.objects.filter(pk__in=[run.pk for run in runs]).update(woken_at=now)
    return runs
