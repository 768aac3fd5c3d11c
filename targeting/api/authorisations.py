"""Authorisations: the register, what is left of each, and the steps of their life."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.lists.sheets import MAX_ROWS
from risk.selectors.authorisations import list_authorisations, list_drawdowns
from risk.services import authorisations as services
from shipments.domain.authorisations import AuthorisationKind
from shipments.domain.masses import Basis
from shipments.models import Authorisation, AuthorisationLine, Drawdown, Party
from targeting.api.fields import GuardedParty
from targeting.api.history import KeepsHistory
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.registers import SHEETS, RegisteredSerializer, as_text, sheet_response, take_in
from targeting.filters.authorisations import AuthorisationFilter
from targeting.selectors.scope import in_scope
from targeting.services.registers import AUTHORISATIONS


class HolderSerializer(GuardedParty, serializers.ModelSerializer):
    personal = ("name", "key")

    class Meta:
        model = Party
        fields = ["id", "key", "name", "country"]

    def kinds_of(self, instance: Party) -> list[str]:
        return [identifier.kind for identifier in instance.identifiers.all()]


class AuthorisationLineSerializer(serializers.ModelSerializer):
    """``granted_kg``, ``drawn_kg`` and ``balance_kg`` are on the line's basis."""

    basis = serializers.CharField(help_text=f"One of {', '.join(Basis)}.")
    drawn_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    balance_kg = serializers.DecimalField(
        max_digits=24, decimal_places=6, help_text="Granted less drawn; below zero: too much."
    )

    class Meta:
        model = AuthorisationLine
        fields = [
            "line_number", "substance_key", "amount", "unit", "basis", "granted_kg", "drawn_kg",
            "balance_kg", "solution_pct", "density_kg_per_l",
        ]  # fmt: skip


class AuthorisationSerializer(serializers.ModelSerializer):
    kind = serializers.CharField(help_text=f"One of {', '.join(AuthorisationKind)}.")
    state = serializers.CharField(help_text="in_force, suspended or revoked.")
    direction = serializers.CharField(help_text="Blank: any.")
    holder = HolderSerializer()
    lines = AuthorisationLineSerializer(many=True)

    class Meta:
        model = Authorisation
        fields = [
            "id", "authority", "number", "version", "kind", "state", "holder", "direction",
            "issued_on", "valid_from", "valid_to", "border_office", "conditions", "end_use",
            "is_single_consignment", "lines", "registered_by", "registered_at", "amended_by",
            "amended_at", "suspended_from", "suspended_by", "suspension_reason", "revoked_from",
            "revocation_reason", "revocation_proposed_by", "revocation_proposed_at", "revoked_by",
            "revoked_at",
        ]  # fmt: skip


class DrawdownSerializer(serializers.ModelSerializer):
    """``mass_kg`` is below zero for what was given back."""

    line_number = serializers.IntegerField(source="line.line_number")
    declaration = serializers.IntegerField(source="declaration_id")
    grounds = serializers.ListField(
        child=serializers.CharField(),
        help_text="By which figures the mass was converted; `assumed:` nobody stated it.",
    )
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)

    class Meta:
        model = Drawdown
        fields = [
            "id", "line_number", "declaration", "registration_number", "item_number",
            "accepted_at", "mass_kg", "grounds", "reverses", "recorded_at",
        ]  # fmt: skip


class AuthorisationEntryHolderSerializer(serializers.Serializer):
    name = serializers.CharField()
    country = serializers.CharField(required=False, help_text="KZ without.")
    bin = serializers.CharField(required=False)
    iin = serializers.CharField(required=False)
    tax_id = serializers.CharField(required=False)


class AuthorisationEntryLineSerializer(serializers.Serializer):
    line = serializers.IntegerField(required=False, help_text="Its place without.")
    substance_key = serializers.CharField(required=False)
    cas = serializers.CharField(required=False, help_text="Instead of the key.")
    name = serializers.CharField(required=False, help_text="Not read.")
    amount = serializers.DecimalField(max_digits=24, decimal_places=6, required=False)
    unit = serializers.CharField(required=False, help_text="Of mass, or of volume; kg without.")
    amount_kg = serializers.DecimalField(
        max_digits=24, decimal_places=6, required=False, help_text="Instead of amount and unit."
    )
    basis = serializers.ChoiceField(choices=[basis.value for basis in Basis], required=False)
    solution_pct = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    density_kg_per_l = serializers.DecimalField(max_digits=12, decimal_places=6, required=False)


class AuthorisationEntrySerializer(serializers.Serializer):
    """An authorisation as it is sent; (authority, number) is its natural key."""

    authority = serializers.CharField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in AuthorisationKind])
    holder = AuthorisationEntryHolderSerializer()
    direction = serializers.CharField(required=False)
    issued_on = serializers.DateField(required=False)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False)
    border_office = serializers.CharField(required=False)
    conditions = serializers.CharField(required=False)
    end_use = serializers.CharField(required=False)
    is_single_consignment = serializers.BooleanField(required=False)
    status = serializers.CharField(required=False, help_text="in_force, if stated.")
    lines = AuthorisationEntryLineSerializer(many=True)


class AuthorisationStepSerializer(serializers.Serializer):
    since = serializers.DateField(help_text="The first day without it.")
    reason = serializers.CharField(max_length=2_000)


@extend_schema_view(
    list=extend_schema(summary="The register, the latest entered first"),
    retrieve=extend_schema(summary="One authorisation with what is left of its lines"),
)
class AuthorisationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, KeepsHistory):
    """What authorities allow to whom. All roles that may read see the whole register; of the
    declarations that drew on it only those in their scope."""

    policy = POLICIES["authorisations"]
    serializer_class: type[serializers.BaseSerializer] = AuthorisationSerializer
    filterset_class = AuthorisationFilter
    problems = {"drawdown_sheet": (422,)}
    register = AUTHORISATIONS
    history_parts = ("lines",)
    queryset = Authorisation.objects.none()

    def get_queryset(self) -> QuerySet[Authorisation]:
        return list_authorisations()

    @extend_schema(
        summary="Enter or amend up to 1,000 authorisations: all of them or none",
        request=AuthorisationEntrySerializer(many=True),
        responses={200: RegisteredSerializer},
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return take_in(self.register, request)

    @extend_schema(
        summary="What was drawn and given back, the latest first",
        responses=DrawdownSerializer(many=True),
        filters=False,
    )
    def drawdowns(self, request: Request, pk: int) -> Response:
        rows = list_drawdowns(authorisation_id=self.get_object().pk)
        page = self.paginate_queryset(
            rows.filter(in_scope(self.scope, "declaration__customs_office"))
        )
        return self.get_paginated_response(DrawdownSerializer(page, many=True).data)

    @extend_schema(
        summary="What was drawn and given back, as a sheet",
        parameters=[OpenApiParameter("as", enum=["csv", "xlsx"])],
        responses=SHEETS,
        filters=False,
    )
    def drawdown_sheet(self, request: Request, pk: int) -> HttpResponse:
        rows = list_drawdowns(authorisation_id=self.get_object().pk)
        seen = rows.filter(in_scope(self.scope, "declaration__customs_office"))
        told = DrawdownSerializer(seen[: MAX_ROWS + 1], many=True).data
        columns = DrawdownSerializer.Meta.fields
        cells = [
            {name: as_text(one[name]) for name in columns} | {"grounds": " ".join(one["grounds"])}
            for one in told
        ]
        return sheet_response(request, "drawdowns", columns, cells)

    @extend_schema(summary="Let it hold no longer, for a time", request=AuthorisationStepSerializer)
    def suspend(self, request: Request, pk: int) -> Response:
        step = self._step(request)
        services.suspend_authorisation(
            authorisation_id=self.get_object().pk,
            actor=acting_person(request).account,
            now=timezone.now(),
            **step,
        )
        return self._shown()

    @extend_schema(summary="Let it hold again", request=None)
    def resume(self, request: Request, pk: int) -> Response:
        services.resume_authorisation(
            authorisation_id=self.get_object().pk,
            actor=acting_person(request).account,
            now=timezone.now(),
        )
        return self._shown()

    @extend_schema(summary="Propose to revoke it", request=AuthorisationStepSerializer)
    def propose_revocation(self, request: Request, pk: int) -> Response:
        step = self._step(request)
        services.propose_revocation(
            authorisation_id=self.get_object().pk,
            actor=acting_person(request),
            now=timezone.now(),
            **step,
        )
        return self._shown()

    @extend_schema(summary="Revoke it, as another person proposed", request=None)
    def revoke(self, request: Request, pk: int) -> Response:
        services.approve_revocation(
            authorisation_id=self.get_object().pk, actor=acting_person(request), now=timezone.now()
        )
        return self._shown()

    def _step(self, request: Request) -> dict[str, Any]:
        serializer = AuthorisationStepSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        return given

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
