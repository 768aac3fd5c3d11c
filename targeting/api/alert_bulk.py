"""One move on many alerts, with what became of each."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.alert_acts import MAX_COMMENT
from targeting.api.bulk import BulkDoneSerializer, BulkResource, BulkResultSerializer, told_each
from targeting.api.idempotency import ONCE, key_of
from targeting.api.permissions import POLICIES, grants_of, own_account
from targeting.domain.lifecycle import Move
from targeting.domain.policy import allows
from targeting.models import Alert
from targeting.models.choices import ALERT_MOVES, DISMISSAL_SCOPES, DISMISSALS
from targeting.selectors.alerts import mark_in, mark_of
from targeting.services.alert_acts import Said
from targeting.services.alert_bulk import move_each
from targeting.services.bulk import MOST_AT_ONCE

# A referral says of each alert by itself what goes out, and a file belongs to one.
MOVES = [(move, told) for move, told in ALERT_MOVES if move not in (Move.REFER, Move.ATTACH)]


class ChosenAlertSerializer(serializers.Serializer):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    etag = serializers.CharField(
        max_length=200,
        required=False,
        help_text="As it was read; left out: whatever became of the alert since.",
    )


class BulkMoveSerializer(serializers.Serializer):
    """What is said holds for each of the alerts; what the move needs is as in the move of one."""

    move = serializers.ChoiceField(choices=MOVES)
    alerts = serializers.ListField(
        child=ChosenAlertSerializer(), min_length=1, max_length=MOST_AT_ONCE
    )
    comment = serializers.CharField(max_length=MAX_COMMENT, required=False, allow_blank=True)
    assignee = serializers.CharField(
        max_length=150, required=False, help_text="For `assign`: an account that sees the alerts."
    )
    reason = serializers.ChoiceField(choices=DISMISSALS, required=False, help_text="For `dismiss`.")
    scope = serializers.ChoiceField(choices=DISMISSAL_SCOPES, required=False)
    until = serializers.DateField(required=False)

    def validate_alerts(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({one["id"] for one in given}) < len(given):
            raise ValidationError("Each alert once.")
        return given


class BulkMoveResultSerializer(BulkResultSerializer):
    etag = serializers.CharField(allow_null=True, help_text="After the move.")


class BulkMovedSerializer(BulkDoneSerializer):
    results = BulkMoveResultSerializer(many=True, help_text="In the order of the request.")


class AlertBulkViewSet(BulkResource):
    """Each alert is moved by itself: what is refused of one stops no other."""

    policy = POLICIES["alerts"]
    serializer_class = BulkMoveSerializer
    queryset = Alert.objects.none()

    @extend_schema(
        summary="One move on many alerts, at most a hundred",
        request=BulkMoveSerializer,
        responses=BulkMovedSerializer,
        parameters=[ONCE],
    )
    def bulk(self, request: Request) -> Response:
        """200 whenever the request as a whole could be read; `results` tell of each alert."""
        serializer = BulkMoveSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = dict(serializer.validated_data)
        move, chosen = Move(said.pop("move")), said.pop("alerts")
        if not allows(grants_of(request), self.policy[move]):
            raise PermissionDenied
        moved = move_each(
            marks={one["id"]: mark_in(one["etag"]) if "etag" in one else None for one in chosen},
            scope=self.scope,
            move=move,
            by=own_account(request),
            now=timezone.now(),
            hold=timedelta(minutes=settings.TARGETING["ALERT_HOLD_MINUTES"]),
            said=Said(**said),
            request_key=key_of(request),
        )
        ids = [one["id"] for one in chosen]
        return Response(told_each(ids, moved, more=_etag))


def _etag(alert: Alert | None) -> dict[str, str | None]:
    return {"etag": mark_of(alert) if alert else None}
