"""Annual legitimate requirements of countries, and norms of holders."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.models import AnnualLegitimateRequirement
from targeting.api.authorisations import AuthorisationEntryHolderSerializer, HolderSerializer
from targeting.api.history import KeepsHistory
from targeting.api.permissions import POLICIES
from targeting.api.registers import (
    RegisteredSerializer,
    SheetExport,
    SheetImport,
    as_text,
    party_cells,
    take_in,
)
from targeting.filters.requirements import RequirementFilter
from targeting.services.registers import REQUIREMENTS

_OWN = (
    "country", "substance_key", "year", "amount", "unit", "density_kg_per_l", "stated_on",
    "source", "notes", "required_kg",
)  # fmt: skip


class RequirementSerializer(serializers.ModelSerializer):
    """``required_kg`` are kilograms of the substance alone; without a holder it is the
    country's need, else the holder's norm."""

    holder = HolderSerializer(allow_null=True)

    class Meta:
        model = AnnualLegitimateRequirement
        fields = [
            "id", "country", "substance_key", "year", "holder", "version", "amount", "unit",
            "density_kg_per_l", "required_kg", "stated_on", "source", "notes", "registered_by",
            "registered_at", "amended_by", "amended_at",
        ]  # fmt: skip


class RequirementEntrySerializer(serializers.Serializer):
    """As it is sent; (country, substance, year, holder) is the natural key."""

    country = serializers.CharField(required=False, help_text="The holder's country without.")
    substance_key = serializers.CharField(required=False)
    cas = serializers.CharField(required=False, help_text="Instead of the key.")
    year = serializers.IntegerField()
    holder = AuthorisationEntryHolderSerializer(required=False, help_text="Of a norm only.")
    amount = serializers.DecimalField(max_digits=24, decimal_places=6, required=False)
    unit = serializers.CharField(required=False, help_text="Of mass, or of volume; kg without.")
    amount_kg = serializers.DecimalField(
        max_digits=24, decimal_places=6, required=False, help_text="Instead of amount and unit."
    )
    density_kg_per_l = serializers.DecimalField(max_digits=12, decimal_places=6, required=False)
    stated_on = serializers.DateField()
    source = serializers.CharField(help_text="Who stated it, and where.")  # type: ignore[assignment]
    notes = serializers.CharField(required=False)


@extend_schema_view(
    list=extend_schema(summary="Needs of countries and norms of holders, the latest first"),
    retrieve=extend_schema(summary="One of them"),
)
class RequirementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, KeepsHistory):
    """What is needed of a substance in a year. Who may read sees the whole register."""

    policy = POLICIES["requirements"]
    serializer_class: type[serializers.BaseSerializer] = RequirementSerializer
    filterset_class = RequirementFilter
    queryset = AnnualLegitimateRequirement.objects.none()
    register = REQUIREMENTS

    def get_queryset(self) -> QuerySet[AnnualLegitimateRequirement]:
        rows = AnnualLegitimateRequirement.objects.select_related("holder").order_by("-id")
        return rows.prefetch_related("holder__identifiers")

    @extend_schema(
        summary="Enter or amend up to 1,000: all of them or none",
        request=RequirementEntrySerializer(many=True),
        responses={200: RegisteredSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return take_in(self.register, request)


class RequirementExportViewSet(SheetExport, RequirementViewSet):
    """Requirements taken away."""

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        context = self.get_serializer_context()
        for row in rows:
            cells = {name: as_text(getattr(row, name)) for name in _OWN}
            if row.holder:
                cells |= party_cells("holder", HolderSerializer(row.holder, context=context).data)
            yield cells


class RequirementSheetViewSet(SheetImport, RequirementViewSet):
    """Requirements brought in."""
