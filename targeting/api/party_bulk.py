"""Decisions on who is one trader, many at once: proposed for pairs, approved and taken back."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import PartyDecision, PartyLikeness
from risk.models.choices import TraderVerdict
from risk.services import party_decisions as services
from targeting.api.bulk import (
    BulkDoneSerializer,
    BulkResource,
    BulkResultSerializer,
    ChosenField,
    told_each,
)
from targeting.api.idempotency import KEY, answered_once
from targeting.api.party_decisions import PairDecisionSerializer
from targeting.api.permissions import POLICIES, acting_person
from targeting.selectors.party_decisions import list_decisions, list_pairs
from targeting.services.bulk import do_each

APPROVE, WITHDRAW = "approve", "withdraw"


class PairsDecisionSerializer(PairDecisionSerializer):
    pairs = ChosenField()


class ProposedResultSerializer(BulkResultSerializer):
    decision = serializers.IntegerField(allow_null=True, help_text="Id of what was proposed.")


class ProposedSerializer(BulkDoneSerializer):
    results = ProposedResultSerializer(many=True, help_text="In the order of the request.")


class DecisionsMoveSerializer(serializers.Serializer):
    decisions = ChosenField()
    move = serializers.ChoiceField(choices=[APPROVE, WITHDRAW])
    reason = serializers.CharField(max_length=2000, required=False, help_text="For `withdraw`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["move"] == WITHDRAW and not attrs.get("reason"):
            raise ValidationError({"reason": "Why they are withdrawn."})
        return attrs


class _OncePerKey(BulkResource):
    """Under a key the same request of the same person is carried out once."""

    def answer_once(self, request: Request, given: dict[str, Any]) -> Response:
        content = JSONRenderer().render(given)
        return answered_once(
            request, content=content, parameters={}, answer=lambda: self.move_each(given)
        )

    def move_each(self, given: dict[str, Any]) -> Response:
        raise NotImplementedError


class PartyPairBulkViewSet(_OncePerKey):
    """Each pair is proposed by itself: what is refused of one stops no other."""

    policy = POLICIES["party-pairs"]
    serializer_class = PairsDecisionSerializer
    queryset = PartyLikeness.objects.none()

    def get_queryset(self) -> QuerySet[PartyLikeness]:
        return list_pairs(self.scope)

    @extend_schema(
        summary="Propose one decision on many pairs, at most a hundred",
        request=PairsDecisionSerializer,
        responses=ProposedSerializer,
        parameters=[KEY],
    )
    def bulk(self, request: Request) -> Response:
        """200 whenever the request as a whole could be read; `results` tell of each pair."""
        serializer = PairsDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.answer_once(request, serializer.validated_data)

    def move_each(self, given: dict[str, Any]) -> Response:
        by, now = acting_person(self.request), timezone.now()
        seen = self.get_queryset().filter(pk__in=given["pairs"]).order_by("pk")

        def propose(pair: PartyLikeness) -> PartyDecision:
            return services.propose_decision(
                one_id=pair.lower_id,
                other_id=pair.higher_id,
                verdict=TraderVerdict(given["verdict"]),
                reason=given["reason"],
                by=by,
                now=now,
            )

        done = do_each({row.pk: row for row in seen}, propose)
        return Response(told_each(given["pairs"], done, status=201, more=_decision))


class PartyDecisionBulkViewSet(_OncePerKey):
    """Each decision is moved by itself: what is refused of one stops no other."""

    policy = POLICIES["party-decisions"]
    serializer_class = DecisionsMoveSerializer
    queryset = PartyDecision.objects.none()

    def get_queryset(self) -> QuerySet[PartyDecision]:
        return list_decisions(self.scope)

    @extend_schema(
        summary="Approve or take back many decisions, at most a hundred",
        request=DecisionsMoveSerializer,
        responses=BulkDoneSerializer,
        parameters=[KEY],
    )
    def bulk(self, request: Request) -> Response:
        """200 whenever the request as a whole could be read; `results` tell of each decision."""
        serializer = DecisionsMoveSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.answer_once(request, serializer.validated_data)

    def move_each(self, given: dict[str, Any]) -> Response:
        by, now = acting_person(self.request), timezone.now()
        seen = self.get_queryset().filter(pk__in=given["decisions"]).order_by("pk")

        def move(row: PartyDecision) -> PartyDecision:
            if given["move"] == APPROVE:
                return services.approve_decision(decision_id=row.pk, by=by, now=now)
            return services.withdraw_decision(
                decision_id=row.pk, reason=given["reason"], by=by, now=now
            )

        done = do_each({row.pk: row for row in seen}, move)
        return Response(told_each(given["decisions"], done))


def _decision(row: PartyDecision | None) -> dict[str, int | None]:
    return {"decision": row.pk if row else None}
