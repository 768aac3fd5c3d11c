"""Cover names: what listed substances were declared as, under which code."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import InvalidList
from risk.models import CoverName, Substance
from risk.services import cover_names
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person
from targeting.filters.cover_names import CoverNameFilter


class CoverNameSerializer(serializers.ModelSerializer):
    substance_key = serializers.CharField(source="substance.key")
    substance_name = serializers.CharField(source="substance.preferred_name")
    state = serializers.CharField(help_text="proposed, active or withdrawn.")

    class Meta:
        model = CoverName
        fields = [
            "id", "substance_key", "substance_name", "name", "lang", "commodity_code", "source",
            "state", "proposed_by", "proposed_at", "activated_by", "activated_at",
            "withdrawn_by", "withdrawn_at", "withdrawal_reason",
        ]  # fmt: skip


class NewCoverNameSerializer(serializers.Serializer):
    substance_key = serializers.CharField()
    name = serializers.CharField(max_length=500, help_text="The innocent wording.")
    lang = serializers.CharField(max_length=12, help_text="Language code: en, ru, kk, zh …")
    commodity_code = serializers.CharField(
        max_length=20, help_text="Digits with which the declared code begins, 4 to 12."
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=2000, help_text="Where the name was met."
    )


class WithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(
    list=extend_schema(summary="Cover names, the newest first"),
    retrieve=extend_schema(summary="One cover name"),
)
class CoverNameViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What a substance was declared as. An active one matches from the moment it is added."""

    policy = POLICIES["cover_names"]
    serializer_class = CoverNameSerializer
    filterset_class = CoverNameFilter
    queryset = CoverName.objects.none()

    def get_queryset(self) -> QuerySet[CoverName]:
        return CoverName.objects.select_related("substance").order_by("-id")

    @extend_schema(
        summary="Add a cover name, which matches from now on",
        request=NewCoverNameSerializer,
        responses={201: CoverNameSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewCoverNameSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        key = given.pop("substance_key")
        substance = Substance.objects.filter(key=key).first()
        if substance is None:
            raise InvalidList(column="substance_key", value=key, allowed="key of a substance")
        added = cover_names.add_cover_name(
            substance=substance, **given, actor=acting_person(request), now=timezone.now()
        )
        return Response(CoverNameSerializer(added).data, status=201)

    @extend_schema(summary="Take up a proposed cover name", request=None)
    def activate(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        return self._shown(
            cover_names.activate_cover_name(
                cover_name=row, actor=acting_person(request), now=timezone.now()
            )
        )

    @extend_schema(
        summary="Match with a cover name no longer, or refuse a proposed one",
        request=WithdrawalSerializer,
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        serializer = WithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._shown(
            cover_names.withdraw_cover_name(
                cover_name=row,
                reason=serializer.validated_data["reason"],
                actor=acting_person(request),
                now=timezone.now(),
            )
        )

    def _shown(self, row: CoverName) -> Response:
        return Response(CoverNameSerializer(row).data)
