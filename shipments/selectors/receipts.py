"""What a submitter may know of what it sent: how far it is and what was wrong with it."""

from django.db.models import QuerySet

from shipments.models import IntakeBatch, IntakeIssue, Submitter


def list_receipts(*, submitter: Submitter) -> QuerySet[IntakeBatch]:
    """The submitter's own batches, newest first; nobody else's."""
    return IntakeBatch.objects.filter(submitter=submitter).order_by("-received_at")


def list_issues(*, batch: IntakeBatch) -> QuerySet[IntakeIssue]:
    """Everything that was wrong in the batch, in the order in which it was found."""
    return IntakeIssue.objects.filter(batch=batch).order_by("id")
