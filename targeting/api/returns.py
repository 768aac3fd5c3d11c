"""Returns: what holders report of a consignment after its release."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.domain.masses import Basis
from shipments.domain.returns import ReturnKind
from shipments.models import ConsignmentReturn
from targeting.api.history import KeepsHistory
from targeting.api.permissions import POLICIES
from targeting.api.registers import RegisteredSerializer, SheetExport, SheetImport, as_text, take_in
from targeting.filters.returns import ReturnFilter
from targeting.selectors.scope import in_scope
from targeting.services.registers import RETURNS

_OWN = (
    "registration_number", "item_number", "substance_key", "kind", "number", "reported_on",
    "reported_by", "amount", "unit", "basis", "density_kg_per_l", "used_for", "notes",
    "reported_kg",
)  # fmt: skip


class ReturnSerializer(serializers.ModelSerializer):
    """``reported_kg`` is in kg on ``basis``."""

    kind = serializers.CharField(help_text=f"One of {', '.join(ReturnKind)}.")
    basis = serializers.CharField(help_text=f"One of {', '.join(Basis)}.")

    class Meta:
        model = ConsignmentReturn
        fields = [
            "id", *_OWN, "version", "registered_by", "registered_at", "amended_by", "amended_at",
        ]  # fmt: skip


class ReturnEntrySerializer(serializers.Serializer):
    """As it is sent; (registration_number, item_number, substance, kind, number) is the key."""

    registration_number = serializers.CharField()
    item_number = serializers.IntegerField(required=False, help_text="1 without.")
    substance_key = serializers.CharField(required=False)
    cas = serializers.CharField(required=False, help_text="Instead of the key.")
    kind = serializers.ChoiceField(choices=[kind.value for kind in ReturnKind], required=False)
    number = serializers.CharField(help_text="Of the report.")
    reported_on = serializers.DateField()
    reported_by = serializers.CharField()
    amount = serializers.DecimalField(max_digits=24, decimal_places=6, required=False)
    unit = serializers.CharField(required=False, help_text="Of mass, or of volume; kg without.")
    amount_kg = serializers.DecimalField(
        max_digits=24, decimal_places=6, required=False, help_text="Instead of amount and unit."
    )
    basis = serializers.ChoiceField(choices=[basis.value for basis in Basis], required=False)
    density_kg_per_l = serializers.DecimalField(max_digits=12, decimal_places=6, required=False)
    used_for = serializers.CharField(required=False, help_text="Needed of an end use.")
    notes = serializers.CharField(required=False)


@extend_schema_view(
    list=extend_schema(summary="What holders reported, the latest entered first"),
    retrieve=extend_schema(summary="One report"),
)
class ReturnViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, KeepsHistory):
    """Reports on declarations in the caller's scope."""

    policy = POLICIES["returns"]
    serializer_class: type[serializers.BaseSerializer] = ReturnSerializer
    filterset_class = ReturnFilter
    queryset = ConsignmentReturn.objects.none()
    register = RETURNS

    def get_queryset(self) -> QuerySet[ConsignmentReturn]:
        return ConsignmentReturn.objects.filter(in_scope(self.scope)).order_by("-id")

    @extend_schema(
        summary="Enter or amend up to 1,000: all of them or none",
        request=ReturnEntrySerializer(many=True),
        responses={200: RegisteredSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return take_in(self.register, request)


class ReturnExportViewSet(SheetExport, ReturnViewSet):
    """Returns taken away."""

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for row in rows:
            yield {name: as_text(getattr(row, name)) for name in _OWN}


class ReturnSheetViewSet(SheetImport, ReturnViewSet):
    """Returns brought in."""
