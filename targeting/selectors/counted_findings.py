"""How many acts of inspection, and how much they found, by what one asks.

Counted are the acts that one gives: the rows of the list under the same filters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDay, TruncMonth

from risk.models import InspectionOutcome
from targeting.selectors.counted_goods import MOST_ROWS, office_zone
from targeting.selectors.regions import region_names
from targeting.selectors.standing import NONE


class FoundBy(StrEnum):
    """What acts are counted by; lane and country are those of the declaration."""

    SUBSTANCE = "substance"
    OFFICE = "office"
    REGION = "region"
    COUNTRY = "country"
    LANE = "lane"
    OUTCOME = "outcome"
    MEASURE = "measure"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFindings:
    """``acts`` that hold, on so many ``declarations``; ``found`` acts found a listed substance,
    ``mass_kg`` of it together, ``unweighed`` of them state none."""

    key: str
    acts: int = 0
    declarations: int = 0
    found: int = 0
    unweighed: int = 0
    mass_kg: Decimal = Decimal(0)


_FOUND = Q(found_substance__isnull=False)
_COUNTS: Mapping[str, Any] = {
    "acts": Count("pk"),
    "declarations": Count("declaration", distinct=True),
    "found": Count("pk", filter=_FOUND),
    "unweighed": Count("pk", filter=_FOUND & Q(found_mass_kg__isnull=True)),
    "mass_kg": Coalesce(Sum("found_mass_kg", filter=_FOUND), Decimal(0)),
}
_KEYS: Mapping[FoundBy, str] = {
    FoundBy.SUBSTANCE: "found_substance__key",
    FoundBy.OFFICE: "customs_office",
    FoundBy.REGION: "customs_office",
    FoundBy.COUNTRY: "declaration__country_of_dispatch",
    FoundBy.LANE: "assessment__lane_decision__lane",
    FoundBy.OUTCOME: "result",
    FoundBy.MEASURE: "measure",
}
_SPANS = {FoundBy.MONTH: (TruncMonth, "%Y-%m"), FoundBy.DAY: (TruncDay, "%Y-%m-%d")}


def counted_findings(acts: QuerySet[InspectionOutcome], *, by: FoundBy) -> list[CountedFindings]:
    """A row for each key of these acts: days and months in their order, else the heaviest first,
    500 at most. Of declarations that several keys share each key counts them. One query, of
    regions two: the offices of a region are asked for before."""
    if by is FoundBy.REGION:
        return _by_region(acts)[:MOST_ROWS]
    if by in _SPANS:
        span, spelling = _SPANS[by]
        days = _rows(acts, span("inspected_at", tzinfo=office_zone()))
        return [_row(row, row["key"].strftime(spelling)) for row in sorted(days, key=_key)]
    if by is FoundBy.SUBSTANCE:
        acts = acts.filter(_FOUND)
    found = [_row(row, row["key"] or NONE) for row in _rows(acts, F(_KEYS[by]))]
    return sorted(found, key=lambda row: (-row.mass_kg, -row.acts, row.key))[:MOST_ROWS]


def total_findings(acts: QuerySet[InspectionOutcome]) -> CountedFindings:
    """All of these acts in one row. One query."""
    return CountedFindings(key="", **acts.order_by().aggregate(**_COUNTS))


def _rows(acts: QuerySet[InspectionOutcome], key: Any) -> list[dict[str, Any]]:
    rows: Any = acts.order_by().annotate(key=key).values("key").annotate(**_COUNTS)
    return list(rows)


def _by_region(acts: QuerySet[InspectionOutcome]) -> list[CountedFindings]:
    """A declaration has one office, so the counts of a region's offices add up."""
    offices = _rows(acts, F("customs_office"))
    regions = region_names({row["key"] for row in offices})
    found: dict[str, dict[str, Any]] = {}
    for row in offices:
        told = found.setdefault(regions.get(row["key"], "") or NONE, dict.fromkeys(_COUNTS, 0))
        for name in _COUNTS:
            told[name] += row[name]
    rows = [CountedFindings(key=key, **counts) for key, counts in found.items()]
    return sorted(rows, key=lambda row: (-row.mass_kg, -row.acts, row.key))


def _key(row: dict[str, Any]) -> Any:
    return row["key"]


def _row(row: dict[str, Any], key: str) -> CountedFindings:
    return CountedFindings(key=key, **{name: row[name] for name in _COUNTS})
