"""What still waits of large files, and how long that will take at the pace of the last ones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q

from shipments.models import IntakeBatch
from shipments.models.choices import BatchState, Stage, StageState

PACE_BATCHES = 20
"""The pace is that of so many large files that ended last."""

_STAGES_OF_A_CHUNK = len(Stage) - 1


class Backlog(NamedTuple):
    """``bytes_per_second`` is None before a first large file has ended: then nobody knows."""

    waiting_bytes: int
    bytes_per_second: float | None

    def seconds_for(self, size: int) -> int | None:
        """Whole seconds until ``size`` bytes are worked off, at least 1; None when unknown."""
        if self.bytes_per_second is None:
            return None
        return max(1, round(size / self.bytes_per_second))


def get_backlog() -> Backlog:
    """Everything that waits."""
    return Backlog(_waiting_bytes(Q()), _pace())


def expected_end(batch: IntakeBatch, *, now: datetime) -> datetime | None:
    """When a large file will likely be done, with those before it; None when nobody can say."""
    if not batch.is_bulk or batch.finished_at is not None:
        return None
    ahead = Backlog(_waiting_bytes(Q(received_at__lte=batch.received_at)), _pace())
    seconds = ahead.seconds_for(ahead.waiting_bytes)
    return None if seconds is None else now + timedelta(seconds=seconds)


def _waiting_bytes(which: Q) -> int:
    waiting = (
        IntakeBatch.objects.filter(which, is_bulk=True, finished_at=None)
        .annotate(
            size=F("raw_message__size_bytes"),
            done=Count(
                "stage_runs",
                filter=Q(stage_runs__state=StageState.DONE) & ~Q(stage_runs__stage=Stage.INGEST),
            ),
        )
        .values_list("size", "chunk_count", "done")
    )
    return sum(
        size - size * done // (chunks * _STAGES_OF_A_CHUNK) if chunks else size
        for size, chunks, done in waiting
    )


def _pace() -> float | None:
    """Bytes per second while at least one of the last files was under way."""
    last = list(
        IntakeBatch.objects.filter(is_bulk=True, state=BatchState.DONE, raw_message__isnull=False)
        .order_by("-finished_at")
        .values_list("received_at", "finished_at", "raw_message__size_bytes")[:PACE_BATCHES]
    )
    busy = _busy_seconds((received, finished) for received, finished, _ in last if finished)
    return sum(size for _, _, size in last) / busy if busy else None


def _busy_seconds(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """The length of the union of the spans."""
    seconds, end = 0.0, None
    for start, stop in sorted(spans):
        if end is None or start > end:
            seconds, end = seconds + (stop - start).total_seconds(), stop
        elif stop > end:
            seconds, end = seconds + (stop - end).total_seconds(), stop
    return seconds
