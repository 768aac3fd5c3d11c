"""Brokers and carriers whose share of bad consignments chance does not explain."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from risk.domain.intervals import Share, exceedance, wilson

# How often chance alone may name anybody of all that are compared at a time.
_FALSE_ALARMS = 0.05


class Counted(NamedTuple):
    """Declarations; those of them in the red lane, and those whose importer, consignee or
    consignor is an offender."""

    declarations: int
    red: int
    offender_linked: int


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A share of one intermediary beside that of all the others (None: there are none).

    ``share`` has the 95 % interval. ``is_unusual`` when chance would hardly give as many, or
    more, to anybody of all that were compared.
    """

    found: int
    share: Share
    elsewhere: float | None
    is_unusual: bool


class Intermediary(msgspec.Struct, frozen=True, kw_only=True):
    """One broker or carrier, with its shares of red lanes and of offenders' consignments."""

    party_id: int
    declarations: int
    red: Compared
    offender_linked: Compared

    @property
    def is_unusual(self) -> bool:
        return self.red.is_unusual or self.offender_linked.is_unusual


def compare_intermediaries(of: Mapping[int, Counted], everywhere: Counted) -> list[Intermediary]:
    """Each intermediary beside all others, the unusual first, then by what speaks most.

    ``everywhere`` counts declarations once, whoever took part in them. The level is divided by
    the number of comparisons (Bonferroni), two for each intermediary.
    """
    level = _FALSE_ALARMS / max(1, 2 * len(of))
    rows = [
        Intermediary(
            party_id=party,
            declarations=own.declarations,
            red=_compared(own.red, own.declarations, everywhere.red, everywhere, level),
            offender_linked=_compared(
                own.offender_linked,
                own.declarations,
                everywhere.offender_linked,
                everywhere,
                level,
            ),
        )
        for party, own in of.items()
    ]
    return sorted(rows, key=lambda row: (not row.is_unusual, -_excess(row), row.party_id))


def _compared(found: int, of: int, of_all: int, everywhere: Counted, level: float) -> Compared:
    others = everywhere.declarations - of
    return Compared(
        found=found,
        share=wilson(found, of),
        elsewhere=(of_all - found) / others if others > 0 else None,
        is_unusual=exceedance(found, of, of_all, everywhere.declarations) < level,
    )


def _excess(row: Intermediary) -> float:
    """By how much the lower bound of a share lies above that of the others, at most."""
    return max(
        (one.share.low or 0.0) - (one.elsewhere or 0.0) for one in (row.red, row.offender_linked)
    )
