"""A network as it is drawn: with who is of note in it, the communities, and masses of goods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from risk.domain.network.exports.view import NetworkView, ViewEdge
from risk.selectors.office import office_day
from targeting.selectors.network_metrics import communities_of
from targeting.selectors.network_views import view_of_network
from targeting.selectors.networks import ScopedNetwork
from targeting.selectors.offender_links import grounds_of
from targeting.selectors.scope import Scope

TRADE = "trade"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNetwork:
    """``view`` has as roles of a party why it is of note (offender, watchlisted).

    ``communities`` are by id of the party, empty but for central eyes; ``masses`` are by key of
    the node the kilograms of the sales in this network that it takes part in, without those
    whose mass is not the reader's to know.
    """

    center: str
    view: NetworkView
    communities: Mapping[int, int]
    masses: Mapping[str, Decimal]


def drawn_network(near: ScopedNetwork, *, scope: Scope, as_of: datetime) -> DrawnNetwork:
    """The network, read in the scope, with what its picture shows; two queries."""
    view = view_of_network(near, as_of=as_of)
    ids = {node.party for node in view.nodes if node.party is not None}
    grounds = grounds_of(ids, scope, office_day(as_of))
    marked = (
        msgspec.structs.replace(node, roles=grounds.get(node.party or 0, ())) for node in view.nodes
    )
    return DrawnNetwork(
        center=near.center,
        view=msgspec.structs.replace(view, nodes=tuple(marked)),
        communities=communities_of(ids, scope),
        masses=traded_masses(view.edges),
    )


def traded_masses(edges: Iterable[ViewEdge]) -> dict[str, Decimal]:
    """Kilograms of the sales of each node, by its key; a node without any known is left out."""
    masses: dict[str, Decimal] = defaultdict(Decimal)
    for edge in edges:
        if edge.kind == TRADE and edge.mass_kg is not None:
            masses[edge.source] += edge.mass_kg
            masses[edge.target] += edge.mass_kg
    return dict(masses)
