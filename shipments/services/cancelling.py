"""Stopping a file that is being read, and taking it up again when it is sent again."""

from datetime import datetime

from django.db import connection, transaction

from shipments.domain.errors import ShipmentsError, UnreadableFile
from shipments.models import IntakeBatch
from shipments.models.choices import BatchState
from shipments.services.stage_runs import CANCELLED


class BatchRead(ShipmentsError):
    """The whole file has been read already. Params: ``state``."""

    code = "batch_read"


class FileCancelled(UnreadableFile):
    """Ends the reading of a file as a fault of it would: what was read before stands."""

    code = CANCELLED


@transaction.atomic
def cancel_batch(*, batch_id: int, now: datetime) -> IntakeBatch:
    """Read no more of the file; the chunks that are stored go through every stage.

    Nothing that was declared is taken back: that is what cancelled declarations are for.
    Cancelled twice is as once. Locks the batch. Raises :class:`BatchRead`.
    """
    batch = IntakeBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.cancelled_at is None:
        if batch.chunk_count is not None or batch.finished_at is not None:
            raise BatchRead(state=batch.state)
        batch.cancelled_at = now
        batch.save(update_fields=["cancelled_at"])
    return batch


def stop_if_cancelled(*, batch_id: int) -> None:
    """Raise :class:`FileCancelled` once the batch is; asked before each chunk is stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM shipments_intakebatch WHERE id = %s AND cancelled_at IS NOT NULL",
            [batch_id],
        )
        if cursor.rowcount:
            raise FileCancelled


@transaction.atomic
def reopen_batch(*, batch: IntakeBatch) -> bool:
    """Take up a cancelled batch whose stored part has ended; whether it was one.

    Locks the batch until the caller's transaction ends: of two that send the file again one
    takes it up.
    """
    held = IntakeBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if held.state != BatchState.CANCELLED:
        return False
    reopened = {"state": BatchState.RECEIVED, "failure_code": "", "failure_detail": ""} | (
        dict.fromkeys(("cancelled_at", "finished_at", "chunk_count"))
    )
    IntakeBatch.objects.filter(pk=batch.pk).update(**reopened)
    batch.refresh_from_db()
    return True
