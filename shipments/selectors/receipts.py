"""What a submitter may know of what it sent: how far it is and what was wrong with it."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from shipments.models import IntakeBatch, IntakeIssue, RawMessage, Submitter
from shipments.models.choices import Stage, StageState


def list_receipts(*, submitter: Submitter) -> QuerySet[IntakeBatch]:
    """The submitter's own batches, newest first; nobody else's."""
    return IntakeBatch.objects.filter(submitter=submitter).order_by("-received_at")


def progress_of(batch: IntakeBatch) -> int:
    """How much of the work on the batch is done, in percent; each stage of a chunk counts alike.

    While the file is being cut its number of chunks follows from the share that has been read.
    One query, and three while the file is being cut.
    """
    if batch.finished_at and not batch.chunk_count:
        return 100
    share = 1.0
    if batch.chunk_count is None:
        read = bytes_read(batch)
        if not read:
            return 0
        share = read / RawMessage.objects.get(batch=batch).size_bytes
    runs = batch.stage_runs.exclude(stage=Stage.INGEST).aggregate(
        cut=Count("pk", filter=Q(stage=Stage.MATCH)),
        done=Count("pk", filter=Q(state=StageState.DONE)),
    )
    cut: int = batch.chunk_count or runs["cut"]
    return int(100 * share * (cut + runs["done"]) / (cut * len(Stage))) if cut else 0


def bytes_read(batch: IntakeBatch) -> int:
    """How much of the file has been read and stored; 0 before and once all of it has been cut.

    Of a workbook all is read before its first row. One query while the file is being cut.
    """
    if batch.chunk_count is not None or batch.finished_at:
        return 0
    ingest = batch.stage_runs.filter(stage=Stage.INGEST).values_list("counts", flat=True)
    return sum(counts.get("bytes_read", 0) for counts in ingest)


def items_per_second(batch: IntakeBatch, *, now: datetime) -> float | None:
    """Goods items stored a second since the work began, to its end; None before."""
    if batch.started_at is None:
        return None
    seconds = ((batch.finished_at or now) - batch.started_at).total_seconds()
    return round(batch.item_count / seconds, 1) if seconds > 0 else None


def list_issues(*, batch: IntakeBatch) -> QuerySet[IntakeIssue]:
    """Everything that was wrong in the batch, in the order in which it was found."""
    return IntakeIssue.objects.filter(batch=batch).order_by("id")
