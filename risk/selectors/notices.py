"""Pre-export notifications and the goods items that may have come under them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from risk.domain.matching.evidence import EvidenceKind
from risk.domain.permits.checks import Goods
from risk.domain.permits.notices import DeclaredItem, Notice, notice_line
from risk.selectors.office import office_day
from risk.selectors.permits import named_substances, permit_kinds
from risk.selectors.traders import TRADER, traders_of
from shipments.domain.authorisations import AuthorisationKind, number_key
from shipments.domain.masses import Basis
from shipments.domain.names import normalise_trader_name
from shipments.domain.notifications import Clocks, NotificationState, read_clocks
from shipments.domain.values import Direction, PartyRoleKind
from shipments.domain.working_days import Calendar, read_calendar
from shipments.models import GoodsItem, GoodsItemDocument, PartyRole, PreExportNotification

NOTICE_KINDS = ("import", "export")
"""Only full declarations come under a notice: preliminary information tells of one to come."""

# (item, notice) of latest live versions: the item's documents name the notice, or its importer
# is the notified one, under whichever of its spellings, in the window, and something notified is
# recognised in the item.
#
# Each step is made before the next: into an empty database a large file comes faster than its
# statistics. Then one declaration is expected where a thousand stand, and every one of them was
# set beside every notice, and each such pair beside all documents.
_PAIRS = f"""
    WITH {TRADER}, own AS MATERIALIZED (
      SELECT DISTINCT ON (registration_number) id, accepted_at, direction, document_kind,
             is_cancelled
      FROM shipments_declaration WHERE registration_number = ANY(%(numbers)s)
        AND EXISTS (SELECT FROM shipments_preexportnotification)
      ORDER BY registration_number, version DESC
    ), item AS MATERIALIZED (
      SELECT item.id, own.id AS declaration_id, own.accepted_at::date AS day, own.direction
      FROM own JOIN shipments_goodsitem AS item ON item.declaration_id = own.id
      WHERE NOT own.is_cancelled AND own.document_kind = ANY(%(kinds)s)
    ), paper AS MATERIALIZED (
      SELECT item.id, item.direction,
             upper(regexp_replace(document.number, '\\s', '', 'g')) AS number_key
      FROM item JOIN shipments_goodsitemdocument AS document ON document.goods_item_id = item.id
      WHERE document.code = ANY(%(codes)s)
    ), named AS MATERIALIZED (
      SELECT item.*, match.substance_id
      FROM item JOIN risk_substancematch AS match ON match.goods_item_id = item.id
      WHERE NOT match.is_upcoming AND match.look_back_id IS NULL AND match.kind <> %(cover)s
    ), imported AS MATERIALIZED (
      SELECT named.*, coalesce(same.party_id, role.party_id) AS importer_id
      FROM named JOIN shipments_partyrole AS role ON role.declaration_id = named.declaration_id
      LEFT JOIN trader ON trader.party_id = role.party_id
      LEFT JOIN trader AS same ON same.head_id = trader.head_id
      WHERE role.role = ANY(%(roles)s)
    )
    SELECT paper.id, notice.id FROM paper
    JOIN shipments_preexportnotification AS notice
      ON notice.number_key = paper.number_key AND notice.direction = paper.direction
    UNION
    SELECT imported.id, notice.id FROM imported
    JOIN shipments_preexportnotification AS notice
      ON notice.importer_id = imported.importer_id
     AND notice.opens_on <= imported.day + 1 AND notice.closes_on >= imported.day - 1
     AND notice.direction = imported.direction
    JOIN risk_substance AS substance
      ON substance.id = imported.substance_id AND substance.key = notice.substance_key
    ORDER BY 1, 2
"""  # noqa: S608 - composed of the constants above
_ROLES = {
    Direction.IMPORT.value: (PartyRoleKind.IMPORTER.value, PartyRoleKind.CONSIGNEE.value),
    Direction.EXPORT.value: (PartyRoleKind.CONSIGNEE.value, PartyRoleKind.IMPORTER.value),
}
_EXPORTERS = (PartyRoleKind.CONSIGNOR.value,)


class Place(NamedTuple):
    """Where a goods item stands, for the row of its match."""

    declaration_id: int
    registration_number: str
    item_number: int
    accepted_at: datetime


def clocks() -> Clocks:
    """How long replies and journeys may take."""
    return read_clocks(Path(settings.TARGETING["FIXTURES_DIR"]) / "notifications" / "clocks.csv")


def calendar() -> Calendar:
    """The holidays of this country."""
    return read_calendar(Path(settings.TARGETING["FIXTURES_DIR"]) / "calendars" / "kz.csv")


@lru_cache(maxsize=1)
def notice_codes() -> tuple[str, ...]:
    """The codes of graph 44 that may name a notification of the exporting state."""
    kind = AuthorisationKind.FOREIGN_PERMIT
    return tuple(code for code, kinds in permit_kinds().items() if kind in kinds)


def notice_pairs(numbers: Sequence[str]) -> dict[int, list[int]]:
    """By goods item id the notices that it may have come under. One query."""
    params: dict[str, Any] = {
        "numbers": list(numbers),
        "kinds": list(NOTICE_KINDS),
        "codes": list(notice_codes()),
        "cover": EvidenceKind.COVER_NAME.value,
        "roles": [PartyRoleKind.IMPORTER.value, PartyRoleKind.CONSIGNEE.value],
    }
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, params)
        for item_id, notice_id in cursor.fetchall():
            found[item_id].append(notice_id)
    return found


def notices_of(ids: Iterable[int]) -> dict[int, Notice]:
    """Notices by id, with the names by which their exporters are known. Two queries."""
    rows = PreExportNotification.objects.filter(pk__among=set(ids)).prefetch_related(
        "exporter__names"
    )
    return {row.pk: as_notice(row) for row in rows}


def as_notice(row: PreExportNotification) -> Notice:
    """The notice as checks see it; its exporter's names are read with it."""
    names = {row.exporter.name, *(one.name for one in row.exporter.names.all())}
    return Notice(
        pk=row.pk,
        authority=row.authority,
        number=row.number_key,
        direction=row.direction,
        state=NotificationState(row.state),
        reply_due_on=row.reply_due_on,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        dispatch_on=row.dispatch_on,
        importer_id=row.importer_id,
        exporter_id=row.exporter_id,
        exporter_names=_normalised(names),
        entry_point=row.entry_point,
        transport_document=number_key(row.transport_document),
        line=notice_line(
            row.pk,
            row.substance_key,
            Basis(row.basis),
            row.notified_kg,
            row.solution_pct,
            row.density_kg_per_l,
        ),
    )


def declared_items(
    item_ids: Collection[int],
    substances: Mapping[int, Mapping[str, Decimal | None]] | None = None,
) -> tuple[dict[int, DeclaredItem], dict[int, Place]]:
    """Goods items as notices are held against them, and where they stand. Five queries, four
    when ``substances`` (by item: key → percent stated) are given."""
    rows = list(GoodsItem.objects.filter(pk__among=item_ids).select_related("declaration"))
    known = substances if substances is not None else named_substances(item_ids)
    numbers, papers = _documents(item_ids)
    parties = _Parties({row.declaration_id: row.declaration.direction for row in rows})
    items, places = {}, {}
    for row in rows:
        declaration = row.declaration
        offices = {declaration.border_office, declaration.customs_office}
        items[row.pk] = DeclaredItem(
            pk=row.pk,
            day=office_day(declaration.accepted_at),
            goods=Goods(
                row.net_mass_kg,
                row.gross_mass_kg,
                row.supplementary_quantity,
                row.supplementary_unit,
                known.get(row.pk, {}),
            ),
            notice_numbers=frozenset(numbers.get(row.pk, ())),
            transport_documents=frozenset(papers.get(row.pk, ())),
            importer_ids=frozenset(parties.importers[declaration.pk]),
            exporter_ids=frozenset(parties.exporters[declaration.pk]),
            exporter_names=_normalised(parties.exporter_names[declaration.pk]),
            offices=frozenset(office for office in offices if office),
        )
        places[row.pk] = Place(
            declaration.pk,
            declaration.registration_number,
            row.item_number,
            declaration.accepted_at,
        )
    return items, places


def importers_notices(
    importers: Iterable[int], first: date, last: date
) -> list[PreExportNotification]:
    """Notices of these importers whose window touches the days. At most three queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM shipments_preexportnotification
            WHERE importer_id = ANY(%s) AND opens_on <= %s AND closes_on >= %s
            """,
            [sorted(set(importers)), last, first],
        )
        found = [pk for (pk,) in cursor.fetchall()]
    if not found:
        return []
    rows = PreExportNotification.objects.filter(pk__in=found)
    return list(rows.select_related("exporter").prefetch_related("exporter__names").order_by("pk"))


class _Parties:
    """Who may be meant by importer and exporter, by declaration, under whichever of the spellings
    that people decided to be one trader. Two queries."""

    def __init__(self, directions: Mapping[int, str]) -> None:
        self.importers: dict[int, set[int]] = defaultdict(set)
        self.exporters: dict[int, set[int]] = defaultdict(set)
        self.exporter_names: dict[int, set[str]] = defaultdict(set)
        rows: Any = PartyRole.objects.filter(declaration__among=list(directions))
        for pk, role, party_id, name in rows.values_list(
            "declaration_id", "role", "party_id", "name"
        ):
            if role in _EXPORTERS:
                self.exporter_names[pk].add(name)
                self._add(self.exporters[pk], party_id)
            elif role in _ROLES.get(directions[pk], _ROLES[Direction.IMPORT.value]):
                self._add(self.importers[pk], party_id)
        sides = (self.importers, self.exporters)
        traders = traders_of({one for side in sides for of in side.values() for one in of})
        for side in sides if traders else ():
            for of in side.values():
                of |= {same for party in of for same in traders.get(party, ())}

    @staticmethod
    def _add(parties: set[int], party_id: int | None) -> None:
        if party_id is not None:
            parties.add(party_id)


def _documents(
    item_ids: Iterable[int],
) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Numbers that may be of notices, and of transport documents, by item."""
    numbers: dict[int, set[str]] = defaultdict(set)
    papers: dict[int, set[str]] = defaultdict(set)
    rows = GoodsItemDocument.objects.filter(goods_item__among=item_ids).exclude(number="")
    for item_id, code, number in rows.values_list("goods_item_id", "code", "number"):
        if code in notice_codes():
            numbers[item_id].add(number_key(number))
        elif code.startswith("02"):
            papers[item_id].add(number_key(number))
    return numbers, papers


def _normalised(names: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, (normalise_trader_name(name) for name in names)))
