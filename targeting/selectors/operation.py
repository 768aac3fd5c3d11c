"""How the system stands, for those who run it: what waits, since when, and what is overdue.

Every query reads open rows only, so it costs what waits and not what is stored.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Min, Q

from risk.models import ControlList, ListEdition
from risk.models.lists import LAW
from targeting.models import Alert, Delivery, LaneTask
from targeting.models.choices import AlertState, DeliveryState


class Waiting(NamedTuple):
    """Stage runs that are not done. ``queue`` is ``quick`` or ``bulk``; ``since`` is when the
    oldest of their batches or jobs came."""

    queue: str
    stage: str
    state: str
    number: int
    since: datetime


class OpenAlerts(NamedTuple):
    """Alerts of a lane that are not closed; ``since`` is when the oldest was raised."""

    lane: str
    number: int
    unassigned: int
    since: datetime


class Due(NamedTuple):
    """What of a kind (a lane, a channel) is due, and since when the oldest of it is."""

    kind: str
    number: int
    since: datetime


class Lists(NamedTuple):
    """Control lists, those of them with an edition in force, and with one that was compared
    with its act."""

    known: int
    in_force: int
    verified: int


def waiting_runs() -> list[Waiting]:
    """Stage runs that wait or are under way. One query over the index of open runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN b.is_bulk IS FALSE THEN 'quick' ELSE 'bulk' END, r.stage, r.state,
                   count(*), min(coalesce(b.received_at, j.started_at))
            FROM shipments_stagerun AS r
            LEFT JOIN shipments_intakebatch AS b ON b.id = r.batch_id
            LEFT JOIN shipments_job AS j ON j.id = r.job_id
            WHERE r.state IN ('pending', 'running')
              AND (r.job_id IS NULL OR j.state = 'running')
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """
        )
        return [Waiting(*row) for row in cursor.fetchall()]


def open_alerts() -> list[OpenAlerts]:
    """Open alerts by lane. One query."""
    rows = (
        Alert.objects.filter(state=AlertState.OPEN)
        .order_by("lane")
        .values_list("lane")
        .annotate(
            number=Count("pk"),
            unassigned=Count("pk", filter=Q(assignee=None)),
            since=Min("raised_at"),
        )
    )
    return [OpenAlerts(*row) for row in rows]


def lanes_overdue(*, now: datetime) -> list[Due]:
    """Lanes of current declarations that nobody acknowledged in time, of every office. One query
    over the index of such lanes."""
    rows = (
        LaneTask.objects.filter(
            acknowledged_at=None, due_at__lt=now, declaration__superseded_by__isnull=True
        )
        .order_by("lane")
        .values_list("lane")
        .annotate(Count("pk"), Min("due_at"))
    )
    return [Due(*row) for row in rows]


def deliveries_due(*, now: datetime) -> list[Due]:
    """Messages of the outbox whose time has come, by channel. One query over the index of them."""
    rows = (
        Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=now)
        .order_by("channel")
        .values_list("channel")
        .annotate(Count("pk"), Min("due_at"))
    )
    return [Due(*row) for row in rows]


def lists_on(day: date) -> Lists:
    """How many lists have an edition in force on the office's day. Two queries."""
    in_force = (
        ListEdition.objects.filter(state__in=LAW)
        .filter(Q(in_force_from=None) | Q(in_force_from__lte=day))
        .filter(Q(in_force_to=None) | Q(in_force_to__gt=day))
        .aggregate(
            lists=Count("control_list", distinct=True),
            verified=Count("control_list", distinct=True, filter=~Q(verified_by="")),
        )
    )
    return Lists(ControlList.objects.count(), in_force["lists"], in_force["verified"])
