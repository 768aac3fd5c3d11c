"""What an importer declared before each declaration, read through who is one trader."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from risk.selectors.rows import Row, fetch
from risk.selectors.traders import traders_of

HISTORY_ROWS = 200
SHARED_PARTIES = 200
"""At most so many parties are counted behind one importer's shared identifiers."""

# The order is that of the index to its last column, so that no more rows are read than are
# looked back on.
_LATEST = """
        SELECT accepted_at, registration_number, item_number, hs6, net_mass_kg
        FROM risk_traderecord
        WHERE importer_id = {importer}
          AND (accepted_at, registration_number) < (d.accepted_at, d.registration_number)
        ORDER BY accepted_at DESC, registration_number DESC, item_number DESC
        LIMIT %(history)s
"""
_FIRST = """
        SELECT accepted_at FROM risk_traderecord
        WHERE importer_id = {importer}
          AND (accepted_at, registration_number) < (d.accepted_at, d.registration_number)
        ORDER BY accepted_at, registration_number LIMIT 1
"""
_LATEST_OF_ALL = """
        SELECT own.* FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS member (head, id)
        CROSS JOIN LATERAL ({each}) AS own
        WHERE member.head = d.importer_id
        ORDER BY accepted_at DESC, registration_number DESC, item_number DESC
        LIMIT %(history)s
"""
_FIRST_OF_ALL = """
        SELECT min(own.accepted_at)
        FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS member (head, id)
        CROSS JOIN LATERAL ({each}) AS own
        WHERE member.head = d.importer_id
"""
# Read once per declaration: all its items look back on the same rows.
_HISTORIES = """
    SELECT d.id, coalesce(past.item_count, 0) AS item_count, past.declaration_count,
           past.chemical_share, past.hs6, past.items, past.masses,
           ({first}) AS first_seen_at
    FROM unnest(%(declarations)s::bigint[], %(importers)s::bigint[],
                %(accepted)s::timestamptz[], %(numbers)s::text[])
      AS d (id, importer_id, accepted_at, registration_number)
    CROSS JOIN LATERAL (
      WITH latest AS MATERIALIZED ({latest}), goods AS (
        SELECT hs6, count(*)::int AS items, max(net_mass_kg) AS mass FROM latest GROUP BY hs6
      )
      SELECT (SELECT count(DISTINCT registration_number) FROM latest) AS declaration_count,
             sum(items) AS item_count,
             round(coalesce(sum(items) FILTER (WHERE left(hs6, 2) BETWEEN '28' AND '38'), 0)
                   / sum(items)::numeric, 4) AS chemical_share,
             array_agg(hs6) AS hs6, array_agg(items) AS items, array_agg(mass) AS masses
      FROM goods) AS past
"""
_OF_ONE = _HISTORIES.format(
    latest=_LATEST.format(importer="d.importer_id"), first=_FIRST.format(importer="d.importer_id")
)
_OF_MERGED = _HISTORIES.format(
    latest=_LATEST_OF_ALL.format(each=_LATEST.format(importer="member.id")),
    first=_FIRST_OF_ALL.format(each=_FIRST.format(importer="member.id")),
)
_SHARED_BY_MERGED = """
    SELECT d.id, (
      SELECT count(*) FROM (
        SELECT DISTINCT coalesce(alias.representative_id, other.party_id)
        FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS member (head, id)
        JOIN shipments_partyidentifier AS own
          ON own.party_id = member.id AND own.first_seen_at <= d.accepted_at
         AND own.kind IN ('phone', 'email', 'bank_account', 'wallet')
        JOIN shipments_partyidentifier AS other
          ON other.kind = own.kind AND other.value = own.value
         AND other.first_seen_at <= d.accepted_at
        LEFT JOIN risk_partyalias AS alias ON alias.party_id = other.party_id
        WHERE member.head = d.importer_id AND NOT EXISTS (
          SELECT FROM unnest(%(heads)s::bigint[], %(members)s::bigint[]) AS same (head, id)
          WHERE same.head = d.importer_id AND same.id = other.party_id)
        LIMIT %(shared)s) AS linked) AS count
    FROM unnest(%(declarations)s::bigint[], %(importers)s::bigint[], %(accepted)s::timestamptz[])
      AS d (id, importer_id, accepted_at)
"""


class History:
    """What the importer declared before, as far as it is looked back on.

    Of an unknown importer (no row) everything is None.
    """

    def __init__(self, row: Row | None = None) -> None:
        row = row or {}
        self.is_known = bool(row)
        self.first_seen_at = row.get("first_seen_at")
        self.declaration_count = row.get("declaration_count")
        self.item_count = row.get("item_count")
        share = row.get("chemical_share")
        self.chemical_share = None if share is None else float(share)
        goods = (row.get("hs6") or (), row.get("items") or (), row.get("masses") or ())
        self._goods = {hs6: (items, mass) for hs6, items, mass in zip(*goods, strict=True)}

    def of_goods(self, hs6: str) -> tuple[int | None, Decimal | None]:
        """How many earlier items had this HS6, and the largest net mass of them in kg."""
        return self._goods.get(hs6, (0 if self.is_known else None, None))


NO_HISTORY = History()


def histories_of(
    declarations: Sequence[Row], traders: Mapping[int, frozenset[int]]
) -> dict[int, History]:
    """By declaration what its importer declared before it; who is unknown has no entry.

    A merged importer's history is that of all parties of its trader (``traders``, by importer),
    as they are merged now. One query, two where somebody was merged.
    """
    known = [row for row in declarations if row["importer_id"] is not None]
    single = [row for row in known if row["importer_id"] not in traders]
    merged = [row for row in known if row["importer_id"] in traders]
    rows = list(fetch(_OF_ONE, _params(single, {})))
    if merged:
        rows += fetch(_OF_MERGED, _params(merged, traders))
    return {row["id"]: History(row) for row in rows}


def with_traders(
    declarations: Sequence[Row],
) -> tuple[Sequence[Row], dict[int, frozenset[int]]]:
    """The rows, and the traders of their merged importers. What a merged importer shares with
    its own other parties is no longer counted as shared. One query, two where somebody was
    merged."""
    importers = {row["importer_id"] for row in declarations} - {None}
    traders = traders_of(importers) if importers else {}
    merged = [row for row in declarations if row["importer_id"] in traders]
    if not merged:
        return declarations, traders
    shared = {row["id"]: row["count"] for row in fetch(_SHARED_BY_MERGED, _params(merged, traders))}
    return [
        {**row, "shared_identifier_count": shared.get(row["id"], row["shared_identifier_count"])}
        for row in declarations
    ], traders


def _params(declarations: Sequence[Row], traders: Mapping[int, frozenset[int]]) -> dict[str, Any]:
    importers = {row["importer_id"] for row in declarations}
    pairs = [
        (head, member) for head in sorted(importers) for member in sorted(traders.get(head, ()))
    ]
    return {
        "declarations": [row["id"] for row in declarations],
        "importers": [row["importer_id"] for row in declarations],
        "accepted": [row["accepted_at"] for row in declarations],
        "numbers": [row["registration_number"] for row in declarations],
        "heads": [head for head, _ in pairs],
        "members": [member for _, member in pairs],
        "history": HISTORY_ROWS,
        "shared": SHARED_PARTIES,
    }
