"""What changes in the queue: as a stream, or asked for again and again."""

from collections.abc import Mapping
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.event_stream import Listener, first_block, is_full, stream
from targeting.api.permissions import POLICIES, own_account
from targeting.domain.alert_events import AlertChanges, opening
from targeting.models import Alert
from targeting.selectors.alert_changes import (
    alert_changes,
    current_cursor,
    is_known_cursor,
    offices_seen,
)

EVENT_STREAM = "text/event-stream"
LAST_EVENT_ID = "Last-Event-ID"
_SINCE = "Where the answer before ended: its `next`, or the last `id` of a stream."


class TooManyStreams(APIException):
    status_code = 503
    default_detail = "Too many streams are open: ask by /events instead."
    default_code = "too_many_streams"
    wait = 60


class EventStreamRenderer(JSONRenderer):
    """So that a browser's EventSource may ask; what is refused is told as JSON."""

    media_type = EVENT_STREAM
    format = "events"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(super().render(data, "application/json", renderer_context))


class AlertEventSerializer(serializers.Serializer):
    alert = serializers.IntegerField(help_text="Its id: read it at /alerts/{id}.")
    is_new = serializers.BooleanField(help_text="Raised, and not changed since.")


@extend_schema_serializer(many=False)
class AlertEventsSerializer(serializers.Serializer):
    changes = AlertEventSerializer(many=True)
    is_complete = serializers.BooleanField(
        help_text="false: more changed than is told one by one, load the queue anew."
    )
    next = serializers.CharField(source="cursor", help_text="What to ask `since` next time.")


class AlertEventViewSet(Resource):
    """Which alerts of the caller's offices were raised or changed. What they say is read, and
    audited, at the alert."""

    policy = POLICIES["events"]
    audit_reads = False
    is_activity = False  # a page left open does not keep its session alive
    serializer_class = AlertEventsSerializer
    filter_backends = []
    queryset = Alert.objects.none()

    def get_queryset(self) -> QuerySet[Alert]:
        return Alert.objects.none()

    @extend_schema(
        summary="What changed in the queue since last time",
        parameters=[OpenApiParameter("since", str, description=_SINCE)],
        responses=AlertEventsSerializer,
    )
    def list(self, request: Request) -> Response:
        since = self._since(request.query_params.get("since"))
        if since is None:
            told = AlertChanges((), current_cursor(), True)
        else:
            told = alert_changes(since=since).within(offices_seen(own_account(request)))
        return Response(AlertEventsSerializer(told).data)

    def _since(self, text: str | None) -> str | None:
        unknown = sorted(set(self.request.query_params) - {"since"})
        if unknown:
            raise ValidationError(dict.fromkeys(unknown, "Not a parameter here; allowed is since."))
        if text is None or is_known_cursor(text):
            return text
        raise ValidationError({"since": "Not a cursor of an earlier answer."})


class AlertEventStreamViewSet(AlertEventViewSet):
    """The same as a stream of Server-Sent Events, from the last event that the reader knows."""

    renderer_classes = [EventStreamRenderer, JSONRenderer]

    @extend_schema(
        summary="What changes in the queue, as it changes",
        parameters=[
            OpenApiParameter("since", str, description=_SINCE),
            OpenApiParameter(LAST_EVENT_ID, str, OpenApiParameter.HEADER, description=_SINCE),
        ],
        responses={
            (200, EVENT_STREAM): OpenApiResponse(
                OpenApiTypes.STR,
                description="Blocks `event: alert` with `alert` and `is_new`, `event: reload` when "
                "the queue is to be loaded anew, and `id` after each.",
            ),
            503: OpenApiResponse(description="`too_many_streams`: ask by /events."),
        },
    )
    def list(self, request: Request) -> StreamingHttpResponse:  # type: ignore[override] # no list
        user = own_account(request)
        # What the browser sends by itself is newer than what stood in the address at first.
        known = request.headers.get(LAST_EVENT_ID) or request.query_params.get("since")
        since = self._since(known)
        offices = offices_seen(user)
        blocks: Any
        if not isinstance(request._request, ASGIRequest):
            # Here a stream would hold a worker: it ends at once, and the reader comes again.
            blocks = [opening(), first_block(offices, since)]
        elif is_full(user.pk):
            raise TooManyStreams
        else:
            session = str(request.session.session_key)
            listener = Listener(user_id=user.pk, session_key=session, offices=offices)
            blocks = stream(listener, since=since)
        answer = StreamingHttpResponse(blocks, content_type=EVENT_STREAM)
        answer["Cache-Control"], answer["X-Accel-Buffering"] = "no-store", "no"
        return answer
