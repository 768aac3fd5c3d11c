"""Answers about networks, already within the caller's scope, as what a file of them holds."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from risk.domain.network.exports.view import Arrangement, NetworkView, ViewEdge, ViewNode
from risk.domain.network.paths import HAS
from risk.domain.network.ways import ways
from risk.models import Channel
from risk.selectors.channels import consignments_of
from risk.selectors.network import IDENTIFIER, PARTY, party_key
from shipments.models import Party
from targeting.selectors.connections import ScopedConnection, ShownPath
from targeting.selectors.network_changes import NetworkChanges
from targeting.selectors.networks import HIDDEN, ScopedNetwork, ShownEdge, ShownNode
from targeting.selectors.offender_links import PartyShares

SHORTEST, STRONGEST = "shortest", "strongest"


def view_of_network(near: ScopedNetwork, *, as_of: datetime) -> NetworkView:
    """The network round a party or identifier, in rings by distance."""
    labels = {node.key: node.label for node in near.nodes}
    return NetworkView(
        question="network",
        asked_of=(labels.get(near.center, near.center),),
        as_of=as_of,
        arrangement=Arrangement.RINGS,
        nodes=tuple(map(_node, near.nodes)),
        edges=tuple(map(_edge, near.edges)),
        omitted=near.omitted,
    )


def view_of_changes(
    changes: NetworkChanges, near: ScopedNetwork, *, since: date, as_of: datetime
) -> NetworkView:
    """New links and older ones seen again, with the nodes at their ends; ``near`` is the network
    that the changes were read from."""
    edges = (*changes.new_links, *changes.seen_again)
    touched = {near.center, *(end for edge in edges for end in (edge.source, edge.target))}
    joined = {node.key for node in changes.joined}
    nodes = [node for node in near.nodes if node.key in touched]
    whole = view_of_network(near, as_of=as_of)
    return NetworkView(
        question="changes",
        asked_of=(*whole.asked_of, since.isoformat()),
        as_of=as_of,
        arrangement=Arrangement.RINGS,
        nodes=tuple(_node(node, ("joined",) if node.key in joined else ()) for node in nodes),
        edges=tuple(map(_edge, edges)),
        omitted=changes.omitted,
    )


def view_of_connection(
    found: ScopedConnection, *, one: Party, other: Party, as_of: datetime
) -> NetworkView:
    """Both paths in one picture from the one party to the other; without any, the two alone."""
    nodes: dict[str, ViewNode] = {}
    edges: dict[tuple[str, str, str], ViewEdge] = {}
    paths = {SHORTEST: found.shortest, STRONGEST: found.strongest}
    for name, path in paths.items():
        for node in _path_nodes(path, name) if path else ():
            known = nodes.get(node.key)
            nodes[node.key] = _joined(known, node) if known else node
        for edge in _path_edges(path, name) if path else ():
            edges[edge.source, edge.target, edge.kind] = edge
    for rank, party in enumerate((one, other)):
        nodes.setdefault(party_key(party.pk), _party_node(party, rank))
    return NetworkView(
        question="connection",
        asked_of=(str(one), str(other)),
        as_of=as_of,
        arrangement=Arrangement.LAYERS,
        nodes=tuple(nodes.values()),
        edges=tuple(edges.values()),
    )


def view_of_shares(found: PartyShares, *, as_of: datetime) -> NetworkView:
    """The party, what it shares, and with whom; roles are what is known of each."""
    nodes = {party_key(found.party.pk): _party_node(found.party, 0, found.grounds)}
    edges = []
    for share in found.shared:
        key = f"{IDENTIFIER}:{share.kind}:{share.value}"
        nodes[key] = ViewNode(
            key=key, kind=share.kind, label=share.value, rank=1, is_hub=share.is_hub
        )
        edges.append(ViewEdge(source=party_key(found.party.pk), target=key, kind=HAS))
        for sharer in share.parties:
            holder = party_key(sharer.party.pk)
            nodes.setdefault(holder, _party_node(sharer.party, 2, sharer.grounds))
            edges.append(ViewEdge(source=holder, target=key, kind=HAS))
    return NetworkView(
        question="shares",
        asked_of=(str(found.party),),
        as_of=as_of,
        arrangement=Arrangement.LAYERS,
        nodes=tuple(nodes.values()),
        edges=tuple(edges),
    )


def view_of_channel(channel: Channel, *, as_of: datetime) -> NetworkView:
    """The ways of the channel's goods; the channel lies in the scope as a whole. Five queries."""
    rows = list(channel.consignments.select_related("declaration"))
    numbers = {row.declaration_id: row.declaration.registration_number for row in rows}
    suspect, beside = consignments_of(channel)
    ids = {
        party
        for one in (*suspect, *beside)
        for party in (one.importer, one.supplier, one.broker, one.carrier)
        if party is not None
    }
    names = {pk: str(party) for pk, party in Party.objects.in_bulk(ids).items()}
    nodes, edges = ways(suspect, beside, names, numbers)
    return NetworkView(
        question="channel",
        asked_of=(str(channel.pk), channel.substance.preferred_name),
        as_of=as_of,
        arrangement=Arrangement.LAYERS,
        nodes=nodes,
        edges=edges,
    )


def _node(node: ShownNode, roles: tuple[str, ...] = ()) -> ViewNode:
    kind, label = _kind_and_label(node.kind, node.label)
    return ViewNode(
        key=node.key,
        kind=kind,
        label=label,
        rank=node.distance,
        party=node.party,
        degree=node.degree,
        hidden_neighbours=node.hidden_neighbours,
        is_hub=node.is_hub,
        is_redacted=node.is_redacted,
        roles=roles,
    )


def _kind_and_label(kind: str, label: str) -> tuple[str, str]:
    """An identifier is called by its own kind: ``phone:+7…`` is a phone."""
    if kind == PARTY or not label:
        return kind, label
    own, _, value = label.partition(":")
    return own, value


def _edge(edge: ShownEdge) -> ViewEdge:
    return ViewEdge(
        source=edge.source,
        target=edge.target,
        kind=edge.kind,
        count=edge.count,
        mass_kg=edge.mass_kg,
        first_seen=edge.first_seen,
        last_seen=edge.last_seen,
        substances=edge.substances or (),
    )


def _path_nodes(path: ShownPath, name: str) -> Iterator[ViewNode]:
    for rank, node in enumerate(path.nodes):
        kind, label = _kind_and_label(node.kind, node.label)
        yield ViewNode(
            key=_own_key(node.key, name),
            kind=kind,
            label=label,
            rank=rank,
            party=node.party,
            is_redacted=node.is_redacted,
            roles=(name,),
        )


def _path_edges(path: ShownPath, name: str) -> Iterator[ViewEdge]:
    for step in path.steps:
        for one in step.links:
            yield msgspec.structs.replace(
                _edge(one.link),
                source=_own_key(one.link.source, name),
                target=_own_key(one.link.target, name),
                strength=step.strength,
                substances=one.substances,
                evidence=tuple(row.registration_number for row in one.declarations),
            )


def _own_key(key: str, name: str) -> str:
    """Nameless nodes are numbered path by path."""
    return f"{key}:{name}" if key.startswith(f"{HIDDEN}:") else key


def _joined(one: ViewNode, other: ViewNode) -> ViewNode:
    return msgspec.structs.replace(
        one, rank=max(one.rank, other.rank), roles=(*one.roles, *other.roles)
    )


def _party_node(party: Party, rank: int, roles: tuple[str, ...] = ()) -> ViewNode:
    return ViewNode(
        key=party_key(party.pk), kind=PARTY, label=str(party), rank=rank, party=party.pk,
        roles=roles,
    )  # fmt: skip
