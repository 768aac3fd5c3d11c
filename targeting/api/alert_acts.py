"""What people do with a flagged shipment, and its timeline."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from targeting.api.alerts import AlertSerializer, shown_alert
from targeting.api.base import Resource
from targeting.api.conditional import mark_given
from targeting.api.idempotency import ONCE, key_of
from targeting.api.permissions import POLICIES, own_account
from targeting.api.referrals import NewReferralSerializer, ReferralSerializer
from targeting.domain.lifecycle import Move
from targeting.models import Alert, AlertAct
from targeting.models.choices import DISMISSAL_SCOPES, DISMISSALS
from targeting.selectors.alerts import list_acts, list_alerts, mark_in, mark_of
from targeting.services.alert_acts import Said, move_alert
from targeting.services.referrals import Asked, refer_alert

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the alert as you read it: of two at once, one is told.",
)
MAX_COMMENT = 4000


class AlertActSerializer(serializers.ModelSerializer):
    move = serializers.CharField(
        help_text="take, assign, release, note, attach, refer, dismiss, confirm_dismissal,"
        " refuse_dismissal or reopen."
    )
    reason = serializers.CharField(help_text="The coded reason of a dismissal.")
    version = serializers.IntegerField(
        source="assessment.declaration.version", help_text="Of the declaration that was seen."
    )

    attachment = serializers.IntegerField(
        source="attachment.number", default=None, allow_null=True, help_text="Number of the file."
    )

    class Meta:
        model = AlertAct
        fields = [
            *("id", "move", "reason", "comment", "assignee", "attachment"),
            *("version", "actor", "acted_at"),
        ]


class CommentSerializer(serializers.Serializer):
    comment = serializers.CharField(max_length=MAX_COMMENT)


class OptionalCommentSerializer(serializers.Serializer):
    comment = serializers.CharField(max_length=MAX_COMMENT, required=False, allow_blank=True)


class AssignmentSerializer(OptionalCommentSerializer):
    assignee = serializers.CharField(max_length=150, help_text="Account of who sees the alert.")


class DismissalSerializer(OptionalCommentSerializer):
    reason = serializers.ChoiceField(choices=DISMISSALS, help_text="`other` needs a comment.")
    scope = serializers.ChoiceField(
        choices=DISMISSAL_SCOPES,
        required=False,
        help_text="Lets it stand for repeats at this office, until the day `until`.",
    )
    until = serializers.DateField(required=False)


def _move(summary: str, request: Any = None, *, marked: bool = True) -> Any:
    return extend_schema(
        summary=summary,
        request=request,
        responses=AlertSerializer,
        parameters=[IF_MATCH, ONCE] if marked else [ONCE],
    )


class AlertActViewSet(Resource):
    """Every move answers with the alert as it then is, and its new ETag."""

    policy = POLICIES["alerts"]
    serializer_class = AlertActSerializer
    filter_backends = []
    queryset = Alert.objects.none()

    def get_queryset(self) -> QuerySet[Alert]:
        return list_alerts(self.scope)

    @extend_schema(
        summary="What people did with it, the latest first",
        responses=AlertActSerializer(many=True),
    )
    def timeline(self, request: Request, pk: int) -> Response:
        page = self.paginate_queryset(list_acts(self.get_object()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @_move("Take it")
    def take(self, request: Request, pk: int) -> Response:
        return self._made(Move.TAKE)

    @_move("Give it to somebody", AssignmentSerializer)
    def assign(self, request: Request, pk: int) -> Response:
        return self._made(Move.ASSIGN, AssignmentSerializer)

    @_move("Give it back to the queue")
    def release(self, request: Request, pk: int) -> Response:
        return self._made(Move.RELEASE)

    @_move("Add a note", CommentSerializer, marked=False)
    def note(self, request: Request, pk: int) -> Response:
        return self._made(Move.NOTE, CommentSerializer, marked=False)

    @_move("Dismiss it; in the red lane, propose to", DismissalSerializer)
    def dismiss(self, request: Request, pk: int) -> Response:
        return self._made(Move.DISMISS, DismissalSerializer)

    @_move("Confirm a proposed dismissal, as a second person", OptionalCommentSerializer)
    def confirm_dismissal(self, request: Request, pk: int) -> Response:
        return self._made(Move.CONFIRM_DISMISSAL, OptionalCommentSerializer)

    @_move("Refuse a proposed dismissal", CommentSerializer)
    def refuse_dismissal(self, request: Request, pk: int) -> Response:
        return self._made(Move.REFUSE_DISMISSAL, CommentSerializer)

    @_move("Open a closed one again", CommentSerializer)
    def reopen(self, request: Request, pk: int) -> Response:
        return self._made(Move.REOPEN, CommentSerializer)

    @extend_schema(
        summary="Refer parts of it to inspection or to another agency",
        request=NewReferralSerializer,
        responses={201: ReferralSerializer},
        parameters=[IF_MATCH],
    )
    def refer(self, request: Request, pk: int) -> Response:
        """What is sent is kept as it was sent; the receiver sees nothing else."""
        alert = self.get_object()
        serializer = NewReferralSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        referral = refer_alert(
            alert=alert,
            asked=Asked(**serializer.validated_data),
            by=own_account(request),
            now=timezone.now(),
            hold=timedelta(minutes=settings.TARGETING["ALERT_HOLD_MINUTES"]),
            mark=self._mark(),
        )
        place = reverse("referral-detail", kwargs={"pk": referral.pk}, request=request)
        shown = ReferralSerializer(referral, context=self.get_serializer_context())
        return Response(shown.data, status=201, headers={"Location": place})

    def _made(
        self,
        move: Move,
        form: type[serializers.Serializer] | None = None,
        *,
        marked: bool = True,
    ) -> Response:
        alert = self.get_object()
        given = {}
        if form:
            serializer = form(data=self.request.data)
            serializer.is_valid(raise_exception=True)
            given = dict(serializer.validated_data)
        by, now = own_account(self.request), timezone.now()
        move_alert(
            alert=alert,
            move=move,
            by=by,
            now=now,
            hold=timedelta(minutes=settings.TARGETING["ALERT_HOLD_MINUTES"]),
            mark=self._mark() if marked else None,
            said=Said(**given),
            request_key=key_of(self.request),
        )
        moved = self.get_object()
        response = Response(shown_alert(moved, self.get_serializer_context(), reader=by, now=now))
        response["ETag"] = mark_of(moved)
        return response

    def _mark(self) -> str:
        return mark_in(mark_given(self.request))
