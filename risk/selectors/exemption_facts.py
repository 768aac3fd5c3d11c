"""Whether the quantities of a chunk's items are exempted, as of each declaration."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from risk.domain.facts import MatchFacts
from risk.domain.indicators.standing import is_controlled
from risk.domain.permits.exemptions import Brought, judged
from risk.domain.permits.running import Running
from risk.domain.substances import ExemptionPeriod
from shipments.domain.errors import InvalidValue
from shipments.domain.masses import litres_of

_Row = Mapping[str, Any]
_Matches = tuple[MatchFacts, ...]


def judged_matches(
    items_of: Mapping[int, Sequence[_Row]],
    matches: Mapping[int, _Matches],
    running: Mapping[int, tuple[Running, ...]],
) -> dict[int, _Matches]:
    """The matches, by item id, of those items that name a substance of which a list exempts any
    quantity, with what came of it; no query.

    The items of a declaration count together: they are one consignment. What the holder brought
    before is that of the running totals.
    """
    found: dict[int, _Matches] = {}
    for items in items_of.values():
        keys = {
            match.substance_key
            for item in items
            for match in matches[item["id"]]
            if match.exemptions and is_controlled(match)
        }
        if not keys:
            continue
        brought = {key: _brought(key, items, matches, running) for key in keys}
        for item in items:
            found[item["id"]] = tuple(
                _judged(one, brought[one.substance_key]) if one.substance_key in keys else one
                for one in matches[item["id"]]
            )
    return found


def _judged(match: MatchFacts, brought: Brought) -> MatchFacts:
    exemptions = tuple(judged(one, brought) for one in match.exemptions)
    return msgspec.structs.replace(match, exemptions=exemptions)


def _brought(
    key: str,
    items: Iterable[_Row],
    matches: Mapping[int, _Matches],
    running: Mapping[int, tuple[Running, ...]],
) -> Brought:
    own = [
        item
        for item in items
        if any(one.substance_key == key and is_controlled(one) for one in matches[item["id"]])
    ]
    declared_kg = sum((item["net_mass_kg"] or Decimal(0) for item in own), Decimal(0))
    totals = [
        one for item in own for one in running.get(item["id"], ()) if one.substance_key == key
    ]
    before = None
    if totals:
        # Totals grow from item to item: the last one holds all of the declaration's own.
        month = max(one.importer_month_kg or Decimal(0) for one in totals)
        year = max(one.importer_year_kg for one in totals)
        before = {
            ExemptionPeriod.MONTH: month - declared_kg,
            ExemptionPeriod.YEAR: year - declared_kg,
        }
    return Brought(
        kg=_sum(item["net_mass_kg"] for item in own),
        litres=_sum(_litres(item) for item in own),
        before_kg=before,
    )


def _sum(stated: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for one in stated:
        if one is None:
            return None
        total += one
    return total


def _litres(item: _Row) -> Decimal | None:
    quantity, unit = item["supplementary_quantity"], item["supplementary_unit"]
    if quantity is None or not unit:
        return None
    try:
        return litres_of(quantity, unit)
    except InvalidValue:
        return None
