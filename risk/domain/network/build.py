"""From stored nodes and links to a NetworkX graph that an analyst's questions run on."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec
import networkx as nx

from risk.domain.errors import RiskError


class NetworkNode(msgspec.Struct, frozen=True, kw_only=True):
    """A party, identifier or other thing that links parties.

    ``key`` is unique over all kinds. ``total_degree`` is the number of its neighbours in
    the whole network when only a part was read; None when all of them were.
    """

    key: str
    kind: str
    label: str
    total_degree: int | None = None


class NetworkEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A link of one kind, read from ``source`` to ``target`` (a sale: supplier to buyer).

    ``count`` is the number of declarations that show it, ``mass_kg`` their net mass
    where it is known.
    """

    source: str
    target: str
    kind: str
    first_seen: datetime
    last_seen: datetime
    count: int = 1
    mass_kg: Decimal | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two edges the same link."""
        return (self.kind, self.source, self.target)


NetworkGraph: TypeAlias = nx.MultiGraph
"""Node attribute ``node``: NetworkNode. Edge attribute ``edge``: NetworkEdge, keyed by its
identity, so that links of several kinds and both directions stay apart."""


def build_graph(nodes: Iterable[NetworkNode], edges: Iterable[NetworkEdge]) -> NetworkGraph:
    """The graph of these nodes and links; the order of neither matters.

    Observations of the same link are joined: earliest and latest time, summed counts and
    masses. A party in two roles of one declaration is not linked to itself. Raises
    RiskError ``unknown_node`` for a link whose end is not among ``nodes``.
    """
    graph: NetworkGraph = nx.MultiGraph()
    for node in nodes:
        graph.add_node(node.key, node=node)
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in graph:
                raise RiskError("unknown_node", node=end, kind=edge.kind)
        if edge.source == edge.target:
            continue
        known = graph.get_edge_data(edge.source, edge.target, key=edge.identity)
        joined = join_edges(known["edge"], edge) if known else edge
        graph.add_edge(edge.source, edge.target, key=edge.identity, edge=joined)
    return graph


def join_edges(first: NetworkEdge, second: NetworkEdge) -> NetworkEdge:
    """One link from two observations of it. An unknown mass adds nothing to a known one."""
    masses = [edge.mass_kg for edge in (first, second) if edge.mass_kg is not None]
    return NetworkEdge(
        source=first.source,
        target=first.target,
        kind=first.kind,
        first_seen=min(first.first_seen, second.first_seen),
        last_seen=max(first.last_seen, second.last_seen),
        count=first.count + second.count,
        mass_kg=sum(masses, Decimal(0)) if masses else None,
    )
