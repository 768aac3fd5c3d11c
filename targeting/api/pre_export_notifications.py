"""Pre-export notifications: the register, the steps of their life, what came under each."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.permits.notice_reading import PERIODS
from risk.selectors.notifications import list_matches, list_notifications, standing_of
from risk.selectors.office import office_day
from risk.services import notifications as services
from shipments.domain.masses import Basis
from shipments.domain.notifications import NotificationState, Standing
from shipments.models import PreExportNotification
from targeting.api.authorisations import AuthorisationEntryHolderSerializer, HolderSerializer
from targeting.api.history import KeepsHistory
from targeting.api.notification_matches import NotificationMatchSerializer
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.registers import RegisteredSerializer, take_in
from targeting.filters.notifications import NotificationFilter
from targeting.selectors.scope import in_scope
from targeting.services.registers import NOTIFICATIONS


class NotificationSerializer(serializers.ModelSerializer):
    """Masses in kg on ``basis``; ``matched_kg`` is what was declared under it."""

    state = serializers.CharField(help_text=f"One of {', '.join(NotificationState)}.")
    direction = serializers.CharField()
    basis = serializers.CharField(help_text=f"One of {', '.join(Basis)}.")
    exporter = HolderSerializer()
    importer = HolderSerializer()
    matched_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    standing = serializers.SerializerMethodField(help_text=f"Today: {', '.join(Standing)}.")

    class Meta:
        model = PreExportNotification
        fields = [
            "id", "authority", "number", "substance_key", "version", "direction", "state",
            "state_on", "state_reason", "standing", "exporter", "importer", "consignee", "amount",
            "unit", "basis", "notified_kg", "matched_kg", "solution_pct", "density_kg_per_l",
            "sent_on", "dispatch_on", "valid_from", "valid_to", "period_months", "reply_due_on",
            "is_reply_day_stated", "opens_on", "closes_on", "entry_point", "transport_mode",
            "transport_document", "notes", "registered_by", "registered_at", "amended_by",
            "amended_at", "closed_by", "closed_at", "closing_reason",
        ]  # fmt: skip

    def get_standing(self, row: Any) -> str:
        return standing_of(row, row.match_count, office_day(timezone.now())).value


class NotificationEntrySerializer(serializers.Serializer):
    """A notice as it is sent; (authority, number, substance) is its natural key."""

    authority = serializers.CharField(required=False, help_text="The exporter's country without.")
    number = serializers.CharField()
    state = serializers.ChoiceField(
        choices=[state.value for state in NotificationState], required=False
    )
    direction = serializers.CharField(required=False, help_text="import without.")
    exporter = AuthorisationEntryHolderSerializer()
    importer = AuthorisationEntryHolderSerializer()
    substance_key = serializers.CharField(required=False)
    cas = serializers.CharField(required=False, help_text="Instead of the key.")
    amount = serializers.DecimalField(max_digits=24, decimal_places=6, required=False)
    unit = serializers.CharField(required=False, help_text="Of mass, or of volume; kg without.")
    quantity_kg = serializers.DecimalField(
        max_digits=24, decimal_places=6, required=False, help_text="Instead of amount and unit."
    )
    basis = serializers.ChoiceField(choices=[basis.value for basis in Basis], required=False)
    solution_pct = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    density_kg_per_l = serializers.DecimalField(max_digits=12, decimal_places=6, required=False)
    sent_on = serializers.DateField()
    dispatch_on = serializers.DateField(required=False, help_text="Of one consignment.")
    valid_from = serializers.DateField(required=False, help_text="Of a simplified notice.")
    period_months = serializers.ChoiceField(choices=PERIODS, required=False)
    reply_due_on = serializers.DateField(required=False, help_text="Where the notice names it.")
    consignee = serializers.CharField(required=False)
    entry_point = serializers.CharField(required=False, help_text="Code of an office.")
    transport_mode = serializers.CharField(required=False)
    transport_document = serializers.CharField(required=False)
    notes = serializers.CharField(required=False)


class NotificationStepSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=[state.value for state in NotificationState])
    on = serializers.DateField()
    reason = serializers.CharField(
        max_length=2_000, required=False, default="", allow_blank=True,
        help_text="Needed to object or suspend.",
    )  # fmt: skip


class NotificationClosingSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000)


@extend_schema_view(
    list=extend_schema(summary="The register, the latest entered first"),
    retrieve=extend_schema(summary="One notice, with what was declared under it"),
)
class NotificationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, KeepsHistory):
    """What exporting states told of consignments. All roles that may read see the whole register;
    of the declarations that came under a notice only those in their scope."""

    policy = POLICIES["pre-export-notifications"]
    serializer_class: type[serializers.BaseSerializer] = NotificationSerializer
    filterset_class = NotificationFilter
    register = NOTIFICATIONS
    queryset = PreExportNotification.objects.none()

    def get_queryset(self) -> QuerySet[PreExportNotification]:
        return list_notifications()

    @extend_schema(
        summary="Enter or amend up to 1,000 notices: all of them or none",
        request=NotificationEntrySerializer(many=True),
        responses={200: RegisteredSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return take_in(self.register, request)

    @extend_schema(
        summary="Goods items that came under it, the newest first",
        responses=NotificationMatchSerializer(many=True),
        filters=False,
    )
    def matches(self, request: Request, pk: int) -> Response:
        rows = list_matches().filter(notification=self.get_object())
        page = self.paginate_queryset(
            rows.filter(in_scope(self.scope, "declaration__customs_office"))
        )
        return self.get_paginated_response(NotificationMatchSerializer(page, many=True).data)

    @extend_schema(summary="Take its next step", request=NotificationStepSerializer)
    def step(self, request: Request, pk: int) -> Response:
        serializer = NotificationStepSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        services.step_notification(
            notification_id=self.get_object().pk,
            step=services.Step(NotificationState(given["state"]), given["on"], given["reason"]),
            actor=acting_person(request).account,
            now=timezone.now(),
        )
        return self._shown()

    @extend_schema(summary="Say why no goods come any more", request=NotificationClosingSerializer)
    def close(self, request: Request, pk: int) -> Response:
        serializer = NotificationClosingSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.close_notification(
            notification_id=self.get_object().pk,
            reason=serializer.validated_data["reason"],
            actor=acting_person(request).account,
            now=timezone.now(),
        )
        return self._shown()

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
