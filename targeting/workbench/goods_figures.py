"""Figures of goods: precursors by mass, channels by level, the growth of lists."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from risk.models.choices import CHANNEL_LEVELS, CHANNEL_STATES
from targeting.filters.declarations import DeclarationFilter
from targeting.filters.narrowed import rows_of
from targeting.selectors.channels import list_channels
from targeting.selectors.counted_goods import MOST_ROWS, counted_substances
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.goods_statistics import (
    channels_by_level,
    growth_of,
    list_sizes,
)
from targeting.selectors.scope import Scope
from targeting.selectors.sentences import reader_language
from targeting.selectors.substances import substance_names
from targeting.workbench.figures import Figure, Line, columns_of, of_most, rows_behind
from targeting.workbench.periods import Period

KG_OF_TONNE = 1000


def substances_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """Flagged substances by declared mass."""
    asked = {
        "cancelled": "false",
        "day_from": f"{period.first}",
        "day_to": f"{period.last}",
        **period.place,
    }
    declarations = rows_of(DeclarationFilter, asked, scoped_declarations(scope))
    found = counted_substances(declarations)[:MOST_ROWS]
    names = substance_names([one.key for one in found], lang=reader_language())
    most = max((float(one.mass_kg) for one in found), default=0.0)
    return Figure(
        key="substances",
        title=_("Precursors by substance"),
        told=_(
            "Net mass of goods items in which the substance was recognised and flagged, of current"
            " declarations; an item with two substances counts for both. Strengths are not applied."
            " Behind a substance stand its declarations."
        ),
        columns=[
            *(_("Substance"), _("Tonnes"), _("Declarations"), _("Goods items")),
            _("Without a mass"),
        ],
        lines=[
            Line(
                names.get(one.key, one.key),
                [
                    f"{one.mass_kg / KG_OF_TONNE:.3f}",
                    *map(str, (one.declarations, one.items, one.unweighed)),
                ],
                of_most(float(one.mass_kg), most),
                rows_behind("declarations", flagged_substance=one.key, **asked),
            )
            for one in found
        ],
        empty=_("No flagged substance was declared in this period."),
    )


def channels_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """Supply channels by level and state, of all time."""
    levels, states = dict(CHANNEL_LEVELS), dict(CHANNEL_STATES)
    found = channels_by_level(list_channels(scope))
    most = max((one.channels for one in found), default=0)
    return Figure(
        key="channels",
        title=_("Supply channels by level"),
        told=_("Channels all of whose declarations are in your scope, as they stand now."),
        columns=[_("Level"), _("State"), _("Channels"), _("Declarations"), _("Tonnes")],
        lines=[
            Line(
                str(levels.get(one.level, one.level)),
                [
                    str(states.get(one.state, one.state)),
                    *map(str, (one.channels, one.declarations)),
                    f"{one.mass_kg / KG_OF_TONNE:.3f}",
                ],
                of_most(one.channels, most),
                rows_behind("channels", level=one.level, state=one.state),
            )
            for one in found
        ],
        empty=_("No supply channel was proposed yet."),
    )


def lists_figure(scope: Scope, period: Period, now: datetime) -> Figure:
    """How many entries the lists hold, edition by edition."""
    sizes = list_sizes()
    points = growth_of(sizes)
    columns, highest = columns_of(
        [(f"{one.day}", {"held": one.entries}) for one in points], ("held",)
    )
    most = max((one.entries for one in sizes), default=0)
    return Figure(
        key="lists",
        title=_("Growth of the lists"),
        told=_("Entries of all lists together after each day on which one changed."),
        columns=[_("List, edition"), _("In force from"), _("Entries"), _("Substances")],
        lines=[
            Line(
                f"{one.list_code} {one.number}",
                [str(one.in_force_from or "—"), str(one.entries), str(one.substances)],
                of_most(one.entries, most),
                reverse("workbench:edition", args=[one.list_code, one.number]),
            )
            for one in sizes
        ],
        empty=_("No list is loaded."),
        over_time=columns,
        highest=highest,
        span=(points[0].day, points[-1].day) if points else None,
    )
