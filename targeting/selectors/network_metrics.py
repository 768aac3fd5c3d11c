"""A party's place in the whole network, for eyes that see the whole."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from risk.models import NetworkRun, PartyAlias, PartyMetrics
from shipments.models import Party
from targeting.selectors.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInNetwork:
    """The latest run, None before the first; the numbers, None without any link; the place of the
    party by proximity, 1 the nearest, among ``ranked`` that the seeds reach at all."""

    run: NetworkRun | None
    metrics: PartyMetrics | None
    rank: int | None
    ranked: int | None


def list_metrics(scope: Scope) -> QuerySet[PartyMetrics]:
    """Parties by how near they are to offenders. The numbers are made of the links of every
    office: who sees only some offices sees none of them."""
    rows = PartyMetrics.objects.select_related("party", "component", "community")
    return rows.order_by("-proximity", "-id") if scope.is_central else rows.none()


def communities_of(party_ids: Collection[int], scope: Scope) -> dict[int, int]:
    """Of each party the community of its trader, by its name; not of hubs, nor of who has no
    links yet. None for who does not see every office. One query, or none."""
    if not scope.is_central:
        return {}
    alias = PartyAlias.objects.filter(party=OuterRef("pk")).values("representative")
    place = PartyMetrics.objects.filter(party=OuterRef("head")).values("community__name")
    parties = Party.objects.filter(pk__in=party_ids).annotate(
        head=Coalesce(Subquery(alias), F("pk")), name_of_community=Subquery(place)
    )
    named = parties.filter(name_of_community__isnull=False)
    return dict(named.values_list("pk", "name_of_community"))


def place_of(*, party_id: int, scope: Scope) -> PlaceInNetwork:
    """The numbers of the party's trader; none for who does not see every office. Five queries."""
    alias = PartyAlias.objects.filter(party=party_id).first()
    head = alias.representative_id if alias else party_id
    run = NetworkRun.objects.order_by("-day").first()
    metrics = list_metrics(scope).filter(party=head).first()
    rank = ranked = None
    if metrics is not None and metrics.proximity > 0:
        reached = PartyMetrics.objects.filter(proximity__gt=0)
        ranked = reached.count()
        rank = reached.filter(proximity__gt=metrics.proximity).count() + 1
    return PlaceInNetwork(run=run, metrics=metrics, rank=rank, ranked=ranked)
