"""Importers and brokers whose share of exemption claims chance does not explain."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from risk.domain.intervals import Share, exceedance, wilson

# How often chance alone may name anybody of all that are compared at a time.
_FALSE_ALARMS = 0.05


class Counted(NamedTuple):
    """Items that name something controlled, and those of them with a claim."""

    items: int
    claimed: int


class ComparedClaimant(msgspec.Struct, frozen=True, kw_only=True):
    """One importer or broker beside all others of its role (``elsewhere`` None: there are none).

    ``share`` has the 95 % interval. ``is_unusual`` when chance would hardly give as many claims, or
    more, to anybody of all that were compared.
    """

    party_id: int
    items: int
    claimed: int
    share: Share
    elsewhere: float | None
    is_unusual: bool


def compare_claimants(of: Mapping[int, Counted]) -> list[ComparedClaimant]:
    """Each beside all others, the unusual first, then by how far the share lies above theirs.

    The level is divided by the number of comparisons (Bonferroni).
    """
    everywhere = Counted(
        sum(one.items for one in of.values()), sum(one.claimed for one in of.values())
    )
    level = _FALSE_ALARMS / max(1, len(of))
    rows = [_compared(party, own, everywhere, level) for party, own in of.items()]
    return sorted(rows, key=lambda row: (not row.is_unusual, -_excess(row), row.party_id))


def _compared(party: int, own: Counted, everywhere: Counted, level: float) -> ComparedClaimant:
    others = everywhere.items - own.items
    chance = exceedance(own.claimed, own.items, everywhere.claimed, everywhere.items)
    return ComparedClaimant(
        party_id=party,
        items=own.items,
        claimed=own.claimed,
        share=wilson(own.claimed, own.items),
        elsewhere=(everywhere.claimed - own.claimed) / others if others else None,
        is_unusual=bool(others) and chance < level,
    )


def _excess(row: ComparedClaimant) -> float:
    return (row.share.low or 0.0) - (row.elsewhere or 0.0)
