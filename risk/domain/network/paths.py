"""How two parties are connected: the shortest chain of links, and the one that says most."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import networkx as nx
import numpy as np

from risk.domain.errors import RiskError
from risk.domain.network.build import NetworkEdge, NetworkGraph
from risk.domain.network.ego import DEFAULT_HUB_DEGREE

HAS, ONE_TRADER = "has", "one_trader"

# What a link says by itself, that the two have to do with each other (0 to 1). A number or an
# account is borne by choice of its holder; an address is where many sit.
_SAID_BY_IDENTIFIER: Mapping[str, float] = {
    "bin": 0.99,
    "iin": 0.99,
    "tax_id": 0.99,
    "bank_account": 0.95,
    "wallet": 0.95,
    "card": 0.95,
    "phone": 0.9,
    "email": 0.9,
    "website": 0.8,
    "account_name": 0.8,
    "vehicle": 0.6,
    "container": 0.6,
    "address": 0.5,
}
_SAID_BY_DECISION = 0.99
_HALF_COUNT = 2
# More than the cost of any path within reach, so that one link fewer always wins.
_PER_LINK = 1000.0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From one node of a path to the next, by every link between the two."""

    source: str
    target: str
    strength: float
    edges: tuple[NetworkEdge, ...]


class NetworkPath(msgspec.Struct, frozen=True, kw_only=True):
    """A chain of links. ``strength`` is 0 to 1; ``passes_hub`` tells that it leads through a
    node with so many neighbours that it joins everything."""

    nodes: tuple[str, ...]
    steps: tuple[Step, ...]
    strength: float
    passes_hub: bool


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """The path of the fewest links (the strongest of these) and the strongest of any length;
    None where nothing connects the two."""

    shortest: NetworkPath | None
    strongest: NetworkPath | None


def find_connection(
    graph: NetworkGraph, source: str, target: str, hub_degree: int = DEFAULT_HUB_DEGREE
) -> Connection:
    """The shortest and the strongest path between two nodes of the graph.

    A path is as strong as the product of its steps, divided at each node in between by its
    other neighbours: a supplier of two firms says of them what a supplier of five hundred does
    not. Hubs are passed only where there is no other way. Raises RiskError ``unknown_node``.
    """
    for key in (source, target):
        if key not in graph:
            raise RiskError("unknown_node", node=key)
    for is_hub_passed in (False, True):
        open_to = _without_hubs(graph, {source, target}, None if is_hub_passed else hub_degree)
        shortest = _path(open_to, source, target, per_link=_PER_LINK)
        if shortest is not None:
            strongest = _path(open_to, source, target, per_link=0.0)
            return Connection(
                shortest=_described(graph, shortest, hub_degree),
                strongest=_described(graph, strongest or shortest, hub_degree),
            )
    return Connection(shortest=None, strongest=None)


def link_strength(edge: NetworkEdge) -> float:
    """What one link says, 0 to 1: half at two declarations, more with more of them; an
    identifier what its kind says, a decision of two people nearly all."""
    if edge.kind == HAS:
        kind = edge.target.split(":", 2)[1] if edge.target.count(":") >= 2 else ""
        return identifier_strength(kind)
    if edge.kind == ONE_TRADER:
        return _SAID_BY_DECISION
    return float(count_strength(edge.count))


def identifier_strength(kind: str) -> float:
    """What it says that a party bears an identifier of the kind; two such links make a step."""
    return math.sqrt(_SAID_BY_IDENTIFIER.get(kind, 0.5))


def count_strength(declarations: Any) -> Any:
    """What so many declarations say; of a number or of an array of them."""
    shown = np.maximum(declarations, 1)
    return shown / (shown + _HALF_COUNT)


def degree_of(graph: NetworkGraph, key: str) -> int:
    """Neighbours in the whole network, as far as they are known."""
    total: int | None = graph.nodes[key]["node"].total_degree
    return max(len(graph.adj[key]), total or 0)


def _without_hubs(graph: NetworkGraph, ends: set[str], hub_degree: int | None) -> NetworkGraph:
    if hub_degree is None:
        return graph
    kept = [key for key in graph if key in ends or degree_of(graph, key) <= hub_degree]
    part: NetworkGraph = graph.subgraph(kept)
    return part


def _step_strength(links: Mapping[Any, Mapping[str, NetworkEdge]]) -> float:
    """Several links between the same two say more than one: they fail together only."""
    doubt = math.prod(1.0 - link_strength(data["edge"]) for data in links.values())
    return 1.0 - doubt


def _cost(
    graph: NetworkGraph, ends: set[str], per_link: float
) -> Callable[[str, str, Mapping[Any, Mapping[str, NetworkEdge]]], float]:
    def cost(_: str, to: str, links: Mapping[Any, Mapping[str, NetworkEdge]]) -> float:
        others = 1 if to in ends else max(1, degree_of(graph, to) - 1)
        return per_link - math.log(_step_strength(links)) + math.log(others)

    return cost


def _path(graph: NetworkGraph, source: str, target: str, *, per_link: float) -> list[str] | None:
    cost = _cost(graph, {source, target}, per_link)
    try:
        _, path = nx.bidirectional_dijkstra(graph, source, target, weight=cost)
    except nx.NetworkXNoPath:
        return None
    return list(path)


def _described(graph: NetworkGraph, path: list[str], hub_degree: int) -> NetworkPath:
    steps = tuple(_steps(graph, path))
    inner = [degree_of(graph, key) for key in path[1:-1]]
    strength = math.prod(step.strength for step in steps)
    return NetworkPath(
        nodes=tuple(path),
        steps=steps,
        strength=strength / math.prod(max(1, degree - 1) for degree in inner),
        passes_hub=any(degree > hub_degree for degree in inner),
    )


def _steps(graph: NetworkGraph, path: list[str]) -> Iterator[Step]:
    for source, target in itertools.pairwise(path):
        links = graph.adj[source][target]
        yield Step(
            source=source,
            target=target,
            strength=_step_strength(links),
            edges=tuple(links[key]["edge"] for key in sorted(links)),
        )
