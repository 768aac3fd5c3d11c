"""The ways of a channel's goods, from the supplier to the office where they are declared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise

from risk.domain.network.channel_states import BROKER, CARRIER, IMPORTER, SUPPLIER
from risk.domain.network.channels import Consignment
from risk.domain.network.exports.view import ViewEdge, ViewNode

LEG, ACCOMPANYING = "leg", "accompanying"
COUNTRY, BORDER_OFFICE, OFFICE = "country", "border_office", "office"
_MOST_EVIDENCE = 50


def way_of(one: Consignment) -> list[tuple[str, str, str]]:
    """Stations in their order as (kind, value, role); what was not declared is passed over.

    >>> from datetime import datetime
    >>> way_of(Consignment(declaration=1, accepted_at=datetime(2026, 1, 5), substance="",
    ...                    importer=7, dispatch="CN", office="55301"))
    [('country', 'CN', ''), ('party', '7', 'importer'), ('office', '55301', '')]
    """
    stations = (
        ("party", one.supplier, SUPPLIER),
        (COUNTRY, one.dispatch, ""),
        (BORDER_OFFICE, one.border_office, ""),
        ("party", one.carrier, CARRIER),
        ("party", one.broker, BROKER),
        ("party", one.importer, IMPORTER),
        (OFFICE, one.office, ""),
    )
    return [(kind, str(value), role) for kind, value, role in stations if value not in (None, "")]


def ways(
    suspect: Iterable[Consignment],
    accompanying: Iterable[Consignment],
    names: Mapping[int, str],
    numbers: Mapping[int, str],
) -> tuple[tuple[ViewNode, ...], tuple[ViewEdge, ...]]:
    """Stations in layers, and the legs between them with declarations, masses and days.

    ``names`` are of parties, ``numbers`` registration numbers of declarations. A party of several
    roles stands where it comes first. Of each leg at most fifty declarations are named.
    """
    stations: dict[str, tuple[str, str, int, list[str]]] = {}
    legs: dict[tuple[str, str, str], list[Consignment]] = defaultdict(list)
    for link, consignments in ((LEG, suspect), (ACCOMPANYING, accompanying)):
        for one in consignments:
            way = way_of(one)
            for kind, value, role in way:
                rank = _RANKS[role or kind]
                at = stations.setdefault(_key(kind, value), (kind, value, rank, []))
                if role and role not in at[3]:
                    at[3].append(role)
            for (kind, value, _), (to_kind, to_value, _) in pairwise(way):
                source, target = _key(kind, value), _key(to_kind, to_value)
                if source != target:
                    legs[source, target, link].append(one)
    nodes = tuple(
        ViewNode(
            key=key,
            kind=kind,
            label=names.get(int(value), value) if kind == "party" else value,
            rank=rank,
            party=int(value) if kind == "party" else None,
            roles=tuple(sorted(roles)),
        )
        for key, (kind, value, rank, roles) in stations.items()
    )
    return nodes, tuple(_leg(*key, given, numbers) for key, given in legs.items())


_RANKS = {
    place: rank
    for rank, place in enumerate(
        (SUPPLIER, COUNTRY, BORDER_OFFICE, CARRIER, BROKER, IMPORTER, OFFICE)
    )
}


def _key(kind: str, value: str) -> str:
    return f"party:{value}" if kind == "party" else f"identifier:{kind}:{value}"


def _leg(
    source: str, target: str, kind: str, given: list[Consignment], numbers: Mapping[int, str]
) -> ViewEdge:
    declarations = sorted({one.declaration for one in given})
    return ViewEdge(
        source=source,
        target=target,
        kind=kind,
        count=len(declarations),
        mass_kg=sum((one.mass_kg for one in given), Decimal(0)),
        first_seen=min(one.accepted_at for one in given),
        last_seen=max(one.accepted_at for one in given),
        evidence=tuple(numbers[pk] for pk in declarations[:_MOST_EVIDENCE] if pk in numbers),
    )
