"""What the registers of permits, notices and requirements say of the items of a chunk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from risk.domain.facts import MatchFacts
from risk.domain.indicators.standing import is_controlled, is_controlled_precursor
from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.exemptions import small_limit_kg
from risk.domain.permits.notices import AwaitedNotice, NoticeFacts
from risk.domain.permits.running import Running
from risk.selectors.notice_facts import Consignment, notice_facts
from risk.selectors.permit_facts import Declared, asking_item, permit_facts
from risk.selectors.running import Importing, OwnItem, running_facts
from shipments.domain.values import Direction

_Row = Mapping[str, Any]


class Papers(NamedTuple):
    """Permits, notices and running totals by item id, awaited notices by declaration id."""

    permits: Mapping[int, tuple[PermitFacts, ...]]
    notices: Mapping[int, tuple[NoticeFacts, ...]]
    awaited: Mapping[int, tuple[AwaitedNotice, ...]]
    running: Mapping[int, tuple[Running, ...]]


def paper_facts(
    declarations: Sequence[_Row],
    days: Mapping[int, date],
    items_of: Mapping[int, Sequence[_Row]],
    matches: Mapping[int, tuple[MatchFacts, ...]],
    traders: Mapping[int, frozenset[int]],
) -> Papers:
    """The facts of a chunk; ``matches`` are by item id, ``traders`` of merged parties by theirs,
    the others by declaration id. One query where nothing is controlled or notified."""
    asking = [
        one
        for pk, items in items_of.items()
        for item in items
        if (one := asking_item(item["id"], pk, matches[item["id"]]))
    ]
    permits = permit_facts(asking, {row["id"]: _declared(row, days) for row in declarations})
    precursors = {
        item["id"]
        for items in items_of.values()
        for item in items
        if any(is_controlled_precursor(match) for match in matches[item["id"]])
    }
    consignments = [
        Consignment(
            pk=row["id"],
            day=days[row["id"]],
            document_kind=row["document_kind"],
            direction=row["direction"],
            importer_ids=_trader(row["importer_id"], traders),
            countries=frozenset({row["country_of_dispatch"], row["country_of_trading"]}),
            items=tuple((item["id"], item["item_number"]) for item in items_of[row["id"]]),
        )
        for row in declarations
    ]
    notices, awaited = notice_facts(consignments, precursors)
    running = running_facts(_importing(declarations, days, items_of, matches), traders)
    return Papers(permits, notices, awaited, running)


def _trader(party_id: int | None, traders: Mapping[int, frozenset[int]]) -> frozenset[int]:
    return frozenset() if party_id is None else traders.get(party_id, frozenset([party_id]))


def _importing(
    declarations: Sequence[_Row],
    days: Mapping[int, date],
    items_of: Mapping[int, Sequence[_Row]],
    matches: Mapping[int, tuple[MatchFacts, ...]],
) -> Iterator[tuple[Importing, list[OwnItem]]]:
    for row in declarations:
        if row["direction"] != Direction.IMPORT or row["importer_id"] is None:
            continue
        items = items_of[row["id"]]
        one = Importing(
            row["id"],
            row["importer_id"],
            row["importer_country"],
            row["accepted_at"],
            row["registration_number"],
            days[row["id"]],
            exempt_kg=_exempt_kg(one for item in items for one in matches[item["id"]]),
        )
        yield (
            one,
            [
                OwnItem(item["id"], item["net_mass_kg"], _controlled(matches[item["id"]]))
                for item in items
            ],
        )


def _exempt_kg(matches: Iterable[MatchFacts]) -> dict[str, Decimal]:
    return {
        match.substance_key: limit
        for match in matches
        if match.exemptions and (limit := small_limit_kg(match.exemptions)) is not None
    }


def _controlled(matches: tuple[MatchFacts, ...]) -> dict[str, Decimal | None]:
    found: dict[str, Decimal | None] = {}
    for match in matches:
        if is_controlled(match):
            stated = (found.get(match.substance_key), match.concentration_pct)
            known = [pct for pct in stated if pct is not None]
            found[match.substance_key] = max(known) if known else None
    return found


def _declared(row: _Row, days: Mapping[int, date]) -> Declared:
    offices = (row["border_office"], row["customs_office"])
    return Declared(row["id"], days[row["id"]], row["document_kind"], row["direction"], offices)
