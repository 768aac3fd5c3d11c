"""Rates by customs office and region, each with what it is a share of.

Counts come in by office, rows go out by office or region. A declaration has one office, so counts
of declarations add up; a channel may touch several, so channels come as ids.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from risk.domain.intervals import Share, wilson
from risk.domain.outcome_statistics import Precision, Tally, precision

UNKNOWN = ""
_PLACES = Decimal("0.01")


class OfficeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What one office came to: ``lanes`` by code, ``score_sum`` of the declarations that have one,
    ``channels`` the ids of supply channels with a suspect consignment there."""

    office: str
    lanes: Mapping[str, int] = {}
    drawn: int = 0
    score_sum: Decimal = Decimal(0)
    tally: Tally = Tally(inspected=0, offences=0, found=0)
    channels: frozenset[int] = frozenset()


class PlaceRates(msgspec.Struct, frozen=True, kw_only=True):
    """One region, or one office of it. ``inspected_share`` is of the declarations, the shares of
    ``precision`` of those inspected; ``mean_score`` is None without a declaration."""

    region: str
    office: str | None
    offices: int
    declarations: int
    lanes: Mapping[str, int]
    drawn: int
    mean_score: Decimal | None
    inspected_share: Share
    precision: Precision
    channels: int


def rates_by_office(
    counts: Iterable[OfficeCounts], *, region_of: Mapping[str, str]
) -> list[PlaceRates]:
    """A row an office, the most declarations first."""
    rows = [
        _rates([one], region=region_of.get(one.office, UNKNOWN), office=one.office)
        for one in counts
    ]
    return sorted(rows, key=lambda row: (-row.declarations, row.office or ""))


def rates_by_region(
    counts: Iterable[OfficeCounts], *, region_of: Mapping[str, str]
) -> list[PlaceRates]:
    """A row a region, the most declarations first; offices whose region nobody entered are one."""
    groups: dict[str, list[OfficeCounts]] = {}
    for one in counts:
        groups.setdefault(region_of.get(one.office, UNKNOWN), []).append(one)
    rows = [_rates(group, region=region, office=None) for region, group in groups.items()]
    return sorted(rows, key=lambda row: (-row.declarations, row.region))


def _rates(group: list[OfficeCounts], *, region: str, office: str | None) -> PlaceRates:
    lanes: dict[str, int] = {}
    for one in group:
        for lane, count in one.lanes.items():
            lanes[lane] = lanes.get(lane, 0) + count
    declarations = sum(lanes.values())
    tally = Tally(
        inspected=sum(one.tally.inspected for one in group),
        offences=sum(one.tally.offences for one in group),
        found=sum(one.tally.found for one in group),
    )
    total = sum((one.score_sum for one in group), Decimal(0))
    return PlaceRates(
        region=region,
        office=office,
        offices=len(group),
        declarations=declarations,
        lanes=lanes,
        drawn=sum(one.drawn for one in group),
        mean_score=(total / declarations).quantize(_PLACES) if declarations else None,
        inspected_share=wilson(min(tally.inspected, declarations), declarations),
        precision=precision(tally),
        channels=len(frozenset[int]().union(*(one.channels for one in group))),
    )
