"""Notice, authorisation, declaration and what was found, side by side."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.permits.four_way import Side, Verdict
from risk.domain.permits.running import RequiredOf
from risk.selectors.four_way import four_way_checks
from shipments.models import Declaration
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.selectors.dossiers import scoped_declarations

_KG: dict[str, Any] = {"max_digits": 24, "decimal_places": 6, "allow_null": True}


class FourWayCellSerializer(serializers.Serializer):
    side = serializers.CharField(help_text=f"One of {', '.join(Side)}.")
    verdict = serializers.CharField(help_text=f"One of {', '.join(Verdict)}.")
    source = serializers.CharField(
        help_text="Number of the notice, permit, declaration, act or return."
    )  # type: ignore[assignment]
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of findings, or why it is not required."
    )
    value_kg = serializers.DecimalField(
        **_KG, help_text="Net kilograms; of an authorisation what was left for this item."
    )
    difference_kg = serializers.DecimalField(**_KG, help_text="Less the declared mass.")
    grounds = serializers.ListField(
        child=serializers.CharField(), help_text="By which figures it was converted."
    )


class RequiredShareSerializer(serializers.Serializer):
    """What is needed in a year, and what was declared of it up to this item; pure kg."""

    of = serializers.CharField(help_text=f"One of {', '.join(RequiredOf)}.")
    year = serializers.IntegerField(help_text="Of the requirement: the latest that is stated.")
    required_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    declared_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    share = serializers.DecimalField(
        max_digits=24, decimal_places=4, allow_null=True, help_text="Null: nothing is needed."
    )
    age_days = serializers.IntegerField(help_text="Since it was stated.")
    is_exceeded = serializers.BooleanField()
    is_stale = serializers.BooleanField()


class RunningSerializer(serializers.Serializer):
    """What importer and linked group declared of the substance up to this item, net kg."""

    importer_year_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    group_year_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    group_size = serializers.IntegerField(help_text="Parties that share an identifier.")
    small_count = serializers.IntegerField(help_text="Small consignments in 30 days.")
    small_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    small_limit_kg = serializers.DecimalField(**_KG)
    is_split = serializers.BooleanField(help_text="Small ones that together are none.")
    needs = RequiredShareSerializer(many=True, help_text="Empty: nobody stated a need.")


class FourWayRowSerializer(serializers.Serializer):
    item_number = serializers.IntegerField()
    substance_key = serializers.CharField()
    is_clean = serializers.BooleanField()
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="side:code of all that differs or lacks."
    )
    cells = FourWayCellSerializer(many=True)
    running = RunningSerializer(allow_null=True)


class FourWayCheckViewSet(Resource):
    """As of the declaration, by the registers as they are now."""

    policy = POLICIES["four-way-check"]
    serializer_class = FourWayRowSerializer
    queryset = Declaration.objects.none()

    def get_queryset(self) -> QuerySet[Declaration]:
        return scoped_declarations(self.scope)

    @extend_schema(
        summary="Notice, authorisation, declaration and what was found, side by side",
        responses=FourWayRowSerializer(many=True),
        filters=False,
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        declaration = self.get_object()
        rows = four_way_checks([declaration.pk]).get(declaration.pk, ())
        return Response(FourWayRowSerializer(rows, many=True).data)
