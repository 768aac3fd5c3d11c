"""Outcomes of inspections: acts that customs systems and people add, and analysts read."""

from typing import Any

import msgspec
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.errors import InvalidOutcome
from risk.domain.outcomes import (
    LONGEST_ACT_NUMBER,
    LONGEST_NOTE,
    Fault,
    LaboratoryResult,
    Measure,
    OutcomeRecord,
    Result,
    SelectedBy,
    Waiver,
)
from risk.models import InspectionOutcome
from risk.services.outcomes import record_outcome
from targeting.api.base import Resource
from targeting.api.fields import Guarded
from targeting.api.permissions import POLICIES, actor_of, client_of
from targeting.domain.visibility import FieldClass
from targeting.filters.outcomes import OutcomeFilter
from targeting.selectors.outcomes import inspected_declaration, scoped_outcomes

_UNKNOWN = "the number (and version) of a declaration of your offices"


class OutcomeSerializer(Guarded, serializers.ModelSerializer):
    """``selected_by`` tells of the random draw, so those at the post do not see it."""

    guards = {"selected_by": FieldClass.RULE_TEXT}

    version = serializers.IntegerField(source="declaration.version")
    found_substance = serializers.CharField(source="found_substance.key", default="")
    corrects = serializers.CharField(source="supersedes.act_number", default="")
    corrected_by = serializers.CharField(
        source="superseded_by.act_number", default=None, allow_null=True, help_text="Null: by none."
    )
    result = serializers.CharField(help_text=f"One of {', '.join(Result)}.")
    selected_by = serializers.CharField(help_text=f"One of {', '.join(SelectedBy)}.")
    laboratory_result = serializers.CharField(help_text="Blank while there is none.")
    measure = serializers.CharField(help_text=f"One of {', '.join(Measure)}.")
    waiver = serializers.CharField(help_text="Why a recommended control was not applied.")

    class Meta:
        model = InspectionOutcome
        fields = [
            "id", "registration_number", "version", "customs_office", "item_number", "source",
            "act_number", "corrects", "corrected_by", "inspected_at", "known_at", "selected_by",
            "result", "found_substance", "found_mass_kg", "found_commodity_code",
            "laboratory_requested_at", "laboratory_resulted_at", "laboratory_result", "measure",
            "waiver", "waiver_note", "recorded_by", "recorded_at",
        ]  # fmt: skip


class NewOutcomeSerializer(serializers.Serializer):
    """The short form of an act. What is left out was not found, asked or done."""

    registration_number = serializers.CharField(max_length=200)
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="The one inspected; else the latest."
    )
    item_number = serializers.IntegerField(
        min_value=0, max_value=99_999, default=0, help_text="0: the declaration as a whole."
    )
    act_number = serializers.CharField(
        max_length=LONGEST_ACT_NUMBER,
        help_text="Yours: the same act sent again is the same row.",
    )
    corrects = serializers.CharField(
        max_length=LONGEST_ACT_NUMBER,
        default="",
        allow_blank=True,
        help_text="Number of the earlier act that this one takes the place of.",
    )
    inspected_at = serializers.DateTimeField()
    result = serializers.ChoiceField(choices=[code.value for code in Result])
    found_substance = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Key of a substance."
    )
    found_mass_kg = serializers.DecimalField(
        max_digits=24, decimal_places=6, default=None, allow_null=True
    )
    found_commodity_code = serializers.CharField(max_length=20, default="", allow_blank=True)
    laboratory_requested_at = serializers.DateTimeField(default=None, allow_null=True)
    laboratory_resulted_at = serializers.DateTimeField(default=None, allow_null=True)
    laboratory_result = serializers.ChoiceField(
        choices=[code.value for code in LaboratoryResult], default=None, allow_null=True
    )
    measure = serializers.ChoiceField(
        choices=[code.value for code in Measure], default=Measure.NONE.value
    )
    waiver = serializers.ChoiceField(
        choices=[code.value for code in Waiver], default=None, allow_null=True
    )
    waiver_note = serializers.CharField(max_length=LONGEST_NOTE, default="", allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="Acts of inspection, the latest first"),
    retrieve=extend_schema(summary="One act"),
)
class OutcomeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What inspections found. An act is never changed: a later one corrects it."""

    policy = POLICIES["outcomes"]
    serializer_class = OutcomeSerializer
    filterset_class = OutcomeFilter
    queryset = InspectionOutcome.objects.none()

    def get_queryset(self) -> QuerySet[InspectionOutcome]:
        return scoped_outcomes(self.scope)

    @extend_schema(
        summary="Add an act; sent again, it is the act of the first time",
        request=NewOutcomeSerializer,
        responses={
            200: OpenApiResponse(OutcomeSerializer, description="It was there already."),
            201: OutcomeSerializer,
            409: OpenApiResponse(description="`act_recorded` otherwise, or `act_corrected`."),
            422: OpenApiResponse(description="`invalid_outcome` with `faults`."),
        },
    )
    def create(self, request: Request) -> Response:
        serializer = NewOutcomeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(serializer.validated_data)
        number, version = given.pop("registration_number"), given.pop("version", None)
        declaration = inspected_declaration(self.scope, registration_number=number, version=version)
        if declaration is None:
            raise InvalidOutcome(faults=(Fault("registration_number", number, _UNKNOWN),))
        client = client_of(request)
        row, is_new = record_outcome(
            record=msgspec.convert(given, OutcomeRecord),
            declaration=declaration,
            source=client.actor if client else f"office:{declaration.customs_office}",
            actor=actor_of(request),
            now=timezone.now(),
        )
        place = reverse("outcome-detail", kwargs={"pk": row.pk}, request=request)
        shown = self.get_serializer(self.get_queryset().get(pk=row.pk)).data
        return Response(shown, status=201 if is_new else 200, headers={"Location": place})
