"""What an analyst asks of a party's links: connections, changes, shared identifiers."""

from datetime import UTC, datetime, time

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.selectors.link_evidence import MOST_WEIGHED
from risk.selectors.network import MAX_DEPTH, party_key
from risk.selectors.office import office_day
from shipments.models import Declaration, Party
from targeting.api.base import Resource
from targeting.api.offender_links import PartySharesSerializer
from targeting.api.parties import (
    NetworkEdgeSerializer,
    NetworkNodeSerializer,
    SubstanceMassSerializer,
)
from targeting.api.permissions import POLICIES
from targeting.selectors.connections import MOST_EVIDENCE, scoped_connection
from targeting.selectors.network_changes import changes_of
from targeting.selectors.networks import ScopedNetwork, scoped_network
from targeting.selectors.offender_links import PartyShares, shares_of
from targeting.selectors.parties import list_parties

DEFAULT_DEPTH = 2


class ConnectionQuery(serializers.Serializer):
    to = serializers.IntegerField(min_value=1, help_text="Id of the other party.")


class EdgeEvidenceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Declaration
        fields = ["id", "registration_number", "version", "accepted_at", "customs_office"]


class EvidencedLinkSerializer(serializers.Serializer):
    link = NetworkEdgeSerializer()
    declarations = EdgeEvidenceSerializer(
        many=True, help_text=f"The latest {MOST_EVIDENCE} in the caller's scope that show it."
    )
    substances = SubstanceMassSerializer(
        many=True,
        help_text="What was found in those of the caller's scope, the heaviest first: of all when"
        f" all are in it, else of the latest {MOST_WEIGHED}. Empty of who bears an identifier.",
    )


class StepSerializer(serializers.Serializer):
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    strength = serializers.FloatField(allow_null=True, help_text="0 to 1.")
    links = EvidencedLinkSerializer(many=True)


class PathNodeSerializer(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.CharField(help_text="party or identifier.")
    label = serializers.CharField()  # type: ignore[assignment]
    party = serializers.IntegerField(allow_null=True, help_text="Id of the party; null otherwise.")
    is_redacted = serializers.BooleanField(help_text="Out of scope: it connects the two, no more.")


class PathSerializer(serializers.Serializer):
    """``strength`` multiplies the steps and divides by the other neighbours of nodes between."""

    nodes = PathNodeSerializer(many=True)
    steps = StepSerializer(many=True)
    strength = serializers.FloatField(allow_null=True, help_text="0 to 1; null: out of scope.")
    passes_hub = serializers.BooleanField(help_text="Through a node that joins everything.")


class ConnectionSerializer(serializers.Serializer):
    """Null where no links in sight connect the two within six."""

    shortest = PathSerializer(allow_null=True)
    strongest = PathSerializer(allow_null=True)


class ChangesQuery(serializers.Serializer):
    since = serializers.DateField(help_text="From the beginning of this day on, UTC.")
    depth = serializers.IntegerField(min_value=1, max_value=MAX_DEPTH, default=DEFAULT_DEPTH)


class ChangesSerializer(serializers.Serializer):
    joined = NetworkNodeSerializer(
        many=True, help_text="Nodes that only links first seen since then connect to the party."
    )
    new_links = NetworkEdgeSerializer(many=True)
    seen_again = NetworkEdgeSerializer(many=True, help_text="Older links with declarations since.")
    omitted = serializers.IntegerField(
        allow_null=True, help_text="Nodes within reach that were not looked at."
    )


class NetworkQuestionViewSet(Resource):
    """Answers are read from the network as it is stored; nothing is rebuilt."""

    policy = POLICIES["parties"]
    serializer_class = ConnectionSerializer
    queryset = Party.objects.none()

    def get_queryset(self) -> QuerySet[Party]:
        return list_parties(self.scope)

    @extend_schema(
        summary="How the party is connected with another one: shortest and strongest path",
        parameters=[ConnectionQuery],
        responses=ConnectionSerializer,
        filters=False,
    )
    def connection(self, request: Request, pk: int) -> Response:
        one, other = self.asked_parties()
        found = scoped_connection(party_ids=(one.pk, other.pk), scope=self.scope)
        return Response(ConnectionSerializer(found).data)

    def asked_parties(self) -> tuple[Party, Party]:
        """The two parties that the request names, both in the scope."""
        one = self.get_object()
        query = ConnectionQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        other = get_object_or_404(self.get_queryset(), pk=query.validated_data["to"])
        if one == other:
            raise ValidationError({"to": "Another party than the one of the address."})
        return one, other

    @extend_schema(
        summary="What is new round the party since a day",
        parameters=[ChangesQuery],
        responses=ChangesSerializer,
        filters=False,
    )
    def network_changes(self, request: Request, pk: int) -> Response:
        near, since = self.asked_network()
        return Response(ChangesSerializer(changes_of(near, since)).data)

    def asked_network(self) -> tuple[ScopedNetwork, datetime]:
        """The network round the party, and since when it is asked what is new."""
        center = party_key(self.get_object().pk)
        query = ChangesQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        near = scoped_network(node=center, scope=self.scope, depth=wanted["depth"])
        return near, datetime.combine(wanted["since"], time.min, UTC)

    @extend_schema(
        summary="With whom the party shares phones, accounts and the like",
        responses=PartySharesSerializer,
        filters=False,
    )
    def shared_identifiers(self, request: Request, pk: int) -> Response:
        return Response(PartySharesSerializer(self.asked_shares()).data)

    def asked_shares(self) -> PartyShares:
        """What the party shares as of today."""
        (found,) = shares_of([self.get_object()], self.scope, office_day(timezone.now()))
        return found
