"""The network round a party as far as the caller's scope lets it be seen.

A party out of scope stays in the picture as a nameless node where it touches a party in
scope: that a link exists may be known, with whom may not. A number (declarations, mass,
dates, neighbours) is shown only when every declaration behind it is in scope.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef

from risk.domain.network.build import NetworkEdge, NetworkNode
from risk.domain.network.ego import EgoNode
from risk.domain.network.masses import SubstanceMass
from risk.domain.network.paths import HAS
from risk.selectors.edge_masses import Masses, masses_of
from risk.selectors.network import (
    MAX_NODES,
    TIE_KINDS,
    get_ego_network,
    holders_of,
    party_id_of,
    tied_to,
)
from shipments.models import Party, PartyRole
from targeting.selectors.scope import Scope, in_scope, party_in_scope

HIDDEN = "hidden"
TIES = frozenset(TIE_KINDS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNode:
    """A node; one that ``is_redacted`` has neither name nor numbers."""

    key: str
    kind: str
    label: str = ""
    party: int | None = None
    distance: int
    degree: int | None = None
    is_hub: bool = False
    hidden_neighbours: int | None = None
    is_redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEdge:
    """A link; its numbers, and what was found along it, are None unless all declarations behind
    it are in scope."""

    source: str
    target: str
    kind: str
    count: int | None = None
    mass_kg: Decimal | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    substances: tuple[SubstanceMass, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedNetwork:
    center: str
    depth: int
    omitted: int | None
    nodes: tuple[ShownNode, ...]
    edges: tuple[ShownEdge, ...]


@dataclass(slots=True)
class Standing:
    """Keys of the nodes that may be named, and of those that lie in scope as a whole."""

    seen: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)


def is_node_seen(*, node: str, scope: Scope) -> bool:
    """Whether the caller may see the party, or a party that bears the identifier. Offices,
    vehicles and containers, which declarations of all offices tie, are for central eyes."""
    ids = holders_of(node) + (tied_to(node) if scope.is_central else [])
    return Party.objects.filter(party_in_scope(scope), pk__in=ids).exists()


def scoped_network(
    *,
    node: str,
    scope: Scope,
    depth: int,
    max_nodes: int = MAX_NODES,
    is_found_read: bool = True,
) -> ScopedNetwork:
    """The ego network of a party or identifier that may be seen, by its key; at most two queries
    more for what was found along its links, unless told not to read it, and one unless central.
    """
    network = get_ego_network(center=node, depth=depth, max_nodes=max_nodes)
    standing = standing_of([one.node for one in network.nodes], network.edges, scope)
    standing.seen.add(node)
    edges = [edge for edge in network.edges if is_shown(edge, standing)]
    touched = {end for edge in edges for end in _ends(edge)}
    shown = [one for one in network.nodes if one.node.key in standing.seen | touched]
    names = hidden_names((one.node.key for one in shown), standing)
    moved = (edge for edge in edges if is_found_read and is_whole(edge, standing))
    masses = masses_of(moved)
    return ScopedNetwork(
        center=network.center,
        depth=network.depth,
        omitted=network.omitted if scope.is_central else None,
        nodes=tuple(_node(one, names, standing) for one in shown),
        edges=tuple(shown_edge(edge, names, standing, masses) for edge in edges),
    )


def hidden_names(keys: Iterable[str], standing: Standing) -> dict[str, str]:
    """Of each node that may not be named the key under which it is shown."""
    hidden = [key for key in keys if key not in standing.seen]
    return {key: f"{HIDDEN}:{number}" for number, key in enumerate(hidden, 1)}


def standing_of(
    nodes: Iterable[NetworkNode], edges: Iterable[NetworkEdge], scope: Scope
) -> Standing:
    """An identifier is named when a party in scope holds it, what declarations tie when all
    declarations of such a party are in scope."""
    ids = {party_id_of(node): node.key for node in nodes}
    if scope.is_central:
        keys = {node.key for node in nodes}
        return Standing(keys, keys)
    roles = PartyRole.objects.filter(party=OuterRef("pk"))
    inside = in_scope(scope, "declaration__customs_office")
    parties = Party.objects.filter(pk__in=[pk for pk in ids if pk]).annotate(
        is_seen=Exists(roles.filter(inside)), is_outside=Exists(roles.exclude(inside))
    )
    found = Standing()
    for pk, is_seen, is_outside in parties.values_list("pk", "is_seen", "is_outside"):
        if is_seen:
            found.seen.add(ids[pk])
            if not is_outside:
                found.whole.add(ids[pk])
    for edge in edges:
        if edge.kind == HAS and edge.source in found.seen:
            found.seen.add(edge.target)
        if edge.kind in TIES and edge.source in found.whole:
            found.seen.add(edge.target)
    return found


def is_shown(edge: NetworkEdge, standing: Standing) -> bool:
    """What links two strangers is no business of the caller, nor where else a party declared."""
    if edge.kind in TIES:
        return edge.source in standing.whole
    return not standing.seen.isdisjoint(_ends(edge))


def _ends(edge: NetworkEdge) -> Iterable[str]:
    return edge.source, edge.target


def _node(one: EgoNode, names: dict[str, str], standing: Standing) -> ShownNode:
    node = one.node
    if node.key in names:
        return ShownNode(
            key=names[node.key], kind=node.kind, distance=one.distance, is_redacted=True
        )
    is_whole = node.key in standing.whole
    return ShownNode(
        key=node.key,
        kind=node.kind,
        label=node.label,
        party=party_id_of(node),
        distance=one.distance,
        degree=one.degree if is_whole else None,
        is_hub=one.is_hub,
        hidden_neighbours=one.hidden_neighbours if is_whole else None,
    )


def is_whole(edge: NetworkEdge, standing: Standing) -> bool:
    """Whether every declaration behind the link is in scope. Both ends are in each of them: one
    end whole in scope suffices."""
    return not standing.whole.isdisjoint(_ends(edge))


def shown_edge(
    edge: NetworkEdge, names: dict[str, str], standing: Standing, masses: Masses
) -> ShownEdge:
    """The link as far as it may be seen; ``masses`` are those of links whole in scope."""
    shown = ShownEdge(
        source=names.get(edge.source, edge.source),
        target=names.get(edge.target, edge.target),
        kind=edge.kind,
    )
    if not is_whole(edge, standing):
        return shown
    return replace(
        shown,
        count=edge.count,
        mass_kg=edge.mass_kg,
        first_seen=edge.first_seen,
        last_seen=edge.last_seen,
        substances=masses.get(edge.identity, ()),
    )
