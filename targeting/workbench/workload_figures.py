"""Figures of the work: what waits, who is at it, lanes over time, offices and their capacity."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from risk.domain.profile import Lane
from targeting.filters.alerts import AlertFilter
from targeting.filters.outcomes import LaneStatisticsFilter
from targeting.selectors.alerts import list_alerts
from targeting.selectors.outcomes import scoped_lanes
from targeting.selectors.scope import Scope
from targeting.selectors.workload import (
    LanesOfDay,
    WaitingAlerts,
    ages_of_queue,
    holders_of_queue,
    lanes_over_time,
    loads_of_offices,
)
from targeting.workbench.figures import (
    Cell,
    Figure,
    Line,
    Text,
    columns_of,
    of_most,
    percent,
    rows_behind,
)
from targeting.workbench.labels import label
from targeting.workbench.periods import Period

LANES = tuple(lane.value for lane in (Lane.RED, Lane.YELLOW, Lane.BLUE, Lane.GREEN))
MOST_STEPS = 60


def age_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """Open alerts by how many days they wait."""
    wanted = AlertFilter(period.place, queryset=list_alerts(scope)).qs
    ages = ages_of_queue(wanted, today=now.astimezone(UTC).date())
    most = max((one.total for one in ages), default=0)
    return Figure(
        key="age",
        title=_("Age of the queue"),
        told=_("Open alerts by the days since they were raised, of the chosen offices."),
        columns=[_("Days"), _("Alerts"), *(str(label(lane, "lane")) for lane in LANES[:3])],
        lines=[
            Line(
                _age(one, now),
                [str(n) for n in (one.total, *(one.by_lane.get(lane, 0) for lane in LANES[:3]))],
                of_most(one.total, most),
                rows_behind(
                    "queue", state="open", raised_from=one.first, raised_to=one.last, **period.place
                ),
            )
            for one in ages
        ],
        empty=_("Nothing waits."),
    )


def _age(one: WaitingAlerts, now: datetime) -> str:
    today = now.astimezone(UTC).date()
    youngest = (today - one.last).days
    if one.first is None:
        return _("%(days)s and more") % {"days": youngest}
    oldest = (today - one.first).days
    return str(youngest) if youngest == oldest else f"{youngest} – {oldest}"


def holder_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """Who holds how many of the open alerts."""
    held = holders_of_queue(AlertFilter(period.place, queryset=list_alerts(scope)).qs, now=now)
    most = max((one.alerts for one in held), default=0)
    return Figure(
        key="holders",
        title=_("Who is at them"),
        told=_("Open alerts by the account that holds them now."),
        columns=[_("Account"), _("Alerts")],
        lines=[
            Line(
                one.account or _("nobody"),
                [str(one.alerts)],
                of_most(one.alerts, most),
                rows_behind("queue", state="open", assignee=one.account or "none", **period.place),
            )
            for one in held
        ],
        empty=_("Nothing waits."),
    )


def lanes_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """Lanes of declarations through the period."""
    wanted = {"date_from": period.first, "date_to": period.last, **period.place}
    lanes = LaneStatisticsFilter(wanted, queryset=scoped_lanes(scope)).qs
    days = -(-((period.last - period.first).days + 1) // MOST_STEPS)
    steps = lanes_over_time(lanes, first=period.first, last=period.last, days=days)
    columns, highest = columns_of([(f"{one.first}", one.by_lane) for one in steps], LANES)
    return Figure(
        key="lanes",
        title=_("Lanes over time"),
        told=_(
            "Declarations by the day of their acceptance and the lane that intake gave;"
            " amendments are not counted again. Behind a day stand its alerts, behind a number the"
            " declarations."
        ),
        columns=[
            _("Days"),
            _("Declarations"),
            *(str(label(lane, "lane")) for lane in LANES),
            _("Selected"),
            _("Drawn at random"),
        ],
        lines=[_lanes_line(one, period) for one in steps if one.declarations],
        empty=_("No declaration was accepted in this period."),
        over_time=columns if highest else (),
        highest=highest,
        span=(period.first, period.last),
    )


def _lanes_line(one: LanesOfDay, period: Period) -> Line:
    asked = {"day_from": one.first, "day_to": one.last, **period.place}
    cells: list[Text | Cell] = [
        Cell(str(one.declarations), rows_behind("declarations", **asked)),
        *(
            Cell(str(one.by_lane.get(lane, 0)), rows_behind("declarations", lane=lane, **asked))
            for lane in LANES
        ),
        percent(1 - one.by_lane.get(Lane.GREEN.value, 0) / one.declarations),
        str(one.drawn),
    ]
    days = f"{one.first}" if one.first == one.last else f"{one.first} – {one.last}"
    return Line(days, cells, None, rows_behind("queue", lane=LANES[:3], **asked))


def capacity_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """Offices with limits: what they selected against what they can work off."""
    loads = loads_of_offices(scope, first=period.first, last=period.last)
    chosen = period.place.get("office")
    lines = []
    for one in loads:
        if chosen and one.office != chosen:
            continue
        share = one.selected / one.capacity if one.capacity else None
        bar = None if share is None else of_most(min(share, 1.0), 1.0, "over" if share > 1 else "")
        cells = [one.days, one.seen, one.selected, one.capacity or "—", percent(share)]
        behind = rows_behind("queue", office=one.office, day_from=period.first, day_to=period.last)
        cells += [one.over_capacity, one.topped_up]
        lines.append(Line(one.office or "—", [str(cell) for cell in cells], bar, behind))
    return Figure(
        key="capacity",
        title=_("Selected against capacity"),
        told=_(
            "Per office with limits: declarations in lanes with work, against what its lanes can"
            " work off on the same days."
        ),
        columns=[
            *(_("Office"), _("Days"), _("Declarations"), _("Selected"), _("Capacity")),
            *(_("Selected of capacity"), _("Over capacity"), _("Topped up")),
        ],
        lines=lines,
        empty=_("No office has limits. A senior analyst records them under Limits of lanes."),
    )
