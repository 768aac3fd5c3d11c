"""Brokers and carriers with an unusual share of red lanes or of offenders' consignments."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.selectors.office import end_of_day, midnight
from shipments.domain.values import PartyRoleKind
from shipments.models import Party
from targeting.api.base import QueryParameters, Resource
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.api.statistics import ShareSerializer
from targeting.selectors.intermediaries import MOST_SHOWN, scoped_intermediaries

MOST_DAYS = 92
_ROLES = [(one.value, one.value) for one in (PartyRoleKind.REPRESENTATIVE, PartyRoleKind.CARRIER)]


class IntermediaryQuery(QueryParameters):
    role = serializers.ChoiceField(choices=_ROLES)
    date_from = serializers.DateField(help_text="First day of acceptance, the offices' own.")
    date_to = serializers.DateField(
        help_text=f"Last day of acceptance, at most {MOST_DAYS} days in all."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        days = (attrs["date_to"] - attrs["date_from"]).days + 1
        if not 1 <= days <= MOST_DAYS:
            raise serializers.ValidationError(
                {"date_to": f"From date_from on, at most {MOST_DAYS} days in all."}
            )
        return attrs


class ComparedSerializer(serializers.Serializer):
    found = serializers.IntegerField(help_text="Declarations.")
    share = ShareSerializer()
    elsewhere = serializers.FloatField(allow_null=True, help_text="The share of all others.")
    is_unusual = serializers.BooleanField(
        help_text="Chance does not explain it, with so many compared."
    )


class IntermediarySerializer(serializers.Serializer):
    party = PartySerializer()
    declarations = serializers.IntegerField()
    red = ComparedSerializer(help_text="In the red lane.")
    offender_linked = ComparedSerializer(
        help_text="Whose importer, consignee or consignor is an offender."
    )


@extend_schema_serializer(many=False)
class IntermediariesSerializer(serializers.Serializer):
    """The unusual first."""

    compared = serializers.IntegerField(help_text=f"All; {MOST_SHOWN} are shown.")
    results = IntermediarySerializer(many=True)


class IntermediaryViewSet(Resource):
    """Shares with intervals, of declarations in the caller's scope."""

    policy = POLICIES["intermediaries"]
    serializer_class = IntermediariesSerializer
    filter_backends = []
    pagination_class = None
    queryset = Party.objects.none()

    @extend_schema(
        summary="Brokers or carriers by their shares of red lanes and of offenders' consignments",
        parameters=[IntermediaryQuery],
        responses=IntermediariesSerializer,
    )
    def list(self, request: Request) -> Response:
        query = IntermediaryQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        found = scoped_intermediaries(
            role=PartyRoleKind(wanted["role"]),
            since=midnight(wanted["date_from"]),
            until=end_of_day(wanted["date_to"]),
            scope=self.scope,
        )
        answer = {
            "compared": found.compared,
            "results": [
                {
                    "party": party,
                    "declarations": one.declarations,
                    "red": one.red,
                    "offender_linked": one.offender_linked,
                }
                for party, one in found.results
            ],
        }
        return Response(self.get_serializer(answer).data)
