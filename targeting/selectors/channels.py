"""Supply channels as far as the scope reaches."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from risk.domain.network.channel_states import ChannelMove
from risk.models import Channel, ChannelAct, ChannelConsignment, ChannelMember
from targeting.selectors.scope import Scope, in_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedChannels:
    """Channels that took the move in the period, by the level that they had then."""

    move: str
    level: str
    channels: int


def list_channels(scope: Scope) -> QuerySet[Channel]:
    """Channels all of whose declarations lie in the scope, the strongest first: of others even
    the numbers would tell what other offices see."""
    rows = Channel.objects.select_related("substance").order_by("-score", "-id")
    if scope.is_central:
        return rows
    here = ChannelConsignment.objects.filter(channel=OuterRef("pk"))
    inside = in_scope(scope, "declaration__customs_office")
    return rows.filter(Exists(here)).exclude(Exists(here.exclude(inside)))


def list_channels_in_full(scope: Scope) -> QuerySet[Channel]:
    """With members, consignments by time, and what people did."""
    members = ChannelMember.objects.select_related("party")
    consignments = ChannelConsignment.objects.select_related("declaration")
    return list_channels(scope).prefetch_related(
        Prefetch("members", members.order_by("role", "-declaration_count", "id")),
        Prefetch("consignments", consignments.order_by("declaration__accepted_at", "id")),
        Prefetch("acts", ChannelAct.objects.order_by("id")),
    )


def count_channels(scope: Scope, since: datetime, until: datetime) -> list[CountedChannels]:
    """By move and level, each channel once a move. One query."""
    acts = ChannelAct.objects.filter(
        channel__in=list_channels(scope).order_by().values("pk"), at__gte=since, at__lt=until
    )
    rows = acts.order_by("move", "level").values("move", "level")
    return [
        CountedChannels(move=ChannelMove(row["move"]).value, level=row["level"], channels=row["n"])
        for row in rows.annotate(n=Count("channel", distinct=True))
    ]
