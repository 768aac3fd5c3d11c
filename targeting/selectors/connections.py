"""How two nodes are connected, with the declarations that show it, as far as the scope reaches.

Only links that the caller may see are walked, so that a path through strangers is no answer;
a single stranger between two known parties is nameless, as in the network.
"""

from dataclasses import dataclass

from risk.domain.network.build import NetworkEdge, NetworkGraph
from risk.domain.network.masses import SubstanceMass
from risk.domain.network.paths import HAS, NetworkPath, Step, find_connection
from risk.selectors.edge_masses import Identity, masses_of
from risk.selectors.link_evidence import declarations_behind, masses_behind
from risk.selectors.network import (
    graph_between,
    graph_near,
    party_id_of,
    party_id_of_key,
    party_key,
)
from shipments.models import Declaration
from targeting.selectors.networks import (
    ShownEdge,
    Standing,
    hidden_names,
    is_shown,
    is_whole,
    shown_edge,
    standing_of,
)
from targeting.selectors.scope import Scope, in_scope

DEPTHS = (2, 3)
"""Links looked from either end: most connections are short, and the wider look costs more."""
MOST_EVIDENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencedLink:
    """A link with the latest declarations in scope that show it, and what was found in those in
    scope: of a link whole in scope what is stored with it, else of the latest 200."""

    link: ShownEdge
    declarations: tuple[Declaration, ...]
    substances: tuple[SubstanceMass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """``strength`` is None where declarations out of scope are behind it."""

    source: str
    target: str
    strength: float | None
    links: tuple[EvidencedLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPathNode:
    key: str
    kind: str
    label: str
    party: int | None
    is_redacted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPath:
    nodes: tuple[ShownPathNode, ...]
    steps: tuple[ShownStep, ...]
    strength: float | None
    passes_hub: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedConnection:
    """Both None where nothing in sight connects the two within six links."""

    shortest: ShownPath | None
    strongest: ShownPath | None


def scoped_connection(*, party_ids: tuple[int, int], scope: Scope) -> ScopedConnection:
    """The shortest and the strongest path between two parties that are in scope themselves."""
    one, other = map(party_key, party_ids)
    return scoped_path(nodes=(one, other), scope=scope)


def scoped_path(*, nodes: tuple[str, str], scope: Scope) -> ScopedConnection:
    """The same between the nodes of two keys, of parties or identifiers, that may be seen
    themselves (:func:`targeting.selectors.networks.is_node_seen`)."""
    source, target = nodes
    for depth in DEPTHS:
        graph = graph_between(keys=nodes, depth=depth)
        if source not in graph or target not in graph:
            break
        found_nodes = [data["node"] for _, data in graph.nodes(data=True)]
        edges = (edge for *_, edge in graph.edges(data="edge"))
        standing = standing_of(found_nodes, edges, scope)
        standing.seen.update(nodes)
        found = find_connection(_in_sight(graph, standing), source, target)
        if found.shortest is not None and found.strongest is not None:
            is_one = found.shortest == found.strongest
            shortest = _shown(graph, found.shortest, standing, scope)
            strongest = shortest if is_one else _shown(graph, found.strongest, standing, scope)
            return ScopedConnection(shortest=shortest, strongest=strongest)
    return ScopedConnection(shortest=None, strongest=None)


def scoped_links(*, party_id: int, other: str, scope: Scope) -> tuple[EvidencedLink, ...]:
    """Every link in sight between a party in scope and the node of another party or of an
    identifier, by its key, with the declarations that show it."""
    one, other_party = party_key(party_id), party_id_of_key(other)
    if other_party is None:
        graph = graph_near(party_id=party_id)
    else:
        graph = graph_between(keys=(one, other), depth=0)
    if other not in graph:
        return ()
    nodes = [graph.nodes[key]["node"] for key in (one, other)]
    edges = [
        edge
        for *ends, edge in graph.edges(nbunch=[one, other], data="edge")
        if {*ends} == {one, other}
    ]
    standing = standing_of(nodes, edges, scope)
    masses = masses_of(edge for edge in edges if is_whole(edge, standing))
    return tuple(
        _evidenced(edge, shown_edge(edge, {}, standing, masses), scope)
        for edge in edges
        if other in standing.seen and is_shown(edge, standing)
    )


def _in_sight(graph: NetworkGraph, standing: Standing) -> NetworkGraph:
    if len(standing.whole) == len(graph):
        return graph
    seen = [
        (source, target, key)
        for source, target, key, edge in graph.edges(keys=True, data="edge")
        if is_shown(edge, standing)
    ]
    part: NetworkGraph = graph.edge_subgraph(seen).copy()
    part.add_nodes_from((key, graph.nodes[key]) for key in standing.seen if key in graph)
    return part


def _shown(graph: NetworkGraph, path: NetworkPath, standing: Standing, scope: Scope) -> ShownPath:
    names = hidden_names(path.nodes, standing)
    has_strength = standing.whole.issuperset(path.nodes)
    edges = [edge for step in path.steps for edge in step.edges]
    masses = masses_of(edge for edge in edges if is_whole(edge, standing))
    shown = {
        edge.identity: _evidenced(edge, shown_edge(edge, names, standing, masses), scope)
        for edge in edges
    }
    return ShownPath(
        nodes=tuple(_node(graph, key, names) for key in path.nodes),
        steps=tuple(_step(step, names, standing, shown) for step in path.steps),
        strength=path.strength if has_strength else None,
        passes_hub=path.passes_hub,
    )


def _node(graph: NetworkGraph, key: str, names: dict[str, str]) -> ShownPathNode:
    node = graph.nodes[key]["node"]
    is_redacted = key in names
    return ShownPathNode(
        key=names.get(key, key),
        kind=node.kind,
        label="" if is_redacted else node.label,
        party=None if is_redacted else party_id_of(node),
        is_redacted=is_redacted,
    )


def _step(
    step: Step, names: dict[str, str], standing: Standing, shown: dict[Identity, EvidencedLink]
) -> ShownStep:
    has_strength = not standing.whole.isdisjoint((step.source, step.target))
    return ShownStep(
        source=names.get(step.source, step.source),
        target=names.get(step.target, step.target),
        strength=step.strength if has_strength else None,
        links=tuple(shown[edge.identity] for edge in step.edges),
    )


def _evidenced(edge: NetworkEdge, shown: ShownEdge, scope: Scope) -> EvidencedLink:
    behind = declarations_behind(edge).filter(in_scope(scope))
    latest = tuple(behind[:MOST_EVIDENCE])
    substances = shown.substances
    if substances is None:
        # Goods go between parties and by offices; who only bears a telephone moves none.
        substances = masses_behind(behind) if latest and edge.kind != HAS else ()
    return EvidencedLink(link=shown, declarations=latest, substances=substances)
