"""New firms that look like closed offenders."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.lists.sheets import SheetFormat
from risk.domain.network.successions import EARLIEST_DAYS, NEEDED_POINTS, USUAL_DAYS
from risk.selectors.office import office_day
from shipments.models import LegalEntity
from targeting.api.base import QueryParameters, Resource
from targeting.api.legal_entities import LegalEntitySerializer
from targeting.api.offender_links import GROUNDS_HELP
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.api.registers import SHEETS, as_text, sheet_response
from targeting.selectors.parties import list_parties
from targeting.selectors.successions import MOST_SHOWN, ScopedSuccessions, scoped_successions

MOST_DAYS = 1_095
_OF_SIDE = ("", "_name", "_registered_on", "_closed_on")
SHEET_COLUMNS = (
    *(f"{side}{name}" for side in ("predecessor", "successor") for name in _OF_SIDE),
    *("grounds", "days", "points", "sign", "value", "sign_points", "holders"),
)


class SuccessionQuery(QueryParameters):
    within_days = serializers.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        default=USUAL_DAYS,
        help_text="Founded at most so many days after the other was closed,"
        f" or {-EARLIEST_DAYS} before.",
    )
    closed_since = serializers.DateField(
        required=False, help_text="Closed from this day on; three years back without."
    )
    party = serializers.IntegerField(
        min_value=1, required=False, help_text="Only those of which this party is one side."
    )


class RegisteredEntitySerializer(serializers.Serializer):
    entity = LegalEntitySerializer()
    party = PartySerializer(
        allow_null=True, help_text="Who declared under its number, in the caller's scope."
    )


class SuccessionSignSerializer(serializers.Serializer):
    code = serializers.CharField(
        help_text="head, person (owner, or head and owner), phone, address, supplier, goods."
    )
    value = serializers.CharField(help_text="As it is compared; of a supplier the party's id.")
    points = serializers.FloatField()
    holders = serializers.IntegerField(help_text="Entries with it (of a supplier: importers).")


class SuccessionSerializer(serializers.Serializer):
    predecessor = RegisteredEntitySerializer()
    successor = RegisteredEntitySerializer()
    grounds = serializers.ListField(child=serializers.CharField(), help_text=GROUNDS_HELP)
    days = serializers.IntegerField(
        source="found.days", help_text="From the closing to the founding; below 0: before it."
    )
    points = serializers.FloatField(
        source="found.points", help_text=f"At least {NEEDED_POINTS:g}. It ranks; it proves nothing."
    )
    signs = SuccessionSignSerializer(source="found.signs", many=True)


@extend_schema_serializer(many=False)
class SuccessionsSerializer(serializers.Serializer):
    """The strongest first."""

    predecessors = serializers.IntegerField(help_text="Closed offenders that were looked at.")
    pairs = serializers.IntegerField(help_text=f"All found; {MOST_SHOWN} are shown.")
    results = SuccessionSerializer(many=True)


class SuccessionViewSet(Resource):
    """Read from the company register as it is; a likeness accuses nobody."""

    policy = POLICIES["successions"]
    serializer_class = SuccessionsSerializer
    filter_backends = []
    pagination_class = None
    queryset = LegalEntity.objects.none()

    @extend_schema(
        summary="New firms that look like closed offenders: people, address, telephone, suppliers",
        parameters=[SuccessionQuery],
        responses=SuccessionsSerializer,
    )
    def list(self, request: Request) -> Response:
        return Response(self.get_serializer(self.asked(request)).data)

    @extend_schema(
        summary="The same as a sheet, a row a sign",
        parameters=[
            SuccessionQuery,
            OpenApiParameter("as", enum=[one.value for one in SheetFormat]),
        ],
        responses=SHEETS,
    )
    def sheet(self, request: Request) -> HttpResponse:
        rows = [
            {
                **_side("predecessor", pair.predecessor.entity),
                **_side("successor", pair.successor.entity),
                "grounds": " ".join(pair.grounds),
                "days": str(pair.found.days),
                "points": str(pair.found.points),
                "sign": sign.code,
                "value": sign.value,
                "sign_points": str(sign.points),
                "holders": str(sign.holders),
            }
            for pair in self.asked(request, beside=("as",)).results
            for sign in pair.found.signs
        ]
        return sheet_response(request, "successions", SHEET_COLUMNS, rows)

    def asked(self, request: Request, *, beside: tuple[str, ...] = ()) -> ScopedSuccessions:
        """What the request asks for, as of today; parameters ``beside`` are read elsewhere."""
        query = SuccessionQuery(data=request.query_params, context={"beside": beside})
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        day = office_day(timezone.now())
        party = wanted.get("party")
        if party is not None:
            get_object_or_404(list_parties(self.scope), pk=party)
        return scoped_successions(
            scope=self.scope,
            day=day,
            since=wanted.get("closed_since") or day - timedelta(days=MOST_DAYS),
            within_days=wanted["within_days"],
            party_id=party,
        )


def _side(name: str, entity: LegalEntity) -> dict[str, str]:
    return {
        name: entity.number,
        f"{name}_name": entity.name,
        f"{name}_registered_on": as_text(entity.registered_on),
        f"{name}_closed_on": as_text(entity.closed_on),
    }
