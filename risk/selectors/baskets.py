"""What traders acquired of the published families, and the listed equipment they acquired."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from risk.domain.network.baskets import Acquisition
from risk.domain.network.families import Family, read_families
from risk.domain.substances import SubstanceKind
from risk.selectors.channels import PERMIT_CODES
from risk.selectors.rows import fetch

LICENCE = "01011"

# Of the latest version of each declaration, as it was assessed when it came. What a source says
# nothing of documents of is beyond its permits only where an indicator says so.
_ACQUIRED = """
    SELECT item.id AS item, d.id AS declaration, d.accepted_at, m.key AS substance,
           coalesce(item.net_mass_kg, 0) AS mass_kg, m.is_equipment,
           coalesce(own.representative_id, role.party_id) AS importer,
           NOT item.fired AND (batch.mapping_key <> '' OR EXISTS (
             SELECT FROM shipments_goodsitemdocument AS paper
             WHERE paper.goods_item_id = item.id AND paper.code = %(licence)s)) AS is_covered
    FROM shipments_declaration AS d
    JOIN shipments_intakebatch AS batch ON batch.id = d.batch_id
    JOIN LATERAL (
      SELECT i.id, i.net_mass_kg, EXISTS (
        SELECT FROM risk_riskassessment AS a
        JOIN risk_indicatorrow AS r ON r.assessment_id = a.id AND r.accepted_at = d.accepted_at
        WHERE a.declaration_id = d.id AND a.trigger = 'intake'
          AND r.item_number = i.item_number AND r.code = ANY(%(permits)s)) AS fired
      FROM shipments_goodsitem AS i WHERE i.declaration_id = d.id) AS item ON true
    JOIN LATERAL (
      SELECT substance.key, NOT substance.key = ANY(%(substances)s) AS is_equipment
      FROM risk_substancematch AS found
      JOIN risk_substance AS substance ON substance.id = found.substance_id
      WHERE found.goods_item_id = item.id AND found.is_flagged
        AND substance.key = ANY(%(wanted)s)
      ORDER BY found.match_score DESC, found.id LIMIT 1) AS m ON true
    JOIN LATERAL (
      SELECT r.party_id FROM shipments_partyrole AS r
      WHERE r.declaration_id = d.id AND r.role IN ('importer', 'consignee')
        AND r.party_id IS NOT NULL
      ORDER BY r.role DESC, r.position LIMIT 1) AS role ON true
    LEFT JOIN risk_partyalias AS own ON own.party_id = role.party_id
    WHERE d.accepted_at >= %(since)s AND d.accepted_at < %(until)s AND NOT d.is_cancelled
      AND d.direction = 'import' AND d.document_kind <> 'preliminary'
      AND NOT EXISTS (SELECT FROM shipments_declaration AS later WHERE later.supersedes_id = d.id)
      AND EXISTS (
        SELECT FROM shipments_goodsitem AS g
        JOIN risk_substancematch AS f ON f.goods_item_id = g.id AND f.is_flagged
        WHERE g.declaration_id = d.id)
    ORDER BY d.accepted_at, item.id
"""
_EQUIPMENT = """
    SELECT DISTINCT substance.key FROM risk_listentry AS entry
    JOIN risk_substance AS substance ON substance.id = entry.substance_id
    WHERE entry.kind = %(kind)s
"""


@lru_cache(maxsize=1)
def families() -> Mapping[str, Family]:
    """By code, from the data file."""
    return read_families(Path(settings.TARGETING["FIXTURES_DIR"]) / "families" / "incb.csv")


def acquisitions(since: datetime, until: datetime) -> list[Acquisition]:
    """Imported goods of the window in which a substance of a family or listed equipment was
    found, one substance an item: the best match. Without an importer they are left out. Two
    queries."""
    substances = sorted(key for family in families().values() for key in family.substances)
    rows = fetch(
        _ACQUIRED,
        {
            "since": since,
            "until": until,
            "licence": LICENCE,
            "permits": list(PERMIT_CODES),
            "substances": substances,
            "wanted": [*substances, *_equipment()],
        },
    )
    return [Acquisition(**row) for row in rows]


def _equipment() -> Collection[str]:
    return [row["key"] for row in fetch(_EQUIPMENT, {"kind": SubstanceKind.EQUIPMENT.value})]
