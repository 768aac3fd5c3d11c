"""The link stage: parties resolved, trade recorded, edges of the network upserted."""

from collections.abc import Mapping

from django.db import connection

from risk.models.choices import PartyLinkKind
from shipments.domain.values import PartyRoleKind
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
    declarations whose roles this very call resolved, so a second run adds nothing.
    """
    declaration_ids = resolve_chunk(batch_id=batch_id, chunk=chunk)
    records = _upsert_trade_records(batch_id, chunk)
    links = _upsert_links(declaration_ids)
    return {"declaration": len(declaration_ids), "trade_record": records, "link": links}


def _upsert_trade_records(batch_id: int, chunk: int) -> int:
    """One row per item of the chunk; a later version of a declaration replaces an earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO risk_traderecord AS stored (
              goods_item_id, registration_number, item_number, version, accepted_at,
              importer_id, consignor_id, hs6, net_mass_kg, unit_price)
            SELECT DISTINCT ON (d.registration_number, i.item_number)
              i.id, d.registration_number, i.item_number, d.version, d.accepted_at,
              importer.party_id, consignor.party_id, i.hs6, i.net_mass_kg,
              CASE WHEN i.net_mass_kg > 0 AND i.statistical_value > 0
                   THEN round(i.statistical_value / i.net_mass_kg, 6) END
            FROM shipments_declaration AS d
            JOIN shipments_goodsitem AS i ON i.declaration_id = d.id
            LEFT JOIN LATERAL (
              SELECT party_id FROM shipments_partyrole
              WHERE declaration_id = d.id AND role IN ('importer', 'consignee')
                AND party_id IS NOT NULL
              ORDER BY role DESC, position LIMIT 1) AS importer ON true
            LEFT JOIN LATERAL (
              SELECT party_id FROM shipments_partyrole
              WHERE declaration_id = d.id AND role = 'consignor' AND party_id IS NOT NULL
              ORDER BY position LIMIT 1) AS consignor ON true
            WHERE d.batch_id = %s AND d.chunk = %s
            ORDER BY d.registration_number, i.item_number, d.version DESC
            ON CONFLICT (registration_number, item_number) DO UPDATE SET
              goods_item_id = EXCLUDED.goods_item_id, version = EXCLUDED.version,
              accepted_at = EXCLUDED.accepted_at, importer_id = EXCLUDED.importer_id,
              consignor_id = EXCLUDED.consignor_id, hs6 = EXCLUDED.hs6,
              net_mass_kg = EXCLUDED.net_mass_kg, unit_price = EXCLUDED.unit_price
            WHERE stored.version <= EXCLUDED.version
            """,
            [batch_id, chunk],
        )
        return int(cursor.rowcount)


def _upsert_links(declaration_ids: list[int]) -> int:
    """Edges from the importer to its suppliers, brokers and carriers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO risk_partylink AS stored (
              source_id, target_id, kind, first_seen_at, last_seen_at,
              declaration_count, mass_kg)
            SELECT importer.party_id, other.party_id, roles.kind,
                   min(d.accepted_at), max(d.accepted_at),
                   count(DISTINCT d.id), coalesce(sum(masses.mass_kg), 0)
            FROM shipments_declaration AS d
            JOIN LATERAL (
              SELECT party_id FROM shipments_partyrole
              WHERE declaration_id = d.id AND role IN ('importer', 'consignee')
                AND party_id IS NOT NULL
              ORDER BY role DESC, position LIMIT 1) AS importer ON true
            CROSS JOIN unnest(%s::text[], %s::text[]) AS roles (role, kind)
            JOIN LATERAL (
              SELECT DISTINCT party_id FROM shipments_partyrole
              WHERE declaration_id = d.id AND role = roles.role AND party_id IS NOT NULL
                AND party_id <> importer.party_id) AS other ON true
            LEFT JOIN LATERAL (
              SELECT sum(net_mass_kg) AS mass_kg FROM shipments_goodsitem
              WHERE declaration_id = d.id) AS masses ON true
            WHERE d.id = ANY(%s)
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (source_id, target_id, kind) DO UPDATE SET
              first_seen_at = LEAST(stored.first_seen_at, EXCLUDED.first_seen_at),
              last_seen_at = GREATEST(stored.last_seen_at, EXCLUDED.last_seen_at),
              declaration_count = stored.declaration_count + EXCLUDED.declaration_count,
              mass_kg = stored.mass_kg + EXCLUDED.mass_kg
            """,
            [
                [role.value for role in LINKED_ROLES],
                [kind.value for kind in LINKED_ROLES.values()],
                declaration_ids,
            ],
        )
        return int(cursor.rowcount)
