"""Who shares an identifier with an importer and brought controlled goods without a permit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from risk.domain.indicators.authorisation import KINDS_WITH_PERMITS, LICENCE_DOCUMENT
from risk.domain.indicators.standing import PERMIT_KINDS
from risk.selectors.lists import LawInForce
from risk.selectors.rows import Row, fetch
from risk.selectors.running_statements import SURELY_NAMED_ANY

MOST_LINKED = 25
"""What more parties bear is a broker's or a business centre's and links nobody."""
LATEST_ROWS = 100
"""So many of the latest goods items of each linked party are looked at, of the year before."""

_UNPERMITTED = f"""
    SELECT DISTINCT asked.id, linked.party_id, substance.key
    FROM unnest(%(declarations)s::bigint[], %(importers)s::bigint[], %(accepted)s::timestamptz[])
      AS asked (id, importer_id, accepted_at)
    CROSS JOIN LATERAL (
      SELECT DISTINCT other.party_id
      FROM (SELECT asked.importer_id AS id
            UNION
            SELECT same.id FROM unnest(%(heads)s::bigint[], %(members)s::bigint[])
              AS same (head, id) WHERE same.head = asked.importer_id) AS member
      JOIN shipments_partyidentifier AS own
        ON own.party_id = member.id AND own.first_seen_at <= asked.accepted_at
       AND own.kind IN ('phone', 'email', 'bank_account', 'wallet')
      JOIN shipments_partyidentifier AS other
        ON other.kind = own.kind AND other.value = own.value
       AND other.first_seen_at <= asked.accepted_at
      WHERE other.party_id <> asked.importer_id AND NOT EXISTS (
        SELECT FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS same (head, id)
        WHERE same.head = asked.importer_id AND same.id = other.party_id)
      LIMIT %(linked)s) AS linked
    CROSS JOIN LATERAL (
      SELECT record.goods_item_id FROM risk_traderecord AS record
      WHERE record.importer_id = linked.party_id AND record.accepted_at < asked.accepted_at
        AND record.accepted_at > asked.accepted_at - interval '1 year'
      ORDER BY record.accepted_at DESC, record.registration_number DESC, record.item_number DESC
      LIMIT %(rows)s) AS record
    JOIN risk_substancematch AS match ON match.goods_item_id = record.goods_item_id
     AND {SURELY_NAMED_ANY}
    JOIN risk_substance AS substance ON substance.id = match.substance_id
    JOIN shipments_goodsitem AS i ON i.id = record.goods_item_id
    JOIN shipments_declaration AS d ON d.id = i.declaration_id
     AND d.document_kind = ANY(%(kinds)s)
    JOIN shipments_intakebatch AS batch ON batch.id = d.batch_id AND batch.mapping_key = ''
    WHERE NOT EXISTS (SELECT FROM shipments_goodsitemdocument AS document
                      WHERE document.goods_item_id = i.id AND document.code = %(licence)s)
"""  # noqa: S608 - composed of constants


def unpermitted_links(
    declarations: Sequence[Row],
    traders: Mapping[int, frozenset[int]],
    days: Mapping[int, date],
    lists_of: Mapping[date, LawInForce],
) -> dict[int, int]:
    """By declaration how many parties that share a phone, email, account or wallet with its
    importer declared in the year before, without a licence in graph 44, what a list of the day
    controls; of whom no importer is known has no entry. At most one query.

    Of a mapped file nothing is said, for it has no graph 44. That a quantity was exempted is not
    looked up.
    """
    known = [row for row in declarations if row["importer_id"] is not None]
    shared = {row["id"]: row["shared_identifier_count"] or 0 for row in known}
    asked = [row for row in known if 0 < shared[row["id"]] <= MOST_LINKED]
    found: dict[int, set[int]] = defaultdict(set)
    for row in _rows(asked, traders) if asked else ():
        kinds = lists_of[days[row["id"]]].kinds
        if any(key == row["key"] and PERMIT_KINDS & {*of} for (_, key), of in kinds.items()):
            found[row["id"]].add(row["party_id"])
    return {row["id"]: len(found[row["id"]]) for row in known}


def _rows(asked: Sequence[Row], traders: Mapping[int, frozenset[int]]) -> list[Row]:
    importers = {row["importer_id"] for row in asked}
    pairs = [(head, member) for head in sorted(importers) for member in traders.get(head, ())]
    return fetch(
        _UNPERMITTED,
        {
            "declarations": [row["id"] for row in asked],
            "importers": [row["importer_id"] for row in asked],
            "accepted": [row["accepted_at"] for row in asked],
            "heads": [head for head, _ in pairs],
            "members": [member for _, member in pairs],
            "linked": MOST_LINKED + 1,
            "rows": LATEST_ROWS,
            "kinds": sorted(KINDS_WITH_PERMITS),
            "licence": LICENCE_DOCUMENT,
        },
    )
