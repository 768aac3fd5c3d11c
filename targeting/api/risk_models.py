"""Learned models: the registry, and what one said of an assessment."""

import math
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.explanations import LANGUAGES
from risk.model_words import explain_contribution, plain_value
from risk.models import RiskModel
from risk.selectors.model_scores import Contribution, Opinion
from risk.selectors.risk_models import list_risk_models
from risk.services import risk_models
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person

_PLACES = 4


class ModelContributionSerializer(serializers.Serializer):
    feature = serializers.CharField()
    value = serializers.SerializerMethodField(
        method_name="get_plain_value", help_text="As people count it; null: unknown."
    )
    points = serializers.SerializerMethodField(help_text="Log odds; below zero it lowers.")
    sentences = serializers.SerializerMethodField()

    def get_plain_value(self, one: Contribution) -> float | None:
        value = plain_value(one.feature, one.value)
        return None if math.isnan(value) else round(value, _PLACES)

    def get_points(self, one: Contribution) -> float:
        return round(one.points, _PLACES)

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_sentences(self, one: Contribution) -> dict[str, str]:
        return {lang: explain_contribution(*one, lang) for lang in LANGUAGES}


class OpinionSerializer(serializers.Serializer):
    """What a learned model says beside the rules; it gives no lane. ``expected``, the points of
    the contributions and ``others`` add up to ``raw_score``; they are null where the score can no
    longer be taken apart."""

    model = serializers.IntegerField(source="model.number")
    state = serializers.CharField(source="model.state", help_text="shadow, active or retired.")
    score = serializers.SerializerMethodField(help_text="0 to 100; no probability.")
    raw_score = serializers.FloatField(help_text="Log odds.")
    item_number = serializers.IntegerField(help_text="On which it is highest.")
    expected = serializers.FloatField(allow_null=True, help_text="Of any item it was trained on.")
    contributions = ModelContributionSerializer(many=True, help_text="Strongest first.")
    others = serializers.FloatField(allow_null=True, help_text="What is not told one by one.")

    def get_score(self, one: Opinion) -> float:
        return round(one.score, 2)


class RiskModelSerializer(serializers.ModelSerializer):
    state = serializers.CharField(help_text="shadow, active or retired.")
    profile = serializers.CharField(source="profile.code")
    profile_version = serializers.IntegerField(source="profile.version")
    features = serializers.ListField(child=serializers.CharField())
    settings = serializers.DictField(child=serializers.FloatField())
    quality = serializers.DictField(
        help_text="Rows it was trained on, and its metrics on traders left out of training."
    )

    class Meta:
        model = RiskModel
        fields = [
            *("id", "number", "state", "as_of", "window_from", "window_to", "profile"),
            *("profile_version", "features", "settings", "quality", "digest", "trained_by"),
            *("trained_at", "proposed_by", "proposed_at", "approved_by", "approved_at"),
            *("retired_by", "retired_at", "retirement_reason"),
        ]


class RetirementSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(
    list=extend_schema(summary="Learned models, the newest first"),
    retrieve=extend_schema(summary="One learned model"),
)
class RiskModelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Learned models score beside the rules. None gives a lane, active or not."""

    policy = POLICIES["risk-models"]
    serializer_class = RiskModelSerializer
    filter_backends = []
    queryset = RiskModel.objects.none()

    def get_queryset(self) -> QuerySet[RiskModel]:
        return list_risk_models()

    @extend_schema(summary="Put the shadow before a second person", request=None)
    def propose(self, request: Request, pk: int) -> Response:
        row = self._found(pk)
        by, now = acting_person(request), timezone.now()
        return self._shown(risk_models.propose_model(model_id=row.pk, by=by, now=now))

    @extend_schema(summary="Let a proposed shadow be active; not by who proposed it", request=None)
    def approve(self, request: Request, pk: int) -> Response:
        row = self._found(pk)
        by, now = acting_person(request), timezone.now()
        return self._shown(risk_models.approve_model(model_id=row.pk, by=by, now=now))

    @extend_schema(summary="Let a model score no longer", request=RetirementSerializer)
    def retire(self, request: Request, pk: int) -> Response:
        row = self._found(pk)
        serializer = RetirementSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        by, now = acting_person(request), timezone.now()
        return self._shown(risk_models.retire_model(model_id=row.pk, **given, by=by, now=now))

    def _found(self, pk: int) -> RiskModel:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _shown(self, row: RiskModel) -> Response:
        return Response(self.get_serializer(row).data)
