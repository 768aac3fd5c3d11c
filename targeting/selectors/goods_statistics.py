"""How much came by which channels, and how the lists grew."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum

from risk.models import Channel, ListEdition
from risk.models.lists import LAW


class ChannelsOfLevel(NamedTuple):
    """Channels of one level in one state, with their consignments and suspect mass."""

    level: str
    state: str
    channels: int
    declarations: int
    mass_kg: Decimal


class ListSize(NamedTuple):
    """An edition that is or was law, and how many entries and substances it holds."""

    list_code: str
    number: int
    in_force_from: date | None
    entries: int
    substances: int


class Growth(NamedTuple):
    """What all lists in force together held from a day on."""

    day: date
    entries: int


def channels_by_level(channels: QuerySet[Channel]) -> list[ChannelsOfLevel]:
    """These channels by level and state; one query."""
    rows = (
        channels.order_by()
        .values("level", "state")
        .annotate(channels=Count("pk"), declared=Sum("declaration_count"), total_kg=Sum("mass_kg"))
        .order_by("level", "state")
    )
    return [
        ChannelsOfLevel(
            row["level"], row["state"], row["channels"], row["declared"], row["total_kg"]
        )
        for row in rows
    ]


def list_sizes() -> list[ListSize]:
    """Editions that are or were law, by list and number; one query."""
    rows = (
        ListEdition.objects.filter(state__in=LAW)
        .order_by()
        .values("control_list__code", "number", "in_force_from")
        .annotate(size=Count("entries"), held=Count("entries__substance", distinct=True))
        .order_by("control_list__code", "number")
    )
    return [
        ListSize(
            row["control_list__code"],
            row["number"],
            row["in_force_from"],
            row["size"],
            row["held"],
        )
        for row in rows
    ]


def growth_of(sizes: list[ListSize]) -> list[Growth]:
    """What all lists held together after each day on which one changed, the first day first.

    An edition without a first day counts from the day of the first one that has any. Of an edition
    that ended without a successor nothing is taken away.
    """
    days = sorted({one.in_force_from for one in sizes if one.in_force_from})
    if not days:
        return []
    by_day: dict[date, list[ListSize]] = defaultdict(list)
    for one in sizes:
        by_day[one.in_force_from or days[0]].append(one)
    held: dict[str, int] = {}
    points = []
    for day in days:
        held |= {one.list_code: one.entries for one in by_day[day]}
        points.append(Growth(day, sum(held.values())))
    return points
