"""Supply channels: what the system proposes, and what analysts make of it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.network.channel_states import ChannelLevel, ChannelMove
from risk.models import Channel, ChannelAct, ChannelConsignment, ChannelMember
from risk.models.choices import CHANNEL_LEVELS
from risk.selectors.office import end_of_day, midnight
from risk.services.channels import move_channel
from targeting.api.base import Resource
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES, own_account
from targeting.api.registers import SheetDownload, as_text
from targeting.filters.channels import ChannelFilter
from targeting.selectors.channels import (
    count_channels,
    list_channels,
    list_channels_in_full,
    places_of,
)

STATE_HELP = (
    "suspected, confirmed, liquidated, dismissed or joined (part of the channel `joined_to`)."
)
LEVEL_HELP = "international or regional."


class SignSerializer(serializers.Serializer):
    code = serializers.CharField()
    points = serializers.FloatField(help_text="What it adds to the score.")
    value = serializers.CharField(help_text="What was seen.")


class ChannelSerializer(serializers.ModelSerializer):
    """Masses, counts and days are of the suspect consignments."""

    substance_key = serializers.CharField(source="substance.key")
    state = serializers.CharField(help_text=STATE_HELP)
    level = serializers.CharField(help_text=LEVEL_HELP)
    signs = SignSerializer(many=True, help_text="Why it was proposed, the strongest first.")

    class Meta:
        model = Channel
        fields = [
            *("id", "substance", "substance_key", "state", "level", "score", "signs"),
            *("first_seen_at", "last_seen_at", "declaration_count", "mass_kg"),
            *("proposed_at", "changed_at", "follows", "joined_to"),
        ]


class ChannelMemberSerializer(serializers.ModelSerializer):
    party = PartySerializer()
    role = serializers.CharField(help_text="supplier, importer, broker or carrier.")

    class Meta:
        model = ChannelMember
        fields = ["party", "role", "declaration_count"]


class ChannelConsignmentSerializer(serializers.ModelSerializer):
    registration_number = serializers.CharField(source="declaration.registration_number")
    accepted_at = serializers.DateTimeField(source="declaration.accepted_at")
    country_of_dispatch = serializers.CharField(source="declaration.country_of_dispatch")
    border_office = serializers.CharField(source="declaration.border_office")
    customs_office = serializers.CharField(source="declaration.customs_office")

    class Meta:
        model = ChannelConsignment
        fields = [
            *("declaration", "registration_number", "accepted_at", "country_of_dispatch"),
            *("border_office", "customs_office", "is_suspect", "mass_kg"),
        ]


class PlaceSerializer(serializers.Serializer):
    """An office that suspect consignments name; the region and coordinates as entered for it."""

    kind = serializers.CharField(help_text="border_office or office.")
    code = serializers.CharField()
    declaration_count = serializers.IntegerField()
    name = serializers.CharField(source="office.name", default="")
    region = serializers.CharField(source="office.region", default="")
    latitude = serializers.DecimalField(
        source="office.latitude", max_digits=8, decimal_places=6, allow_null=True, default=None
    )
    longitude = serializers.DecimalField(
        source="office.longitude", max_digits=9, decimal_places=6, allow_null=True, default=None
    )


class ChannelActSerializer(serializers.ModelSerializer):
    move = serializers.CharField(
        help_text="confirm, liquidate, dismiss, reopen; join by the search."
    )
    state = serializers.CharField(help_text=STATE_HELP)
    level = serializers.CharField(help_text=LEVEL_HELP)

    class Meta:
        model = ChannelAct
        fields = ["move", "state", "level", "reason", "by", "at"]


class ChannelDetailSerializer(ChannelSerializer):
    """``consignments`` are the timeline; those that are not suspect are other goods of the same
    importers from the same suppliers."""

    members = ChannelMemberSerializer(many=True)
    consignments = ChannelConsignmentSerializer(many=True)
    acts = ChannelActSerializer(many=True)
    places = serializers.SerializerMethodField()

    class Meta(ChannelSerializer.Meta):
        fields = [*ChannelSerializer.Meta.fields, "members", "consignments", "places", "acts"]

    @extend_schema_field(PlaceSerializer(many=True))
    def get_places(self, channel: Channel) -> list[dict[str, Any]]:
        return list(PlaceSerializer(places_of(channel), many=True).data)


class ChannelMoveSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)
    level = serializers.ChoiceField(
        choices=CHANNEL_LEVELS, required=False, help_text="Another level than it has."
    )


class ChannelCountQuery(serializers.Serializer):
    date_from = serializers.DateField(help_text="First day, the offices' own.")
    date_to = serializers.DateField(help_text="Last day, the offices' own.")


class ChannelCountSerializer(serializers.Serializer):
    move = serializers.CharField(help_text="confirm, liquidate, dismiss or reopen.")
    level = serializers.CharField(help_text=LEVEL_HELP)
    channels = serializers.IntegerField()


@extend_schema_view(
    list=extend_schema(summary="Supply channels, the strongest first"),
    retrieve=extend_schema(summary="One channel with its members and its timeline"),
)
class ChannelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Recurring ways by which groups of importers get a listed substance without a permit."""

    policy = POLICIES["channels"]
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilter
    queryset = Channel.objects.none()
    bare_lists = frozenset({"counts"})

    def get_queryset(self) -> QuerySet[Channel]:
        full = self.action == "retrieve"
        return (list_channels_in_full if full else list_channels)(self.scope)

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return ChannelDetailSerializer if self.action == "retrieve" else ChannelSerializer

    @extend_schema(
        summary="How many channels were confirmed, cut and dismissed in a period, by level",
        parameters=[ChannelCountQuery],
        responses=ChannelCountSerializer(many=True),
        filters=False,
    )
    def counts(self, request: Request) -> Response:
        query = ChannelCountQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        since, last = query.validated_data["date_from"], query.validated_data["date_to"]
        found = count_channels(self.scope, midnight(since), end_of_day(last))
        return Response(ChannelCountSerializer(found, many=True).data)

    @extend_schema(
        summary="Hold the channel for true",
        request=ChannelMoveSerializer,
        responses=ChannelSerializer,
    )
    def confirm(self, request: Request, pk: int) -> Response:
        return self._moved(request, ChannelMove.CONFIRM)

    @extend_schema(
        summary="The channel was cut", request=ChannelMoveSerializer, responses=ChannelSerializer
    )
    def liquidate(self, request: Request, pk: int) -> Response:
        return self._moved(request, ChannelMove.LIQUIDATE)

    @extend_schema(
        summary="There is no channel", request=ChannelMoveSerializer, responses=ChannelSerializer
    )
    def dismiss(self, request: Request, pk: int) -> Response:
        return self._moved(request, ChannelMove.DISMISS)

    @extend_schema(
        summary="Suspect a dismissed channel again",
        request=ChannelMoveSerializer,
        responses=ChannelSerializer,
    )
    def reopen(self, request: Request, pk: int) -> Response:
        return self._moved(request, ChannelMove.REOPEN)

    def _moved(self, request: Request, move: ChannelMove) -> Response:
        channel = self.get_object()
        serializer = ChannelMoveSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        level = serializer.validated_data.get("level")
        row = move_channel(
            channel_id=channel.pk,
            move=move,
            reason=serializer.validated_data["reason"],
            level=ChannelLevel(level) if level else None,
            by=own_account(request).actor,
            now=timezone.now(),
        )
        return Response(ChannelSerializer(row).data)


class ChannelSheetViewSet(SheetDownload, ChannelViewSet):
    """Channels taken away, a row a consignment."""

    sheet_name = "channels"
    sheet_columns = (
        *("channel", "substance_key", "state", "level", "score", "accepted_at"),
        *("registration_number", "country_of_dispatch", "border_office", "customs_office"),
        *("is_suspect", "mass_kg"),
    )

    def get_queryset(self) -> QuerySet[Channel]:
        return list_channels_in_full(self.scope)

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for channel in rows:
            head = {
                "channel": str(channel.pk),
                "substance_key": channel.substance.key,
                **{name: as_text(getattr(channel, name)) for name in ("state", "level", "score")},
            }
            for one in channel.consignments.all():
                declared = one.declaration
                yield {
                    **head,
                    "accepted_at": declared.accepted_at.isoformat(),
                    **{
                        name: getattr(declared, name)
                        for name in (
                            *("registration_number", "country_of_dispatch"),
                            *("border_office", "customs_office"),
                        )
                    },
                    "is_suspect": as_text(one.is_suspect),
                    "mass_kg": as_text(one.mass_kg),
                }
