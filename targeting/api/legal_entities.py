"""The company register: firms with their heads, owners and dates, as its extracts tell."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.models import LegalEntity
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.api.registers import (
    RegisteredSerializer,
    SheetExport,
    SheetImport,
    as_text,
    take_in,
)
from targeting.filters.legal_entities import LegalEntityFilter
from targeting.services.registers import ENTITIES

_TEXTS = (
    "country", "name", "registered_on", "closed_on", "head", "address", "phone", "activity",
    "source",
)  # fmt: skip


class LegalEntitySerializer(serializers.ModelSerializer):
    owners = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()  # type: ignore[assignment]

    class Meta:
        model = LegalEntity
        fields = [
            "id", "country", "number_kind", "number", "version", "name", "registered_on",
            "closed_on", "head", "owners", "address", "phone", "activity", "source", "entered_by",
            "entered_at", "amended_by", "amended_at",
        ]  # fmt: skip


class LegalEntityEntrySerializer(serializers.Serializer):
    """As it is sent; (country, number) is the natural key."""

    bin = serializers.CharField(required=False, help_text="Or iin, or tax_id: one of them.")
    iin = serializers.CharField(required=False)
    tax_id = serializers.CharField(required=False)
    country = serializers.CharField(required=False, help_text="KZ without.")
    name = serializers.CharField()
    registered_on = serializers.DateField()
    closed_on = serializers.DateField(required=False)
    head = serializers.CharField(required=False)
    owners = serializers.ListField(child=serializers.CharField(), required=False)
    address = serializers.CharField(required=False)
    phone = serializers.CharField(required=False)
    activity = serializers.CharField(required=False)
    source = serializers.CharField(help_text="Whose register it is.")  # type: ignore[assignment]


@extend_schema_view(
    list=extend_schema(summary="Firms of the company register, the latest entered first"),
    retrieve=extend_schema(summary="One firm of the company register"),
)
class LegalEntityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Who is behind a firm, since when, until when. Who may read sees the whole register."""

    policy = POLICIES["legal-entities"]
    serializer_class: type[serializers.BaseSerializer] = LegalEntitySerializer
    filterset_class = LegalEntityFilter
    queryset = LegalEntity.objects.none()
    register = ENTITIES

    def get_queryset(self) -> QuerySet[LegalEntity]:
        return LegalEntity.objects.order_by("-id")

    @extend_schema(
        summary="Enter or amend up to 1,000: all of them or none",
        request=LegalEntityEntrySerializer(many=True),
        responses={200: RegisteredSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return take_in(self.register, request)


class LegalEntityExportViewSet(SheetExport, LegalEntityViewSet):
    """The register taken away."""

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for row in rows:
            yield {
                **{name: as_text(getattr(row, name)) for name in _TEXTS},
                row.number_kind: row.number,
                "owners": ";".join(row.owners),
            }


class LegalEntitySheetViewSet(SheetImport, LegalEntityViewSet):
    """The register brought in."""
