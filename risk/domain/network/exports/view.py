"""What every file of a network holds: the nodes and links of one answer, fit to be written."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from risk.domain.network.masses import SubstanceMass

# What XML 1.0 cannot hold, line ends, and marks that turn the direction of the text around them.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)


class Arrangement(StrEnum):
    """How a picture lays the nodes out by their rank."""

    RINGS = "rings"
    LAYERS = "layers"


class ViewNode(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` is party, or the kind of identifier, office, country …; ``rank`` the ring or layer.

    ``roles`` are what it does or is here. A node that ``is_redacted`` has no name, and its key
    means something in this file only.
    """

    key: str
    kind: str
    label: str
    rank: int
    party: int | None = None
    degree: int | None = None
    hidden_neighbours: int | None = None
    is_hub: bool = False
    is_redacted: bool = False
    roles: tuple[str, ...] = ()


class ViewEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A link read from ``source`` to ``target``; what is not known to the reader is None.

    ``evidence`` are registration numbers of declarations that show it, not always all;
    ``substances`` what was found along it, as far as the reader sees.
    """

    source: str
    target: str
    kind: str
    count: int | None = None
    mass_kg: Decimal | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    strength: float | None = None
    evidence: tuple[str, ...] = ()
    substances: tuple[SubstanceMass, ...] = ()


class NetworkView(msgspec.Struct, frozen=True, kw_only=True):
    """``question`` and what it was asked of say what is shown; ``omitted`` nodes are not."""

    question: str
    asked_of: tuple[str, ...]
    as_of: datetime
    arrangement: Arrangement
    nodes: tuple[ViewNode, ...]
    edges: tuple[ViewEdge, ...]
    omitted: int | None = None


def fit_text(text: str) -> str:
    """The text in one line that XML can hold and that reads in the order it is written.

    >>> fit_text("Chem\\x00 \\u202eLLP")
    'Chem LLP'
    """
    return " ".join(_UNFIT.sub(" ", text).split())


def fit_view(view: NetworkView) -> NetworkView:
    """The view with fit texts, nodes by rank and key, links in order; keys stay apart.

    A link with an end that is not among the nodes is left out.
    """
    names = _fit_keys(node.key for node in view.nodes)
    nodes = [
        msgspec.structs.replace(node, key=names[node.key], label=fit_text(node.label))
        for node in view.nodes
    ]
    edges = [
        msgspec.structs.replace(
            edge,
            source=names[edge.source],
            target=names[edge.target],
            evidence=tuple(map(fit_text, edge.evidence)),
        )
        for edge in view.edges
        if edge.source in names and edge.target in names
    ]
    return msgspec.structs.replace(
        view,
        asked_of=tuple(map(fit_text, view.asked_of)),
        nodes=tuple(sorted(nodes, key=lambda node: (node.rank, node.key))),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))),
    )


def _fit_keys(keys: Iterable[str]) -> dict[str, str]:
    fit: dict[str, str] = {}
    taken: set[str] = set()
    for key in sorted(keys):
        name, number = fit_text(key), 1
        while name in taken:
            number += 1
            name = f"{fit_text(key)} ({number})"
        fit[key] = name
        taken.add(name)
    return fit
