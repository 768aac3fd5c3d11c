"""The surroundings of one party, small enough to look at."""

import msgspec

from risk.domain.errors import RiskError
from risk.domain.network.build import NetworkEdge, NetworkGraph, NetworkNode

# More neighbours than this and a node is a broker's phone or a business centre: it joins
# everything and explains nothing. Measured: undamped, one component held 98 % of a network.
DEFAULT_HUB_DEGREE = 50


class EgoNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of an ego network. ``degree`` counts its neighbours in the whole network.

    ``is_hub`` tells that the node has too many of them and was not expanded through.
    ``hidden_neighbours`` are those not in this answer: "expand here" would show them.
    """

    node: NetworkNode
    distance: int
    degree: int
    is_hub: bool
    hidden_neighbours: int


class EgoNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes by distance and key, and every link between them, by identity.

    ``omitted`` counts nodes that were within reach but beyond ``max_nodes`` (only those
    next to a shown node: what lies behind an omitted node is not counted).
    """

    center: str
    depth: int
    nodes: tuple[EgoNode, ...]
    edges: tuple[NetworkEdge, ...]
    omitted: int

    @property
    def is_truncated(self) -> bool:
        """Whether ``max_nodes`` cut something off."""
        return self.omitted > 0


def ego_network(
    graph: NetworkGraph,
    key: str,
    depth: int,
    max_nodes: int,
    hub_degree: int = DEFAULT_HUB_DEGREE,
) -> EgoNetwork:
    """Everything within ``depth`` links of ``key``, at most ``max_nodes`` nodes.

    The centre is always expanded, other hubs are shown but not looked through. When a
    ring does not fit, its nodes with the most declarations behind their links to the
    inner rings stay, the lower key among equals. Raises RiskError ``unknown_node``.
    Cost: the links of the expanded nodes, sorted.
    """
    if key not in graph:
        raise RiskError("unknown_node", node=key)
    distances = {key: 0}
    omitted: set[str] = set()
    ring = [key]
    for distance in range(1, depth + 1):
        expanded = [n for n in ring if n == key or _degree(graph, n) <= hub_degree]
        reached = _ranked(graph, expanded, distances)
        room = max(0, max_nodes - len(distances))
        ring = reached[:room]
        omitted.update(reached[room:])
        distances.update(dict.fromkeys(ring, distance))
    return EgoNetwork(
        center=key,
        depth=depth,
        nodes=tuple(
            _ego_node(graph, node, distances, hub_degree)
            for node in sorted(distances, key=lambda node: (distances[node], node))
        ),
        edges=_edges_between(graph, distances),
        omitted=len(omitted),
    )


def _ranked(graph: NetworkGraph, expanded: list[str], known: dict[str, int]) -> list[str]:
    """New neighbours of the expanded nodes, those with the most declarations first."""
    counts: dict[str, int] = {}
    for node in expanded:
        for neighbour, links in graph.adj[node].items():
            if neighbour not in known:
                shown = sum(data["edge"].count for data in links.values())
                counts[neighbour] = counts.get(neighbour, 0) + shown
    return sorted(counts, key=lambda node: (-counts[node], node))


def _degree(graph: NetworkGraph, key: str) -> int:
    total: int | None = graph.nodes[key]["node"].total_degree
    return max(len(graph.adj[key]), total or 0)


def _ego_node(graph: NetworkGraph, key: str, distances: dict[str, int], hub_degree: int) -> EgoNode:
    degree = _degree(graph, key)
    shown = sum(1 for neighbour in graph.adj[key] if neighbour in distances)
    return EgoNode(
        node=graph.nodes[key]["node"],
        distance=distances[key],
        degree=degree,
        is_hub=degree > hub_degree,
        hidden_neighbours=degree - shown,
    )


def _edges_between(graph: NetworkGraph, shown: dict[str, int]) -> tuple[NetworkEdge, ...]:
    edges = {
        data["edge"].identity: data["edge"]
        for node in shown
        for neighbour, links in graph.adj[node].items()
        if neighbour in shown
        for data in links.values()
    }
    return tuple(edges[identity] for identity in sorted(edges))
