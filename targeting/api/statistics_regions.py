"""Rates by region or office, each with what it is a share of."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.regions import rates_by_office, rates_by_region
from risk.models import InspectionOutcome
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.api.statistics import PrecisionSerializer, ShareSerializer
from targeting.filters.outcomes import (
    ConsignmentStatisticsFilter,
    LaneStatisticsFilter,
    OutcomeStatisticsFilter,
)
from targeting.selectors.channels import list_channels
from targeting.selectors.outcomes import scoped_lanes, scoped_outcomes
from targeting.selectors.regions import counts_by_office, region_names, suspect_consignments

_BY = {"region": rates_by_region, "office": rates_by_office}


class PlaceRatesSerializer(serializers.Serializer):
    """A region, or one office of it. Blank: nobody entered the region, or the declarations name
    no office."""

    region = serializers.CharField()
    office = serializers.CharField(allow_null=True, help_text="Null in a row of a region.")
    offices = serializers.IntegerField(help_text="How many offices the row is of.")
    declarations = serializers.IntegerField(help_text="Assessed, in their current version.")
    lanes = serializers.DictField(child=serializers.IntegerField())
    drawn = serializers.IntegerField(help_text="Of these, how many the random draw chose.")
    mean_score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    inspected_share = ShareSerializer(help_text="Inspected of declarations.")
    precision = PrecisionSerializer(help_text="Shares are of those inspected.")
    channels = serializers.IntegerField(
        help_text="Supply channels with a suspect consignment declared there."
    )


class RegionStatisticsViewSet(Resource):
    """What regions and offices came to. A channel of several regions counts in each of them."""

    policy = POLICIES["statistics"]
    serializer_class = PlaceRatesSerializer
    filter_backends = []
    pagination_class = None
    queryset = InspectionOutcome.objects.none()

    def get_queryset(self) -> QuerySet[InspectionOutcome]:
        return scoped_outcomes(self.scope)

    @extend_schema(
        summary="Lanes, inspections, findings and channels by region or office",
        parameters=[
            OpenApiParameter(name, str, description=words, enum=choices)
            for name, words, choices in (
                ("by", "`region` unless said otherwise.", list(_BY)),
                ("office", "Code of the customs office.", None),
                ("region", "Region, as entered for the office.", None),
                ("date_from", "First day of acceptance, the offices' own: 2026-03-01.", None),
                ("date_to", "Last day of acceptance.", None),
            )
        ],
        responses=PlaceRatesSerializer(many=True),
    )
    def regions(self, request: Request) -> Response:
        asked = request.query_params.dict()
        by = asked.pop("by", "region")
        if by not in _BY:
            raise ValidationError({"by": f"One of {', '.join(_BY)}."})
        acts = OutcomeStatisticsFilter(asked, queryset=self.get_queryset())
        unknown = sorted(set(asked) - set(acts.filters))
        if unknown or not acts.is_valid():
            allowed = f"Not a parameter here; allowed are by, {', '.join(sorted(acts.filters))}."
            raise ValidationError(dict.fromkeys(unknown, allowed) or dict(acts.errors))
        rows = self._counted(asked, acts.qs)
        return Response(PlaceRatesSerializer(rows, many=True).data)

    def _counted(self, asked: dict[str, Any], acts: QuerySet[InspectionOutcome]) -> list[Any]:
        consignments = suspect_consignments(list_channels(self.scope))
        counts = counts_by_office(
            acts,
            lanes=LaneStatisticsFilter(asked, queryset=scoped_lanes(self.scope)).qs,
            consignments=ConsignmentStatisticsFilter(asked, queryset=consignments).qs,
        )
        regions = region_names({one.office for one in counts})
        by = self.request.query_params.get("by", "region")
        return _BY[by](counts, region_of=regions)
