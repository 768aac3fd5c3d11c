"""What is claimed of goods that control may reach: recorded, so that later claims look back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from risk.domain.facts import MatchFacts
from risk.domain.indicators.standing import CHEMICALS, named_controlled
from risk.models import ClaimRecord
from risk.selectors.claims import MARK, claim_codes, claims_of_item
from risk.selectors.lists import law_by_day
from risk.selectors.match_facts import matches_of, stored_matches
from risk.selectors.office import office_day
from risk.selectors.rows import Row, fetch
from shipments.selectors.declarations import chunk_declarations
from shipments.services.bulk import copy_rows

# Items of latest versions that name something or may claim; what earlier versions recorded is
# gone with them, and so is everything of a cancelled one. What is only announced is no claim yet.
_CANDIDATES = f"""
    WITH gone AS (
      DELETE FROM risk_claimrecord AS stored USING shipments_declaration AS d
      WHERE d.id = ANY(%(declarations)s) AND stored.registration_number = d.registration_number
        AND stored.version <= d.version
    )
    SELECT i.id, i.declaration_id, d.registration_number, i.item_number, d.version, d.accepted_at,
           i.hs6, {MARK} AS mark, coalesce(papers.codes, '{{}}') AS document_codes,
           (SELECT party_id FROM shipments_partyrole AS role
            WHERE role.declaration_id = d.id AND role.role IN ('importer', 'consignee')
            ORDER BY role.role DESC, role.position LIMIT 1) AS importer_id,
           (SELECT party_id FROM shipments_partyrole AS role
            WHERE role.declaration_id = d.id AND role.role = 'representative'
              AND role.party_id IS NOT NULL ORDER BY role.position LIMIT 1) AS representative_id
    FROM shipments_declaration AS d
    JOIN shipments_goodsitem AS i ON i.declaration_id = d.id
    LEFT JOIN LATERAL (
      SELECT array_agg(DISTINCT code) AS codes FROM shipments_goodsitemdocument
      WHERE goods_item_id = i.id AND code = ANY(%(codes)s)) AS papers ON true
    WHERE d.id = ANY(%(declarations)s) AND NOT d.is_cancelled
      AND d.document_kind <> 'preliminary'
      AND (papers.codes IS NOT NULL
        OR left(i.hs6, 2) = ANY(%(chemicals)s) AND {MARK} <> ''
        OR EXISTS (SELECT FROM risk_substancematch AS match WHERE match.goods_item_id = i.id
                   AND match.is_above_alert_point AND NOT match.is_upcoming
                   AND match.look_back_id IS NULL))
      AND NOT EXISTS (
        SELECT FROM shipments_declaration AS later
        WHERE later.registration_number = d.registration_number AND later.version > d.version)
"""  # noqa: S608 - composed of constants
_COLUMNS = (
    "goods_item", "registration_number", "item_number", "version", "accepted_at", "importer",
    "representative", "hs6", "substance_keys", "kinds", "claims",
)  # fmt: skip


def record_claims_of_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """The link stage: what the chunk's items name and claim. The caller holds the transaction and
    the versions, and has resolved the parties; one query where nothing is named or claimed."""
    return record_claims(declaration_ids=list(chunk_declarations(batch_id=batch_id, chunk=chunk)))


def record_claims(*, declaration_ids: Sequence[int]) -> Mapping[str, int]:
    """Record what the items of these declarations name and claim, of latest versions alone.

    The caller holds the transaction and the versions (``lock_versions``). Twice is as once.
    """
    candidates = fetch(
        _CANDIDATES,
        {
            "declarations": list(declaration_ids),
            "codes": list(claim_codes()),
            "chemicals": sorted(CHEMICALS),
        },
    )
    if not candidates:
        return {"claim_record": 0}
    matches = _matches(candidates)
    rows = [row for item in candidates if (row := _row(item, matches[item["id"]]))]
    if rows:
        copy_rows(ClaimRecord, _COLUMNS, rows)
    return {"claim_record": len(rows)}


def _matches(candidates: Sequence[Row]) -> dict[int, tuple[MatchFacts, ...]]:
    stored = stored_matches(sorted({item["declaration_id"] for item in candidates}))
    lists_of = law_by_day(office_day(item["accepted_at"]) for item in candidates)
    return {
        item["id"]: matches_of(
            stored[item["id"]], item["id"], lists_of[office_day(item["accepted_at"])], None
        )
        for item in candidates
    }


def _row(item: Row, matches: Sequence[MatchFacts]) -> tuple[Any, ...] | None:
    """None for an item that names nothing controlled and claims nothing."""
    keys = sorted({match.substance_key for match in named_controlled(matches)})
    claims = claims_of_item(item, matches)
    if not keys and not claims:
        return None
    return (
        item["id"], item["registration_number"], item["item_number"], item["version"],
        item["accepted_at"], item["importer_id"], item["representative_id"], item["hs6"],
        keys, sorted({one.kind for one in claims}), json.dumps(msgspec.to_builtins(claims)),
    )  # fmt: skip
