"""What was referred: as the office that sent it sees it, and as its receiver does."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.domain.lifecycle import ReferralKind, ReferralState, ReferralStep
from targeting.domain.referrals import ReferredPart
from targeting.filters.referrals import ReceivedReferralFilter, ReferralFilter
from targeting.models import Referral
from targeting.selectors.referrals import list_referrals, received_referrals
from targeting.services.referrals import step_referral

_LONGEST = 4_000


class NewReferralSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in ReferralKind])
    agency = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="Code of an agency."
    )
    parts = serializers.ListField(
        child=serializers.ChoiceField(choices=[part.value for part in ReferredPart]),
        allow_empty=False,
        max_length=len(ReferredPart),
        help_text="All that the receiver will see, beside the note.",
    )
    note = serializers.CharField(max_length=_LONGEST, help_text="Goes out as it is.")


class ReferralAnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=_LONGEST)


class ReceivedReferralSerializer(serializers.ModelSerializer):
    """Whoever receives it sees no more than this: neither the alert nor who sent it."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text="inspection or agency.")
    parts = serializers.ListField(child=serializers.CharField())
    content = serializers.DictField(help_text="By part, as it stood when it was sent.")
    state = serializers.CharField(help_text=f"One of {', '.join(ReferralState)}.")
    sent_at = serializers.DateTimeField(source="act.acted_at")

    class Meta:
        model = Referral
        fields = [
            "id", "kind", "parts", "content", "note", "state", "sent_at", "received_at", "answer",
            "closed_at",
        ]  # fmt: skip


class ReferralSerializer(ReceivedReferralSerializer):
    """``content`` is what the receiver sees, and all of it."""

    id = serializers.IntegerField(source="pk")  # type: ignore[assignment]
    number = serializers.UUIDField(source="public_id", help_text="As the receiver knows it.")
    agency = serializers.CharField(source="agency.code", default=None, allow_null=True)
    registration_number = serializers.CharField(source="alert.registration_number")
    sent_by = serializers.CharField(source="act.actor")

    class Meta(ReceivedReferralSerializer.Meta):
        fields = [
            *ReceivedReferralSerializer.Meta.fields, "number", "alert", "registration_number",
            "agency", "sent_by", "received_by", "closed_by",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="What was referred, the newest first"),
    retrieve=extend_schema(summary="One referral, as it was sent, with its answer"),
)
class ReferralViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Of alerts in the caller's scope."""

    policy = POLICIES["referrals"]
    serializer_class = ReferralSerializer
    filterset_class = ReferralFilter
    queryset = Referral.objects.none()

    def get_queryset(self) -> QuerySet[Referral]:
        return list_referrals(self.scope)

    @extend_schema(summary="Take it back: its receiver sees it no more", request=None)
    def withdraw(self, request: Request, pk: int) -> Response:
        row = step_referral(
            referral=self.get_object(),
            step=ReferralStep.WITHDRAW,
            by=own_account(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(row).data)


@extend_schema_view(list=extend_schema(summary="What was referred to you, the newest first"))
class ReceivedReferralViewSet(mixins.ListModelMixin, Resource):
    """For people of another agency; for examiners what is to be inspected at their offices."""

    policy = POLICIES["received-referrals"]
    serializer_class = ReceivedReferralSerializer
    filterset_class = ReceivedReferralFilter
    queryset = Referral.objects.none()

    def get_queryset(self) -> QuerySet[Referral]:
        taken_back = ReferralState.WITHDRAWN.value
        return received_referrals(own_account(self.request)).exclude(state=taken_back)

    @extend_schema(summary="One referral")
    def retrieve(self, request: Request, id: Any) -> Response:
        return Response(self.get_serializer(self._own(id)).data)

    @extend_schema(summary="Say that it arrived", request=None)
    def receive(self, request: Request, id: Any) -> Response:
        return self._stepped(id, ReferralStep.RECEIVE)

    @extend_schema(
        summary="Answer it",
        request=ReferralAnswerSerializer,
        responses=ReceivedReferralSerializer,
    )
    def answer(self, request: Request, id: Any) -> Response:
        serializer = ReferralAnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._stepped(id, ReferralStep.ANSWER, answer=serializer.validated_data["answer"])

    def _stepped(self, id: Any, step: ReferralStep, *, answer: str = "") -> Response:
        row = step_referral(
            referral=self._own(id),
            step=step,
            by=own_account(self.request),
            now=timezone.now(),
            answer=answer,
        )
        return Response(self.get_serializer(row).data)

    def _own(self, id: Any) -> Referral:
        return get_object_or_404(self.get_queryset(), public_id=id)
