"""The end of a batch, and that its submitter's systems are told of it."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from shipments.models import StageRun
from shipments.services import stage_runs
from targeting.domain.outbox import EventKind, submitter_topic


def finish_batch(*, batch_id: int, now: datetime) -> None:
    """Close the batch when its last chunk has been through every stage. The caller holds the
    transaction; locks the batch."""
    if stage_runs.finish_batch(batch_id=batch_id, now=now):
        tell_of_receipt(batch_id=batch_id, now=now)


@transaction.atomic
def fail_run(*, run: StageRun, failure: str, now: datetime) -> None:
    """End the run and its batch or job as failed."""
    stage_runs.fail_run(run=run, failure=failure, now=now)
    if run.batch_id:
        tell_of_receipt(batch_id=run.batch_id, now=now)


def claim_run(*, run_id: int, now: datetime, lease: timedelta) -> StageRun | None:
    """Take a run; None when somebody has it, or when it was tried too often and has failed."""
    run = stage_runs.claim_run(run_id=run_id, now=now, lease=lease)
    if run is None:
        batch = StageRun.objects.filter(pk=run_id).values_list("batch", flat=True).first()
        if batch:
            tell_of_receipt(batch_id=batch, now=now)
    return run


def tell_of_receipt(*, batch_id: int, now: datetime) -> bool:
    """The event that a receipt is finished, for submitters of whom an endpoint asks for it.

    One statement, which stores nothing for others: every message that comes in pays for it.
    The caller holds the transaction in which the batch ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL_OF_RECEIPT,
            {
                "batch": batch_id,
                "kind": EventKind.RECEIPT_FINISHED.value,
                "topic": submitter_topic(""),
                "now": now,
            },
        )
        return bool(cursor.rowcount)


# A batch that was cancelled and is sent again ends a second time: another event.
_TELL_OF_RECEIPT = """
    INSERT INTO targeting_outboxevent (key, kind, topic, payload, at)
    SELECT %(kind)s || ':' || b.public_id || ':' || extract(epoch FROM b.finished_at), %(kind)s,
           %(topic)s || s.key,
           jsonb_build_object('receipt', b.public_id, 'state', b.state), %(now)s
    FROM shipments_intakebatch AS b JOIN shipments_submitter AS s ON s.id = b.submitter_id
    WHERE b.id = %(batch)s AND b.finished_at IS NOT NULL AND EXISTS (
      SELECT FROM targeting_webhookendpoint AS e
      JOIN targeting_apiclient AS c ON c.id = e.client_id
      WHERE c.submitter_id = s.id AND %(kind)s = ANY(e.kinds))
    ON CONFLICT (key) DO NOTHING
"""
