"""Who shares identifiers with offenders and with parties under watch."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.selectors.office import office_day
from shipments.models import Party
from targeting.api.base import Resource
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.selectors.offender_links import OFFENDER, WATCHLISTED, list_sources, shares_of

GROUNDS_HELP = (
    f"{OFFENDER}: a listed substance was found in its consignments; "
    f"{WATCHLISTED}: it bears an identifier under watch. A link accuses nobody."
)


class SharerSerializer(serializers.Serializer):
    party = PartySerializer()
    grounds = serializers.ListField(child=serializers.CharField(), help_text=GROUNDS_HELP)


class ShareOfIdentifierSerializer(serializers.Serializer):
    kind = serializers.CharField()
    value = serializers.CharField()
    is_hub = serializers.BooleanField(help_text="More than twenty bear it: none is named.")
    is_reception = serializers.BooleanField(
        help_text="A telephone of which most who bear it, three or more, sit at one address."
    )
    parties = SharerSerializer(many=True, help_text="In the caller's scope.")


class PartySharesSerializer(serializers.Serializer):
    party = PartySerializer()
    grounds = serializers.ListField(child=serializers.CharField(), help_text=GROUNDS_HELP)
    shared = ShareOfIdentifierSerializer(many=True)


class OffenderLinkQuery(serializers.Serializer):
    ground = serializers.ChoiceField(
        choices=[(one, one) for one in (OFFENDER, WATCHLISTED)], required=False
    )


class OffenderLinkViewSet(Resource):
    """Offenders by the acts in scope and parties under watch today, with who shares what."""

    policy = POLICIES["offender-links"]
    serializer_class = PartySharesSerializer
    filter_backends = []
    queryset = Party.objects.none()

    @extend_schema(
        summary="Offenders and parties under watch, with who shares their identifiers",
        parameters=[OffenderLinkQuery],
    )
    def list(self, request: Request) -> Response:
        query = OffenderLinkQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        day = office_day(timezone.now())
        sources = list_sources(self.scope, day, query.validated_data.get("ground"))
        rows = shares_of(self.page_of(sources), self.scope, day)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)
