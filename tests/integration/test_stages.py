"""Stages: run twice equals run once; claims, leases, the barrier and the sweep."""

from datetime import timedelta

import pytest
from django.db import InternalError, OperationalError, connection
from django.utils import timezone
from psycopg.errors import IdleInTransactionSessionTimeout

from config import prepared
from risk.models import ScreenedText, SubstanceMatch
from shipments.models import IntakeBatch, StageRun
from shipments.models.choices import Stage, StageState
from shipments.selectors.receipts import bytes_read, progress_of
from shipments.services import stage_runs
from targeting import pipeline
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import DEMO, RECEIVED_AT, declaration, work_off

pytestmark = pytest.mark.django_db

LEASE = timedelta(seconds=60)


@pytest.fixture
def in_small_chunks(settings) -> None:
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": 40}


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    messages: list[int] = []
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: messages.append(run_id))
    return messages


def _receive(submitter) -> IntakeBatch:
    return pipeline.receive(
        submitter=submitter,
        content=(DEMO / "declarations.ndjson").read_bytes(),
        format_key="ndjson",
        received_at=RECEIVED_AT,
    )


@pytest.mark.parametrize("stage", Stage.values)
def test_stage_run_twice_equals_run_once(take_in, in_small_chunks, stage) -> None:
    take_in((DEMO / "declarations.ndjson").read_bytes())
    before = digest_tables()
    assert before["alert"][0] > 0
    StageRun.objects.filter(stage=stage).update(state=StageState.PENDING)
    work_off()
    assert digest_tables() == before


def test_chunk_size_changes_nothing_but_the_chunks(take_in, settings) -> None:
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": 7}
    take_in((DEMO / "declarations.ndjson").read_bytes())
    small = digest_tables()
    _empty_tables()
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": 1000}
    take_in((DEMO / "declarations.ndjson").read_bytes())
    whole = digest_tables()
    for table in set(whole) - {"batch", "stage_run", "declaration"}:
        assert whole[table] == small[table], table


def test_progress_when_the_file_is_being_cut_then_by_the_share_that_was_read(
    submitter, in_small_chunks, monkeypatch, sent
) -> None:
    batch = _receive(submitter)
    IntakeBatch.objects.update(is_bulk=True)  # its chunks are for other workers
    seen, size = [(progress_of(batch), bytes_read(batch))], batch.raw_message.size_bytes
    store_chunk = pipeline.declarations.store_chunk

    def watched(**given):
        seen.append((progress_of(batch), bytes_read(batch)))
        return store_chunk(**given)

    monkeypatch.setattr(pipeline.declarations, "store_chunk", watched)
    pipeline.run_stage(StageRun.objects.get().pk)
    batch.refresh_from_db()
    assert seen[:2] == [(0, 0), (0, seen[1][1])]
    assert sorted(seen) == seen
    assert 0 < seen[-1][1] <= size
    # The file is cut, and no chunk has been worked on: one stage of five.
    assert (progress_of(batch), bytes_read(batch)) == (20, 0)
    work_off()
    assert progress_of(batch) == 100


def test_no_chunk_is_assessed_before_every_chunk_is_linked(submitter, in_small_chunks) -> None:
    batch = _receive(submitter)
    pipeline.run_stage(StageRun.objects.get(stage=Stage.INGEST).pk)
    matching = list(StageRun.objects.filter(stage=Stage.MATCH).order_by("-chunk"))
    assert len(matching) > 8
    for run in matching[:-1]:
        pipeline.run_stage(run.pk)
        assert not StageRun.objects.filter(stage=Stage.ASSESS).exists()
    pipeline.run_stage(matching[-1].pk)
    assert StageRun.objects.filter(stage=Stage.ASSESS).count() == len(matching)
    work_off()
    batch.refresh_from_db()
    assert batch.state == "done"


def test_run_is_claimed_once_until_its_lease_is_over(submitter) -> None:
    run_id = _ingest_run(submitter)
    now = timezone.now()
    assert stage_runs.claim_run(run_id=run_id, now=now, lease=LEASE)
    assert stage_runs.claim_run(run_id=run_id, now=now, lease=LEASE) is None
    assert stage_runs.claim_run(run_id=run_id, now=now + 2 * LEASE, lease=LEASE)


def test_worker_that_lost_its_lease_writes_nothing(submitter) -> None:
    run_id = _ingest_run(submitter)
    now = timezone.now()
    slow = stage_runs.claim_run(run_id=run_id, now=now, lease=LEASE)
    quick = stage_runs.claim_run(run_id=run_id, now=now + 2 * LEASE, lease=LEASE)
    assert slow
    assert quick
    with pytest.raises(stage_runs.LeaseLost):
        stage_runs.complete_run(run=slow, counts={}, now=now)
    stage_runs.complete_run(run=quick, counts={}, now=now)
    assert StageRun.objects.get(pk=run_id).state == StageState.DONE


def test_run_that_kills_its_workers_is_given_up(submitter) -> None:
    run_id = _ingest_run(submitter)
    now = timezone.now()
    for attempt in range(stage_runs.MAX_FRUITLESS_ATTEMPTS):
        claimed_at = now + 2 * attempt * LEASE
        assert stage_runs.claim_run(run_id=run_id, now=claimed_at, lease=LEASE)
    later = now + 2 * stage_runs.MAX_FRUITLESS_ATTEMPTS * LEASE
    assert stage_runs.claim_run(run_id=run_id, now=later, lease=LEASE) is None
    run = StageRun.objects.select_related("batch").get(pk=run_id)
    assert (run.state, run.batch.state) == (StageState.FAILED, "failed")


def test_run_that_gets_on_outlives_any_number_of_workers(submitter) -> None:
    run_id = _ingest_run(submitter)
    now = timezone.now()
    for attempt in range(2 * stage_runs.MAX_FRUITLESS_ATTEMPTS):
        claimed_at = now + 2 * attempt * LEASE
        run = stage_runs.claim_run(run_id=run_id, now=claimed_at, lease=LEASE)
        assert run
        stage_runs.renew_lease(run=run, now=claimed_at, lease=LEASE)


def _idle() -> InternalError:
    error = InternalError("terminating connection due to idle-in-transaction timeout")
    error.__cause__ = IdleInTransactionSessionTimeout()
    return error


@pytest.mark.parametrize("fault", [OperationalError("server closed the connection"), _idle()])
def test_fault_that_may_pass_gives_the_run_back_and_another_ends_it(
    fault, submitter, monkeypatch
) -> None:
    run_id = _ingest_run(submitter)

    def passing(*args: object, **kwargs: object) -> None:
        raise fault

    def lasting(*args: object, **kwargs: object) -> None:
        raise ArithmeticError("a fault in the code")

    monkeypatch.setattr(pipeline, "format_by_key", passing)
    pipeline.run_stage(run_id)
    assert StageRun.objects.get(pk=run_id).state == StageState.PENDING
    monkeypatch.setattr(pipeline, "format_by_key", lasting)
    with pytest.raises(ArithmeticError):
        pipeline.run_stage(run_id)
    run = StageRun.objects.select_related("batch").get(pk=run_id)
    assert (run.state, run.batch.failure_code) == (StageState.FAILED, "stage_failed")
    assert "ArithmeticError" in run.failure


def test_sweep_wakes_what_nobody_works_on_once_per_lease(submitter, sent) -> None:
    run_id = _ingest_run(submitter)
    assert pipeline.sweep() == 0
    StageRun.objects.update(woken_at=timezone.now() - timedelta(hours=1))
    assert pipeline.sweep() == 1
    assert pipeline.sweep() == 0
    assert sent == [run_id]


def test_message_is_sent_after_the_commit_only(
    submitter, sent, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        _receive(submitter)
    assert sent == []
    for callback in callbacks:
        callback()
    assert sent == [StageRun.objects.get().pk]


def test_repeated_texts_are_screened_once(take_in) -> None:
    take_in([declaration(number) for number in range(1, 31)])
    assert ScreenedText.objects.count() == 1


def test_code_alone_is_stored_when_it_means_one_substance_and_not_for_a_basket(take_in) -> None:
    plain = {"description": "ТОВАР ХИМИЧЕСКИЙ В БОЧКАХ"}
    take_in(
        [
            declaration(1, item=plain | {"commodity_code": "2915240000"}),
            declaration(2, item=plain | {"commodity_code": "2933399909"}),
        ]
    )
    match = SubstanceMatch.objects.get()
    assert (match.substance.key, match.method) == ("acetic-anhydride", "code")
    assert not match.is_flagged


def _ingest_run(submitter) -> int:
    _receive(submitter)
    return StageRun.objects.get(stage=Stage.INGEST).pk


def _empty_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "TRUNCATE shipments_intakebatch, shipments_declaration, shipments_party,"
            " risk_screenedtext, risk_goodstext, risk_textkey CASCADE"
        )


def test_file_when_read_again_for_longer_than_a_lease_then_nobody_else_claims_it(
    submitter, in_small_chunks, monkeypatch
) -> None:
    """Behind a kill the stored part is read once more, at 50 s a chunk here."""
    batch = _receive(submitter)
    IntakeBatch.objects.update(is_bulk=True)  # its chunks are for other workers
    run_id = StageRun.objects.get().pk
    store_chunk, chunks = pipeline.declarations.store_chunk, pipeline._chunks
    clock = [timezone.now()]

    def store_six(*, chunk, **given):
        if chunk == 6:
            raise OperationalError("server closed the connection")
        return store_chunk(chunk=chunk, **given)

    def slowly(places):
        for chunk in chunks(places):
            yield chunk
            clock[0] += LEASE * 5 / 6
            assert stage_runs.claim_run(run_id=run_id, now=clock[0], lease=LEASE) is None

    monkeypatch.setattr(pipeline.declarations, "store_chunk", store_six)
    pipeline.run_stage(run_id)
    assert StageRun.objects.filter(stage=Stage.MATCH).count() == 6
    monkeypatch.setattr(pipeline.declarations, "store_chunk", store_chunk)
    monkeypatch.setattr(pipeline, "_chunks", slowly)
    monkeypatch.setattr(pipeline, "lease", lambda: LEASE)
    monkeypatch.setattr(pipeline.timezone, "now", lambda: clock[0])
    pipeline.run_stage(run_id)
    run = StageRun.objects.select_related("batch").get(pk=run_id)
    assert (run.state, run.attempts) == (StageState.DONE, 2)
    assert run.batch.chunk_count == StageRun.objects.filter(stage=Stage.MATCH).count() > 8
    work_off()
    batch.refresh_from_db()
    assert batch.state == "done"


@pytest.mark.django_db(transaction=True)
def test_small_messages_through_prepared_statements_equal_those_without(take_in) -> None:
    """What the part ``quick`` does: hundreds of statements stay prepared from one to the next."""
    lines = (DEMO / "declarations.ndjson").read_bytes().splitlines()[:8]
    for line in lines:
        take_in(line, format_key="json")
    unprepared = digest_tables()
    _empty_tables()
    usual = connection.settings_dict
    connection.close()
    try:
        connection.settings_dict = prepared.settings_of(usual, count=500)
        for line in lines:
            take_in(line, format_key="json")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            assert cursor.fetchone()[0] > 50
        assert digest_tables() == unprepared
    finally:
        connection.close()
        connection.settings_dict = usual
