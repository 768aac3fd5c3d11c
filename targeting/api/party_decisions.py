"""Who is one trader: pairs for review, and decisions of two people that can be taken back."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import PartyDecision, PartyLikeness
from risk.models.choices import TraderVerdict
from risk.services import party_decisions as services
from shipments.models import Party
from targeting.api.base import Resource
from targeting.api.parties import LikenessGroundSerializer, PartySerializer
from targeting.api.permissions import POLICIES, acting_person
from targeting.filters.party_decisions import PartyDecisionFilter, PartyPairFilter
from targeting.selectors.parties import list_parties
from targeting.selectors.party_decisions import list_decisions, list_pairs

SAME_HELP = "same: one trader; different: two."


class PartyDecisionSerializer(serializers.ModelSerializer):
    """``parties`` are the two, the one seen first before the other."""

    parties = serializers.SerializerMethodField()
    verdict = serializers.CharField(help_text=SAME_HELP)
    state = serializers.CharField(help_text="proposed, active or withdrawn.")

    class Meta:
        model = PartyDecision
        fields = [
            "id", "parties", "verdict", "reason", "state", "proposed_by", "proposed_at",
            "approved_by", "approved_at", "withdrawn_by", "withdrawn_at", "withdrawal_reason",
        ]  # fmt: skip

    @extend_schema_field(PartySerializer(many=True))
    def get_parties(self, row: PartyDecision) -> list[dict[str, Any]]:
        return _shown(row)


class NewPartyDecisionSerializer(serializers.Serializer):
    one = serializers.IntegerField(help_text="Id of a party.")
    other = serializers.IntegerField(help_text="Id of another.")
    verdict = serializers.ChoiceField(choices=TraderVerdict.choices, help_text=SAME_HELP)
    reason = serializers.CharField(max_length=2000)


class PairDecisionSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=TraderVerdict.choices, help_text=SAME_HELP)
    reason = serializers.CharField(max_length=2000)


class DecisionWithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class PartyPairSerializer(serializers.ModelSerializer):
    """A pair that is or may be one trader, as it was when last compared."""

    parties = serializers.SerializerMethodField()
    outcome = serializers.CharField(help_text="same, or review: a person should see it.")
    grounds = serializers.SerializerMethodField()
    is_decided = serializers.BooleanField(help_text="Whether a decision was proposed.")

    class Meta:
        model = PartyLikeness
        fields = ["id", "parties", "outcome", "bits", "coverage", "grounds", "is_decided"]

    @extend_schema_field(PartySerializer(many=True))
    def get_parties(self, row: PartyLikeness) -> list[dict[str, Any]]:
        return _shown(row)

    @extend_schema_field(LikenessGroundSerializer(many=True))
    def get_grounds(self, row: PartyLikeness) -> list[dict[str, Any]]:
        names = ("code", "bits", "detail")
        return [dict(zip(names, ground, strict=True)) for ground in row.grounds]


def _shown(row: PartyDecision | PartyLikeness) -> list[dict[str, Any]]:
    return list(PartySerializer([row.lower, row.higher], many=True).data)


@extend_schema_view(
    list=extend_schema(summary="Decisions on who is one trader, the newest first"),
    retrieve=extend_schema(summary="One decision"),
)
class PartyDecisionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Proposed by one person, approved by another, taken back with a reason."""

    policy = POLICIES["party-decisions"]
    serializer_class = PartyDecisionSerializer
    filterset_class = PartyDecisionFilter
    queryset = PartyDecision.objects.none()

    def get_queryset(self) -> QuerySet[PartyDecision]:
        return list_decisions(self.scope)

    @extend_schema(
        summary="Propose that two parties are one trader, or two",
        request=NewPartyDecisionSerializer,
        responses={201: PartyDecisionSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewPartyDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        seen: QuerySet[Party] = list_parties(self.scope)
        row = services.propose_decision(
            one_id=get_object_or_404(seen, pk=given["one"]).pk,
            other_id=get_object_or_404(seen, pk=given["other"]).pk,
            verdict=TraderVerdict(given["verdict"]),
            reason=given["reason"],
            by=acting_person(request),
            now=timezone.now(),
        )
        return Response(PartyDecisionSerializer(row).data, status=201)

    @extend_schema(summary="Let a decision count; not by who proposed it", request=None)
    def approve(self, request: Request, pk: int) -> Response:
        row = services.approve_decision(
            decision_id=self.get_object().pk, by=acting_person(request), now=timezone.now()
        )
        return Response(self.get_serializer(row).data)

    @extend_schema(
        summary="Take a decision back: everything is as without it",
        request=DecisionWithdrawalSerializer,
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        decision = self.get_object()
        serializer = DecisionWithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = services.withdraw_decision(
            decision_id=decision.pk,
            reason=serializer.validated_data["reason"],
            by=acting_person(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(row).data)


@extend_schema_view(
    list=extend_schema(summary="Pairs of parties that are or may be one trader"),
    retrieve=extend_schema(summary="One pair with its grounds"),
)
class PartyPairViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Found by likeness; nothing follows from a pair until people decide."""

    policy = POLICIES["party-pairs"]
    serializer_class = PartyPairSerializer
    filterset_class = PartyPairFilter
    queryset = PartyLikeness.objects.none()

    def get_queryset(self) -> QuerySet[PartyLikeness]:
        return list_pairs(self.scope)

    @extend_schema(
        summary="Propose a decision on the pair",
        request=PairDecisionSerializer,
        responses={201: PartyDecisionSerializer},
    )
    def decide(self, request: Request, pk: int) -> Response:
        pair = self.get_object()
        serializer = PairDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = services.propose_decision(
            one_id=pair.lower_id,
            other_id=pair.higher_id,
            verdict=TraderVerdict(serializer.validated_data["verdict"]),
            reason=serializer.validated_data["reason"],
            by=acting_person(request),
            now=timezone.now(),
        )
        return Response(PartyDecisionSerializer(row).data, status=201)
