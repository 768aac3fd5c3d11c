"""Lanes with the examiner's note: for the customs system and for examiners, never a rule."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.models import LaneDecision
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, actor_of
from targeting.filters.lanes import LaneFilter, OverdueLaneFilter
from targeting.models import LaneTask
from targeting.models.choices import LANES
from targeting.selectors.lanes import count_overdue, list_lanes, notices_of, overdue_lanes
from targeting.selectors.sentences import sentence_language
from targeting.services.lanes import acknowledge_lane

_DECLARATION = "decision.assessment.declaration"


class LaneNoticeSerializer(serializers.Serializer):
    registration_number = serializers.CharField(source=f"{_DECLARATION}.registration_number")
    version = serializers.IntegerField(source=f"{_DECLARATION}.version")
    customs_office = serializers.CharField(source=f"{_DECLARATION}.customs_office")
    accepted_at = serializers.DateTimeField(source=f"{_DECLARATION}.accepted_at")
    lane = serializers.CharField(
        source="decision.given",
        help_text="red, yellow, blue or green; at least yellow while a question waits.",
    )
    is_waiting = serializers.BooleanField(
        source="decision.is_waiting", help_text="The operator was asked something: do not release."
    )
    is_over_capacity = serializers.BooleanField(
        source="decision.is_over_capacity",
        help_text="The lane was full on the office's day: more than it works off.",
    )
    note = serializers.ListField(
        child=serializers.CharField(),
        help_text="What to do, in the language of Accept-Language; nothing of the rules.",
    )
    due_at = serializers.DateTimeField(
        source="task.due_at",
        default=None,
        allow_null=True,
        help_text="Until when it is to be acknowledged, by the office's hours; null: no time set.",
    )
    acknowledged_at = serializers.DateTimeField(
        source="task.acknowledged_at", default=None, allow_null=True
    )
    acknowledged_by = serializers.CharField(
        source="task.acknowledged_by", default="", help_text="Blank while nobody did."
    )


class AcknowledgementSerializer(serializers.Serializer):
    """What was read, so that nobody acknowledges a lane that changed meanwhile."""

    version = serializers.IntegerField(min_value=1)
    lane = serializers.ChoiceField(choices=LANES)


class OverdueLaneSerializer(serializers.ModelSerializer):
    version = serializers.IntegerField(source="declaration.version")
    accepted_at = serializers.DateTimeField(source="declaration.accepted_at")
    lane = serializers.CharField()
    acknowledge = serializers.SerializerMethodField(help_text="Where to acknowledge it.")

    class Meta:
        model = LaneTask
        fields = [
            "id", "registration_number", "version", "customs_office", "accepted_at", "lane",
            "given_at", "due_at", "acknowledge",
        ]  # fmt: skip

    def get_acknowledge(self, task: LaneTask) -> str:
        place = {"registration_number": task.registration_number}
        return reverse("lane-acknowledge", kwargs=place, request=self.context["request"])


class OverdueCountSerializer(serializers.Serializer):
    customs_office = serializers.CharField()
    lane = serializers.CharField()
    count = serializers.IntegerField()


@extend_schema_view(
    list=extend_schema(summary="Lanes with the examiner's note, newest first"),
    retrieve=extend_schema(summary="The lane of one declaration"),
)
class LaneViewSet(Resource):
    """The lane of each declaration in its current version."""

    policy = POLICIES["lanes"]
    serializer_class = LaneNoticeSerializer
    filterset_class = LaneFilter
    queryset = LaneDecision.objects.none()

    def get_queryset(self) -> QuerySet[LaneDecision]:
        return list_lanes(self.scope)

    def list(self, request: Request) -> Response:
        page = notices_of(self.page_of(self.get_queryset()), lang=sentence_language())
        return self.get_paginated_response(LaneNoticeSerializer(page, many=True).data)

    def retrieve(self, request: Request, registration_number: str) -> Response:
        return self._shown(self._lane(registration_number))

    @extend_schema(
        summary="Acknowledge a lane; again, nothing changes",
        request=AcknowledgementSerializer,
        responses={
            200: LaneNoticeSerializer,
            409: OpenApiResponse(description="`lane_changed`: another lane holds now."),
        },
    )
    def acknowledge(self, request: Request, registration_number: str) -> Response:
        decision = self._lane(registration_number)
        serializer = AcknowledgementSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        acknowledge_lane(
            decision=decision,
            **serializer.validated_data,
            actor=actor_of(request),
            now=timezone.now(),
        )
        return self._shown(decision)

    def _lane(self, registration_number: str) -> LaneDecision:
        wanted = {"assessment__declaration__registration_number": registration_number}
        return get_object_or_404(self.get_queryset(), **wanted)

    def _shown(self, decision: LaneDecision) -> Response:
        notice = notices_of([decision], lang=sentence_language())[0]
        return Response(LaneNoticeSerializer(notice).data)


@extend_schema_view(list=extend_schema(summary="Lanes that nobody acknowledged in time"))
class OverdueLaneViewSet(Resource):
    """Work items: ring the office. Each ends when its lane is acknowledged."""

    policy = POLICIES["overdue_lanes"]
    serializer_class = OverdueLaneSerializer
    filterset_class = OverdueLaneFilter
    queryset = LaneTask.objects.none()
    bare_lists = frozenset({"count"})

    def get_queryset(self) -> QuerySet[LaneTask]:
        return overdue_lanes(self.scope, now=timezone.now())

    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="How many nobody acknowledged in time, by office and lane",
        responses=OverdueCountSerializer(many=True),
        filters=False,
    )
    def count(self, request: Request) -> Response:
        counted = count_overdue(self.scope, now=timezone.now())
        return Response(OverdueCountSerializer(counted, many=True).data)
