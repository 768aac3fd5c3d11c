"""The surroundings of one party, read from the database hop by hop and bounded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from risk.domain.network.build import NetworkEdge, NetworkNode, build_graph
from risk.domain.network.ego import DEFAULT_HUB_DEGREE, EgoNetwork, ego_network
from risk.models import PartyDecision
from risk.models.choices import DecisionState, PartyLinkKind, TraderVerdict
from shipments.models import Party

MAX_DEPTH = 3
MAX_NODES = 400
LINKS_PER_NODE = 200
READ_PER_HOP = 2000

PARTY, IDENTIFIER, HAS = "party", "identifier", "has"
ONE_TRADER = "one_trader"

# One bounded index scan a node and direction: a broker with 100,000 links costs what
# LINKS_PER_NODE cost.
_LINKS = """
    SELECT near.source_id, near.target_id, near.kind, near.declaration_count, near.mass_kg,
           near.first_seen_at, near.last_seen_at
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    CROSS JOIN LATERAL (
        (SELECT * FROM risk_partylink AS link
         WHERE link.source_id = here.id ORDER BY link.id LIMIT %(limit)s)
        UNION ALL
        (SELECT * FROM risk_partylink AS link
         WHERE link.target_id = here.id ORDER BY link.id LIMIT %(limit)s)
    ) AS near
"""
_HELD_BY_PARTIES = """
    SELECT held.party_id, held.kind, held.value, held.first_seen_at
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    CROSS JOIN LATERAL (
        SELECT * FROM shipments_partyidentifier AS h WHERE h.party_id = here.id
        ORDER BY h.kind, h.value LIMIT %(limit)s
    ) AS held
"""
_HOLDERS = """
    SELECT held.party_id, held.kind, held.value, held.first_seen_at
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS here(kind, value)
    CROSS JOIN LATERAL (
        SELECT * FROM shipments_partyidentifier AS h
        WHERE h.kind = here.kind AND h.value = here.value ORDER BY h.party_id LIMIT %(limit)s
    ) AS held
"""
_PARTY_DEGREES = """
    SELECT here.id, (
        SELECT count(*) FROM (
            SELECT target_id FROM risk_partylink WHERE source_id = here.id
            UNION SELECT source_id FROM risk_partylink WHERE target_id = here.id
        ) AS neighbour
    ) + (SELECT count(*) FROM shipments_partyidentifier WHERE party_id = here.id)
    FROM unnest(%(parties)s::bigint[]) AS here(id)
"""
_IDENTIFIER_DEGREES = """
    SELECT here.kind, here.value, (
        SELECT count(*) FROM shipments_partyidentifier AS h
        WHERE h.kind = here.kind AND h.value = here.value
    )
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS here(kind, value)
"""


def get_ego_network(*, party_id: int, depth: int, max_nodes: int = MAX_NODES) -> EgoNetwork:
    """Parties and identifiers within ``depth`` links (0–3) of the party, with their links.

    An identifier is a node: parties that share a phone are two links apart. Nodes with
    more than 50 neighbours are shown and not looked through, except the party itself.
    Six queries a hop and three more; of one node at most 200 links of each sort are read.
    """
    center = _party_key(party_id)
    degrees = _degrees([center])
    edges: dict[tuple[str, str, str], NetworkEdge] = {}
    frontier = [center]
    for _ in range(depth):
        found = _edges_at(frontier)
        edges |= {edge.identity: edge for edge in found}
        reached = {end for edge in found for end in (edge.source, edge.target)}
        fresh = sorted(reached - degrees.keys())[:READ_PER_HOP]
        degrees |= _degrees(fresh)
        frontier = [key for key in fresh if degrees[key] <= DEFAULT_HUB_DEGREE]
    known = (e for e in edges.values() if e.source in degrees and e.target in degrees)
    graph = build_graph(_nodes(degrees), known)
    return ego_network(graph, center, depth, max_nodes)


def party_id_of(node: NetworkNode) -> int | None:
    """The id of the party that the node stands for; None for an identifier."""
    return int(node.key.partition(":")[2]) if node.kind == PARTY else None


def _party_key(party_id: int) -> str:
    return f"{PARTY}:{party_id}"


def _split(keys: Iterable[str]) -> dict[str, list[Any]]:
    """The keys as parameters of the queries: ids of parties, kinds and values of identifiers."""
    parties, kinds, values = [], [], []
    for key in keys:
        what, _, rest = key.partition(":")
        if what == PARTY:
            parties.append(int(rest))
        else:
            kind, _, value = rest.partition(":")
            kinds.append(kind)
            values.append(value)
    return {"parties": parties, "kinds": kinds, "values": values}


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {**parameters, "limit": LINKS_PER_NODE})
        return list(cursor.fetchall())


def _edges_at(frontier: list[str]) -> list[NetworkEdge]:
    parameters = _split(frontier)
    held = _rows(_HELD_BY_PARTIES, parameters) + _rows(_HOLDERS, parameters)
    links = [_link_edge(*row) for row in _rows(_LINKS, parameters)]
    return [*links, *(_held_edge(*row) for row in held), *_decided_edges(parameters["parties"])]


def _decided_edges(party_ids: list[int]) -> list[NetworkEdge]:
    """Between parties that two people decided to be one trader; no declaration shows them."""
    rows = PartyDecision.objects.filter(
        Q(lower__in=party_ids) | Q(higher__in=party_ids),
        state=DecisionState.ACTIVE,
        verdict=TraderVerdict.SAME,
    ).values_list("lower", "higher", "approved_at")
    return [
        NetworkEdge(
            source=_party_key(lower),
            target=_party_key(higher),
            kind=ONE_TRADER,
            first_seen=approved,
            last_seen=approved,
            count=0,
        )
        for lower, higher, approved in rows.order_by("id")[:READ_PER_HOP]
        if approved is not None
    ]


def _link_edge(
    source: int, target: int, kind: str, count: int, mass: Any, first: datetime, last: datetime
) -> NetworkEdge:
    """Stored from the importer on; a sale is read from the supplier to the buyer."""
    ends = (target, source) if kind == PartyLinkKind.TRADE else (source, target)
    return NetworkEdge(
        source=_party_key(ends[0]),
        target=_party_key(ends[1]),
        kind=kind,
        first_seen=first,
        last_seen=last,
        count=count,
        mass_kg=mass,
    )


def _held_edge(party_id: int, kind: str, value: str, first: datetime) -> NetworkEdge:
    return NetworkEdge(
        source=_party_key(party_id),
        target=f"{IDENTIFIER}:{kind}:{value}",
        kind=HAS,
        first_seen=first,
        last_seen=first,
    )


def _degrees(keys: list[str]) -> dict[str, int]:
    parameters = _split(keys)
    parties = {_party_key(party): count for party, count in _rows(_PARTY_DEGREES, parameters)}
    identifiers = {
        f"{IDENTIFIER}:{kind}:{value}": count
        for kind, value, count in _rows(_IDENTIFIER_DEGREES, parameters)
    }
    return parties | identifiers


def _nodes(degrees: dict[str, int]) -> list[NetworkNode]:
    parties = Party.objects.in_bulk(_split(degrees)["parties"])
    return [_node(key, degree, parties) for key, degree in degrees.items()]


def _node(key: str, degree: int, parties: dict[int, Party]) -> NetworkNode:
    what, _, rest = key.partition(":")
    label = str(parties[int(rest)]) if what == PARTY else rest
    return NetworkNode(key=key, kind=what, label=label, total_degree=degree)
