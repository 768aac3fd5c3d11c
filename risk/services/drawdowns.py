"""The ledger of what declarations draw on authorisations: settled, never rewritten.

Whatever happened to a declaration, settling it brings the ledger to the same state: its
latest version draws, everything before has been given back to the gram, a cancelled one
draws nothing. Rows are only added.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from risk.domain.permits.checks import (
    Consignment,
    Document,
    Goods,
    Permit,
    confirmed_permits,
    drawn_mass,
    may_draw,
    named_permits,
)
from risk.selectors.permits import (
    by_number,
    lines_of_numbers,
    named_substances,
    permit_kinds,
    permits_of,
    possible_holders,
)
from risk.services.claims import record_claims_of_chunk
from risk.services.network_masses import weigh_numbers
from risk.services.networks import link_chunk
from risk.services.notice_matching import match_notices_of_chunk
from shipments.domain.authorisations import number_key
from shipments.models import Drawdown
from shipments.selectors.declarations import chunk_numbers
from shipments.services.bulk import copy_rows

_PLACES = Decimal("0.000001")

# Named by a document, or by two people. Preliminary information and transit papers name the
# permit of the declaration to come.
_DOCUMENTS = """
    SELECT d.id, d.registration_number, d.accepted_at, d.direction, i.id, i.item_number,
           i.net_mass_kg, i.gross_mass_kg, i.supplementary_quantity, i.supplementary_unit,
           document.code, document.number, document.licence_line, NULL::bigint,
           document.position
    FROM unnest(%(numbers)s::text[]) AS given (number)
    CROSS JOIN LATERAL (
      SELECT * FROM shipments_declaration WHERE registration_number = given.number
      ORDER BY version DESC LIMIT 1) AS d
    JOIN shipments_goodsitem AS i ON i.declaration_id = d.id
    JOIN shipments_goodsitemdocument AS document ON document.goods_item_id = i.id
    WHERE document.code = ANY(%(codes)s) AND NOT d.is_cancelled
      AND d.document_kind IN ('import', 'export')
      AND EXISTS (SELECT FROM shipments_authorisation)
    UNION ALL
    SELECT d.id, d.registration_number, d.accepted_at, d.direction, i.id, i.item_number,
           i.net_mass_kg, i.gross_mass_kg, i.supplementary_quantity, i.supplementary_unit,
           '', permit.number, line.line_number, line.id, NULL
    FROM risk_permitmatch AS decided
    CROSS JOIN LATERAL (
      SELECT * FROM shipments_declaration
      WHERE registration_number = decided.registration_number
      ORDER BY version DESC LIMIT 1) AS d
    JOIN shipments_goodsitem AS i
      ON i.declaration_id = d.id AND i.item_number = decided.item_number
    JOIN shipments_authorisationline AS line ON line.id = decided.line_id
    JOIN shipments_authorisation AS permit ON permit.id = line.authorisation_id
    WHERE decided.registration_number = ANY(%(numbers)s) AND decided.state = 'active'
      AND NOT d.is_cancelled AND d.document_kind IN ('import', 'export')
    ORDER BY 2, 6, 15 NULLS LAST, 14
"""
_LIVING = """
    SELECT drawn.id, drawn.line_id, drawn.declaration_id, drawn.goods_item_id,
           drawn.registration_number, drawn.item_number, drawn.accepted_at, drawn.mass_kg
    FROM shipments_drawdown AS drawn
    WHERE drawn.registration_number = ANY(%(numbers)s) AND drawn.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM shipments_drawdown WHERE reverses_id = drawn.id)
    ORDER BY drawn.id
"""
_COLUMNS = (
    "line", "declaration", "goods_item", "registration_number", "item_number", "accepted_at",
    "mass_kg", "grounds", "reverses",
)  # fmt: skip


class _Row(NamedTuple):
    """A document of an item of a latest version, or, with ``decided_line``, what two people
    decided of it; the columns of ``_DOCUMENTS``."""

    declaration_id: int
    registration_number: str
    accepted_at: Any
    direction: str
    item_id: int
    item_number: int
    net_mass_kg: Decimal | None
    gross_mass_kg: Decimal | None
    quantity: Decimal | None
    unit: str
    code: str
    number: str
    licence_line: int | None
    decided_line: int | None
    position: int | None


class _Living(NamedTuple):
    """A draw that nobody has given back; the columns of ``_LIVING``."""

    pk: int
    line_id: int
    declaration_id: int
    goods_item_id: int
    registration_number: str
    item_number: int
    accepted_at: Any
    mass_kg: Decimal


class _Draw(NamedTuple):
    """What an item should have drawn on a line."""

    row: _Row
    line_id: int
    mass_kg: Decimal
    grounds: tuple[str, ...]


def link_and_draw_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """The link stage: parties resolved, trade and claims recorded, then permits drawn on, notices
    matched and substances weighed on the edges. Before the barrier, so that whoever is assessed
    sees those of the whole batch."""
    linked = link_chunk(batch_id=batch_id, chunk=chunk)
    drawn = draw_chunk(batch_id=batch_id, chunk=chunk)
    claimed = record_claims_of_chunk(batch_id=batch_id, chunk=chunk)
    notified = match_notices_of_chunk(batch_id=batch_id, chunk=chunk)
    weighed = weigh_numbers(numbers=chunk_numbers(batch_id=batch_id, chunk=chunk))
    return {**linked, **claimed, **drawn, **notified, **weighed}


def draw_chunk(*, batch_id: int, chunk: int) -> Mapping[str, int]:
    """Settle the declarations of a chunk. The caller holds the transaction and has resolved
    the parties; two queries where no permit is named."""
    return settle_numbers(numbers=chunk_numbers(batch_id=batch_id, chunk=chunk))


def settle_numbers(*, numbers: Sequence[str]) -> Mapping[str, int]:
    """Bring the ledger of these declarations to what their latest versions draw.

    The caller holds the transaction and the versions (``lock_versions``). Locks the lines
    that are drawn on or given back to, in the order of their ids: whoever draws on a line
    sees everything drawn before. Twice is as once.
    """
    params = {"numbers": list(numbers), "codes": list(permit_kinds())}
    with connection.cursor() as cursor:
        cursor.execute(_DOCUMENTS, params)
        rows = [_Row._make(row) for row in cursor.fetchall()]
        cursor.execute(_LIVING, params)
        living = [_Living._make(row) for row in cursor.fetchall()]
    if not rows and not living:
        return {"drawn": 0, "given_back": 0}
    wanted = _wanted(rows, [one.line_id for one in living])
    kept = {
        (one.goods_item_id, one.line_id)
        for one in living
        if (draw := wanted.get((one.goods_item_id, one.line_id))) and draw.mass_kg == one.mass_kg
    }
    back = [one for one in living if (one.goods_item_id, one.line_id) not in kept]
    new = [draw for place, draw in wanted.items() if place not in kept]
    copy_rows(Drawdown, _COLUMNS, [*map(_given_back, back), *map(_drawn, new)])
    return {"drawn": len(new), "given_back": len(back)}


def _wanted(rows: Sequence[_Row], held: Iterable[int]) -> dict[tuple[int, int], _Draw]:
    """What the items should have drawn, by item and line; locks those lines and ``held``."""
    numbers = {number_key(row.number) for row in rows if row.number}
    _lock_lines(numbers, held)
    permits = by_number(permits_of(lines_of_numbers(numbers)))
    if not permits:
        return {}
    named = [row for row in rows if number_key(row.number) in permits]
    holders = possible_holders({row.declaration_id: row.direction for row in named})
    substances = named_substances({row.item_id for row in named})
    found: dict[tuple[int, int], _Draw] = {}
    for item_id, of_item in _by_item(named).items():
        goods = _goods(of_item[0], substances.get(item_id, {}))
        for draw in _draws(of_item, goods, permits, holders[of_item[0].declaration_id]):
            found.setdefault((item_id, draw.line_id), draw)
    return found


def _draws(
    rows: Sequence[_Row],
    goods: Goods,
    permits: Mapping[str, Sequence[Permit]],
    holders: frozenset[int],
) -> Iterable[_Draw]:
    """An item draws once for a substance and kind of permit, on the first that it names."""
    row = rows[0]
    documents = [
        Document(one.code, number_key(one.number), one.licence_line) for one in rows if one.code
    ]
    decided = [one.decided_line for one in rows if one.decided_line is not None]
    day = row.accepted_at.date()
    consignment = Consignment(day, day, row.direction, party_ids=holders)
    drawn: set[tuple[str, str]] = set()
    every = [one for of_number in permits.values() for one in of_number] if decided else []
    for _, permit, line in (
        *named_permits(documents, permits, permit_kinds(), goods),
        *confirmed_permits(decided, every, goods),
    ):
        if permit is None or line is None or not may_draw(permit, consignment):
            continue
        mass = drawn_mass(goods, line)
        place = (permit.kind.value, line.substance_key)
        if mass is None or place in drawn:
            continue
        drawn.add(place)
        yield _Draw(row, line.pk, mass.kg.quantize(_PLACES), mass.grounds)


def _lock_lines(numbers: Iterable[str], held: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM shipments_authorisationline WHERE id = ANY(%s) OR authorisation_id IN"
            " (SELECT id FROM shipments_authorisation WHERE number_key = ANY(%s))"
            " ORDER BY id FOR NO KEY UPDATE",
            [sorted(set(held)), sorted(numbers)],
        )


def _by_item(rows: Iterable[_Row]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(row)
    return found


def _goods(row: _Row, substances: Mapping[str, Decimal | None]) -> Goods:
    return Goods(row.net_mass_kg, row.gross_mass_kg, row.quantity, row.unit, substances)


def _drawn(draw: _Draw) -> tuple[Any, ...]:
    row = draw.row
    return (
        draw.line_id, row.declaration_id, row.item_id, row.registration_number, row.item_number,
        row.accepted_at, draw.mass_kg, json.dumps(draw.grounds), None,
    )  # fmt: skip


def _given_back(one: _Living) -> tuple[Any, ...]:
    return (
        one.line_id, one.declaration_id, one.goods_item_id, one.registration_number,
        one.item_number, one.accepted_at, -one.mass_kg, "[]", one.pk,
    )  # fmt: skip
