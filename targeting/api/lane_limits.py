"""What offices can work off in a day and what is expected of their lanes; how their days run."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.lanes import Lane
from risk.models import LaneDay, LaneLimit
from risk.models.lane_days import LIMITED_LANES
from risk.services.lane_days import record_limit
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person
from targeting.filters.lane_limits import LaneDayFilter, LaneLimitFilter
from targeting.selectors.scope import in_scope
from targeting.services.accounts import check_offices

MOST_A_DAY = 1_000_000


class LaneLimitSerializer(serializers.ModelSerializer):
    class Meta:
        model = LaneLimit
        fields = [
            "id", "customs_office", "lane", "capacity", "rate", "valid_from", "reason",
            "recorded_by", "recorded_at",
        ]  # fmt: skip


class NewLaneLimitSerializer(serializers.Serializer):
    """Neither ``capacity`` nor ``rate``: from the day on nothing holds for the lane."""

    customs_office = serializers.CharField(max_length=20)
    lane = serializers.ChoiceField(choices=LIMITED_LANES)
    capacity = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_A_DAY,
        help_text="How many declarations the office works off in a day.",
    )  # fmt: skip
    rate = serializers.DecimalField(
        required=False, allow_null=True, max_digits=5, decimal_places=4, min_value=0, max_value=1,
        help_text="Which share of all its declarations is expected in the lane.",
    )  # fmt: skip
    valid_from = serializers.DateField(help_text="The office's day; tomorrow or later.")
    reason = serializers.CharField(max_length=2000, help_text="Why.")


class LaneDaySerializer(serializers.ModelSerializer):
    """``seen`` declarations had their lane decided on the day; amendments count once."""

    class Meta:
        model = LaneDay
        fields = [
            "id", "customs_office", "day", "seen", "red", "yellow", "blue", "topped_up",
            "over_capacity",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="Limits of lanes by office, the newest first"),
    retrieve=extend_schema(summary="One limit, with who recorded it and why"),
)
class LaneLimitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Capacity and expected rate of a lane from a day on. Rows are only added: of an office and
    lane the latest first day counts."""

    policy = POLICIES["lane-limits"]
    serializer_class = LaneLimitSerializer
    filterset_class = LaneLimitFilter
    queryset = LaneLimit.objects.none()

    def get_queryset(self) -> QuerySet[LaneLimit]:
        return LaneLimit.objects.filter(in_scope(self.scope)).order_by("-id")

    @extend_schema(
        summary="Say what an office's lane is to hold from a day on",
        request=NewLaneLimitSerializer,
        responses={201: LaneLimitSerializer},
    )
    def create(self, request: Request) -> Response:
        if not self.scope.is_central:
            raise PermissionDenied("Whoever sets limits sees every office.")
        serializer = NewLaneLimitSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        check_offices(person=None, offices=[serializer.validated_data["customs_office"]])
        given: dict[str, Any] = {"capacity": None, "rate": None, **serializer.validated_data}
        row = record_limit(
            **{**given, "lane": Lane(given["lane"])},
            actor=acting_person(request).account,
            now=timezone.now(),
        )
        place = reverse("lane-limit-detail", kwargs={"pk": row.pk}, request=request)
        return Response(LaneLimitSerializer(row).data, status=201, headers={"Location": place})


@extend_schema_view(list=extend_schema(summary="How the days of offices with limits run"))
class LaneDayViewSet(mixins.ListModelMixin, Resource):
    """The running counts of each office's days: what the top-up and the marks of full lanes go
    by."""

    policy = POLICIES["lane-days"]
    audit_reads = False
    serializer_class = LaneDaySerializer
    filterset_class = LaneDayFilter
    queryset = LaneDay.objects.none()

    def get_queryset(self) -> QuerySet[LaneDay]:
        return LaneDay.objects.filter(in_scope(self.scope)).order_by("-day")
