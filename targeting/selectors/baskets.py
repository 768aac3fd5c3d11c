"""Reagent baskets as far as the scope reaches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from risk.domain.network.exports.view import Arrangement, NetworkView, ViewEdge, ViewNode
from risk.domain.network.paths import HAS
from risk.models import BasketAcquisition, BasketAct, ReagentBasket
from risk.selectors.channels import shared_by
from risk.selectors.network import IDENTIFIER, PARTY, party_key
from shipments.models import Party
from targeting.selectors.scope import Scope, in_scope

ACQUIRED, SUBSTANCE = "acquired", "substance"


class BasketMember(NamedTuple):
    """Who acquired, in how many declarations and which mass beyond the authorisations."""

    party: Party
    declaration_count: int
    mass_kg: Decimal


class SubstanceTotal(NamedTuple):
    """Which substance, in how many declarations and which mass beyond the authorisations."""

    key: str
    name: str
    declaration_count: int
    mass_kg: Decimal


def list_baskets(scope: Scope) -> QuerySet[ReagentBasket]:
    """Baskets all of whose declarations lie in the scope, the strongest first: of others even the
    numbers would tell what other offices see."""
    rows = ReagentBasket.objects.order_by("-score", "-id")
    if scope.is_central:
        return rows
    here = BasketAcquisition.objects.filter(basket=OuterRef("pk"))
    inside = in_scope(scope, "declaration__customs_office")
    return rows.filter(Exists(here)).exclude(Exists(here.exclude(inside)))


def list_baskets_in_full(scope: Scope) -> QuerySet[ReagentBasket]:
    """With acquisitions by time, and what people did."""
    acquired = BasketAcquisition.objects.select_related(
        "declaration", "substance", "party", "goods_item"
    )
    return list_baskets(scope).prefetch_related(
        Prefetch("acquisitions", acquired.order_by("accepted_at", "id")),
        Prefetch("acts", BasketAct.objects.order_by("id")),
    )


def members_of(basket: ReagentBasket) -> list[BasketMember]:
    """Of a basket in full, who acquired most first; those of equipment or covered goods alone with
    none."""
    parties = {one.party_id: one.party for one in basket.acquisitions.all()}
    found = [BasketMember(parties[pk], *_total(basket, party=pk)) for pk in parties]
    return sorted(found, key=lambda one: (-one.declaration_count, one.party.pk))


def substances_of(basket: ReagentBasket) -> list[SubstanceTotal]:
    """Of a basket in full, the greatest mass first; equipment is none."""
    names = {
        one.substance_id: (one.substance.key, one.substance.preferred_name)
        for one in basket.acquisitions.all()
        if not one.is_equipment
    }
    found = [SubstanceTotal(*names[pk], *_total(basket, substance=pk)) for pk in names]
    return sorted(found, key=lambda one: (-one.mass_kg, one.key))


def _total(
    basket: ReagentBasket, party: int | None = None, substance: int | None = None
) -> tuple[int, Decimal]:
    given = [
        one
        for one in basket.acquisitions.all()
        if not one.is_covered
        and not one.is_equipment
        and party in (None, one.party_id)
        and substance in (None, one.substance_id)
    ]
    return len({one.declaration_id for one in given}), sum((g.mass_kg for g in given), Decimal(0))


def view_of_basket(basket: ReagentBasket, *, family: str, as_of: datetime) -> NetworkView:
    """Of a basket in full: what the parties share, the parties, and what they acquired."""
    acquired = list(basket.acquisitions.all())
    parties = {one.party_id: one.party for one in acquired}
    nodes = {
        party_key(pk): ViewNode(
            key=party_key(pk), kind=PARTY, label=str(party), rank=1, party=pk, roles=("importer",)
        )
        for pk, party in parties.items()
    }
    shared, edges = _shared(parties)
    for one in acquired:
        key = f"{IDENTIFIER}:{SUBSTANCE}:{one.substance.key}"
        role = "equipment" if one.is_equipment else SUBSTANCE
        nodes[key] = ViewNode(
            key=key, kind=SUBSTANCE, label=one.substance.preferred_name, rank=2, roles=(role,)
        )
    return NetworkView(
        question="basket",
        asked_of=(str(basket.pk), family),
        as_of=as_of,
        arrangement=Arrangement.LAYERS,
        nodes=(*shared, *nodes.values()),
        edges=(*edges, *_purchases(acquired)),
    )


def _shared(parties: Mapping[int, Party]) -> tuple[list[ViewNode], list[ViewEdge]]:
    """Identifiers that two of the parties bear."""
    nodes: list[ViewNode] = []
    edges: list[ViewEdge] = []
    for name, holders in sorted(shared_by(set(parties)).items()):
        own = [pk for pk in holders if pk in parties]
        if len(own) > 1:
            kind, _, value = name.partition(":")
            key = f"{IDENTIFIER}:{name}"
            nodes.append(ViewNode(key=key, kind=kind, label=value, rank=0))
            edges.extend(ViewEdge(source=party_key(pk), target=key, kind=HAS) for pk in own)
    return nodes, edges


def _purchases(acquired: Sequence[BasketAcquisition]) -> list[ViewEdge]:
    by_ends: dict[tuple[int, str], list[BasketAcquisition]] = {}
    for one in acquired:
        by_ends.setdefault((one.party_id, one.substance.key), []).append(one)
    return [
        ViewEdge(
            source=party_key(party),
            target=f"{IDENTIFIER}:{SUBSTANCE}:{substance}",
            kind=ACQUIRED,
            count=len({one.declaration_id for one in given}),
            mass_kg=sum((one.mass_kg for one in given), Decimal(0)),
            first_seen=min(one.accepted_at for one in given),
            last_seen=max(one.accepted_at for one in given),
            evidence=tuple(dict.fromkeys(one.declaration.registration_number for one in given)),
        )
        for (party, substance), given in by_ends.items()
    ]
