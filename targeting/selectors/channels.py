"""Supply channels as far as the scope reaches."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from risk.domain.network.channel_states import IMPORTER, ChannelMove
from risk.models import Channel, ChannelAct, ChannelConsignment, ChannelMember
from targeting.models import CustomsOffice
from targeting.selectors.scope import Scope, in_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedChannels:
    """Channels that took the move in the period, by the level that they had then."""

    move: str
    level: str
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfChannel:
    """An office as declarations state it; ``office`` is None where nobody entered it."""

    kind: str
    code: str
    declaration_count: int
    office: CustomsOffice | None


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


def has_moved(
    move: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    level: str | None = None,
) -> Q:
    """Channels that took the move (None: any) in the period, at the level that they had then."""
    acts = ChannelAct.objects.filter(channel=OuterRef("pk"))
    for name, value in (("move", move), ("at__gte", since), ("at__lt", until), ("level", level)):
        acts = acts.filter(**{name: value}) if value else acts
    return Q(Exists(acts))


def has_importers(least: int) -> Q:
    """Channels in which at least so many importers take part."""
    members = ChannelMember.objects.filter(role=IMPORTER).order_by().values("channel")
    many = members.annotate(importers=Count("party")).filter(importers__gte=least)
    return Q(pk__in=many.values("channel"))


def places_of(channel: Channel) -> list[PlaceOfChannel]:
    """Offices that declarations of a channel in full name, those of most declarations first; with
    names and coordinates where the office is entered. One query."""
    named = Counter(
        (kind, code)
        for one in channel.consignments.all()
        if one.is_suspect
        for kind, code in (
            ("border_office", one.declaration.border_office),
            ("office", one.declaration.customs_office),
        )
        if code
    )
    known = CustomsOffice.objects.in_bulk({code for _, code in named}, field_name="code")
    return [
        PlaceOfChannel(kind=kind, code=code, declaration_count=count, office=known.get(code))
        for (kind, code), count in sorted(named.items(), key=lambda one: (-one[1], one[0]))
    ]


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
