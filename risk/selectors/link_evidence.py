"""The declarations behind a link of the network, and what was found in them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from risk.domain.network.build import NetworkEdge
from risk.domain.network.masses import SubstanceMass
from risk.domain.network.paths import HAS
from risk.models import SubstanceMatch
from risk.models.choices import PartyLinkKind, PartyTieKind
from risk.selectors.network import TIE_KINDS
from shipments.domain.errors import InvalidValue
from shipments.domain.names import normalise_identifier, plate
from shipments.domain.values import DocumentKind, IdentifierKind, PartyRoleKind
from shipments.models import Container, Declaration, PartyRole

ROLES_READ = 500
"""Of a party that is behind an identifier at most so many of its latest roles are read."""

MOST_WEIGHED = 200
"""Masses are of at most so many of the latest declarations behind a link."""

_PRINCIPALS = (PartyRoleKind.IMPORTER.value, PartyRoleKind.CONSIGNEE.value)
_OTHER_ROLE = {
    PartyLinkKind.TRADE.value: PartyRoleKind.CONSIGNOR.value,
    PartyLinkKind.REPRESENTED_BY.value: PartyRoleKind.REPRESENTATIVE.value,
    PartyLinkKind.CARRIED_BY.value: PartyRoleKind.CARRIER.value,
}

_TIES = {name: kind for kind, name in TIE_KINDS.items()}


def masses_behind(declarations: QuerySet[Declaration]) -> tuple[SubstanceMass, ...]:
    """Of the latest 200 of these, by substance, the heaviest first; one query.

    Latest versions that were not cancelled, no preliminary information; flagged matches, those
    that a look-back found included.
    """
    later = Declaration.objects.filter(supersedes=OuterRef("pk"))
    counted = declarations.filter(~Exists(later), is_cancelled=False).exclude(
        document_kind=DocumentKind.PRELIMINARY.value
    )
    found = SubstanceMatch.objects.filter(
        goods_item__declaration__in=counted.values("pk")[:MOST_WEIGHED], is_flagged=True
    )
    items = found.order_by().values_list(
        "substance__key", "goods_item__declaration", "goods_item", "goods_item__net_mass_kg"
    )
    masses: dict[str, Decimal] = defaultdict(Decimal)
    seen: dict[str, set[int]] = defaultdict(set)
    for key, declaration, _, mass in items.distinct():
        masses[key] += mass or 0
        seen[key].add(declaration)
    return tuple(
        SubstanceMass(substance_key=key, mass_kg=masses[key], declaration_count=len(seen[key]))
        for key in sorted(masses, key=lambda key: (-masses[key], key))
    )


def declarations_behind(edge: NetworkEdge) -> QuerySet[Declaration]:
    """Declarations that show the link, the latest first; none for what people decided.

    One query more for an identifier or vehicle. Every version that shows the link is there.
    """
    if edge.kind == HAS:
        return _declared_with(_party(edge.source), *edge.target.split(":", 2)[1:])
    if kind := _TIES.get(edge.kind):
        return _declared_by(_party(edge.source), kind, edge.target.split(":", 2)[2])
    if edge.kind not in _OTHER_ROLE:
        return Declaration.objects.none()
    ends = (_party(edge.source), _party(edge.target))
    # A sale is read from the supplier on, other links from the importer on.
    other, own = ends if edge.kind == PartyLinkKind.TRADE else ends[::-1]
    roles = PartyRole.objects.filter(declaration=OuterRef("pk"))
    return Declaration.objects.filter(
        Exists(roles.filter(party=own, role__in=_PRINCIPALS)),
        Exists(roles.filter(party=other, role=_OTHER_ROLE[edge.kind])),
    ).order_by("-accepted_at", "-id")


def _declared_by(party_id: int, kind: PartyTieKind, value: str) -> QuerySet[Declaration]:
    """Declarations of the importer at the office, or with the vehicle or container."""
    roles = PartyRole.objects.filter(declaration=OuterRef("pk"), party=party_id)
    own = Declaration.objects.filter(Exists(roles.filter(role__in=_PRINCIPALS)))
    if kind is PartyTieKind.CONTAINER:
        numbers = Container.objects.filter(declaration=OuterRef("pk"), number=value)
        found = own.filter(Exists(numbers))
    elif kind is PartyTieKind.VEHICLE:
        spelt = own.exclude(transport_id="").values_list("pk", "transport_id")
        latest = spelt.order_by("-pk")[:ROLES_READ]
        found = own.filter(pk__in={pk for pk, given in latest if plate(given) == value})
    else:
        field = "customs_office" if kind is PartyTieKind.OFFICE else "border_office"
        found = own.filter(**{field: value})
    return found.order_by("-accepted_at", "-id")


def _party(key: str) -> int:
    return int(key.partition(":")[2])


def _declared_with(party_id: int, kind: str, value: str) -> QuerySet[Declaration]:
    roles = PartyRole.objects.filter(party=party_id).order_by("-declaration_id")[:ROLES_READ]
    rows = roles.values_list("declaration_id", "address", "country", "identifiers")
    found = {
        declaration
        for declaration, address, country, identifiers in rows
        if value in _values(kind, address, country, identifiers)
    }
    return Declaration.objects.filter(pk__in=found).order_by("-accepted_at", "-id")


def _values(
    kind: str, address: str, country: str, identifiers: Iterable[dict[str, str]]
) -> set[str]:
    """The identifiers of the kind with which the role was declared, as parties hold them."""
    found = {entry["value"] for entry in identifiers if entry["kind"] == kind}
    if kind == IdentifierKind.ADDRESS and address:
        try:
            found.add(normalise_identifier(IdentifierKind.ADDRESS, address, country))
        except InvalidValue:
            return found  # too short to identify anything: no party holds it
    return found
