"""The figures that the state publishes: each is a list of rows under filters, and their number.

A figure counts what the caller would be shown: nothing of another scope, of a controlled delivery
on which it is not named, or of a lead above its level.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest

from risk.domain.network.channel_states import ChannelLevel, ChannelMove
from risk.domain.outcomes import Measure
from risk.models import Substance
from shipments.domain.values import IdentifierKind
from targeting.filters.channels import ChannelFilter
from targeting.filters.controlled_deliveries import ControlledDeliveryFilter
from targeting.filters.narrowed import Query, rows_of
from targeting.filters.outcomes import OutcomeFilter
from targeting.filters.substances import SubstanceFilter
from targeting.filters.watchlists import WatchlistEntryFilter
from targeting.models import User
from targeting.selectors.channels import list_channels
from targeting.selectors.controlled_deliveries import controlled_deliveries
from targeting.selectors.outcomes import scoped_outcomes
from targeting.selectors.scope import Scope
from targeting.selectors.watchlists import list_entries

LEADS = (IdentifierKind.WEBSITE, IdentifierKind.CARD, IdentifierKind.WALLET)
NOT_HELD = ("laboratories", "blocked_amounts")
"""What the state publishes and no register here holds: they are other authorities' findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``resource`` is the list, ``query`` its filters; ``mass`` the field of kilograms, if any."""

    code: str
    resource: str
    query: Query
    rows: QuerySet[Any]
    mass: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFigure:
    """A figure with how many rows it has, and how many kilograms they say together."""

    figure: Figure
    count: int
    mass_kg: Decimal | None


def counted(figures: list[Figure]) -> list[CountedFigure]:
    """One query a figure."""
    return [_counted(figure) for figure in figures]


def published_figures(
    scope: Scope, user: User, request: HttpRequest | None, *, first: date, last: date
) -> list[Figure]:
    """Those of a period of office days, the last one included. Nothing is read yet."""
    days = _Period(request, f"{first}", f"{last}")
    return [*_of_channels(days, scope), *_of_acts(days, scope), *_of_knowledge(days, scope, user)]


def _of_channels(days: "_Period", scope: Scope) -> list[Figure]:
    """A group is a channel in which several importers take part."""
    channels = list_channels(scope)
    cut = {"move": ChannelMove.LIQUIDATE.value}
    groups = {**cut, "importers_min": "2"}
    return [
        *(
            days.figure(
                f"channels_cut_{level.value}", "channel-list", ChannelFilter, channels, "moved",
                mass="mass_kg", **cut, moved_level=level.value,
            )
            for level in ChannelLevel
        ),
        days.figure("groups_cut", "channel-list", ChannelFilter, channels, "moved", **groups),
        days.figure(
            "groups_cut_transnational", "channel-list", ChannelFilter, channels, "moved",
            **groups, moved_level=ChannelLevel.INTERNATIONAL.value,
        ),
    ]  # fmt: skip


def _of_acts(days: "_Period", scope: Scope) -> list[Figure]:
    acts = scoped_outcomes(scope)
    return [
        days.figure(
            "precursors_seized", "outcome-list", OutcomeFilter, acts, "day", mass="found_mass_kg",
            current="true", found="true", measure=Measure.SEIZED.value,
        ),
        days.figure(
            "criminal_cases", "outcome-list", OutcomeFilter, acts, "day",
            current="true", measure=Measure.CRIMINAL_CASE.value,
        ),
        days.figure(
            "examinations_answered", "outcome-list", OutcomeFilter, acts, "answered",
            current="true", laboratory="answered",
        ),
    ]  # fmt: skip


def _of_knowledge(days: "_Period", scope: Scope, user: User) -> list[Figure]:
    """Watches that the account knows of, what lists came to hold, and leads of its levels."""
    watches, leads = controlled_deliveries(user, scope), list_entries(scope)
    return [
        days.figure(
            "controlled_deliveries", "controlled-delivery-list", ControlledDeliveryFilter,
            watches, "marked",
        ),
        days.figure(
            "substances_added", "substance-list", SubstanceFilter, Substance.objects.all(),
            "listed",
        ),
        *(
            days.figure(
                f"leads_{kind.value}", "watchlist-entry-list", WatchlistEntryFilter, leads,
                "approved", kind=kind.value,
            )
            for kind in LEADS
        ),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Period:
    request: HttpRequest | None
    first: str
    last: str

    def figure(
        self,
        code: str,
        resource: str,
        filters: type[django_filters.FilterSet],
        rows: QuerySet[Any],
        days: str,
        mass: str = "",
        **query: str,
    ) -> Figure:
        """``days`` is the name of the pair of filters that bounds the period."""
        asked = {**query, f"{days}_from": self.first, f"{days}_to": self.last}
        narrowed = rows_of(filters, asked, rows, self.request)
        return Figure(code=code, resource=resource, query=asked, rows=narrowed, mass=mass)


def _counted(figure: Figure) -> CountedFigure:
    sums = {"mass_kg": Sum(figure.mass)} if figure.mass else {}
    told = figure.rows.order_by().aggregate(count=Count("pk"), **sums)
    mass = told.get("mass_kg")
    zero = Decimal(0) if figure.mass else None
    return CountedFigure(figure=figure, count=told["count"], mass_kg=zero if mass is None else mass)
