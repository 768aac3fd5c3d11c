"""Edges of the network as they are written: summed up over a chunk, then one statement a table."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from risk.domain.network.versions import Contribution, Edge
from risk.models.choices import PartyTieKind
from shipments.domain.names import plate

_DECLARED = """
    SELECT d.id, d.accepted_at, d.document_kind = 'preliminary',
           (SELECT sum(net_mass_kg) FROM shipments_goodsitem WHERE declaration_id = d.id),
           d.customs_office, d.border_office, d.transport_id,
           ARRAY(SELECT number FROM shipments_container WHERE declaration_id = d.id ORDER BY number)
    FROM unnest(%s::bigint[]) AS given (id)
    JOIN shipments_declaration AS d ON d.id = given.id
"""
_UPSERT = """
    INSERT INTO {table} AS stored (
      {source}, {target}, kind, first_seen_at, last_seen_at, declaration_count, mass_kg)
    SELECT source, target, kind, first_seen::timestamptz, last_seen::timestamptz, counted,
           mass_kg::numeric
    FROM unnest(%s::bigint[], %s::{type}[], %s::text[], %s::text[], %s::text[], %s::int[],
                %s::text[]) AS given (source, target, kind, first_seen, last_seen, counted, mass_kg)
    ON CONFLICT ({source}, {target}, kind) DO UPDATE SET
      first_seen_at = LEAST(stored.first_seen_at, EXCLUDED.first_seen_at),
      last_seen_at = GREATEST(stored.last_seen_at, EXCLUDED.last_seen_at),
      declaration_count = stored.declaration_count + EXCLUDED.declaration_count,
      mass_kg = stored.mass_kg + EXCLUDED.mass_kg
"""
_UPSERT_LINKS = _UPSERT.format(
    table="risk_partylink", source="source_id", target="target_id", type="bigint"
)
_UPSERT_TIES = _UPSERT.format(table="risk_partytie", source="party_id", target="value", type="text")


class Declared(NamedTuple):
    """What a declaration gives to its edges. Preliminary information shows an edge and its
    dates, but is neither counted nor weighed. ``things`` are (kind, value) of ties."""

    accepted_at: datetime
    is_preliminary: bool
    mass_kg: Decimal
    things: tuple[tuple[str, str], ...]


# First seen, last seen, declarations, mass: a list, because it is added to ten thousand times.
_Sum = list[Any]


def declared_of(declaration_ids: Iterable[int]) -> dict[int, Declared]:
    """Of each declaration, in one query; none without ids."""
    ids = list(declaration_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_DECLARED, [ids])
        return {
            pk: Declared(accepted_at, is_preliminary, mass or Decimal(0), _things(*named))
            for pk, accepted_at, is_preliminary, mass, *named in cursor.fetchall()
        }


def upsert_edges(shown: Iterable[Contribution], declared: Mapping[int, Declared]) -> int:
    """Links and ties grow by what the declarations add to them; the number of edges touched.

    Rows are written in the order of their keys: concurrent chunks lock in one order.
    """
    links: dict[Edge, _Sum] = {}
    ties: dict[Edge, _Sum] = {}
    for declaration_id, edge, counted, sign in shown:
        accepted_at, is_preliminary, mass_kg, _ = declared[declaration_id]
        if is_preliminary:
            counted = sign = 0
        sums = links if isinstance(edge.target, int) else ties
        known = sums.get(edge)
        if known is None:
            sums[edge] = [accepted_at, accepted_at, counted, sign * mass_kg]
            continue
        if accepted_at < known[0]:
            known[0] = accepted_at
        if accepted_at > known[1]:
            known[1] = accepted_at
        known[2] += counted
        if sign:
            known[3] += sign * mass_kg
    return _upsert(_UPSERT_LINKS, links) + _upsert(_UPSERT_TIES, ties)


def _upsert(statement: str, sums: dict[Edge, _Sum]) -> int:
    """Dates and masses travel as texts, of which arrays are made in half the time."""
    if not sums:
        return 0
    rows = [
        (*edge, first.isoformat(), last.isoformat(), count, str(mass))
        for edge, (first, last, count, mass) in sorted(sums.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def _things(
    office: str, border_office: str, vehicle: str, containers: list[str]
) -> tuple[tuple[str, str], ...]:
    named = (
        (PartyTieKind.OFFICE.value, office),
        (PartyTieKind.BORDER_OFFICE.value, border_office),
        (PartyTieKind.VEHICLE.value, plate(vehicle)),
        *((PartyTieKind.CONTAINER.value, number) for number in containers),
    )
    return tuple((kind, value) for kind, value in named if value)
