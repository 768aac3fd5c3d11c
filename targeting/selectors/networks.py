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

from risk.domain.network.build import NetworkEdge
from risk.domain.network.ego import EgoNetwork, EgoNode
from risk.selectors.network import HAS, MAX_NODES, get_ego_network, party_id_of
from shipments.models import Party, PartyRole
from targeting.selectors.scope import Scope, in_scope

HIDDEN = "hidden"


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
    """A link; its numbers are None unless all declarations behind it are in scope."""

    source: str
    target: str
    kind: str
    count: int | None = None
    mass_kg: Decimal | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedNetwork:
    center: str
    depth: int
    omitted: int | None
    nodes: tuple[ShownNode, ...]
    edges: tuple[ShownEdge, ...]


@dataclass(slots=True)
class _Standing:
    """Keys of the nodes that may be named, and of those that lie in scope as a whole."""

    seen: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)


def scoped_network(
    *, party_id: int, scope: Scope, depth: int, max_nodes: int = MAX_NODES
) -> ScopedNetwork:
    """The ego network of a party that is in scope itself; one query more unless central."""
    network = get_ego_network(party_id=party_id, depth=depth, max_nodes=max_nodes)
    standing = _everything(network) if scope.is_central else _standing(network, scope)
    touched = {end for edge in network.edges if _is_shown(edge, standing) for end in _ends(edge)}
    shown = [one for one in network.nodes if one.node.key in standing.seen | touched]
    hidden = [one.node.key for one in shown if one.node.key not in standing.seen]
    names = {key: f"{HIDDEN}:{number}" for number, key in enumerate(hidden, 1)}
    return ScopedNetwork(
        center=network.center,
        depth=network.depth,
        omitted=network.omitted if scope.is_central else None,
        nodes=tuple(_node(one, names, standing) for one in shown),
        edges=tuple(_edge(e, names, standing) for e in network.edges if _is_shown(e, standing)),
    )


def _everything(network: EgoNetwork) -> _Standing:
    keys = {one.node.key for one in network.nodes}
    return _Standing(keys, keys)


def _standing(network: EgoNetwork, scope: Scope) -> _Standing:
    """An identifier is named when a party in scope holds it, whole when all its holders are."""
    ids = {party_id_of(one.node): one.node.key for one in network.nodes}
    roles = PartyRole.objects.filter(party=OuterRef("pk"))
    inside = in_scope(scope, "declaration__customs_office")
    parties = Party.objects.filter(pk__in=[pk for pk in ids if pk]).annotate(
        is_seen=Exists(roles.filter(inside)), is_outside=Exists(roles.exclude(inside))
    )
    found = _Standing()
    for pk, is_seen, is_outside in parties.values_list("pk", "is_seen", "is_outside"):
        if is_seen:
            found.seen.add(ids[pk])
            if not is_outside:
                found.whole.add(ids[pk])
    for edge in network.edges:
        if edge.kind == HAS and edge.source in found.seen:
            found.seen.add(edge.target)
    return found


def _is_shown(edge: NetworkEdge, standing: _Standing) -> bool:
    """What links two strangers is no business of the caller."""
    return not standing.seen.isdisjoint(_ends(edge))


def _ends(edge: NetworkEdge) -> Iterable[str]:
    return edge.source, edge.target


def _node(one: EgoNode, names: dict[str, str], standing: _Standing) -> ShownNode:
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


def _edge(edge: NetworkEdge, names: dict[str, str], standing: _Standing) -> ShownEdge:
    """Both ends are in every declaration behind the link: one end whole in scope suffices."""
    shown = ShownEdge(
        source=names.get(edge.source, edge.source),
        target=names.get(edge.target, edge.target),
        kind=edge.kind,
    )
    if standing.whole.isdisjoint(_ends(edge)):
        return shown
    return replace(
        shown,
        count=edge.count,
        mass_kg=edge.mass_kg,
        first_seen=edge.first_seen,
        last_seen=edge.last_seen,
    )
