"""Lanes with the examiner's note: for the customs system and for examiners, never a rule."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import LaneDecision
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.api.sentences import sentence_language
from targeting.filters.lanes import LaneFilter
from targeting.selectors.lanes import list_lanes, notices_of

_DECLARATION = "decision.assessment.declaration"


class LaneNoticeSerializer(serializers.Serializer):
    registration_number = serializers.CharField(source=f"{_DECLARATION}.registration_number")
    version = serializers.IntegerField(source=f"{_DECLARATION}.version")
    customs_office = serializers.CharField(source=f"{_DECLARATION}.customs_office")
    accepted_at = serializers.DateTimeField(source=f"{_DECLARATION}.accepted_at")
    lane = serializers.CharField(source="decision.lane", help_text="red, yellow, blue or green.")
    note = serializers.ListField(
        child=serializers.CharField(),
        help_text="What to do, in the language of Accept-Language; nothing of the rules.",
    )


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
        wanted = {"assessment__declaration__registration_number": registration_number}
        decision = get_object_or_404(self.get_queryset(), **wanted)
        notice = notices_of([decision], lang=sentence_language())[0]
        return Response(LaneNoticeSerializer(notice).data)
