"""Which goods items came under which notice, who says so, and what came without any."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.explanations import notice_words
from risk.models import IndicatorRow, NotificationMatch
from risk.models.choices import NotificationMatchState
from risk.selectors.notifications import list_matches, list_unannounced
from risk.selectors.office import office_day
from risk.services import notice_matching as services
from targeting.api.base import Resource
from targeting.api.history import KeepsHistory
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.registers import SheetDownload, as_text
from targeting.filters.notifications import NotificationMatchFilter, UnannouncedItemFilter
from targeting.selectors.scope import in_scope

UNANNOUNCED_DAYS = 90


class NotificationMatchSerializer(serializers.ModelSerializer):
    """``mass_kg`` is what the item takes of the notice, on the notice's basis."""

    number = serializers.CharField(source="notification.number")
    substance_key = serializers.CharField(source="notification.substance_key")
    state = serializers.CharField(help_text=f"One of {', '.join(NotificationMatchState.values)}.")
    score = serializers.FloatField(help_text="How sure it is, 0 to 1.")
    grounds = serializers.ListField(
        child=serializers.CharField(), help_text="What speaks for one consignment."
    )
    differences = serializers.ListField(
        child=serializers.CharField(), help_text="What is declared otherwise than notified."
    )

    class Meta:
        model = NotificationMatch
        fields = [
            "id", "notification", "number", "substance_key", "declaration", "registration_number",
            "item_number", "accepted_at", "state", "score", "grounds", "differences", "mass_kg",
            "is_counted", "proposed_state", "proposed_by", "proposed_at", "reason", "decided_by",
            "decided_at",
        ]  # fmt: skip


class NotificationDecisionSerializer(serializers.Serializer):
    is_same = serializers.BooleanField(help_text="Whether the item came under the notice.")
    reason = serializers.CharField(max_length=2_000)


@extend_schema_view(
    list=extend_schema(summary="Goods items beside notices, the newest first"),
    retrieve=extend_schema(summary="One match with its grounds and differences"),
)
class NotificationMatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, KeepsHistory):
    """Made by number or score from either side; two people may confirm or reject one."""

    policy = POLICIES["notification-matches"]
    serializer_class: type[serializers.BaseSerializer] = NotificationMatchSerializer
    filterset_class = NotificationMatchFilter
    queryset = NotificationMatch.objects.none()

    def get_queryset(self) -> QuerySet[NotificationMatch]:
        return list_matches().filter(in_scope(self.scope, "declaration__customs_office"))

    @extend_schema(
        summary="Propose whether the item came under the notice",
        request=NotificationDecisionSerializer,
    )
    def propose(self, request: Request, pk: int) -> Response:
        serializer = NotificationDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.propose_decision(
            match_id=self.get_object().pk,
            **serializer.validated_data,
            actor=acting_person(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(summary="Let hold what another person proposed", request=None)
    def approve(self, request: Request, pk: int) -> Response:
        services.approve_decision(
            match_id=self.get_object().pk, actor=acting_person(request), now=timezone.now()
        )
        return Response(self.get_serializer(self.get_object()).data)


class NotificationMatchExportViewSet(SheetDownload, NotificationMatchViewSet):
    """Matches taken away."""

    sheet_name = "notification-matches"
    sheet_columns = tuple(NotificationMatchSerializer.Meta.fields[1:])

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for shown in NotificationMatchSerializer(rows, many=True).data:
            told = {name: " ".join(shown[name]) for name in ("grounds", "differences")}
            yield {name: as_text({**shown, **told}[name]) for name in self.sheet_columns}


class UnannouncedItemSerializer(serializers.ModelSerializer):
    declaration = serializers.IntegerField(source="assessment.declaration_id")
    registration_number = serializers.CharField(source="assessment.declaration.registration_number")
    customs_office = serializers.CharField(source="assessment.declaration.customs_office")
    substance_key = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField(help_text="That the declaration names, if any.")
    finding = serializers.SerializerMethodField(help_text="none or unknown_number.")
    sentences = serializers.SerializerMethodField()

    class Meta:
        model = IndicatorRow
        fields = [
            "id", "declaration", "registration_number", "item_number", "customs_office",
            "accepted_at", "substance_key", "number", "finding", "sentences",
        ]  # fmt: skip

    def get_substance_key(self, row: IndicatorRow) -> str:
        return str(row.params.get("substance", ""))

    def get_number(self, row: IndicatorRow) -> str:
        return str(row.params.get("number", ""))

    def get_finding(self, row: IndicatorRow) -> str:
        return str(row.params.get("notice", ""))

    def get_sentences(self, row: IndicatorRow) -> dict[str, str]:
        return notice_words(self.get_finding(row))


class UnannouncedItemViewSet(Resource):
    """Precursors that arrived from states that notify, and no notice told of them."""

    policy = POLICIES["unannounced-items"]
    serializer_class: type[serializers.BaseSerializer] = UnannouncedItemSerializer
    filterset_class = UnannouncedItemFilter
    queryset = IndicatorRow.objects.none()

    def get_queryset(self) -> QuerySet[IndicatorRow]:
        rows = list_unannounced(since=self._since())
        return rows.filter(in_scope(self.scope, "assessment__declaration__customs_office"))

    @extend_schema(
        summary="Arrived without a notice, the latest first",
        responses=UnannouncedItemSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def _since(self) -> date:
        stated = self.request.query_params.get("since")
        if stated is None:
            return office_day(timezone.now()) - timedelta(days=UNANNOUNCED_DAYS)
        try:
            day = parse_date(stated)
        except ValueError:
            day = None
        if day is None:
            raise ValidationError({"since": "A day: 2026-05-01."})
        return day


class UnannouncedItemExportViewSet(SheetDownload, UnannouncedItemViewSet):
    """What arrived without a notice, taken away."""

    sheet_name = "unannounced-items"
    sheet_columns = tuple(UnannouncedItemSerializer.Meta.fields[1:-1])

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for shown in UnannouncedItemSerializer(rows, many=True).data:
            yield {name: as_text(shown[name]) for name in self.sheet_columns}
