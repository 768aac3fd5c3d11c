"""What can be referred of a flagged shipment, and the referrals that somebody sees."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from risk.models import SubstanceMatch
from shipments.models import Declaration, GoodsItem, GoodsItemDocument, PartyRole
from shipments.selectors.declarations import importer_roles
from targeting.domain.lifecycle import (
    REFERRAL_STEPS,
    ReferralKind,
    ReferralState,
    ReferralStep,
)
from targeting.domain.policy import Role
from targeting.domain.referrals import ReferredPart
from targeting.models import Alert, AlertAttachment, CustomsOffice, Referral, User
from targeting.models.choices import Reach
from targeting.selectors.scope import Scope, in_scope, scope_of


def content_of(alert: Alert, parts: Iterable[ReferredPart]) -> dict[str, Any]:
    """The chosen parts of the alert's declaration as they stand now: texts, masses in kg and dates
    as strings. A query or two a part."""
    return {part.value: _READ[part](alert) for part in ReferredPart if part in set(parts)}


def list_referrals(scope: Scope) -> QuerySet[Referral]:
    """What was referred of alerts in the scope, the newest first."""
    rows = Referral.objects.select_related("alert", "act", "agency").order_by("-id")
    return rows.filter(in_scope(scope, "alert__customs_office"))


def is_withdrawable(referral: Referral) -> bool:
    """Whether its sender can still take it back."""
    return ReferralStep.WITHDRAW in REFERRAL_STEPS[ReferralState(referral.state)]


def received_referrals(user: User) -> QuerySet[Referral]:
    """What was referred to the person: as a partner to its agency, as an examiner to inspection at
    its offices; the newest first."""
    own = Q(pk__in=[])
    if Role.PARTNER in user.grants and user.person_id:
        own |= Q(kind=ReferralKind.AGENCY.value, agency__people=user.person_id)
    if Role.EXAMINER in user.grants:
        at_office = in_scope(scope_of(user), "alert__customs_office")
        own |= Q(kind=ReferralKind.INSPECTION.value) & at_office
    return Referral.objects.filter(own).select_related("act", "agency").order_by("-id")


def receivers_of(referral: Referral) -> QuerySet[User]:
    """The accounts whose :func:`received_referrals` hold it."""
    people = User.objects.filter(is_active=True)
    if referral.kind == ReferralKind.AGENCY.value:
        own = Q(roles__contains=[Role.PARTNER.value], person__agency=referral.agency_id)
        return people.filter(own).order_by("pk")
    office = referral.alert.customs_office
    agencies = CustomsOffice.objects.filter(code=office).values("agency")
    at_office = (
        Q(reach=Reach.CENTRAL)
        | Q(reach=Reach.OFFICES, offices__contains=[office])
        | Q(reach=Reach.AGENCY, person__agency__in=agencies)
    )
    return people.filter(at_office, roles__contains=[Role.EXAMINER.value]).order_by("pk")


def list_attachments(alert: Alert) -> QuerySet[AlertAttachment]:
    """The files of the alert, the first first."""
    return AlertAttachment.objects.filter(alert=alert).order_by("number")


def _registration(alert: Alert) -> dict[str, Any]:
    declaration = _declaration(alert)
    return {
        "registration_number": declaration.registration_number,
        "version": declaration.version,
        "accepted_at": declaration.accepted_at.isoformat(),
        "customs_office": declaration.customs_office,
    }


def _lane(alert: Alert) -> str:
    return alert.lane


def _route(alert: Alert) -> dict[str, str]:
    declaration = _declaration(alert)
    names = (
        *("country_of_dispatch", "country_of_trading", "country_of_destination"),
        *("border_office", "transport_mode", "transport_id"),
    )
    return {name: getattr(declaration, name) for name in names}


def _goods(alert: Alert) -> list[dict[str, Any]]:
    rows = GoodsItem.objects.filter(declaration=alert.declaration_id).order_by("item_number")
    return [
        {
            "item_number": item.item_number,
            "description": item.description,
            "commodity_code": item.commodity_code,
            "country_of_origin": item.country_of_origin,
            "net_mass_kg": _text(item.net_mass_kg),
            "gross_mass_kg": _text(item.gross_mass_kg),
        }
        for item in rows
    ]


def _substances(alert: Alert) -> list[dict[str, Any]]:
    matches = SubstanceMatch.objects.filter(
        goods_item__declaration=alert.declaration_id, is_flagged=True
    ).select_related("substance", "goods_item")
    found = {(one.goods_item.item_number, one.substance.key): one.substance for one in matches}
    return [
        {"item_number": number, "key": key, "name": found[number, key].preferred_name}
        for number, key in sorted(found)
    ]


def _documents(alert: Alert) -> list[dict[str, Any]]:
    rows = GoodsItemDocument.objects.filter(goods_item__declaration=alert.declaration_id)
    return [
        {"item_number": row.goods_item.item_number, "code": row.code, "number": row.number}
        for row in rows.select_related("goods_item").order_by("goods_item_id", "position")
    ]


def _importer(alert: Alert) -> dict[str, Any] | None:
    role = importer_roles(declaration_ids=[alert.declaration_id]).get(alert.declaration_id)
    return _party(role) if role else None


def _parties(alert: Alert) -> list[dict[str, Any]]:
    rows = PartyRole.objects.filter(declaration=alert.declaration_id).order_by("position")
    return [_party(role) for role in rows]


def _party(role: PartyRole) -> dict[str, Any]:
    return {
        "role": role.role,
        "name": role.name,
        "country": role.country,
        "address": role.address,
        "identifiers": role.identifiers,
    }


def _declaration(alert: Alert) -> Declaration:
    return Declaration.objects.get(pk=alert.declaration_id)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


_READ: Mapping[ReferredPart, Callable[[Alert], Any]] = {
    ReferredPart.REGISTRATION: _registration,
    ReferredPart.LANE: _lane,
    ReferredPart.ROUTE: _route,
    ReferredPart.GOODS: _goods,
    ReferredPart.SUBSTANCES: _substances,
    ReferredPart.DOCUMENTS: _documents,
    ReferredPart.IMPORTER: _importer,
    ReferredPart.PARTIES: _parties,
}
