"""A network as two tables: its links with both ends, and its nodes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from risk.domain.network.exports.view import NetworkView, ViewEdge, ViewNode
from risk.domain.network.masses import told_masses
from shipments.domain.sheets import write_csv_sheet

_ENDS = ("source", "target")
LINK_COLUMNS: tuple[str, ...] = (
    *(f"{end}_{what}" for end in _ENDS for what in ("key", "kind", "name")),
    *("link", "declarations", "mass_kg", "first_seen", "last_seen", "strength", "evidence"),
    "substances",
)
NODE_COLUMNS: tuple[str, ...] = (
    *("key", "kind", "name", "party", "rank", "roles", "degree"),
    *("hidden_neighbours", "is_hub", "is_redacted"),
)


def write_link_table(view: NetworkView) -> bytes:
    """CSV of the fit view's links, a row each; formulas are neutralised, unknown is empty."""
    nodes = {node.key: node for node in view.nodes}
    return _csv(LINK_COLUMNS, (_link_row(edge, nodes) for edge in view.edges))


def write_node_table(view: NetworkView) -> bytes:
    """CSV of the fit view's nodes, a row each, those without links too."""
    return _csv(NODE_COLUMNS, map(_node_row, view.nodes))


def _csv(heading: Sequence[str], rows: Iterator[list[str]]) -> bytes:
    return b"".join(write_csv_sheet(heading, rows))


def _link_row(edge: ViewEdge, nodes: dict[str, ViewNode]) -> list[str]:
    ends = [nodes[edge.source], nodes[edge.target]]
    return [
        *(cell for node in ends for cell in (node.key, node.kind, node.label)),
        edge.kind,
        _cell(edge.count),
        _cell(edge.mass_kg),
        _cell(edge.first_seen),
        _cell(edge.last_seen),
        _cell(edge.strength),
        "; ".join(edge.evidence),
        told_masses(edge.substances),
    ]


def _node_row(node: ViewNode) -> list[str]:
    return [
        *(node.key, node.kind, node.label, _cell(node.party), _cell(node.rank)),
        "; ".join(node.roles),
        *(_cell(node.degree), _cell(node.hidden_neighbours)),
        *(_cell(node.is_hub), _cell(node.is_redacted)),
    ]


def _cell(value: datetime | Decimal | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
