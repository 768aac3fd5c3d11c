"""The pipeline: its stages, their order, and the only place that sends messages.

A message is only a wake-up call: it carries the id of a StageRun and is sent after the
commit that made the run. Losing it costs the time until the next sweep, sending it twice
costs nothing, because a run is claimed once and every stage writes upserts.

Messages of small batches have a queue of their own, which every worker empties first and
one worker serves alone: a declaration does not wait behind a file of a million. What a person
waits for, an export or the sheet of a list, goes before the chunks of large files and jobs.

ingest → match → link ═ barrier: every chunk linked ═ assess → alert

A look-back or a simulation is a job, cut into chunks in the same way:
plan ═ screen every candidate text ═ judge every declaration that holds a hit
After a register changed: choose the declarations it may concern ═ reassess them
Before a risk profile is used: replay kept facts, day by day
An export: write the file
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec
from celery import current_app
from django.conf import settings
from django.core.files import File
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import IdleInTransactionSessionTimeout

from risk.services import announcements, drawdowns, matches
from risk.services.judging import Draws
from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import format_by_key
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.issues import UnknownCounts
from shipments.domain.formats.mapping import CsvMapping, mapping_by_key
from shipments.domain.records import ParsedDeclaration, TableReading
from shipments.models import IntakeBatch, StageRun, Submitter
from shipments.models.choices import JobStage, Stage
from shipments.services import (
    amendments,
    cancelling,
    declarations,
    intake,
    raw_messages,
    stage_runs,
)
from targeting.services import alerts, batches, lanes, rescreening, telemetry
from targeting.services.job_stages import DO_CHUNK

RUN_STAGE = "targeting.tasks.run_stage"
QUICK, CHORES, BULK = "quick", "chores", "targeting"
_PERSON_WAITS = (JobStage.WRITE, JobStage.READ, JobStage.APPLY)
_SAID_BY_INGEST = [
    *("chunk_count", "failure_code", "failure_detail", "table_readings", "unknown_fields")
]
# Of the tables in an archive; all are read, only so many are shown.
MAX_READINGS = 20
KEPT_EVERY = 200  # places that are read again, then the lease is kept

Counts = Mapping[str, int]


def receive(
    *,
    submitter: Submitter,
    content: bytes | File,
    format_key: str,
    mapping_key: str = "",
    file_name: str = "",
    received_at: datetime,
) -> IntakeBatch:
    """Take in a message: store it, answer with its batch, start the pipeline on commit.

    A file that was cancelled and comes again is read on where its reading ended.
    """
    with transaction.atomic():
        batch, is_new = intake.register_batch(
            submitter=submitter,
            content=content,
            format_key=format_key,
            mapping_key=mapping_key,
            file_name=file_name,
            received_at=received_at,
        )
        if is_new:
            run = StageRun.objects.create(
                batch=batch, stage=Stage.INGEST, chunk=0, woken_at=timezone.now()
            )
            send_on_commit(run.pk, batch)
        elif cancelling.reopen_batch(batch=batch):
            again = stage_runs.reopen_ingest(batch_id=batch.pk, now=timezone.now())
            send_on_commit(again.pk, batch)
    return batch


def reading_context(
    received_at: datetime,
    readings: list[TableReading] | None = None,
    unknown_counts: UnknownCounts | None = None,
) -> ReadingContext:
    """What a reader of a message that came then has to be told.

    How each table is read goes into ``readings``, how often a field that we do not know came
    into ``unknown_counts``.
    """
    return ReadingContext(
        received_at=received_at,
        time_zone=settings.TARGETING["OFFICE_TIME_ZONE"],
        tell=([] if readings is None else readings).append,
        unknown_counts=unknown_counts,
    )


def run_stage(run_id: int) -> int:
    """Do one stage run and whatever follows at once for its chunk; returns stages done.

    A fault of the database that may pass (a lost connection, a deadlock) gives the run
    back for the next sweep; any other ends run and batch as failed and is raised.
    """
    done = 0
    held = _claim(run_id)
    while held:
        held.extend(_attempt(held.pop()))
        done += 1
    return done


def sweep() -> int:
    """Wake every run that nobody works on; returns how many."""
    overdue = stage_runs.wake_overdue_runs(now=timezone.now(), patience=lease())
    for run in overdue:
        _send(run.pk, _queue(run.batch, run.stage))
    return len(overdue)


def _attempt(run: StageRun) -> list[StageRun]:
    """Run the stage; gives the runs that this worker holds already and goes on with."""
    try:
        with telemetry.watching(run, may_pass=_may_pass):
            return _STAGES[run.stage](run)
    except stage_runs.LeaseLost:
        return []
    except Exception as error:
        may_pass = _may_pass(error)
        with suppress(stage_runs.LeaseLost):  # Then another worker has it already.
            if may_pass:
                stage_runs.release_run(run=run, failure=str(error)[:2000])
            else:
                failure = f"{type(error).__name__}: {error}"[:2000]
                batches.fail_run(run=run, failure=failure, now=timezone.now())
        if may_pass:
            return []
        raise


def _may_pass(fault: Exception) -> bool:
    """The database was away, or ended the session of a worker that was silent for too long."""
    return isinstance(fault, (OperationalError, InterfaceError)) or isinstance(
        fault.__cause__, IdleInTransactionSessionTimeout
    )


def _ingest(run: StageRun) -> list[StageRun]:
    """Cut the file into chunks, each stored in its own transaction; resumes after a kill.

    The chunks of a large file are for all workers, those of a small one go on in this one.
    """
    batch = _batch_of(run)
    # An earlier attempt stored so much before it ended.
    totals = {name: run.counts.get(name, 0) for name in ("chunk", "places")}
    own: list[StageRun] = []
    readings: list[TableReading] = []
    unknown = UnknownCounts()
    failure: UnreadableFile | None = None
    try:
        with raw_messages.open_message(batch) as stream:
            source_format = format_by_key(batch.format_key)
            context = reading_context(batch.received_at, readings, unknown)
            places = source_format.parse(stream, mapping=mapping_of(batch), context=context)
            _pass_over(run, islice(places, totals["places"]))
            for parsed in _chunks(places):
                after = {"chunk": totals["chunk"] + 1, "places": totals["places"] + len(parsed)}
                counts = {**after, "bytes_read": stream.tell()}
                own.extend(_store(run, totals["chunk"], parsed, counts=counts))
                totals = after
    except UnreadableFile as error:
        failure = error
    with stage_runs.redoable():
        batch.chunk_count = totals["chunk"]
        if failure or not totals["chunk"]:
            batch.failure_code = failure.code if failure else "empty_file"
            batch.failure_detail = str(failure.params) if failure else ""
        batch.table_readings = msgspec.to_builtins(readings[:MAX_READINGS])
        batch.unknown_fields = dict(unknown.counts)
        batch.save(update_fields=_SAID_BY_INGEST)
        stage_runs.complete_run(run=run, counts=totals, now=timezone.now())
        if own:  # They are the first to know when all is done.
            return own
        _finish(run)
        return _pass_barrier(run)


def _pass_over(run: StageRun, places: Iterable[ParsedDeclaration]) -> None:
    """Read again what an earlier attempt stored, however it cut it into chunks."""
    for number, _ in enumerate(places):
        if number % KEPT_EVERY == 0:
            stage_runs.keep_lease(run=run, now=timezone.now(), lease=lease())


def _store(
    run: StageRun, chunk: int, parsed: list[ParsedDeclaration], *, counts: Counts
) -> list[StageRun]:
    """Store the chunk and make what follows; the run if it goes on in this worker."""
    with stage_runs.redoable():
        stage_runs.renew_lease(run=run, now=timezone.now(), lease=lease(), counts=counts)
        batch = _batch_of(run)
        cancelling.stop_if_cancelled(batch_id=batch.pk)
        declarations.store_chunk(batch=batch, chunk=chunk, parsed=parsed)
        if not batch.is_bulk:
            return _hold(batch, Stage.MATCH, chunk)
        following = stage_runs.schedule_run(
            batch_id=batch.pk, stage=Stage.MATCH, chunk=chunk, now=timezone.now()
        )
        send_on_commit(following.pk, batch)
        return []


def _match(run: StageRun) -> list[StageRun]:
    return _complete(run, partial(_amend_and_match, _batch_of(run)), _follow_with(Stage.LINK))


def _amend_and_match(batch: IntakeBatch, *, batch_id: int, chunk: int) -> Counts:
    """Versions that amendments make belong to the chunk before it is screened."""
    amendments.apply_amendments(batch=batch, chunk=chunk)
    return matches.match_chunk(batch_id=batch_id, chunk=chunk)


def _link(run: StageRun) -> list[StageRun]:
    return _complete(run, drawdowns.link_and_draw_chunk, _pass_barrier)


def _assess(run: StageRun) -> list[StageRun]:
    service = partial(announcements.assess_chunk_and_announced, draws=_draws())
    return _complete(run, service, _follow_with(Stage.ALERT))


def _alert(run: StageRun) -> list[StageRun]:
    return _complete(run, partial(_tell, now=timezone.now()), _finish)


def _tell(*, batch_id: int, chunk: int, now: datetime) -> Counts:
    """Analysts of alerts, and the offices of their lanes."""
    given = lanes.give_lanes(batch_id=batch_id, chunk=chunk, now=now)
    return {**alerts.raise_alerts(batch_id=batch_id, chunk=chunk, now=now), **given}


def _job(run: StageRun) -> list[StageRun]:
    """A chunk of a job; of the chunks that follow the first goes on in this worker."""
    if run.stage == JobStage.PLAN:
        rescreening.index_all_texts(run=run, lease=lease())
    following = DO_CHUNK[run.stage](run=run, draws=_draws())
    for run_id in following[1:]:
        _send(run_id, BULK)
    return _claim(following[0]) if following else []


_STAGES: Mapping[str, Callable[[StageRun], list[StageRun]]] = {
    Stage.INGEST: _ingest,
    Stage.MATCH: _match,
    Stage.LINK: _link,
    Stage.ASSESS: _assess,
    Stage.ALERT: _alert,
    **dict.fromkeys(JobStage, _job),
}


def _complete(
    run: StageRun, service: Callable[..., Counts], follow: Callable[[StageRun], list[StageRun]]
) -> list[StageRun]:
    """The stage's writes, its completion and what follows, in one transaction.

    Only the last one waits for the disk, and with it all before: then somebody is told.
    """
    with transaction.atomic() if run.stage == Stage.ALERT else stage_runs.redoable():
        counts = service(batch_id=_batch_of(run).pk, chunk=run.chunk)
        telemetry.count_done(run, counts)
        stage_runs.complete_run(run=run, counts=counts, now=timezone.now())
        return follow(run)


def _follow_with(stage: Stage) -> Callable[[StageRun], list[StageRun]]:
    """The next stage of the same chunk goes on in this worker, without a message."""

    def follow(run: StageRun) -> list[StageRun]:
        return _hold(_batch_of(run), stage, run.chunk)

    return follow


def _pass_barrier(run: StageRun) -> list[StageRun]:
    """Once every chunk is linked: this chunk goes on here, the others get their message."""
    batch = _batch_of(run)
    if batch.chunk_count == 1 and run.stage == Stage.LINK:
        return _hold(batch, Stage.ASSESS, run.chunk)
    own: list[StageRun] = []
    for following in stage_runs.open_barrier(batch_id=batch.pk, now=timezone.now()):
        if following.chunk == run.chunk:
            own.extend(_claim(following.pk))
        else:
            send_on_commit(following.pk, batch)
    return own


def _finish(run: StageRun) -> list[StageRun]:
    batches.finish_batch(batch_id=_batch_of(run).pk, now=timezone.now())
    return []


def _claim(run_id: int) -> list[StageRun]:
    run = batches.claim_run(run_id=run_id, now=timezone.now(), lease=lease())
    return [run] if run else []


def _hold(batch: IntakeBatch, stage: Stage, chunk: int) -> list[StageRun]:
    run = stage_runs.hold_run(
        batch=batch, stage=stage, chunk=chunk, now=timezone.now(), lease=lease()
    )
    return [run] if run else []


def _batch_of(run: StageRun) -> IntakeBatch:
    if run.batch is None:
        raise TypeError(f"stage run {run.pk} is no run of a batch")
    return run.batch


def _draws() -> Draws:
    told = settings.TARGETING
    return Draws(told["DRAW_SECRET"].encode(), told["OFFICE_TIME_ZONE"], told["DRAW_KEY_DAYS"])


def send_on_commit(run_id: int, batch: IntakeBatch | None = None, *, stage: str = "") -> None:
    """Wake the run after the commit; of a job's run the stage says how soon it is wanted."""
    # Robust: with the broker away the commit stands, and the sweep sends what is overdue.
    queue = _queue(batch, stage)
    # A function, not a partial: Django names it in its log when it fails, and a partial has none.
    transaction.on_commit(lambda: _send(run_id, queue), robust=True)


def _send(run_id: int, queue: str) -> None:
    current_app.send_task(RUN_STAGE, args=[run_id], queue=queue)


def _queue(batch: IntakeBatch | None, stage: str) -> str:
    if batch:
        return BULK if batch.is_bulk else QUICK
    return CHORES if stage in _PERSON_WAITS else BULK


def lease() -> timedelta:
    return timedelta(seconds=settings.TARGETING["LEASE_SECONDS"])


def mapping_of(batch: IntakeBatch) -> CsvMapping | None:
    """The mapping of the batch with the habits that its sender stated."""
    if not batch.mapping_key:
        return None
    folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "mappings"
    return mapping_by_key(folder, batch.mapping_key)


def _chunks(places: Iterable[ParsedDeclaration]) -> Iterator[list[ParsedDeclaration]]:
    """Cut after CHUNK_SIZE goods items: items, not declarations, are what a stage works on.

    A fault that ends the file comes behind what was read before it.
    """
    chunk: list[ParsedDeclaration] = []
    size = 0
    fault: UnreadableFile | None = None
    try:
        for place in places:
            chunk.append(place)
            size += max(1, len(place.declaration.items) if place.declaration else 1)
            if size >= settings.TARGETING["CHUNK_SIZE"]:
                yield chunk
                chunk, size = [], 0
    except UnreadableFile as error:
        fault = error
    if chunk:
        yield chunk
    if fault:
        raise fault
