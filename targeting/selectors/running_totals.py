"""Running totals in a caller's scope: of importers that declared something at its offices."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from risk.selectors.running_totals import (
    Consignment,
    GroupMember,
    RunningTotal,
    consignments_of,
    group_of,
    running_totals,
    traded_substances,
)
from risk.selectors.traders import trader_of
from shipments.models import Party
from targeting.selectors.scope import Scope, offices_of, party_in_scope

MOST_SHOWN = 200
MOST_TOTALS = 20_000
"""Totals are computed while they are awaited: so many at most, else one asks for fewer."""


class Wanted(NamedTuple):
    """Of which totals one asks; None: whatever it is."""

    day: date
    substance_key: str = ""
    importer_id: int | None = None
    country: str = ""
    is_split: bool | None = None
    is_exceeded: bool | None = None


class TotalInFull(NamedTuple):
    """A total with the parties behind it that the caller may see, and what they declared at the
    offices in scope; the total itself is of everything."""

    total: RunningTotal
    group: Sequence[tuple[Party, GroupMember]]
    consignments: Sequence[Consignment]


def scoped_totals(scope: Scope, wanted: Wanted) -> list[RunningTotal] | None:
    """What is split or exceeded first, then the largest; None when too much is asked for.

    An importer is in scope when it declared the substance at one of its offices; its totals are
    of all offices.
    """
    importer = wanted.importer_id
    traded = traded_substances(
        day=wanted.day,
        most=MOST_TOTALS + 1,
        substance_key=wanted.substance_key,
        importer_ids=None if importer is None else trader_of(importer),
        offices=offices_of(scope),
    )
    if len(traded) > MOST_TOTALS:
        return None
    found = running_totals(traded, day=wanted.day)
    return sorted((one for one in found if _is_wanted(one, wanted)), key=_order)


def scoped_total(
    scope: Scope, *, importer_id: int, substance_key: str, day: date
) -> TotalInFull | None:
    """One total with what is behind it; None where there is none in scope. The importer may be
    any party of its trader."""
    offices = offices_of(scope)
    traded = traded_substances(
        day=day,
        most=1,
        substance_key=substance_key,
        importer_ids=trader_of(importer_id),
        offices=offices,
    )
    if not traded:
        return None
    (own,) = traded
    (total,) = running_totals(traded, day=day)
    members = group_of(own, day=day)
    seen = Party.objects.filter(party_in_scope(scope)).in_bulk([one.party_id for one in members])
    return TotalInFull(
        total=total,
        group=[(seen[one.party_id], one) for one in members if one.party_id in seen],
        consignments=consignments_of(own, day=day, most=MOST_SHOWN, offices=offices),
    )


def _is_wanted(one: RunningTotal, wanted: Wanted) -> bool:
    return (
        wanted.country in ("", one.importer.country)
        and wanted.is_split in (None, one.running.is_split)
        and wanted.is_exceeded in (None, one.running.is_exceeded)
    )


def _order(one: RunningTotal) -> tuple[object, ...]:
    told = one.running
    is_odd = told.is_split or told.is_exceeded
    return (not is_odd, -told.group_year_kg, one.importer.pk, told.substance_key)
