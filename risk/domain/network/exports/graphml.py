"""A network as GraphML, for Gephi, yEd and whoever reads graphs."""

import io
from typing import Any

import networkx as nx

from risk.domain.network.exports.view import NetworkView, ViewEdge, ViewNode
from risk.domain.network.masses import told_masses

SEPARATOR = "; "


def write_graphml(view: NetworkView) -> bytes:
    """The fit view as one directed graph with parallel links; what is not known has no attribute.

    Masses are doubles there, as GraphML has no decimals. Source: the GraphML specification, as
    NetworkX writes it.
    """
    graph = nx.MultiDiGraph(
        question=view.question,
        asked_of=SEPARATOR.join(view.asked_of),
        as_of=view.as_of.isoformat(),
        **({} if view.omitted is None else {"omitted": view.omitted}),
    )
    for node in view.nodes:
        graph.add_node(node.key, **_node(node))
    for number, edge in enumerate(view.edges, 1):
        graph.add_edge(edge.source, edge.target, key=f"e{number}", **_edge(edge))
    stream = io.BytesIO()
    nx.write_graphml_xml(graph, stream, named_key_ids=False)
    return stream.getvalue()


def _node(node: ViewNode) -> dict[str, Any]:
    return _known(
        kind=node.kind,
        label=node.label,
        rank=node.rank,
        party=node.party,
        degree=node.degree,
        hidden_neighbours=node.hidden_neighbours,
        is_hub=node.is_hub,
        is_redacted=node.is_redacted,
        roles=SEPARATOR.join(node.roles) or None,
    )


def _edge(edge: ViewEdge) -> dict[str, Any]:
    return _known(
        kind=edge.kind,
        declarations=edge.count,
        mass_kg=None if edge.mass_kg is None else float(edge.mass_kg),
        first_seen=edge.first_seen and edge.first_seen.isoformat(),
        last_seen=edge.last_seen and edge.last_seen.isoformat(),
        strength=edge.strength,
        substances=told_masses(edge.substances) or None,
        evidence=SEPARATOR.join(edge.evidence) or None,
    )


def _known(**attributes: Any) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
