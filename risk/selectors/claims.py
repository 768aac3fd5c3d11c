"""What declarants claim about control, and how often importers and brokers did before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from risk.domain.facts import MatchFacts
from risk.domain.permits.claims import (
    DOUBTFUL,
    HISTORY_DAYS,
    HISTORY_ITEMS,
    MARK_FIELD,
    PEER_ITEMS,
    Claimant,
    ClaimHistory,
    ClaimKind,
    ExemptionClaim,
    read_claim_codes,
)
from risk.domain.permits.item_claims import item_claims
from risk.selectors.rows import fetch
from risk.selectors.traders import TRADER

Claims = tuple[ExemptionClaim, ...]

MARK = f"coalesce(i.extra->>'{MARK_FIELD}', '')"
"""The mark of a goods item ``i``, in SQL."""

# As of each declaration; whoever people decided to be one trader has one history, and none of
# its members is a peer.
_HISTORIES = """
    WITH {trader}, given AS MATERIALIZED (
      SELECT d.id, d.accepted_at, d.registration_number, role.claimant, role.party_id
      FROM unnest(%(declarations)s::bigint[], %(importers)s::bigint[]) AS own (id, importer_id)
      JOIN shipments_declaration AS d ON d.id = own.id
      CROSS JOIN LATERAL (
        SELECT 'importer' AS claimant, own.importer_id AS party_id
        UNION ALL
        (SELECT 'representative', party_id FROM shipments_partyrole
         WHERE declaration_id = d.id AND role = 'representative' AND party_id IS NOT NULL
         ORDER BY position LIMIT 1)) AS role
      WHERE role.party_id IS NOT NULL
    ), member AS MATERIALIZED (
      SELECT given.id, given.claimant, coalesce(same.party_id, given.party_id) AS party_id
      FROM given
      LEFT JOIN trader AS own ON own.party_id = given.party_id
      LEFT JOIN trader AS same ON same.head_id = own.head_id
    )
    SELECT given.id, given.claimant, past.items, past.claimed, past.unnamed,
           peers.items AS peer_items, peers.claimed AS peer_claimed
    FROM given
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE substance_keys <> '{}') AS items,
             count(*) FILTER (WHERE substance_keys <> '{}' AND {doubtful}) AS claimed,
             count(*) FILTER (WHERE substance_keys = '{}') AS unnamed
      FROM (
        SELECT own.* FROM member CROSS JOIN LATERAL (
          (SELECT accepted_at, registration_number, item_number, substance_keys, kinds
           FROM risk_claimrecord
           WHERE given.claimant = 'importer' AND importer_id = member.party_id AND {before}
           {latest} LIMIT %(history)s)
          UNION ALL
          (SELECT accepted_at, registration_number, item_number, substance_keys, kinds
           FROM risk_claimrecord
           WHERE given.claimant = 'representative' AND representative_id = member.party_id
             AND {before}
           {latest} LIMIT %(history)s)) AS own
        WHERE member.id = given.id AND member.claimant = given.claimant
        {latest} LIMIT %(history)s) AS latest) AS past
    CROSS JOIN LATERAL (
      SELECT count(*) AS items, count(*) FILTER (WHERE {doubtful}) AS claimed FROM (
        SELECT kinds FROM risk_claimrecord AS record
        WHERE substance_keys <> '{}' AND {before} AND NOT EXISTS (
          SELECT FROM member WHERE member.id = given.id AND member.claimant = given.claimant
            AND member.party_id = CASE given.claimant WHEN 'importer' THEN record.importer_id
                                  ELSE record.representative_id END)
        {latest} LIMIT %(peers)s) AS latest) AS peers
    ORDER BY given.id, given.claimant
"""
_BEFORE = """(accepted_at, registration_number) < (given.accepted_at, given.registration_number)
        AND accepted_at > given.accepted_at - %(days)s * interval '1 day'"""
_DOUBTFUL = "kinds && %(doubtful)s"
_LATEST = "ORDER BY accepted_at DESC, registration_number DESC, item_number DESC"
_STATEMENT = (
    _HISTORIES.replace("{trader}", TRADER)
    .replace("{before}", _BEFORE)
    .replace("{latest}", _LATEST)
    .replace("{doubtful}", _DOUBTFUL)
)


@lru_cache(maxsize=1)
def claim_codes() -> Mapping[str, ClaimKind]:
    """The documents of graph 44 that claim it."""
    folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "authorisations"
    return read_claim_codes(folder / "claim_codes.csv")


def claims_of_item(item: Mapping[str, Any], matches: Collection[MatchFacts]) -> Claims:
    """The claims of an item (``mark``, ``document_codes``, ``hs6``)."""
    return item_claims(
        matches,
        hs6=item["hs6"],
        mark=item["mark"],
        documents=item["document_codes"],
        codes=claim_codes(),
    )


def claim_histories(
    claiming: Iterable[tuple[int, int | None]],
) -> dict[int, tuple[ClaimHistory, ...]]:
    """By declaration what its importer and its broker claimed before it; ``claiming`` are
    declarations with their importers. No query without them, one with."""
    pairs = list(claiming)
    if not pairs:
        return {}
    rows = fetch(
        _STATEMENT,
        {
            "declarations": [pk for pk, _ in pairs],
            "importers": [importer for _, importer in pairs],
            "history": HISTORY_ITEMS,
            "peers": PEER_ITEMS,
            "days": HISTORY_DAYS,
            "doubtful": sorted(DOUBTFUL),
        },
    )
    found: dict[int, list[ClaimHistory]] = defaultdict(list)
    for row in rows:
        found[row["id"]].append(
            ClaimHistory(
                claimant=Claimant(row["claimant"]).value,
                items=row["items"],
                claimed=row["claimed"],
                unnamed=row["unnamed"],
                peer_items=row["peer_items"],
                peer_claimed=row["peer_claimed"],
            )
        )
    return {pk: tuple(of) for pk, of in found.items()}


def histories_for(
    declarations: Sequence[Mapping[str, Any]],
    items_of: Mapping[int, Iterable[Mapping[str, Any]]],
    claims: Mapping[int, Claims],
) -> dict[int, tuple[ClaimHistory, ...]]:
    """:func:`claim_histories` of those declarations some item of which claims anything."""
    return claim_histories(
        (row["id"], row["importer_id"])
        for row in declarations
        if any(claims[item["id"]] for item in items_of[row["id"]])
    )
