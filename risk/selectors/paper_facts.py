"""What the registers of permits and notices say of the items of a chunk."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from risk.domain.facts import MatchFacts
from risk.domain.indicators.standing import needs_notice
from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.notices import AwaitedNotice, NoticeFacts
from risk.selectors.notice_facts import Consignment, notice_facts
from risk.selectors.permit_facts import Declared, asking_item, permit_facts

_Row = Mapping[str, Any]


class Papers(NamedTuple):
    """Permits and notices by item id, awaited notices by declaration id."""

    permits: Mapping[int, tuple[PermitFacts, ...]]
    notices: Mapping[int, tuple[NoticeFacts, ...]]
    awaited: Mapping[int, tuple[AwaitedNotice, ...]]


def paper_facts(
    declarations: Sequence[_Row],
    days: Mapping[int, date],
    items_of: Mapping[int, Sequence[_Row]],
    matches: Mapping[int, tuple[MatchFacts, ...]],
) -> Papers:
    """The facts of a chunk; ``matches`` are by item id, the others by declaration id. One query
    where nothing is controlled or notified."""
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
        if any(needs_notice(match) for match in matches[item["id"]])
    }
    consignments = [
        Consignment(
            pk=row["id"],
            day=days[row["id"]],
            document_kind=row["document_kind"],
            direction=row["direction"],
            importer_id=row["importer_id"],
            countries=frozenset({row["country_of_dispatch"], row["country_of_trading"]}),
            items=tuple((item["id"], item["item_number"]) for item in items_of[row["id"]]),
        )
        for row in declarations
    ]
    notices, awaited = notice_facts(consignments, precursors)
    return Papers(permits, notices, awaited)


def _declared(row: _Row, days: Mapping[int, date]) -> Declared:
    offices = (row["border_office"], row["customs_office"])
    return Declared(row["id"], days[row["id"]], row["document_kind"], row["direction"], offices)
