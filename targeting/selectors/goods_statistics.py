"""How much of which substance was declared, by which channels, and how the lists grew."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from risk.models import Channel, ListEdition
from risk.models.lists import LAW
from targeting.selectors.scope import Scope, offices_of

MOST_SUBSTANCES = 500


class DeclaredSubstance(NamedTuple):
    """A flagged substance in declarations of a period; masses are net kilograms of goods items,
    ``unweighed`` of which state none."""

    key: str
    declarations: int
    items: int
    unweighed: int
    mass_kg: Decimal


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


def declared_substances(
    scope: Scope, *, first: date, last: date, office: str | None = None, region: str | None = None
) -> list[DeclaredSubstance]:
    """Of current declarations accepted in the period (UTC) at the offices in scope, the heaviest
    first, 500 at most. One query. An item counts once for each substance."""
    offices = offices_of(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            _DECLARED,
            {
                "first": datetime.combine(first, time.min, UTC),
                "end": datetime.combine(last + timedelta(days=1), time.min, UTC),
                "offices": None if offices is None else list(offices),
                "office": office,
                "region": region,
                "most": MOST_SUBSTANCES,
            },
        )
        return [DeclaredSubstance(*row) for row in cursor.fetchall()]


# Items of a period are far fewer than matches of all time, so the declarations come first.
_DECLARED = """
    SELECT s.key, count(DISTINCT found.declaration_id), count(*),
           count(*) FILTER (WHERE found.net_mass_kg IS NULL),
           coalesce(sum(found.net_mass_kg), 0) AS mass
    FROM (
      SELECT DISTINCT m.substance_id, i.id, i.declaration_id, i.net_mass_kg
      FROM shipments_declaration AS d
      JOIN shipments_goodsitem AS i ON i.declaration_id = d.id
      JOIN risk_substancematch AS m ON m.goods_item_id = i.id AND m.is_flagged
      WHERE d.accepted_at >= %(first)s AND d.accepted_at < %(end)s
        AND NOT d.is_cancelled
        AND NOT EXISTS (SELECT FROM shipments_declaration AS n WHERE n.supersedes_id = d.id)
        AND (%(office)s::text IS NULL OR d.customs_office = %(office)s)
        AND (%(region)s::text IS NULL OR d.customs_office IN
             (SELECT code FROM targeting_customsoffice WHERE region = %(region)s))
        AND (%(offices)s::text[] IS NULL OR d.customs_office = ANY(%(offices)s::text[]))
    ) AS found
    JOIN risk_substance AS s ON s.id = found.substance_id
    GROUP BY s.key ORDER BY mass DESC, s.key LIMIT %(most)s
"""


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
