"""What was found along edges of the network, as it is stored with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from django.db import connection

from risk.domain.network.build import NetworkEdge
from risk.domain.network.masses import SubstanceMass
from risk.models.choices import PartyLinkKind
from risk.selectors.network import IDENTIFIER, PARTY, TIE_KINDS

Identity: TypeAlias = tuple[str, str, str]
Masses: TypeAlias = Mapping[Identity, tuple[SubstanceMass, ...]]
"""By edge the masses by substance, the heaviest first; edges without any are not in it."""

_SUBSTANCES = """
    SELECT given.place, substance.key, held.mass_kg, held.declaration_count
    FROM unnest(%s::int[], %s::bigint[], %s::{type}[], %s::text[])
      AS given (place, source, target, kind)
    CROSS JOIN LATERAL (
      SELECT id FROM {edges} WHERE {source} = given.source AND {target} = given.target
        AND kind = given.kind OFFSET 0) AS edge
    CROSS JOIN LATERAL (
      SELECT h.substance_id, h.mass_kg, h.declaration_count FROM {table} AS h
      WHERE h.{edge}_id = edge.id OFFSET 0) AS held
    JOIN risk_substance AS substance ON substance.id = held.substance_id
    ORDER BY given.place, held.mass_kg DESC, substance.key
"""
_OF_LINKS = _SUBSTANCES.format(
    table="risk_linksubstance",
    edge="link",
    edges="risk_partylink",
    source="source_id",
    target="target_id",
    type="bigint",
)
_OF_TIES = _SUBSTANCES.format(
    table="risk_tiesubstance",
    edge="tie",
    edges="risk_partytie",
    source="party_id",
    target="value",
    type="text",
)
_TIE_KINDS = {name: kind.value for kind, name in TIE_KINDS.items()}


def masses_of(edges: Iterable[NetworkEdge]) -> Masses:
    """What was found along these edges.

    At most two queries, by index. Who bears an identifier, and who is one trader, moves nothing.
    """
    links: list[tuple[Identity, int, int | str, str]] = []
    ties: list[tuple[Identity, int, int | str, str]] = []
    for edge in edges:
        if edge.kind in _TIE_KINDS:
            value = edge.target.removeprefix(f"{IDENTIFIER}:").partition(":")[2]
            ties.append((edge.identity, _party(edge.source), value, _TIE_KINDS[edge.kind]))
        elif edge.kind in PartyLinkKind:
            # Stored from the importer on; a sale is read from the supplier.
            ends = _party(edge.source), _party(edge.target)
            own, other = ends[::-1] if edge.kind == PartyLinkKind.TRADE else ends
            links.append((edge.identity, own, other, edge.kind))
    found: dict[Identity, list[SubstanceMass]] = defaultdict(list)
    for query, asked in ((_OF_LINKS, links), (_OF_TIES, ties)):
        for place, key, mass_kg, count in _rows(query, [one[1:] for one in asked]):
            mass = SubstanceMass(substance_key=key, mass_kg=mass_kg, declaration_count=count)
            found[asked[place][0]].append(mass)
    return {identity: tuple(masses) for identity, masses in found.items()}


def _rows(
    query: str, ends: list[tuple[int, int | str, str]]
) -> list[tuple[int, str, Decimal, int]]:
    if not ends:
        return []
    columns = [list(column) for column in zip(*ends, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(query, [list(range(len(ends))), *columns])
        return list(cursor.fetchall())


def _party(key: str) -> int:
    return int(key.removeprefix(f"{PARTY}:"))
