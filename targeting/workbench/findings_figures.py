"""Figures of what inspections found: precision of indicators, the random arm, laboratories."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.utils.translation import gettext as _

from risk.domain.outcome_statistics import Misses
from risk.domain.outcomes import CONCLUSIVE
from risk.domain.profile import Lane
from targeting.filters.outcomes import LaneStatisticsFilter, OutcomeStatisticsFilter
from targeting.selectors.outcomes import (
    OutcomeStatistics,
    outcome_statistics,
    scoped_lanes,
    scoped_outcomes,
)
from targeting.selectors.scope import Scope
from targeting.workbench.figures import (
    Fact,
    Figure,
    Line,
    interval,
    of_most,
    percent,
    rows_behind,
    share_bar,
)
from targeting.workbench.periods import Period


def findings_figures(scope: Scope, period: Period, now: datetime) -> list[Callable[[], Figure]]:
    """The figures, each to be made when it is asked for; eight queries for all of them."""
    wanted = {"date_from": period.first, "date_to": period.last, **period.place}

    @cache
    def counted() -> OutcomeStatistics:
        acts = OutcomeStatisticsFilter(wanted, queryset=scoped_outcomes(scope)).qs
        lanes = LaneStatisticsFilter(wanted, queryset=scoped_lanes(scope)).qs
        return outcome_statistics(acts, lanes=lanes)

    return [
        lambda: precision_figure(counted(), period),
        lambda: misses_figure(counted(), period),
        lambda: laboratory_figure(counted(), period),
    ]


def precision_figure(counted: OutcomeStatistics, period: Period) -> Figure:
    """How often declarations with an indicator, once inspected, had an offence."""
    lines = []
    for one in counted.indicators:
        told = one.precision
        cells = [
            str(told.inspected),
            str(told.offences),
            percent(told.offence_share.value),
            interval(told.offence_share),
            str(told.found),
            percent(told.found_share.value),
        ]
        behind = _acts(period, indicator=one.code, result=CONCLUSIVE)
        lines.append(Line(one.code, cells, share_bar(told.offence_share), behind))
    return Figure(
        key="precision",
        title=_("Precision per indicator"),
        told=_(
            "Of declarations inspected on which the indicator had fired, those with an offence,"
            " with the 95 per cent interval of Wilson."
            " Who is inspected is chosen: it is no share of all."
        ),
        columns=[
            *(_("Indicator"), _("Inspected"), _("With an offence"), _("Share")),
            *(_("95 per cent interval"), _("Substance found"), _("Share found")),
        ],
        lines=lines,
        empty=_("No inspection of this period has a result. Enter outcomes, or import them."),
    )


def misses_figure(counted: OutcomeStatistics, period: Period) -> Figure:
    """What the criteria pass by, as the random draw tells."""
    misses = counted.misses
    share = misses.sample.offence_share
    behind = _acts(period, selected_by="random", result=CONCLUSIVE)
    estimate = [
        "—" if value is None else f"{value:.0f}"
        for value in (misses.estimate, misses.low, misses.high)
    ]
    return Figure(
        key="random",
        title=_("The random arm"),
        told=_(
            "Declarations that met no criterion, and what those drawn at random tell of them."
            " Holds as far as the drawn were inspected, whoever they were."
        ),
        columns=[_("Declarations"), _("Count")],
        lines=_misses_lines(misses, period) if misses.passed else [],
        empty=_("No declaration of this period met no criterion."),
        facts=[
            Fact(_("share with an offence"), percent(share.value), behind),
            Fact(_("95 per cent interval"), interval(share), behind),
            Fact(_("so probably missed"), f"{estimate[0]} ({estimate[1]} – {estimate[2]})", behind),
        ],
    )


def _misses_lines(misses: Misses, period: Period) -> list[Line]:
    """From all that were passed by to the offences among those drawn."""
    of_draw = {"day_from": period.first, "day_to": period.last, **period.place}
    passed = {"criteria_lane": Lane.GREEN.value, **of_draw}
    inspected = _acts(period, selected_by="random", result=CONCLUSIVE)
    offences = _acts(period, selected_by="random", result="offence")
    told = [
        (_("met no criterion"), misses.passed, rows_behind("declarations", **passed)),
        (_("drawn of them"), misses.drawn, rows_behind("queue", random_arm="true", **of_draw)),
        (_("inspected at random"), misses.sample.inspected, inspected),
        (_("with an offence"), misses.sample.offences, offences),
    ]
    return [
        Line(name, [str(count)], of_most(count, misses.passed), behind)
        for name, count, behind in told
    ]


def laboratory_figure(counted: OutcomeStatistics, period: Period) -> Figure:
    """How long laboratories take."""
    took = counted.laboratory
    hours = [
        (_("median"), took.median_hours),
        (_("nine of ten within"), took.p90_hours),
        (_("longest"), took.longest_hours),
    ]
    longest = took.longest_hours or 0.0
    answered = _acts(period, laboratory="answered")
    lines = [
        Line(name, ["—" if h is None else f"{h:.1f}"], of_most(h or 0.0, longest), answered)
        for name, h in hours
    ]
    return Figure(
        key="laboratory",
        title=_("Laboratory turnaround"),
        told=_("Hours from the request to the answer, of requests that have one."),
        columns=[_("Of the answered"), _("Hours")],
        lines=lines if took.requested else [],
        empty=_("No laboratory was asked in this period."),
        facts=[
            Fact(_("answered"), str(took.answered), answered),
            Fact(_("waiting"), str(took.waiting), _acts(period, laboratory="waiting")),
        ],
    )


def _acts(period: Period, **query: object) -> str:
    wanted = {"accepted_from": period.first, "accepted_to": period.last, "current": "true"}
    return rows_behind("outcomes", **wanted, **period.place, **query)
