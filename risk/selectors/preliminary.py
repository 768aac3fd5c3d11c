"""Which documents may tell of one consignment, and what they state of it."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.db import connection

from risk.domain.facts import AnnouncedDifference, AnnouncedFacts
from risk.domain.preliminary import WINDOW_DAYS, Stated

CANDIDATES = 50
"""At most so many documents are compared for one key (a container, a vehicle …): a ship or a
train carries thousands of consignments."""

# Chunks of an installation without preliminary information end here, at one look into an index.
_IS_ANY_NEAR = """
    SELECT EXISTS (
      SELECT FROM shipments_declaration AS d
      JOIN (SELECT min(accepted_at) AS first, max(accepted_at) AS last
            FROM shipments_declaration WHERE id = ANY(%(ids)s)) AS span
        ON d.accepted_at BETWEEN span.first - %(window)s * interval '1 day'
                             AND span.last + %(window)s * interval '1 day'
      WHERE d.document_kind = 'preliminary')
"""

# (id of the chunk's, id of the other): one is preliminary and the other is not, both live.
# Every step is a lateral one that OFFSET 0 keeps so: a walk through indices for each document of
# the chunk. Left free, the planner reads whole tables until a new table has its statistics.
_PAIRS = """
    WITH own AS MATERIALIZED (
      SELECT DISTINCT ON (registration_number) id, registration_number, accepted_at,
             is_cancelled, transport_id, document_kind = 'preliminary' AS is_preliminary
      FROM shipments_declaration WHERE registration_number = ANY(%(numbers)s)
      ORDER BY registration_number, version DESC
    ), live AS MATERIALIZED (
      SELECT * FROM own WHERE NOT is_cancelled
    ), numbers AS MATERIALIZED (
      SELECT live.*, key.code, key.number FROM live
      CROSS JOIN LATERAL (
        SELECT DISTINCT document.code, document.number FROM shipments_goodsitem AS item
        CROSS JOIN LATERAL (
          SELECT code, number FROM shipments_goodsitemdocument
          WHERE goods_item_id = item.id AND number ~ '[0-9]{{3}}' OFFSET 0) AS document
        WHERE item.declaration_id = live.id OFFSET 0) AS key
    ), found AS MATERIALIZED (
      SELECT own.id AS own_id, other.id AS other_id FROM live AS own
      CROSS JOIN LATERAL (
        SELECT number FROM shipments_container WHERE declaration_id = own.id OFFSET 0) AS key
      CROSS JOIN LATERAL (
        SELECT other.id FROM shipments_container AS same
        JOIN shipments_declaration AS other ON other.id = same.declaration_id
        WHERE same.number = key.number AND {is_other}
        ORDER BY other.accepted_at DESC, other.id LIMIT %(most)s) AS other
      UNION
      SELECT own.id, other.id FROM numbers AS own
      CROSS JOIN LATERAL (
        SELECT other.id FROM shipments_goodsitemdocument AS same
        JOIN shipments_goodsitem AS item ON item.id = same.goods_item_id
        JOIN shipments_declaration AS other ON other.id = item.declaration_id
        WHERE same.number = own.number AND same.code LIKE '02%%' AND {is_other}
        ORDER BY other.accepted_at DESC, other.id LIMIT %(most)s) AS other
      WHERE own.code LIKE '02%%'
      UNION
      SELECT own.id, other.id FROM live AS own
      CROSS JOIN LATERAL (
        SELECT other.id FROM shipments_declaration AS other
        WHERE other.transport_id = own.transport_id AND other.transport_id <> '' AND {is_other}
        ORDER BY other.accepted_at DESC, other.id LIMIT %(most)s) AS other
      UNION
      SELECT own.id, other.id FROM numbers AS own
      CROSS JOIN LATERAL (
        SELECT other.id FROM shipments_declaration AS other
        WHERE other.registration_number = own.number AND {is_other} OFFSET 0) AS other
      WHERE NOT own.is_preliminary
    )
    SELECT found.own_id, found.other_id FROM found
    CROSS JOIN LATERAL (
      SELECT FROM shipments_declaration AS other
      WHERE other.id = found.other_id AND NOT other.is_cancelled AND NOT EXISTS (
        SELECT FROM shipments_declaration AS later
        WHERE later.registration_number = other.registration_number
          AND later.version > other.version) OFFSET 0) AS is_live
    ORDER BY found.own_id, found.other_id
"""
_IS_OTHER = """
    other.accepted_at BETWEEN own.accepted_at - %(window)s * interval '1 day'
                          AND own.accepted_at + %(window)s * interval '1 day'
    AND (other.document_kind = 'preliminary') <> own.is_preliminary
"""

_STATED = """
    SELECT d.id, d.document_kind = 'preliminary', jsonb_build_object(
      'registration_number', d.registration_number, 'accepted_at', d.accepted_at,
      'transport_id', d.transport_id, 'country_of_dispatch', d.country_of_dispatch,
      'country_of_destination', d.country_of_destination, 'border_office', d.border_office,
      'transport_document', coalesce(d.extra ->> 'transport_document', ''),
      'containers', coalesce((SELECT jsonb_agg(number ORDER BY number)
        FROM shipments_container WHERE declaration_id = d.id), '[]'),
      'documents', coalesce((SELECT jsonb_agg(DISTINCT jsonb_build_array(x.code, x.number))
        FROM shipments_goodsitem AS i CROSS JOIN LATERAL (
          SELECT code, number FROM shipments_goodsitemdocument
          WHERE goods_item_id = i.id OFFSET 0) AS x
        WHERE i.declaration_id = d.id), '[]'),
      'parties', coalesce((SELECT jsonb_agg(
          jsonb_build_array(r.role, r.name, r.identifiers) ORDER BY r.position)
        FROM shipments_partyrole AS r WHERE r.declaration_id = d.id), '[]'),
      'items', coalesce((SELECT jsonb_agg(
          jsonb_build_array(i.item_number, i.commodity_code, i.description,
                            i.net_mass_kg::text, i.gross_mass_kg::text) ORDER BY i.item_number)
        FROM shipments_goodsitem AS i WHERE i.declaration_id = d.id), '[]'))::text
    FROM shipments_declaration AS d WHERE d.id = ANY(%(ids)s)
"""


_ANNOUNCED = """
    SELECT link.declaration_id, link.preliminary_number, link.score, link.compared::text,
           link.differences::text
    FROM risk_preliminarylink AS link
    JOIN shipments_declaration AS p ON p.id = link.preliminary_id
    JOIN shipments_declaration AS d ON d.id = link.declaration_id
    WHERE link.declaration_id = ANY(%(ids)s) AND link.state IN ('linked', 'confirmed')
      AND (p.accepted_at, p.registration_number) < (d.accepted_at, d.registration_number)
    ORDER BY link.declaration_id, link.state = 'confirmed' DESC, link.score DESC,
             link.preliminary_number
"""

# The declarations that preliminary information of a chunk announced.
_ANNOUNCED_BY = """
    SELECT DISTINCT d.id FROM shipments_declaration AS p
    JOIN risk_preliminarylink AS link ON link.preliminary_id = p.id
    JOIN shipments_declaration AS d ON d.id = link.declaration_id
    WHERE p.batch_id = %(batch)s AND p.chunk = %(chunk)s AND p.document_kind = 'preliminary'
      AND link.state IN ('linked', 'confirmed')
      AND (p.accepted_at, p.registration_number) < (d.accepted_at, d.registration_number)
    ORDER BY d.id
"""
_ASSESSED = """
    SELECT declaration_id, facts FROM risk_riskassessment
    WHERE declaration_id = ANY(%(ids)s) AND trigger = 'intake' AND trigger_key = ''
    ORDER BY declaration_id
"""

_decode_names = msgspec.json.Decoder(tuple[str, ...]).decode
_decode_differences = msgspec.json.Decoder(tuple[AnnouncedDifference, ...]).decode
_decode = msgspec.json.Decoder(Stated).decode


def is_any_near(declaration_ids: Sequence[int]) -> bool:
    """Whether preliminary information was accepted in the window around these declarations."""
    params = {"ids": list(declaration_ids), "window": WINDOW_DAYS}
    return bool(_rows(_IS_ANY_NEAR, params)[0][0])


def announced_facts(declaration_ids: Sequence[int]) -> dict[int, AnnouncedFacts]:
    """What is declared otherwise than it was announced, by declaration; one query.

    Of several that announced it the one that a person confirmed, then the surest. Only what
    was accepted earlier counts, and nothing that a person rejected or nobody is sure of.
    """
    found: dict[int, AnnouncedFacts] = {}
    for pk, number, score, compared, differences in _rows(_ANNOUNCED, {"ids": declaration_ids}):
        found.setdefault(
            pk,
            AnnouncedFacts(
                registration_number=number,
                score=score,
                compared=_decode_names(compared),
                differences=_decode_differences(differences),
            ),
        )
    return found


def announced_by(*, batch_id: int, chunk: int) -> list[int]:
    """The ids of the declarations that preliminary information of this chunk announced; one
    query."""
    return [pk for (pk,) in _rows(_ANNOUNCED_BY, {"batch": batch_id, "chunk": chunk})]


def assessed_before(declaration_ids: Sequence[int]) -> dict[int, bytes]:
    """The facts of the intake's assessment, as stored, of each of these declarations that was
    assessed already; one query."""
    rows = _rows(_ASSESSED, {"ids": list(declaration_ids)})
    return {pk: bytes(facts) for pk, facts in rows}


def pairs_of(numbers: Sequence[str]) -> list[tuple[int, int]]:
    """(id, id of another) of live latest versions that share a means of transport or a number.

    The first is of one of the ``numbers``; one of the two is preliminary. One query.
    """
    params = {"numbers": list(numbers), "window": WINDOW_DAYS, "most": CANDIDATES}
    return _rows(_PAIRS.format(is_other=_IS_OTHER), params)


def stated_of(ids: Iterable[int]) -> tuple[dict[int, Stated], set[int]]:
    """What the declarations state, by id, and which of them are preliminary. One query."""
    rows = _rows(_STATED, {"ids": sorted(set(ids))})
    return (
        {pk: _decode(text) for pk, _, text in rows},
        {pk for pk, is_preliminary, _ in rows if is_preliminary},
    )


def _rows(statement: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
