"""Back-pressure: large files wait apart from small messages, and not without end."""

from datetime import UTC, datetime, timedelta

import pytest

from shipments.models import IntakeBatch, RawMessage, StageRun
from shipments.models.choices import BatchState, Stage, StageState
from shipments.selectors import backlog
from shipments.services.intake import INLINE_BYTES
from targeting import pipeline
from tests.api.test_intake import DECLARATION, DECLARATIONS, LINES, RECEIPTS, post_raw
from tests.factories.shipments import IntakeBatchFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LARGE = LINES + b" " * INLINE_BYTES


def large_file(size: int, **batch) -> IntakeBatch:
    stored = IntakeBatchFactory(is_bulk=True, **batch)
    RawMessage.objects.create(
        batch=stored,
        file="intake/large.ndjson",
        size_bytes=size,
        received_at=stored.received_at,
    )
    return stored


def ended_file(size: int, *, started: datetime, seconds: int) -> IntakeBatch:
    return large_file(
        size,
        state=BatchState.DONE,
        received_at=started,
        finished_at=started + timedelta(seconds=seconds),
    )


def test_queue_when_a_message_is_small_then_not_that_of_files(
    client_system, monkeypatch, django_capture_on_commit_callbacks
):
    queues: list[str] = []
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: queues.append(queue))
    for send in (
        lambda: client_system.post(DECLARATIONS, DECLARATION, format="json"),
        lambda: post_raw(client_system, LINES, "application/x-ndjson"),
        lambda: post_raw(client_system, LARGE, "application/x-ndjson"),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            assert send().status_code == 202
    assert queues == [pipeline.QUICK, pipeline.QUICK, pipeline.BULK]


def test_sweep_when_a_large_file_is_overdue_then_woken_in_its_own_queue(monkeypatch):
    queues: list[str] = []
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: queues.append(queue))
    StageRun.objects.create(batch=large_file(1), stage=Stage.INGEST, chunk=0, woken_at=NOW)
    assert pipeline.sweep() == 1
    assert queues == [pipeline.BULK]


def test_large_file_when_the_backlog_is_full_then_429_with_when_to_come_again(
    client_system, settings
):
    settings.TARGETING = settings.TARGETING | {"MAX_BACKLOG_BYTES": 2 * INLINE_BYTES}
    ended_file(10 * INLINE_BYTES, started=NOW, seconds=10)
    large_file(2 * INLINE_BYTES, received_at=NOW)
    refused = post_raw(client_system, LARGE, "application/x-ndjson")
    assert refused.status_code == 429
    assert refused.json()["code"] == "backlog_full"
    # A little more than one of the ten inline sizes that go in ten seconds.
    assert refused["Retry-After"] == "1"
    assert (
        IntakeBatch.objects.filter(submitter=client_system.token.application.submitter).count() == 0
    )
    assert post_raw(client_system, LINES, "application/x-ndjson").status_code == 202
    assert client_system.post(DECLARATIONS, DECLARATION, format="json").status_code == 202


def test_large_file_when_nothing_waits_then_taken_however_low_the_bound(client_system, settings):
    settings.TARGETING = settings.TARGETING | {"MAX_BACKLOG_BYTES": 1}
    assert post_raw(client_system, LARGE, "application/x-ndjson").status_code == 202


def test_waiting_bytes_when_half_of_a_file_is_done_then_the_other_half():
    half = large_file(1000, received_at=NOW, chunk_count=2)
    StageRun.objects.create(
        batch=half, stage=Stage.INGEST, chunk=0, woken_at=NOW, state=StageState.DONE
    )
    for stage in (Stage.MATCH, Stage.LINK):
        for chunk in range(2):
            StageRun.objects.create(
                batch=half, stage=stage, chunk=chunk, woken_at=NOW, state=StageState.DONE
            )
    assert backlog.get_backlog().waiting_bytes == 500


def test_pace_when_files_overlapped_then_by_the_time_in_which_any_was_under_way():
    ended_file(600, started=NOW, seconds=10)
    ended_file(300, started=NOW + timedelta(seconds=5), seconds=10)
    ended_file(100, started=NOW + timedelta(hours=5), seconds=5)
    assert backlog.get_backlog().bytes_per_second == 1000 / 20


def test_receipt_when_a_large_file_waits_then_says_when_it_will_be_done(client_system):
    receipt = post_raw(client_system, LARGE, "application/x-ndjson").json()
    assert receipt["expected_at"] is None
    ended_file(len(LARGE), started=NOW, seconds=3600)
    address = f"{RECEIPTS}{receipt['id']}"
    expected = datetime.fromisoformat(client_system.get(address).json()["expected_at"])
    arrived = datetime.fromisoformat(receipt["received_at"])
    assert timedelta(minutes=59) < expected - arrived < timedelta(minutes=62)
