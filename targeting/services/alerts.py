"""The alert stage: one open alert per declaration that somebody should look at."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from risk.services.assessments import ANNOUNCED_LATE, INTAKE, LIST_CHANGE
from shipments.services.declarations import lock_versions
from targeting.services.lanes import lane_due_times
from targeting.services.standing_dismissals import cover_repeats

DECIDE = "DECIDE_MINUTES"


def raise_alerts(*, batch_id: int, chunk: int, now: datetime) -> Mapping[str, int]:
    """Raise or update the alerts of the chunk's declarations.

    An alert is due when the lane of some version is red or yellow or a match of it is
    flagged and not exempted by its quantity. It shows the latest version that was assessed,
    even when that one alone would not raise it: the analyst sees what became of it, in
    whatever order the versions came.
    A cancellation leaves it open and marks it, or else a declarant could end alerts.
    Versions up to one whose alert was closed raise none again. What a look-back raised
    for this very version stays. Preliminary information that came late raises or updates the
    alert of what it announced, when the lane is stricter for it. What a standing dismissal
    covers is marked, and what law or announcements change is covered no more. The caller holds the
    transaction. Locks the versions.
    """
    lock_versions(batch_id=batch_id, chunk=chunk)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT registration_number FROM shipments_declaration
            WHERE batch_id = %s AND chunk = %s
            """,
            [batch_id, chunk],
        )
        numbers = [number for (number,) in cursor.fetchall()]
        cursor.execute(_RAISE, {"numbers": numbers, "trigger": INTAKE, "now": now})
        raised = cursor.rowcount
        cursor.execute(
            _ANNOUNCED_LATE.format(stricter=STRICTER),
            {
                "batch": batch_id,
                "chunk": chunk,
                "intake": INTAKE,
                "late": ANNOUNCED_LATE,
                "now": now,
            },
        )
        raised += cursor.rowcount
        late = [number for (number,) in cursor.fetchall()]
    if raised:
        _set_due([*numbers, *late], now)
    covered = cover_repeats(registration_numbers=numbers, now=now) if raised else 0
    return {"alert": raised, "covered": covered}


def _set_due(registration_numbers: list[str], now: datetime) -> None:
    """Say of open alerts by when somebody is to have decided: what their lane has from now, or
    what they had if that is earlier."""
    due = lane_due_times(now, DECIDE)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE targeting_alert AS alert SET due_at = time.due_at
            FROM unnest(%s::text[], %s::timestamptz[]) AS time (lane, due_at)
            WHERE alert.registration_number = ANY(%s) AND alert.state = 'open'
              AND alert.lane = time.lane AND (alert.due_at IS NULL OR alert.due_at > time.due_at)
            """,
            [list(due), list(due.values()), registration_numbers],
        )


# LIMIT 1 keeps the planner at one declaration after the other, as in ``lanes.py``.
_RAISE = """
    WITH judged AS MATERIALIZED (
      SELECT d.id, d.registration_number, d.version, d.customs_office, d.accepted_at,
             given.assessment_id, given.score, given.lane, given.is_random_arm, flagged.is_any
      FROM shipments_declaration AS d
      CROSS JOIN LATERAL (
        SELECT a.id AS assessment_id, a.score, lane.lane, lane.is_random_arm
        FROM risk_riskassessment AS a
        JOIN risk_lanedecision AS lane ON lane.assessment_id = a.id
        WHERE a.declaration_id = d.id AND a.trigger = %(trigger)s AND a.trigger_key = ''
        LIMIT 1) AS given
      CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM risk_substancematch AS m
        JOIN shipments_goodsitem AS i ON i.id = m.goods_item_id
        WHERE i.declaration_id = d.id AND m.is_flagged AND NOT m.is_exempt
          AND m.look_back_id IS NULL) AS is_any) AS flagged
      WHERE d.registration_number = ANY(%(numbers)s) AND NOT EXISTS (
        SELECT FROM targeting_alert AS closed
        JOIN shipments_declaration AS seen ON seen.id = closed.declaration_id
        WHERE closed.registration_number = d.registration_number
          AND closed.state = 'closed' AND seen.version >= d.version)
    ), latest AS (
      SELECT DISTINCT ON (registration_number) judged.*,
             bool_or(lane IN ('red', 'yellow') OR is_any)
               OVER (PARTITION BY registration_number) AS is_due
      FROM judged ORDER BY registration_number, version DESC
    )
    INSERT INTO targeting_alert AS stored (
      registration_number, declaration_id, assessment_id, state, disposition, lane, score,
      is_random_arm, is_cancelled, customs_office, accepted_at, raised_at, updated_at)
    SELECT latest.registration_number, latest.id, latest.assessment_id, 'open', '',
           latest.lane, latest.score, latest.is_random_arm AND NOT latest.is_any,
           newest.is_cancelled, latest.customs_office, latest.accepted_at, %(now)s, %(now)s
    FROM latest CROSS JOIN LATERAL (
      SELECT d.is_cancelled FROM shipments_declaration AS d
      WHERE d.registration_number = latest.registration_number
      ORDER BY d.version DESC LIMIT 1) AS newest
    WHERE latest.is_due OR EXISTS (
      SELECT FROM targeting_alert AS open
      WHERE open.registration_number = latest.registration_number AND open.state = 'open')
    ORDER BY latest.registration_number
    ON CONFLICT (registration_number) WHERE state = 'open' DO UPDATE SET
      (declaration_id, assessment_id, lane, score, is_random_arm, is_retroactive) = (
        SELECT kept.* FROM (VALUES
          (EXCLUDED.declaration_id, EXCLUDED.assessment_id, EXCLUDED.lane, EXCLUDED.score,
           EXCLUDED.is_random_arm, false),
          (stored.declaration_id, stored.assessment_id, stored.lane, stored.score,
           stored.is_random_arm, true)) AS kept (declaration_id, assessment_id, lane, score,
                                                 is_random_arm, is_retroactive)
        WHERE kept.is_retroactive
          = (stored.is_retroactive AND stored.declaration_id = EXCLUDED.declaration_id)),
      is_cancelled = EXCLUDED.is_cancelled, customs_office = EXCLUDED.customs_office,
      accepted_at = EXCLUDED.accepted_at, updated_at = EXCLUDED.updated_at
"""


def raise_retroactive_alerts(
    *, look_back_id: int, trigger_key: str, chunk: int, now: datetime
) -> Mapping[str, int]:
    """Raise or update the alerts of a chunk of a look-back, marked as retroactive.

    An alert is due when a new match is flagged and not exempted, or the lane is stricter than
    that of the intake; an open one is updated in any case. The caller holds the transaction. An
    assessment whose alert was closed raises none again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RETROACTIVE.format(stricter=STRICTER),
            {
                "look_back": look_back_id,
                "key": trigger_key,
                "chunk": chunk,
                "now": now,
                "intake": INTAKE,
                "list_change": LIST_CHANGE,
            },
        )
        raised = [number for (number,) in cursor.fetchall()]
    _set_due(raised, now)
    return {"alert": len(raised)}


STRICTER = """lane.lane IN ('red', 'yellow')
  AND array_position(ARRAY['red', 'yellow', 'blue', 'green'], lane.lane)
    < array_position(ARRAY['red', 'yellow', 'blue', 'green'], first_lane.lane)"""

_ANNOUNCED_LATE = """
    INSERT INTO targeting_alert AS stored (
      registration_number, declaration_id, assessment_id, state, disposition, lane, score,
      is_random_arm, is_cancelled, is_retroactive, customs_office, accepted_at, raised_at,
      updated_at)
    SELECT DISTINCT ON (d.registration_number) d.registration_number, d.id, a.id, 'open', '',
           lane.lane, a.score, false, false, true, d.customs_office, d.accepted_at, %(now)s,
           %(now)s
    FROM shipments_declaration AS p
    JOIN risk_preliminarylink AS link ON link.preliminary_id = p.id
    JOIN shipments_declaration AS d ON d.id = link.declaration_id
    JOIN risk_riskassessment AS a ON a.declaration_id = d.id AND a.trigger = %(late)s
      AND a.trigger_key = p.registration_number
    JOIN risk_lanedecision AS lane ON lane.assessment_id = a.id
    JOIN risk_riskassessment AS first
      ON first.declaration_id = d.id AND first.trigger = %(intake)s AND first.trigger_key = ''
    JOIN risk_lanedecision AS first_lane ON first_lane.assessment_id = first.id
    WHERE p.batch_id = %(batch)s AND p.chunk = %(chunk)s AND p.document_kind = 'preliminary'
      AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id)
      AND NOT EXISTS (
        SELECT FROM targeting_alert WHERE assessment_id = a.id AND state = 'closed')
      AND ({stricter} OR EXISTS (
          SELECT FROM targeting_alert
          WHERE registration_number = d.registration_number AND state = 'open'))
    ORDER BY d.registration_number, a.id DESC
    ON CONFLICT (registration_number) WHERE state = 'open' DO UPDATE SET
      assessment_id = EXCLUDED.assessment_id, lane = EXCLUDED.lane, score = EXCLUDED.score,
      is_random_arm = false, is_retroactive = true, covered_by_id = NULL,
      updated_at = EXCLUDED.updated_at
    WHERE stored.declaration_id = EXCLUDED.declaration_id
    RETURNING registration_number
"""

_RETROACTIVE = """
    INSERT INTO targeting_alert AS stored (
      registration_number, declaration_id, assessment_id, state, disposition, lane, score,
      is_random_arm, is_cancelled, is_retroactive, customs_office, accepted_at, raised_at,
      updated_at)
    SELECT d.registration_number, d.id, a.id, 'open', '', lane.lane, a.score,
           false, false, true, d.customs_office, d.accepted_at, %(now)s, %(now)s
    FROM risk_rescreeneddeclaration AS chosen
    JOIN shipments_declaration AS d ON d.id = chosen.declaration_id
    JOIN risk_riskassessment AS a
      ON a.declaration_id = d.id AND a.trigger = %(list_change)s AND a.trigger_key = %(key)s
    JOIN risk_lanedecision AS lane ON lane.assessment_id = a.id
    JOIN risk_riskassessment AS first
      ON first.declaration_id = d.id AND first.trigger = %(intake)s AND first.trigger_key = ''
    JOIN risk_lanedecision AS first_lane ON first_lane.assessment_id = first.id
    WHERE chosen.rescreening_id = %(look_back)s AND chosen.chunk = %(chunk)s
      AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id)
      AND NOT EXISTS (
        SELECT FROM targeting_alert WHERE assessment_id = a.id AND state = 'closed')
      AND (EXISTS (
          SELECT FROM risk_substancematch AS m
          JOIN shipments_goodsitem AS i ON i.id = m.goods_item_id
          WHERE i.declaration_id = d.id AND m.is_flagged AND NOT m.is_exempt
            AND m.look_back_id = %(look_back)s)
        OR {stricter}
        OR EXISTS (
          SELECT FROM targeting_alert
          WHERE registration_number = d.registration_number AND state = 'open'))
    ORDER BY d.registration_number
    ON CONFLICT (registration_number) WHERE state = 'open' DO UPDATE SET
      assessment_id = EXCLUDED.assessment_id, lane = EXCLUDED.lane, score = EXCLUDED.score,
      is_random_arm = false, is_retroactive = true, covered_by_id = NULL,
      updated_at = EXCLUDED.updated_at
    WHERE stored.declaration_id = EXCLUDED.declaration_id
    RETURNING registration_number
"""
