"""Facts for a whole chunk in a fixed number of queries, as of each declaration.

"As of" is (accepted_at, registration_number): only earlier rows count. Look-backs are
bounded (the latest 200 rows of an importer, the latest PEER_ROWS prices of an
HS6), so the cost of a chunk does not grow with what is stored.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from risk.domain.facts import (
    DeclarationFacts,
    ItemFacts,
    MatchFacts,
    PartyFacts,
)
from risk.selectors.claims import MARK, Claims, claims_of_item, histories_for
from risk.selectors.exemption_facts import judged_matches
from risk.selectors.histories import (
    NO_HISTORY,
    SHARED_PARTIES,
    History,
    histories_of,
    with_traders,
)
from risk.selectors.lists import law_by_day
from risk.selectors.match_facts import Overlay, matches_of, stored_matches
from risk.selectors.office import office_day
from risk.selectors.paper_facts import Papers, paper_facts
from risk.selectors.preliminary import announced_facts
from risk.selectors.rows import Row, fetch, grouped
from risk.selectors.succession_facts import successions_met
from risk.selectors.unpermitted_links import unpermitted_links
from risk.selectors.watchlists import leads_met
from shipments.domain.values import is_bin_valid

PEER_ROWS = 50

_DECLARATIONS = """
    SELECT d.id, d.registration_number, d.version, d.accepted_at, d.document_kind,
           d.direction, d.customs_office, d.procedure_code, d.country_of_dispatch,
           d.country_of_trading, d.transport_mode, d.border_office, batch.mapping_key,
           importer.party_id AS importer_id, coalesce(importer.key, '') AS importer_key,
           coalesce(importer.country, '') AS importer_country,
           shared.count AS shared_identifier_count
    FROM shipments_declaration AS d
    JOIN shipments_intakebatch AS batch ON batch.id = d.batch_id
    LEFT JOIN LATERAL (
      SELECT role.party_id, party.key, party.country FROM shipments_partyrole AS role
      JOIN shipments_party AS party ON party.id = role.party_id
      WHERE role.declaration_id = d.id AND role.role IN ('importer', 'consignee')
      ORDER BY role.role DESC, role.position LIMIT 1) AS importer ON true
    LEFT JOIN LATERAL (
      SELECT count(*) AS count FROM (
        SELECT DISTINCT other.party_id FROM shipments_partyidentifier AS own
        JOIN shipments_partyidentifier AS other
          ON other.kind = own.kind AND other.value = own.value
         AND other.party_id <> own.party_id AND other.first_seen_at <= d.accepted_at
        WHERE own.party_id = importer.party_id AND own.first_seen_at <= d.accepted_at
          AND own.kind IN ('phone', 'email', 'bank_account', 'wallet')
        LIMIT %(shared)s) AS linked
    ) AS shared ON importer.party_id IS NOT NULL
    WHERE {which} AND NOT d.is_cancelled
    ORDER BY d.accepted_at, d.registration_number, d.version
"""
_OF_CHUNK = "d.batch_id = %(batch)s AND d.chunk = %(chunk)s"
_GIVEN = "d.id = ANY(%(given)s)"

_ITEMS = f"""
    SELECT i.id, i.declaration_id, i.item_number, i.commodity_code, i.hs6,
           length(i.description) AS description_length, i.net_mass_kg, i.gross_mass_kg,
           i.country_of_origin, i.package_count, i.supplementary_quantity, i.supplementary_unit,
           {MARK} AS mark,
           CASE WHEN i.net_mass_kg > 0 AND i.statistical_value > 0
                THEN round(i.statistical_value / i.net_mass_kg, 6) END AS unit_price,
           coalesce(documents.codes, '{{}}') AS document_codes,
           coalesce(peers.prices, '{{}}') AS peer_unit_prices
    FROM unnest(%(declarations)s::bigint[], %(accepted)s::timestamptz[], %(numbers)s::text[])
      AS d (id, accepted_at, registration_number)
    JOIN shipments_goodsitem AS i ON i.declaration_id = d.id
    LEFT JOIN LATERAL (
      SELECT array_agg(DISTINCT code ORDER BY code) AS codes
      FROM shipments_goodsitemdocument WHERE goods_item_id = i.id) AS documents ON true
    LEFT JOIN LATERAL (
      SELECT array_agg(unit_price ORDER BY unit_price) AS prices FROM (
        SELECT unit_price FROM risk_traderecord
        WHERE hs6 = i.hs6 AND unit_price IS NOT NULL
          AND (accepted_at, registration_number) < (d.accepted_at, d.registration_number)
        ORDER BY accepted_at DESC, registration_number DESC, unit_price DESC LIMIT %(peers)s
      ) AS latest) AS peers ON i.hs6 <> ''
    ORDER BY i.declaration_id, i.item_number
"""  # noqa: S608 - composed of constants


def facts_for_chunk(*, batch_id: int, chunk: int) -> list[tuple[int, DeclarationFacts]]:
    """(declaration id, facts) of the chunk in as-of order, by nine queries, one more where
    there is a watchlist, one where an importer shares an identifier, one where an exemption is
    claimed, one to nine where the company register has closed firms, and more for permits and
    notices where something controlled is named.

    What a match stands for is said by the lists that are law on the declaration's day;
    a match of lists to come is no fact yet, and one that a look-back found was none then.
    """
    return _facts(_OF_CHUNK, {"batch": batch_id, "chunk": chunk}, None)


def facts_of(*, declaration_ids: Sequence[int]) -> list[tuple[int, DeclarationFacts]]:
    """As :func:`facts_for_chunk`, of these declarations, by the registers as they are now."""
    return _facts(_GIVEN, {"given": list(declaration_ids)}, None)


def facts_on_papers(*, declaration_ids: Sequence[int]) -> list[tuple[int, DeclarationFacts]]:
    """As :func:`facts_of`, of goods, permits, notices and claims alone: what the parties did
    before, who is near them and what others paid is not read, and stands as unknown."""
    return _facts(_GIVEN, {"given": list(declaration_ids)}, None, is_past_read=False)


def facts_under(
    *, declaration_ids: Sequence[int], overlay: Overlay | None = None
) -> list[tuple[int, DeclarationFacts]]:
    """As :func:`facts_for_chunk`, of these declarations, but for what the overlay replaces.

    What earlier look-backs found counts as well; what this one stored is left to the overlay, and
    of a later one nothing was known.
    """
    return _facts(_GIVEN, {"given": list(declaration_ids)}, overlay)


def _facts(
    which: str, chosen: Mapping[str, Any], overlay: Overlay | None, *, is_past_read: bool = True
) -> list[tuple[int, DeclarationFacts]]:
    shared = SHARED_PARTIES if is_past_read else 0
    stored = fetch(_DECLARATIONS.format(which=which), {**chosen, "shared": shared})
    declarations, traders = with_traders(stored)
    ids = [row["id"] for row in declarations]
    params = {
        "declarations": ids,
        "accepted": [row["accepted_at"] for row in declarations],
        "numbers": [row["registration_number"] for row in declarations],
        "peers": PEER_ROWS if is_past_read else 0,
    }
    histories = histories_of(declarations, traders) if is_past_read else {}
    items_of = grouped(fetch(_ITEMS, params), "declaration_id")
    matches = stored_matches(ids)
    surroundings = _surroundings(declarations) if is_past_read else {}
    days = {row["id"]: office_day(row["accepted_at"]) for row in declarations}
    lists_of = law_by_day(days.values())
    found = {
        item["id"]: matches_of(matches[item["id"]], item["id"], lists_of[days[pk]], overlay)
        for pk, items in items_of.items()
        for item in items
    }
    papers = paper_facts(declarations, days, items_of, found, traders)
    found |= judged_matches(items_of, found, papers.running)
    claims = {
        item["id"]: claims_of_item(item, found[item["id"]])
        for items in items_of.values()
        for item in items
    }
    claimed_before = histories_for(declarations, items_of, claims) if is_past_read else {}
    linked = unpermitted_links(declarations, traders, days, lists_of) if is_past_read else {}

    def facts(row: Row) -> DeclarationFacts:
        history = histories.get(row["id"], NO_HISTORY)
        items = [
            _item_facts(item, history, found[item["id"]], papers, claims[item["id"]])
            for item in items_of[row["id"]]
        ]
        own: DeclarationFacts = msgspec.structs.replace(
            _declaration_facts(row, history, items, linked.get(row["id"])),
            awaited=papers.awaited.get(row["id"], ()),
            claim_histories=claimed_before.get(row["id"]),
            **{name: of.get(row["id"]) for name, of in surroundings.items()},
        )
        return own

    return [(row["id"], facts(row)) for row in declarations]


def _surroundings(declarations: Sequence[Row]) -> dict[str, Mapping[int, Any]]:
    """By name the facts that are None of declarations of which nothing is known, by their ids."""
    return {
        "announced": announced_facts([row["id"] for row in declarations]),
        "leads": leads_met(declarations),
        "successions": successions_met(declarations),
    }


def _declaration_facts(
    row: Row, history: History, items: Sequence[ItemFacts], linked: int | None
) -> DeclarationFacts:
    return DeclarationFacts(
        registration_number=row["registration_number"],
        version=row["version"],
        accepted_at=row["accepted_at"],
        document_kind=row["document_kind"],
        direction=row["direction"],
        customs_office=row["customs_office"],
        procedure_code=row["procedure_code"],
        country_of_dispatch=row["country_of_dispatch"],
        country_of_trading=row["country_of_trading"],
        transport_mode=row["transport_mode"],
        # A mapped file has no place for graph 44: that it names no permit says nothing.
        are_documents_known=not row["mapping_key"],
        party=_party_facts(row, history, linked),
        items=tuple(items),
    )


def _party_facts(row: Row, history: History, linked: int | None) -> PartyFacts:
    kind, _, value = row["importer_key"].partition(":")
    first_seen = history.first_seen_at
    return PartyFacts(
        importer_key=row["importer_key"],
        is_importer_identified=kind in ("bin", "iin", "tax_id"),
        is_bin_check_digit_valid=is_bin_valid(value) if kind in ("bin", "iin") else None,
        days_since_first_seen=(row["accepted_at"] - first_seen).days if first_seen else None,
        declaration_count=history.declaration_count,
        shared_identifier_count=row["shared_identifier_count"],
        unpermitted_links=linked,
    )


def _item_facts(
    row: Row,
    history: History,
    matches: tuple[MatchFacts, ...],
    papers: Papers,
    claims: Claims,
) -> ItemFacts:
    hs6_count, hs6_max_mass = history.of_goods(row["hs6"])
    return ItemFacts(
        item_number=row["item_number"],
        commodity_code=row["commodity_code"],
        hs6=row["hs6"],
        description_length=row["description_length"],
        net_mass_kg=row["net_mass_kg"],
        gross_mass_kg=row["gross_mass_kg"],
        unit_price=row["unit_price"],
        country_of_origin=row["country_of_origin"],
        package_count=row["package_count"],
        document_codes=tuple(row["document_codes"]),
        matches=matches,
        peer_unit_prices=tuple(row["peer_unit_prices"]),
        importer_item_count=history.item_count,
        importer_hs6_count=hs6_count,
        importer_hs6_max_mass_kg=hs6_max_mass,
        importer_chemical_share=history.chemical_share,
        permits=papers.permits.get(row["id"]),
        notices=papers.notices.get(row["id"]),
        running=papers.running.get(row["id"]),
        claims=claims,
    )
