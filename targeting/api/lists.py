"""Control lists: which editions there are, and whether a person verified them."""

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from risk.models import ControlList, ListEdition
from targeting.api.base import Resource
from targeting.api.conditional import conditional
from targeting.api.permissions import POLICIES
from targeting.selectors.editions import lists_modified
from targeting.selectors.lists import list_control_lists


class EditionSerializer(serializers.ModelSerializer):
    state = serializers.CharField(help_text="draft, proposed, approved or superseded.")
    is_verified = serializers.BooleanField(
        help_text="Whether a person compared it with the text of the act. If not, it screens, "
        "but cannot by itself make a lane red."
    )
    entry_count = serializers.IntegerField()
    substance_count = serializers.IntegerField()

    class Meta:
        model = ListEdition
        fields = [
            "number",
            "state",
            "in_force_from",
            "in_force_to",
            "is_verified",
            "verified_by",
            "verified_on",
            "verification_note",
            "provenance",
            "entry_count",
            "substance_count",
        ]


class ControlListSerializer(serializers.ModelSerializer):
    editions = EditionSerializer(many=True, help_text="Newest first.")

    class Meta:
        model = ControlList
        fields = ["code", "title", "authority", "jurisdiction", "legal_act", "editions"]


@extend_schema_view(
    list=extend_schema(summary="Control lists with their editions"),
    retrieve=extend_schema(
        summary="One control list", responses={200: ControlListSerializer, 304: None}
    ),
)
class ControlListViewSet(Resource):
    """Control lists; `is_verified` is the badge of an edition compared with its act."""

    policy = POLICIES["lists"]
    audit_reads = False
    serializer_class = ControlListSerializer
    queryset = list_control_lists()
    lookup_field = "code"

    def list(self, request: Request) -> HttpResponseBase:
        page = self.page_of(self.get_queryset())
        shown = self.get_paginated_response(self.get_serializer(page, many=True).data).data
        return conditional(request, shown, modified=lists_modified(page))

    def retrieve(self, request: Request, code: str) -> HttpResponseBase:
        row = self.get_object()
        return conditional(request, self.get_serializer(row).data, modified=lists_modified([row]))
