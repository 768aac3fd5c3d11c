"""What a submitter may know of what it sent: how far it is and what was wrong with it."""

from datetime import datetime

from django.db.models import QuerySet

from shipments.models import IntakeBatch, IntakeIssue, Submitter
from shipments.models.choices import Stage, StageState


def list_receipts(*, submitter: Submitter) -> QuerySet[IntakeBatch]:
    """The submitter's own batches, newest first; nobody else's."""
    return IntakeBatch.objects.filter(submitter=submitter).order_by("-received_at")


def progress_of(batch: IntakeBatch) -> int:
    """How much of the work on the batch is done, in percent; 0 until its file has been cut."""
    if not batch.chunk_count:
        return 100 if batch.finished_at else 0
    done = batch.stage_runs.filter(state=StageState.DONE).exclude(stage=Stage.INGEST).count()
    return 100 * done // (batch.chunk_count * (len(Stage) - 1))


def items_per_second(batch: IntakeBatch, *, now: datetime) -> float | None:
    """Goods items stored a second since the work began, to its end; None before."""
    if batch.started_at is None:
        return None
    seconds = ((batch.finished_at or now) - batch.started_at).total_seconds()
    return round(batch.item_count / seconds, 1) if seconds > 0 else None


def list_issues(*, batch: IntakeBatch) -> QuerySet[IntakeIssue]:
    """Everything that was wrong in the batch, in the order in which it was found."""
    return IntakeIssue.objects.filter(batch=batch).order_by("id")
