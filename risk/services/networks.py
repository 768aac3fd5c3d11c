"""The link stage: parties resolved, trade recorded, edges of the network upserted."""

from collections.abc import Iterable, Mapping

from django.db import connection

from risk.domain.network.versions import Edge, Versions, contributions
from risk.models.choices import PartyLinkKind
from risk.services.network_edges import Declared, declared_of, upsert_edges
from risk.services.preliminary import link_preliminary
from shipments.domain.values import PartyRoleKind
from shipments.models import PartyRole
from shipments.selectors.declarations import chunk_declarations
from shipments.services.declarations import lock_versions
from shipments.services.parties import resolve_chunk

LINKED_ROLES = {
    PartyRoleKind.CONSIGNOR: PartyLinkKind.TRADE,
    PartyRoleKind.REPRESENTATIVE: PartyLinkKind.REPRESENTED_BY,
    PartyRoleKind.CARRIER: PartyLinkKind.CARRIED_BY,
}
"""Which roles are linked to the importer, and how."""


def link_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """Resolve the chunk's parties and upsert its trade records and links.

    The caller holds the transaction. Counts and masses of a link grow only by
    declarations whose roles this very call resolved, so a second run adds nothing; so do ties
    to offices, vehicles and containers. A link
    counts a declaration once, with the mass of its latest version that shows the link, in
    whatever order the versions came.
    Trade is recorded of the latest version alone, and of none that was cancelled; links
    stay, because the parties did deal with each other. What is only announced is no trade
    yet: preliminary information is linked to its declaration instead. Locks the versions.
    """
    lock_versions(batch_id=batch_id, chunk=chunk)
    fresh = resolve_chunk(batch_id=batch_id, chunk=chunk)
    declaration_ids = list(chunk_declarations(batch_id=batch_id, chunk=chunk))
    parties = _parties_of(declaration_ids)
    records = _upsert_trade_records(declaration_ids, parties)
    edges = _upsert_edges({pk: parties[pk] for pk in fresh})
    announced = link_preliminary(declaration_ids=declaration_ids)
    return {
        "announced": announced,
        "declaration": len(fresh),
        "trade_record": records,
        "edge": edges,
    }


class _Parties:
    """The resolved parties of one declaration: the importer (else the consignee), and others."""

    def __init__(self) -> None:
        self.importer: int | None = None
        self.consignor: int | None = None
        self.linked: set[tuple[int, PartyLinkKind]] = set()


def _parties_of(declaration_ids: list[int]) -> dict[int, _Parties]:
    """Read by declaration and no other condition.

    Whatever says "of this role, and resolved" in SQL is planned by statistics that a
    growing table does not have yet, and then read from end to end for every declaration.
    """
    if not declaration_ids:
        return {}
    found = {pk: _Parties() for pk in declaration_ids}
    roles = PartyRole.objects.filter(declaration__among=declaration_ids).order_by(
        "declaration_id", "position"
    )
    consignees: dict[int, int] = {}
    rows: Iterable[tuple[int, str, int | None]] = roles.values_list(
        "declaration_id", "role", "party_id"
    )
    for declaration_id, role, party_id in rows:
        if party_id is None:
            continue
        parties = found[declaration_id]
        if role == PartyRoleKind.IMPORTER and parties.importer is None:
            parties.importer = party_id
        elif role == PartyRoleKind.CONSIGNEE:
            consignees.setdefault(declaration_id, party_id)
        elif role == PartyRoleKind.CONSIGNOR and parties.consignor is None:
            parties.consignor = party_id
        if kind := LINKED_ROLES.get(PartyRoleKind(role)):
            parties.linked.add((party_id, kind))
    for declaration_id, party_id in consignees.items():
        if found[declaration_id].importer is None:
            found[declaration_id].importer = party_id
    return found


def _other_versions(declaration_ids: list[int]) -> Versions:
    """The number and version of these declarations and of all others of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.registration_number, d.version, other.id, other.version
            FROM shipments_declaration AS d JOIN shipments_declaration AS other
              ON other.registration_number = d.registration_number AND other.id <> d.id
            WHERE d.id = ANY(%s)
            """,
            [declaration_ids],
        )
        rows = cursor.fetchall()
    fresh = {pk: (number, version) for pk, number, version, _, _ in rows}
    others = {pk: (number, version) for _, number, _, pk, version in rows}
    return Versions(fresh, {pk: of for pk, of in others.items() if pk not in set(declaration_ids)})


def _upsert_trade_records(declaration_ids: list[int], parties: Mapping[int, _Parties]) -> int:
    """One row per item of the latest versions; what earlier ones recorded is gone with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM risk_traderecord AS stored USING shipments_declaration AS d
            WHERE d.id = ANY(%s) AND stored.registration_number = d.registration_number
              AND (stored.version < d.version OR d.is_cancelled AND stored.version = d.version)
            """,
            [declaration_ids],
        )
        cursor.execute(
            """
            INSERT INTO risk_traderecord AS stored (
              goods_item_id, registration_number, item_number, version, accepted_at,
              importer_id, consignor_id, hs6, net_mass_kg, unit_price)
            SELECT i.id, d.registration_number, i.item_number, d.version, d.accepted_at,
              given.importer_id, given.consignor_id, i.hs6, i.net_mass_kg,
              CASE WHEN i.net_mass_kg > 0 AND i.statistical_value > 0
                   THEN round(i.statistical_value / i.net_mass_kg, 6) END
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
              AS given (declaration_id, importer_id, consignor_id)
            JOIN shipments_declaration AS d ON d.id = given.declaration_id
            JOIN shipments_goodsitem AS i ON i.declaration_id = given.declaration_id
            WHERE NOT d.is_cancelled AND d.document_kind <> 'preliminary' AND NOT EXISTS (
              SELECT FROM shipments_declaration AS later
              WHERE later.registration_number = d.registration_number
                AND later.version > d.version)
            ORDER BY d.registration_number, i.item_number
            ON CONFLICT (registration_number, item_number) DO UPDATE SET
              goods_item_id = EXCLUDED.goods_item_id, version = EXCLUDED.version,
              accepted_at = EXCLUDED.accepted_at, importer_id = EXCLUDED.importer_id,
              consignor_id = EXCLUDED.consignor_id, hs6 = EXCLUDED.hs6,
              net_mass_kg = EXCLUDED.net_mass_kg, unit_price = EXCLUDED.unit_price
            WHERE stored.version <= EXCLUDED.version
            """,
            [
                declaration_ids,
                [parties[pk].importer for pk in declaration_ids],
                [parties[pk].consignor for pk in declaration_ids],
            ],
        )
        return int(cursor.rowcount)


def edges_shown(declaration_ids: Iterable[int]) -> dict[int, list[Edge]]:
    """Of each declaration the edges that it shows, none before it is linked; three queries."""
    ids = sorted(declaration_ids)
    declared = declared_of(ids)
    return {pk: _edges_of(of, declared[pk]) for pk, of in _parties_of(ids).items()}


def _edges_of(parties: _Parties, declared: Declared) -> list[Edge]:
    """To suppliers, brokers and carriers, and to offices, vehicles and containers."""
    if parties.importer is None:
        return []
    own = parties.importer
    links = [Edge(own, other, kind.value) for other, kind in sorted(parties.linked) if other != own]
    return links + [Edge(own, value, kind) for kind, value in declared.things]


def _upsert_edges(parties: Mapping[int, _Parties]) -> int:
    """Edges from the importer to whom and what it dealt with."""
    declared = declared_of(parties)
    fresh = {pk: _edges_of(of, declared[pk]) for pk, of in parties.items()}
    others = _other_versions([pk for pk, edges in fresh.items() if edges])
    declared |= declared_of(others.before)
    earlier = {
        pk: _edges_of(of, declared[pk]) for pk, of in _parties_of(list(others.before)).items()
    }
    return upsert_edges(contributions(fresh, earlier, others), declared)
