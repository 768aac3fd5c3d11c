"""Legal holds: what must not be removed, whatever the retention policy says."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.domain.errors import InvalidValue
from shipments.models import Declaration, Party
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person
from targeting.models import LegalHold
from targeting.selectors.retention import list_holds
from targeting.selectors.scope import in_scope, party_in_scope
from targeting.services import legal_holds


class LegalHoldSerializer(serializers.ModelSerializer):
    party_name = serializers.CharField(source="party.name", default="")
    lifting_proposed_by = serializers.CharField(source="proposed_by")
    lifted_by = serializers.CharField(source="approved_by")

    class Meta:
        model = LegalHold
        fields = [
            "id", "kind", "registration_number", "party", "party_name", "first_day", "last_day",
            "reason", "set_by", "set_at", "lifting_reason", "lifting_proposed_by",
            "lifting_proposed_at", "lifted_by", "lifted_at",
        ]  # fmt: skip


class NewHoldSerializer(serializers.Serializer):
    """One of ``registration_number``, ``party``, or ``first_day`` with ``last_day``."""

    registration_number = serializers.CharField(required=False, max_length=64)
    party = serializers.IntegerField(required=False, help_text="Its id.")
    first_day = serializers.DateField(required=False, help_text="Of acceptance or receipt.")
    last_day = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=2000)


class LiftingSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(
    list=extend_schema(summary="Legal holds, the newest first, lifted ones too"),
    retrieve=extend_schema(summary="One legal hold"),
)
class LegalHoldViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """One person sets a hold, two lift it. Who sees some offices holds what is of them alone."""

    policy = POLICIES["legal-holds"]
    serializer_class = LegalHoldSerializer
    filter_backends = []
    queryset = LegalHold.objects.none()

    def get_queryset(self) -> QuerySet[LegalHold]:
        return list_holds(self.scope)

    @extend_schema(
        summary="Set a hold, in force at once",
        request=NewHoldSerializer,
        responses={201: LegalHoldSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewHoldSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = serializer.validated_data
        if "party" in given:
            given["party"] = self._party(given["party"])
        if "registration_number" in given:
            self._check_declared(given["registration_number"])
        if ("first_day" in given or "last_day" in given) and not self.scope.is_central:
            raise PermissionDenied("Days are held by who sees every office.")
        hold = legal_holds.set_hold(**given, actor=acting_person(request), now=timezone.now())
        return Response(LegalHoldSerializer(hold).data, status=201)

    @extend_schema(summary="Say why the hold may end", request=LiftingSerializer)
    def propose_lifting(self, request: Request, pk: int) -> Response:
        hold = self.get_object()
        serializer = LiftingSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        proposed = legal_holds.propose_lifting(
            hold=hold,
            reason=serializer.validated_data["reason"],
            actor=acting_person(request),
            now=timezone.now(),
        )
        return Response(LegalHoldSerializer(proposed).data)

    @extend_schema(summary="End a hold that another person proposed to lift", request=None)
    def lift(self, request: Request, pk: int) -> Response:
        hold = self.get_object()
        lifted = legal_holds.lift_hold(hold=hold, actor=acting_person(request), now=timezone.now())
        return Response(LegalHoldSerializer(lifted).data)

    def _party(self, pk: int) -> Party:
        party = Party.objects.filter(party_in_scope(self.scope), pk=pk).first()
        if party is None:
            raise InvalidValue(field="party", value=pk, allowed="the id of a party you see")
        return party

    def _check_declared(self, number: str) -> None:
        declared = Declaration.objects.filter(in_scope(self.scope), registration_number=number)
        if not declared.exists():
            raise InvalidValue(
                field="registration_number", value=number, allowed="a declaration you see"
            )
