"""The surroundings of one party, read from the database hop by hop and bounded."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from risk.domain.network.build import NetworkEdge, NetworkGraph, NetworkNode, build_graph
from risk.domain.network.ego import DEFAULT_HUB_DEGREE, EgoNetwork, ego_network
from risk.domain.network.paths import HAS, ONE_TRADER
from risk.models import PartyLink
from risk.models.choices import DecisionState, PartyLinkKind, PartyTieKind, TraderVerdict

MAX_DEPTH = 3
MAX_NODES = 400
LINKS_PER_NODE = 200
# An office has every importer of its region: what is a hub at fifty need not be counted on.
MOST_COUNTED = 1000
READ_PER_HOP = 2000
# A path is looked for from both ends at once: fewer a hop are enough.
READ_PER_HOP_BETWEEN = 600

PARTY, IDENTIFIER = "party", "identifier"
TIE_KINDS = {
    PartyTieKind.OFFICE: "declared_at",
    PartyTieKind.BORDER_OFFICE: "entered_at",
    PartyTieKind.VEHICLE: "carried_on",
    PartyTieKind.CONTAINER: "carried_in",
}
"""How the network calls a link from an importer to an office, vehicle or container."""

# One bounded index scan a node and direction, in the order of the index: a broker with 100,000
# links costs what LINKS_PER_NODE cost. By another order all of them would be read and sorted.
_LINKS = """
    SELECT 'link' AS sort, near.source_id, near.target_id, near.kind, NULL::text AS value,
           near.declaration_count, near.mass_kg, near.first_seen_at, near.last_seen_at
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    CROSS JOIN LATERAL (
        (SELECT * FROM risk_partylink AS link
         WHERE link.source_id = here.id
         ORDER BY link.source_id, link.target_id, link.kind LIMIT %(limit)s)
        UNION ALL
        (SELECT * FROM risk_partylink AS link
         WHERE link.target_id = here.id
         ORDER BY link.target_id, link.source_id LIMIT %(limit)s)
    ) AS near
"""
_HELD_BY_PARTIES = """
    SELECT 'held', held.party_id, NULL::bigint, held.kind, held.value, 0, NULL::numeric,
           held.first_seen_at, held.first_seen_at
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    CROSS JOIN LATERAL (
        SELECT * FROM shipments_partyidentifier AS h WHERE h.party_id = here.id
        ORDER BY h.kind, h.value LIMIT %(limit)s
    ) AS held
"""
_HOLDERS = """
    SELECT 'held', held.party_id, NULL::bigint, held.kind, held.value, 0, NULL::numeric,
           held.first_seen_at, held.first_seen_at
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS here(kind, value)
    CROSS JOIN LATERAL (
        SELECT * FROM shipments_partyidentifier AS h
        WHERE h.kind = here.kind AND h.value = here.value ORDER BY h.party_id LIMIT %(limit)s
    ) AS held
"""
# Offices are where everybody is; a vehicle or container tells something when others had it too.
_TIES_OF_PARTIES = """
    SELECT 'tie', tie.party_id, NULL::bigint, tie.kind, tie.value, tie.declaration_count,
           tie.mass_kg, tie.first_seen_at, tie.last_seen_at
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    CROSS JOIN LATERAL (
        SELECT * FROM risk_partytie AS t WHERE t.party_id = here.id
        ORDER BY t.kind, t.value LIMIT %(limit)s
    ) AS tie
    WHERE tie.kind IN ('office', 'border_office') OR EXISTS (
        SELECT FROM risk_partytie AS other
        WHERE other.kind = tie.kind AND other.value = tie.value AND other.party_id <> tie.party_id)
"""
_TIED_PARTIES = """
    SELECT 'tie', tie.party_id, NULL::bigint, tie.kind, tie.value, tie.declaration_count,
           tie.mass_kg, tie.first_seen_at, tie.last_seen_at
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS here(kind, value)
    CROSS JOIN LATERAL (
        SELECT * FROM risk_partytie AS t
        WHERE t.kind = here.kind AND t.value = here.value ORDER BY t.party_id LIMIT %(limit)s
    ) AS tie
"""
# Parties that two people decided to be one trader; no declaration shows them.
_DECIDED = """
    (SELECT 'decided', one.lower_id, one.higher_id, '', NULL::text, 0, NULL::numeric,
            one.approved_at, one.approved_at
     FROM risk_partydecision AS one
     WHERE (one.lower_id = ANY(%(parties)s::bigint[]) OR one.higher_id = ANY(%(parties)s::bigint[]))
       AND one.state = %(active)s AND one.verdict = %(same)s AND one.approved_at IS NOT NULL
     ORDER BY one.id LIMIT %(decided)s)
"""
# One statement: each is a round trip less, and none waits for another.
_EDGES = " UNION ALL ".join(
    [_LINKS, _HELD_BY_PARTIES, _HOLDERS, _TIES_OF_PARTIES, _TIED_PARTIES, _DECIDED]
)
_DEGREES = """
    SELECT 'party:' || here.id, (
        SELECT count(*) FROM (
            (SELECT target_id FROM risk_partylink WHERE source_id = here.id
             ORDER BY source_id, target_id, kind LIMIT %(most)s)
            UNION
            (SELECT source_id FROM risk_partylink WHERE target_id = here.id
             ORDER BY target_id, source_id LIMIT %(most)s)
        ) AS neighbour
    ) + (SELECT count(*) FROM shipments_partyidentifier WHERE party_id = here.id)
      + (SELECT count(*) FROM risk_partytie
         WHERE party_id = here.id AND kind IN ('office', 'border_office')),
      (SELECT coalesce(nullif(name, ''), key) FROM shipments_party WHERE id = here.id)
    FROM unnest(%(parties)s::bigint[]) AS here(id)
    UNION ALL
    SELECT 'identifier:' || here.kind || ':' || here.value, (
        SELECT count(*) FROM (
            (SELECT h.party_id FROM shipments_partyidentifier AS h
             WHERE h.kind = here.kind AND h.value = here.value LIMIT %(most)s)
            UNION
            (SELECT t.party_id FROM risk_partytie AS t
             WHERE t.kind = here.kind AND t.value = here.value LIMIT %(most)s)
        ) AS holder
    ), here.kind || ':' || here.value
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS here(kind, value)
"""


def get_ego_network(*, center: str, depth: int, max_nodes: int = MAX_NODES) -> EgoNetwork:
    """Parties and identifiers within ``depth`` links (0–3) of the node, with their links.

    ``center`` is the key of a party or an identifier. An identifier is a node: parties that
    share a phone are two links apart; offices, vehicles and containers are nodes too, the last
    two where several parties had them. Nodes with more than 50 neighbours are shown and not
    looked through, except the centre itself. Two queries a hop; of one node at most 200 links of
    each sort are read.
    """
    graph = _surroundings([center], depth, READ_PER_HOP)
    return ego_network(graph, center, depth, max_nodes)


def graph_between(*, keys: tuple[str, str], depth: int) -> NetworkGraph:
    """What lies within ``depth`` links of either node, and the links between two parties; at most
    600 nodes more a hop. Cost as of :func:`get_ego_network`."""
    return _surroundings(list(keys), depth, READ_PER_HOP_BETWEEN)


def graph_near(*, party_id: int) -> NetworkGraph:
    """The party with everything one link from it, as :func:`get_ego_network` reads it."""
    return _surroundings([party_key(party_id)], 1, READ_PER_HOP)


def _surroundings(centers: list[str], depth: int, per_hop: int) -> NetworkGraph:
    nodes: dict[str, NetworkNode] = {} if depth else _nodes(centers)
    edges: dict[tuple[str, str, str], NetworkEdge] = {}
    if len(parties := _split(centers)["parties"]) == 2:
        edges |= {edge.identity: edge for edge in _edges_between(*parties)}
    frontier = centers
    for _ in range(depth):
        found = _edges_at(frontier)
        edges |= {edge.identity: edge for edge in found}
        reached = {end for edge in found for end in (edge.source, edge.target)}
        fresh = sorted(reached - nodes.keys() - set(centers))[:per_hop]
        # The centres are counted with the first that are reached.
        nodes |= _nodes(fresh if nodes else [*centers, *fresh])
        frontier = [key for key in fresh if (nodes[key].total_degree or 0) <= DEFAULT_HUB_DEGREE]
    known = (edges[i] for i in sorted(edges) if {i[1], i[2]} <= nodes.keys())
    return build_graph(nodes.values(), known)


def _edges_between(one: int, other: int) -> list[NetworkEdge]:
    """Links that a hub's first two hundred would not show."""
    ends = {one, other}
    rows = PartyLink.objects.filter(source__in=ends, target__in=ends).order_by("id")
    return [
        _link_edge(
            row.source_id, row.target_id, row.kind, row.declaration_count, row.mass_kg,
            row.first_seen_at, row.last_seen_at,
        )
        for row in rows
    ]  # fmt: skip


def party_id_of(node: NetworkNode) -> int | None:
    """The id of the party that the node stands for; None for an identifier."""
    return int(node.key.partition(":")[2]) if node.kind == PARTY else None


def party_id_of_key(key: str) -> int | None:
    """The id of the party that the key names; None for another key.

    >>> party_id_of_key("party:7"), party_id_of_key("identifier:phone:+77010000000")
    (7, None)
    """
    ids = _split([key])["parties"]
    return ids[0] if ids else None


def party_key(party_id: int) -> str:
    """The key of the party's node."""
    return f"{PARTY}:{party_id}"


def holders_of(node_key: str) -> list[int]:
    """The party itself, or the first 200 parties with the identifier; empty for another key."""
    parameters = _split([node_key])
    return [*parameters["parties"], *(row[1] for row in _rows(_HOLDERS, parameters))]


def tied_to(node_key: str) -> list[int]:
    """The first 200 importers that declared with the office, vehicle or container."""
    return [row[1] for row in _rows(_TIED_PARTIES, _split([node_key]))]


def _split(keys: Iterable[str]) -> dict[str, list[Any]]:
    """The keys as parameters of the queries: ids of parties, kinds and values of identifiers."""
    parties, kinds, values = [], [], []
    for key in keys:
        what, _, rest = key.partition(":")
        if what == PARTY and rest.isdecimal():
            parties.append(int(rest))
        elif what == IDENTIFIER:
            kind, _, value = rest.partition(":")
            kinds.append(kind)
            values.append(value)
    return {"parties": parties, "kinds": kinds, "values": values}


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        bounds = {"limit": LINKS_PER_NODE, "most": MOST_COUNTED}
        cursor.execute(query, {**parameters, **bounds})
        return list(cursor.fetchall())


def _edges_at(frontier: list[str]) -> list[NetworkEdge]:
    decided = {
        "active": DecisionState.ACTIVE.value,
        "same": TraderVerdict.SAME.value,
        "decided": READ_PER_HOP,
    }
    return [_edge(*row) for row in _rows(_EDGES, _split(frontier) | decided)]


def _edge(
    sort: str, party: int, other: int, kind: str, value: str,
    count: int, mass: Any, first: datetime, last: datetime,
) -> NetworkEdge:  # fmt: skip
    match sort:
        case "link":
            return _link_edge(party, other, kind, count, mass, first, last)
        case "held":
            return _held_edge(party, kind, value, first)
        case "tie":
            return _tie_edge(party, kind, value, count, mass, first, last)
        case _:
            return _decided_edge(party, other, first)


def _decided_edge(lower: int, higher: int, approved: datetime) -> NetworkEdge:
    return NetworkEdge(
        source=party_key(lower),
        target=party_key(higher),
        kind=ONE_TRADER,
        first_seen=approved,
        last_seen=approved,
        count=0,
    )


def _link_edge(
    source: int, target: int, kind: str, count: int, mass: Any, first: datetime, last: datetime
) -> NetworkEdge:
    """Stored from the importer on; a sale is read from the supplier to the buyer."""
    ends = (target, source) if kind == PartyLinkKind.TRADE else (source, target)
    return NetworkEdge(
        source=party_key(ends[0]),
        target=party_key(ends[1]),
        kind=kind,
        first_seen=first,
        last_seen=last,
        count=count,
        mass_kg=mass,
    )


def _held_edge(party_id: int, kind: str, value: str, first: datetime) -> NetworkEdge:
    return NetworkEdge(
        source=party_key(party_id),
        target=f"{IDENTIFIER}:{kind}:{value}",
        kind=HAS,
        first_seen=first,
        last_seen=first,
    )


def _tie_edge(
    party_id: int, kind: str, value: str, count: int, mass: Any, first: datetime, last: datetime
) -> NetworkEdge:
    """A vehicle that is also known as an identifier of a party is one node with it."""
    return NetworkEdge(
        source=party_key(party_id),
        target=f"{IDENTIFIER}:{kind}:{value}",
        kind=TIE_KINDS[PartyTieKind(kind)],
        first_seen=first,
        last_seen=last,
        count=count,
        mass_kg=mass,
    )


def _nodes(keys: list[str]) -> dict[str, NetworkNode]:
    return {
        key: NetworkNode(key=key, kind=key.partition(":")[0], label=label, total_degree=degree)
        for key, degree, label in _rows(_DEGREES, _split(keys))
    }
