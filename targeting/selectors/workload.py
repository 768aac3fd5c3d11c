"""What waits in the queue, how lanes run through a period, and what offices can work off."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from risk.models import LaneDay, LaneDecision
from risk.selectors.lane_days import plans_on
from targeting.models import Alert
from targeting.models.choices import AlertState
from targeting.selectors.counted_goods import office_zone
from targeting.selectors.scope import Scope, in_scope

# Whole days (UTC) since the alert was raised: from, to; None: and older.
AGES: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 2), (3, 6), (7, 29), (30, None))
_ACCEPTED = "assessment__declaration__accepted_at"


class WaitingAlerts(NamedTuple):
    """Open alerts raised on the days ``first`` to ``last`` (UTC; None: ever), by lane."""

    first: date | None
    last: date
    by_lane: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_lane.values())


class HeldAlerts(NamedTuple):
    """How many open alerts an account holds; blank: nobody is at them."""

    account: str
    alerts: int


class LanesOfDay(NamedTuple):
    """The lanes that intake gave to declarations of the days from ``first`` on, and how many the
    random draw chose of all ``declarations``."""

    first: date
    last: date
    by_lane: dict[str, int]
    drawn: int

    @property
    def declarations(self) -> int:
        return sum(self.by_lane.values())


class OfficeLoad(NamedTuple):
    """An office with limits over the days of a period: ``selected`` of ``seen`` declarations.

    ``capacity`` adds up what its lanes could work off on those days; None where none is said.
    """

    office: str
    days: int
    seen: int
    selected: int
    over_capacity: int
    topped_up: int
    capacity: int | None


def ages_of_queue(alerts: QuerySet[Alert], *, today: date) -> list[WaitingAlerts]:
    """The open ones of these alerts by age and lane, the youngest first; one query."""
    spans = [_span(today, *age) for age in AGES]
    place = Case(
        *(
            When(_raised(first, last), then=Value(number))
            for number, (first, last) in enumerate(spans)
        ),
        output_field=IntegerField(),
    )
    waiting = alerts.filter(state=AlertState.OPEN).order_by().annotate(place=place)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for number, lane, count in waiting.values_list("place", "lane").annotate(count=Count("pk")):
        if number is not None:  # raised after today: a clock that was set back
            counts[number][lane] = count
    return [WaitingAlerts(first, last, counts[n]) for n, (first, last) in enumerate(spans)]


def holders_of_queue(alerts: QuerySet[Alert], *, now: datetime) -> list[HeldAlerts]:
    """Who holds how many of the open ones, who holds most first; one query."""
    held = Q(assignee__isnull=False, assigned_until__gt=now)
    rows = (
        alerts.filter(state=AlertState.OPEN)
        .order_by()
        .annotate(account=Case(When(held, then="assignee__username"), default=Value("")))
        .values_list("account")
        .annotate(count=Count("pk"))
    )
    return sorted((HeldAlerts(*row) for row in rows), key=lambda one: (-one.alerts, one.account))


def lanes_over_time(
    lanes: QuerySet[LaneDecision], *, first: date, last: date, days: int
) -> list[LanesOfDay]:
    """The lanes of declarations accepted in the period (the offices' own days) in steps of so many
    days; one query.

    ``lanes`` are of the same period. Steps without a declaration are there, too.
    """
    rows = (
        lanes.order_by()
        .annotate(day=TruncDate(_ACCEPTED, tzinfo=office_zone()))
        .values_list("day", "lane")
        .annotate(count=Count("pk"), drawn=Count("pk", filter=Q(is_drawn=True)))
    )
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    drawn: dict[int, int] = defaultdict(int)
    for day, lane, count, of_draw in rows:
        step = (day - first).days // days
        counts[step][lane] += count
        drawn[step] += of_draw
    steps = range((last - first).days // days + 1)
    return [
        LanesOfDay(
            first + timedelta(days=n * days),
            min(last, first + timedelta(days=(n + 1) * days - 1)),
            dict(counts[n]),
            drawn[n],
        )
        for n in steps
    ]


def loads_of_offices(scope: Scope, *, first: date, last: date) -> list[OfficeLoad]:
    """What offices with limits selected in the period against what they can work off; two
    queries. The busiest against its capacity first."""
    rows = LaneDay.objects.filter(in_scope(scope), day__range=(first, last))
    days: dict[str, list[Any]] = defaultdict(list)
    for row in rows.order_by("customs_office", "day").defer("passed"):
        days[row.customs_office].append(row)
    plans = plans_on({(row.customs_office, row.day) for found in days.values() for row in found})
    loads = [_load(office, found, plans) for office, found in days.items()]
    return sorted(loads, key=lambda one: (-one.selected / (one.capacity or 10**9), one.office))


def _load(office: str, rows: Sequence[LaneDay], plans: Any) -> OfficeLoad:
    limits = [
        limit.capacity
        for row in rows
        for limit in plans.get((office, row.day), {}).values()
        if limit.capacity is not None
    ]
    return OfficeLoad(
        office=office,
        days=len(rows),
        seen=sum(row.seen for row in rows),
        selected=sum(row.red + row.yellow + row.blue for row in rows),
        over_capacity=sum(row.over_capacity for row in rows),
        topped_up=sum(row.topped_up for row in rows),
        capacity=sum(limits) if limits else None,
    )


def _span(today: date, youngest: int, oldest: int | None) -> tuple[date | None, date]:
    last = today - timedelta(days=youngest)
    return (None if oldest is None else today - timedelta(days=oldest)), last


def _raised(first: date | None, last: date) -> Q:
    end = datetime.combine(last + timedelta(days=1), time.min, UTC)
    until = Q(raised_at__lt=end)
    return until & Q(raised_at__gte=datetime.combine(first, time.min, UTC)) if first else until
