"""A drawn network as its page shows it: in words, for the table and for the picture."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext

from risk.domain.network.exports.view import ViewEdge, ViewNode
from risk.domain.network.paths import ONE_TRADER
from targeting.selectors.connections import ShownPath
from targeting.selectors.drawn_networks import DrawnNetwork
from targeting.selectors.networks import HIDDEN
from targeting.selectors.sentences import reader_language
from targeting.selectors.substances import substance_names
from targeting.workbench.labels import label

_CENTS = Decimal("0.01")


class NodeRow(NamedTuple):
    """A node; ``marks`` are words for why it is of note, ``mass_kg`` that of its sales in sight."""

    node: ViewNode
    name: str
    marks: Sequence[str]
    community: int | None
    mass_kg: Decimal | None


class LinkRow(NamedTuple):
    """A link with the names of its ends; ``found`` are substances with kilograms; ``evidence`` is
    the address of the declarations that show it, empty where there are none to show."""

    edge: ViewEdge
    source: str
    target: str
    found: Sequence[str]
    evidence: str


def node_rows(drawn: DrawnNetwork) -> list[NodeRow]:
    """The nodes, the nearest first."""
    return [
        NodeRow(
            node=node,
            name=name_of(node),
            marks=[str(label(role, "mark")) for role in node.roles],
            community=drawn.communities.get(node.party or 0),
            mass_kg=drawn.masses.get(node.key),
        )
        for node in drawn.view.nodes
    ]


def link_rows(drawn: DrawnNetwork) -> list[LinkRow]:
    """The links, those of the most declarations first."""
    nodes = {node.key: node for node in drawn.view.nodes}
    keys = {one.substance_key for edge in drawn.view.edges for one in edge.substances}
    names = substance_names(keys, lang=reader_language())
    edges = sorted(drawn.view.edges, key=lambda edge: (-(edge.count or 0), edge.source))
    return [
        LinkRow(
            edge=edge,
            source=name_of(nodes[edge.source]),
            target=name_of(nodes[edge.target]),
            found=[
                f"{names[one.substance_key]} {number_format(one.mass_kg.quantize(Decimal('0.01')))}"
                for one in edge.substances
            ],
            evidence=_evidence(edge, nodes),
        )
        for edge in edges
    ]


def name_of(node: ViewNode) -> str:
    """The name, or the words for one that may not be told."""
    return gettext("not in your scope") if node.is_redacted else node.label or node.key


def picture_of(drawn: DrawnNetwork) -> dict[str, Any]:
    """The network as the picture reads it. Nameless nodes are numbered answer by answer, and their
    keys say of which."""
    own = {
        node.key: f"{drawn.center} {node.key}" if node.key.startswith(f"{HIDDEN}:") else node.key
        for node in drawn.view.nodes
    }
    return {
        "center": drawn.center,
        "omitted": drawn.view.omitted,
        "nodes": [
            {
                "key": own[row.node.key],
                "kind": row.node.kind,
                "word": str(label(row.node.kind, "node")),
                "name": row.name,
                "party": row.node.party,
                "degree": row.node.degree,
                "hidden": row.node.hidden_neighbours,
                "hub": row.node.is_hub,
                "redacted": row.node.is_redacted,
                "grounds": list(row.node.roles),
                "marks": list(row.marks),
                "community": row.community,
                "page": _page(row.node.party),
            }
            for row in node_rows(drawn)
        ],
        "edges": [
            {
                "source": own[row.edge.source],
                "target": own[row.edge.target],
                "kind": row.edge.kind,
                "word": str(label(row.edge.kind, "link")),
                "count": row.edge.count,
                "mass": None if row.edge.mass_kg is None else str(row.edge.mass_kg),
                "first": _day(row.edge.first_seen),
                "last": _day(row.edge.last_seen),
                "found": list(row.found),
                "evidence": row.evidence,
            }
            for row in link_rows(drawn)
        ],
    }


def path_picture(path: ShownPath) -> dict[str, Any]:
    """The nodes and links of a path, as the picture reads them."""
    nodes = [
        {
            "key": node.key,
            "kind": node.kind,
            "name": node.label.partition(":")[2] if node.kind == "identifier" else node.label,
            "word": str(label(node.kind, "node")),
            "party": node.party,
            "redacted": node.is_redacted,
            "page": _page(node.party),
        }
        for node in path.nodes
    ]
    edges = [
        {"source": one.link.source, "target": one.link.target, "kind": one.link.kind}
        for step in path.steps
        for one in step.links
    ]
    return {"nodes": nodes, "edges": edges}


def _evidence(edge: ViewEdge, nodes: Mapping[str, ViewNode]) -> str:
    """What people decided no declaration shows; a nameless end leads nowhere."""
    party, other = nodes[edge.source], edge.target
    if party.party is None:
        party, other = nodes[edge.target], edge.source
    if edge.kind == ONE_TRADER or party.party is None or nodes[other].is_redacted:
        return ""
    return reverse("workbench:links", args=[party.party], query={"to": other})


def _page(party_id: int | None) -> str:
    return reverse("workbench:network", args=[party_id]) if party_id else ""


def _day(moment: Any) -> str | None:
    return moment.date().isoformat() if moment else None
