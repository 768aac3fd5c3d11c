"""What is new round a party since a moment, as far as the scope reaches."""

from dataclasses import dataclass
from datetime import datetime

from risk.domain.network.changes import DatedLink, joined_since
from targeting.selectors.networks import ScopedNetwork, ShownEdge, ShownNode


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChanges:
    """``joined``: nodes that only links first seen since then connect. Links whose dates are out
    of scope are in neither list."""

    joined: tuple[ShownNode, ...]
    new_links: tuple[ShownEdge, ...]
    seen_again: tuple[ShownEdge, ...]
    omitted: int | None


def changes_of(near: ScopedNetwork, since: datetime) -> NetworkChanges:
    """What of a network, read in the caller's scope, is new since then."""
    links = [DatedLink(edge.source, edge.target, edge.first_seen) for edge in near.edges]
    joined = joined_since(near.center, links, since)
    new = [edge for edge in near.edges if edge.first_seen and edge.first_seen >= since]
    again = [
        edge
        for edge in near.edges
        if edge.first_seen and edge.last_seen and edge.first_seen < since <= edge.last_seen
    ]
    return NetworkChanges(
        joined=tuple(node for node in near.nodes if node.key in joined),
        new_links=tuple(new),
        seen_again=tuple(again),
        omitted=near.omitted,
    )
