"""The alert stage: one open alert per declaration that somebody should look at."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from risk.services.assessments import INTAKE


def raise_alerts(*, batch_id: int, chunk: int, now: datetime) -> Mapping[str, int]:
    """Raise or update the alerts of the chunk's current declarations.

    An alert is due when the lane is red or yellow or a match is flagged. The caller
    holds the transaction. An open alert of an earlier version moves to this one, even
    when this one would not raise it: the analyst sees what became of it. A version whose
    alert was closed raises none again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO targeting_alert AS stored (
              registration_number, declaration_id, assessment_id, state, disposition,
              lane, score, is_random_arm, customs_office, accepted_at, raised_at, updated_at)
            SELECT d.registration_number, d.id, a.id, 'open', '', lane.lane, a.score,
                   lane.is_random_arm AND NOT flagged.is_any,
                   d.customs_office, d.accepted_at, %(now)s, %(now)s
            FROM shipments_declaration AS d
            JOIN risk_riskassessment AS a
              ON a.declaration_id = d.id AND a.trigger = %(trigger)s AND a.trigger_key = ''
            JOIN risk_lanedecision AS lane ON lane.assessment_id = a.id
            CROSS JOIN LATERAL (SELECT EXISTS (
              SELECT FROM risk_substancematch AS m
              JOIN shipments_goodsitem AS i ON i.id = m.goods_item_id
              WHERE i.declaration_id = d.id AND m.is_flagged) AS is_any) AS flagged
            WHERE d.batch_id = %(batch)s AND d.chunk = %(chunk)s
              AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id)
              AND NOT EXISTS (
                SELECT FROM targeting_alert WHERE declaration_id = d.id AND state = 'closed')
              AND (lane.lane IN ('red', 'yellow') OR flagged.is_any
                OR EXISTS (
                  SELECT FROM targeting_alert
                  WHERE registration_number = d.registration_number AND state = 'open'))
            ORDER BY d.registration_number
            ON CONFLICT (registration_number) WHERE state = 'open' DO UPDATE SET
              declaration_id = EXCLUDED.declaration_id,
              assessment_id = EXCLUDED.assessment_id,
              lane = EXCLUDED.lane, score = EXCLUDED.score,
              is_random_arm = EXCLUDED.is_random_arm,
              customs_office = EXCLUDED.customs_office,
              accepted_at = EXCLUDED.accepted_at, updated_at = EXCLUDED.updated_at
            """,
            {"batch": batch_id, "chunk": chunk, "trigger": INTAKE, "now": now},
        )
        return {"alert": cursor.rowcount}
