"""Lanes on their way to the post: given with an event, acknowledged, else a work item."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from risk.models import LaneDecision
from risk.services.assessments import INTAKE
from shipments.selectors.declarations import chunk_declarations
from targeting.domain.errors import LaneChanged
from targeting.domain.office_hours import due_times, read_minutes, read_office_hours
from targeting.domain.outbox import EventKind, office_topic
from targeting.models import LaneTask
from targeting.models.choices import LANES
from targeting.selectors.lanes import HELD_LANE, LIGHTER_THAN_HELD, given_lane, list_lanes
from targeting.selectors.scope import EVERYTHING
from targeting.services.outbox import record_event


def give_lanes(*, batch_id: int, chunk: int, now: datetime) -> Mapping[str, int]:
    """Give the lanes of the chunk's current versions, each with an event for systems.

    A green lane asks for nothing: it is given only to take back what an earlier version asked
    for. The caller holds the transaction. A lane is given once, however often this runs.
    """
    due = lane_due_times(now)
    with connection.cursor() as cursor:
        cursor.execute(
            _GIVE,
            {
                "declarations": list(chunk_declarations(batch_id=batch_id, chunk=chunk)),
                "trigger": INTAKE,
                "now": now,
                "lanes": list(due),
                "due": list(due.values()),
                "kind": EventKind.LANE_GIVEN.value,
                "topic": office_topic(""),
                "lighter": list(LIGHTER_THAN_HELD),
                "held": HELD_LANE,
            },
        )
        return {"lane_task": cursor.rowcount}


# LIMIT 1 and OFFSET 0 keep the planner at one declaration after the other: of a table without
# statistics it would rather read every assessment there is, chunk after chunk.
# What the event says is for whoever serves the office: no score, no rule, no party.
_GIVE = """
    WITH given AS (
      INSERT INTO targeting_lanetask (
        decision_id, declaration_id, registration_number, customs_office, lane, given_at, due_at,
        acknowledged_by)
      SELECT l.id, d.id, d.registration_number, d.customs_office, l.lane, %(now)s, time.due_at, ''
      FROM shipments_declaration AS d
      CROSS JOIN LATERAL (
        SELECT lane.id,
               CASE WHEN lane.lane = ANY(%(lighter)s) AND EXISTS (
                 SELECT FROM targeting_operatorquestion AS q
                 WHERE q.registration_number = d.registration_number AND q.closed_at IS NULL)
               THEN %(held)s ELSE lane.lane END AS lane
        FROM risk_riskassessment AS a
        JOIN risk_lanedecision AS lane ON lane.assessment_id = a.id
        WHERE a.declaration_id = d.id AND a.trigger = %(trigger)s AND a.trigger_key = ''
        LIMIT 1) AS l
      LEFT JOIN unnest(%(lanes)s::text[], %(due)s::timestamptz[]) AS time (lane, due_at)
        ON time.lane = l.lane
      WHERE d.id = ANY(%(declarations)s) AND NOT d.is_cancelled
        AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id OFFSET 0)
        AND (l.lane <> 'green' OR EXISTS (
          SELECT FROM targeting_lanetask WHERE registration_number = d.registration_number))
      ORDER BY d.registration_number
      ON CONFLICT (decision_id) DO NOTHING
      RETURNING decision_id, declaration_id, registration_number, customs_office, lane, due_at
    )
    INSERT INTO targeting_outboxevent (key, kind, topic, payload, at)
    SELECT %(kind)s || ':' || given.decision_id, %(kind)s, %(topic)s || given.customs_office,
           jsonb_build_object(
             'registration_number', given.registration_number, 'version', d.version,
             'customs_office', given.customs_office, 'lane', given.lane, 'due_at', given.due_at),
           %(now)s
    FROM given CROSS JOIN LATERAL (
      SELECT version FROM shipments_declaration WHERE id = given.declaration_id LIMIT 1) AS d
    ON CONFLICT (key) DO NOTHING
"""


@transaction.atomic
def acknowledge_lane(
    *, decision: LaneDecision, version: int, lane: str, actor: str, now: datetime
) -> tuple[LaneTask, bool]:
    """Record that the office knows the lane; the task, and whether it is news.

    ``version`` and ``lane`` are what the office read: raises LaneChanged when another one
    holds now. Whoever was first stays. What earlier lanes of the declaration asked for is
    acknowledged with it.
    """
    declaration, given = decision.assessment.declaration, given_lane(decision)
    if (version, lane) != (declaration.version, given):
        raise LaneChanged(version=declaration.version, lane=given)
    LaneTask.objects.get_or_create(
        decision=decision,
        defaults={
            "declaration": declaration,
            "registration_number": declaration.registration_number,
            "customs_office": declaration.customs_office,
            "lane": given,
            "given_at": now,
        },
    )
    waiting = LaneTask.objects.filter(
        registration_number=declaration.registration_number, acknowledged_at=None
    )
    own = list(waiting.select_for_update().order_by("pk").values_list("decision", flat=True))
    waiting.update(acknowledged_at=now, acknowledged_by=actor)
    return LaneTask.objects.get(decision=decision), decision.pk in own


@transaction.atomic
def restate_lane(*, registration_number: str, now: datetime) -> LaneTask | None:
    """Give the lane of the current version anew where a question, asked or closed, changed it.

    It is to be acknowledged anew, and an event tells it to systems. None where it stands as it
    was, or none was given yet: then :func:`give_lanes` knows of the question.
    """
    wanted = {"assessment__declaration__registration_number": registration_number}
    decision = list_lanes(EVERYTHING).filter(**wanted).first()
    if decision is None:
        return None
    lane, declaration = given_lane(decision), decision.assessment.declaration
    before = LaneTask.objects.select_for_update().filter(decision=decision).first()
    if (before.lane if before else decision.lane) == lane:
        return None
    due_at = lane_due_times(now).get(lane)
    task, _ = LaneTask.objects.update_or_create(
        decision=decision,
        defaults={
            "declaration": declaration,
            "registration_number": registration_number,
            "customs_office": declaration.customs_office,
            "lane": lane,
            "given_at": now,
            "due_at": due_at,
            "acknowledged_at": None,
            "acknowledged_by": "",
        },
    )
    record_event(
        key=f"{EventKind.LANE_GIVEN.value}:{decision.pk}:{now.isoformat()}",
        kind=EventKind.LANE_GIVEN,
        topic=office_topic(declaration.customs_office),
        payload={
            "registration_number": registration_number,
            "version": declaration.version,
            "customs_office": declaration.customs_office,
            "lane": lane,
            "due_at": due_at.isoformat() if due_at else None,
        },
        now=now,
    )
    return task


def lane_due_times(now: datetime, setting: str = "ACKNOWLEDGE_MINUTES") -> dict[str, datetime]:
    """When lanes given now are to be acknowledged, or what else has so many working minutes by
    the ``setting``; lanes without a set time are left out."""
    chosen = settings.TARGETING
    hours = read_office_hours(
        chosen["OFFICE_HOURS"], zone=chosen["OFFICE_TIME_ZONE"], holidays=chosen["HOLIDAYS"]
    )
    minutes = read_minutes(chosen[setting], names=LANES)
    return due_times(now, minutes=minutes, hours=hours)
