"""Statistics over what is in the caller's scope, with denominators and uncertainty."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.outcomes import Result
from risk.models import InspectionOutcome
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.filters.outcomes import LaneStatisticsFilter, OutcomeStatisticsFilter
from targeting.selectors.outcomes import outcome_statistics, scoped_lanes, scoped_outcomes


class ShareSerializer(serializers.Serializer):
    """A share with its 95 % Wilson interval; null when nothing was counted."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class PrecisionSerializer(serializers.Serializer):
    """Declarations: ``offences`` of any kind, ``found`` with a listed substance."""

    inspected = serializers.IntegerField()
    offences = serializers.IntegerField()
    found = serializers.IntegerField()
    offence_share = ShareSerializer()
    found_share = ShareSerializer()


class IndicatorPrecisionSerializer(serializers.Serializer):
    code = serializers.CharField()
    precision = PrecisionSerializer()


class ProfilePrecisionSerializer(IndicatorPrecisionSerializer):
    version = serializers.IntegerField()


class MissesSerializer(serializers.Serializer):
    """Of ``passed`` declarations that met no criterion, how many hold an offence, by those that
    were inspected at random. Holds as far as those drawn were inspected, whoever they were."""

    passed = serializers.IntegerField()
    drawn = serializers.IntegerField()
    sample = PrecisionSerializer()
    estimate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class WaivedSerializer(serializers.Serializer):
    """Controls not applied: how many were inspected later, and had an offence."""

    waiver = serializers.CharField()
    count = serializers.IntegerField()
    inspected = serializers.IntegerField()
    wrong = serializers.IntegerField()
    wrong_share = ShareSerializer()


class TurnaroundSerializer(serializers.Serializer):
    requested = serializers.IntegerField()
    answered = serializers.IntegerField()
    waiting = serializers.IntegerField()
    median_hours = serializers.FloatField(allow_null=True)
    p90_hours = serializers.FloatField(allow_null=True)
    longest_hours = serializers.FloatField(allow_null=True)


class OutcomeStatisticsSerializer(serializers.Serializer):
    acts = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"By result: {', '.join(Result)}."
    )
    indicators = IndicatorPrecisionSerializer(many=True)
    profiles = ProfilePrecisionSerializer(many=True)
    misses = MissesSerializer()
    waivers = WaivedSerializer(many=True)
    laboratory = TurnaroundSerializer()


class OutcomeStatisticsViewSet(Resource):
    """What outcomes say of indicators and profiles, and of what these miss."""

    policy = POLICIES["statistics"]
    serializer_class = OutcomeStatisticsSerializer
    filter_backends = []
    queryset = InspectionOutcome.objects.none()

    def get_queryset(self) -> QuerySet[InspectionOutcome]:
        return scoped_outcomes(self.scope)

    @extend_schema(
        summary="Precision, misses, waivers and laboratories, of declarations of a period",
        parameters=[
            OpenApiParameter(name, str, description=words)
            for name, words in (
                ("office", "Code of the customs office."),
                ("region", "Region of the office, as entered for it."),
                ("date_from", "First day of acceptance, the offices' own: 2026-03-01."),
                ("date_to", "Last day of acceptance."),
            )
        ],
    )
    def outcomes(self, request: Request) -> Response:
        acts = OutcomeStatisticsFilter(request.query_params, queryset=self.get_queryset())
        unknown = sorted(set(request.query_params) - set(acts.filters))
        if unknown or not acts.is_valid():
            allowed = f"Not a parameter here; allowed are {', '.join(sorted(acts.filters))}."
            raise ValidationError(dict.fromkeys(unknown, allowed) or dict(acts.errors))
        lanes = LaneStatisticsFilter(request.query_params, queryset=scoped_lanes(self.scope))
        counted = outcome_statistics(acts.qs, lanes=lanes.qs)
        return Response(self.get_serializer(counted).data)
