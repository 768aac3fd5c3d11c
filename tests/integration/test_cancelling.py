"""A file that is cancelled while it is read: what is stored goes its way, the rest is not read."""

import pytest

from risk.models import LaneDecision
from shipments.models import Declaration, StageRun
from shipments.models.choices import Stage
from shipments.services import cancelling, declarations
from shipments.services.cancelling import BatchRead, cancel_batch
from targeting import pipeline
from tests.integration.conftest import RECEIVED_AT, declaration, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_chunks(settings):
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": 2}


@pytest.fixture
def cancelled_behind(monkeypatch):
    """Somebody cancels once so many chunks are stored, as from another connection."""

    def behind(chunks):
        store, seen = declarations.store_chunk, []

        def store_chunk(*, batch, **more):
            counts = store(batch=batch, **more)
            seen.append(batch)
            if len(seen) == chunks:
                cancel_batch(batch_id=batch.pk, now=RECEIVED_AT)
            return counts

        monkeypatch.setattr(pipeline.declarations, "store_chunk", store_chunk)

    return behind


TEN = [declaration(number) for number in range(1, 11)]


def test_file_when_cancelled_while_read_then_the_stored_part_is_whole(take_in, cancelled_behind):
    cancelled_behind(2)
    batch = take_in(TEN)
    assert (batch.state, batch.failure_code, batch.chunk_count) == ("cancelled", "cancelled", 2)
    assert (batch.declaration_count, Declaration.objects.count()) == (4, 4)
    # Whatever was stored has its lane: nothing waits for a chunk that never comes.
    assert LaneDecision.objects.count() == 4
    assert not StageRun.objects.exclude(state="done").exists()


def test_file_when_cancelled_and_sent_again_then_read_on_to_the_end(take_in, cancelled_behind):
    cancelled_behind(2)
    first = take_in(TEN)
    again = take_in(TEN)
    assert again.pk == first.pk
    assert (again.state, again.failure_code, again.cancelled_at) == ("done", "", None)
    assert (again.chunk_count, again.declaration_count, again.unchanged_count) == (5, 10, 0)
    assert Declaration.objects.count() == LaneDecision.objects.count() == 10
    assert StageRun.objects.filter(stage=Stage.INGEST).count() == 1


@pytest.mark.parametrize("size", [1, 3, 100])
def test_file_when_read_on_in_chunks_of_another_size_then_nothing_is_missed_or_read_twice(
    take_in, cancelled_behind, settings, size
):
    cancelled_behind(2)
    take_in(TEN)
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": size}
    again = take_in(TEN)
    assert (again.state, again.declaration_count, again.unchanged_count) == ("done", 10, 0)
    assert again.chunk_count == 2 + -(-6 // size)
    assert Declaration.objects.count() == LaneDecision.objects.count() == 10


def test_file_when_cancelled_before_it_is_read_then_nothing_is_stored(submitter):
    batch = pipeline.receive(
        submitter=submitter, content=b"{}\n", format_key="ndjson", received_at=RECEIVED_AT
    )
    for _ in range(2):
        assert cancel_batch(batch_id=batch.pk, now=RECEIVED_AT).cancelled_at == RECEIVED_AT
    work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.chunk_count, batch.rejected_count) == ("cancelled", 0, 0)


def test_file_when_read_already_then_not_cancelled(take_in):
    batch = take_in(TEN)
    with pytest.raises(BatchRead) as raised:
        cancel_batch(batch_id=batch.pk, now=RECEIVED_AT)
    assert raised.value.params == {"state": "done"}
    assert not cancelling.reopen_batch(batch=batch)
