"""Webhooks of clients: where their systems are told, what was sent there, sending it again."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from shipments.domain.errors import InvalidValue
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, actor_of
from targeting.domain.webhooks import LONGEST_URL
from targeting.filters.webhooks import WebhookDeliveryFilter
from targeting.models import ApiClient, Delivery, WebhookEndpoint
from targeting.models.choices import WEBHOOK_KINDS
from targeting.selectors.webhooks import deliveries_to, list_webhooks
from targeting.services import webhooks

KINDS_HELP = f"Some of {', '.join(kind for kind, _ in WEBHOOK_KINDS)}."
SHOWN_ONCE = "Signs the messages; shown this once."


class WebhookSerializer(serializers.ModelSerializer):
    client = serializers.CharField(source="client.client_id")
    client_name = serializers.CharField(source="client.name")
    kinds = serializers.ListField(child=serializers.CharField(), help_text=KINDS_HELP)
    waiting = serializers.IntegerField(help_text="Messages that are to be sent.")
    dead = serializers.IntegerField(help_text="Messages that were given up.")
    failures = serializers.IntegerField(help_text="In a row, 0 while it takes messages.")
    failure = serializers.CharField(help_text="Code of the last one; blank while it takes them.")
    resting_until = serializers.DateTimeField(
        allow_null=True, help_text="Nothing is sent before: it failed."
    )

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id", "client", "client_name", "url", "kinds", "is_active", "created_by",
            "created_at", "waiting", "dead", "failures", "failure", "resting_until",
            "delivered_at", "former_until",
        ]  # fmt: skip


class NewWebhookSerializer(serializers.Serializer):
    client = serializers.CharField(max_length=100, help_text="The client's `client_id`.")
    url = serializers.CharField(max_length=LONGEST_URL)
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=40),
        allow_empty=False,
        max_length=len(WEBHOOK_KINDS),
        help_text=KINDS_HELP,
    )


class WebhookChangeSerializer(serializers.Serializer):
    url = serializers.CharField(max_length=LONGEST_URL)
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=40),
        allow_empty=False,
        max_length=len(WEBHOOK_KINDS),
        help_text=KINDS_HELP,
    )
    is_active = serializers.BooleanField(help_text="false: what happens waits.")


class RegisteredWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text=SHOWN_ONCE)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookSecretSerializer(serializers.Serializer):
    secret = serializers.CharField(help_text=SHOWN_ONCE)
    former_until = serializers.DateTimeField(help_text="Until then the former one signs along.")


class WebhookDeliverySerializer(serializers.ModelSerializer):
    kind = serializers.CharField(source="event.kind")
    at = serializers.DateTimeField(source="event.at", help_text="When it happened.")
    state = serializers.CharField(help_text="pending, delivered or dead.")
    failure = serializers.CharField(help_text="Code of the last failed attempt.")

    class Meta:
        model = Delivery
        fields = [
            "id", "message_id", "kind", "at", "subject", "sequence", "state", "attempts",
            "due_at", "failure", "delivered_at",
        ]  # fmt: skip


class ReplaySerializer(serializers.Serializer):
    """Without ``deliveries`` all that were given up."""

    deliveries = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        allow_empty=False,
        max_length=1000,
        help_text="Ids, given up or delivered.",
    )
    since = serializers.DateTimeField(required=False, help_text="Only what happened from then on.")


class ReplayedSerializer(serializers.Serializer):
    replayed = serializers.IntegerField(help_text="How many are sent again, 10,000 at most.")


@extend_schema_view(
    list=extend_schema(summary="Webhooks of all clients, the newest first"),
    retrieve=extend_schema(summary="One webhook"),
)
class WebhookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Addresses that are told of lanes (customs systems) and receipts (API clients)."""

    policy = POLICIES["webhooks"]
    serializer_class = WebhookSerializer
    filter_backends = []
    queryset = WebhookEndpoint.objects.none()

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return list_webhooks(self.scope).order_by("-id")

    @extend_schema(
        summary="Register a webhook of a client; the answer holds its secret, this once",
        request=NewWebhookSerializer,
        responses={201: RegisteredWebhookSerializer},
    )
    def create(self, request: Request) -> Response:
        given = self._given(NewWebhookSerializer, request)
        endpoint, secret = webhooks.register_endpoint(
            client=self._client(given.pop("client")),
            **given,
            actor=actor_of(request),
            now=timezone.now(),
        )
        place = reverse("webhook-detail", kwargs={"pk": endpoint.pk}, request=request)
        shown = {**self._shown(endpoint), "secret": secret}
        return Response(shown, status=201, headers={"Location": place})

    @extend_schema(
        summary="Another address or other kinds, a pause or its end",
        request=WebhookChangeSerializer,
    )
    def update(self, request: Request, pk: int) -> Response:
        endpoint = self.get_object()
        given = self._given(WebhookChangeSerializer, request)
        return Response(self._shown(webhooks.change_endpoint(endpoint=endpoint, **given)))

    @extend_schema(summary="Tell it nothing more", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        webhooks.remove_endpoint(endpoint=self.get_object())
        return Response(status=204)

    @extend_schema(
        summary="Give it a new secret; for a day the former one signs along",
        request=None,
        responses=WebhookSecretSerializer,
    )
    def rotate(self, request: Request, pk: int) -> Response:
        endpoint = self.get_object()
        secret = webhooks.rotate_endpoint_secret(endpoint=endpoint, now=timezone.now())
        endpoint.refresh_from_db()
        told = {"secret": secret, "former_until": endpoint.former_until}
        return Response(WebhookSecretSerializer(told).data)

    @extend_schema(
        summary="Send again what was given up, or what is named",
        request=ReplaySerializer,
        responses=ReplayedSerializer,
    )
    def replay(self, request: Request, pk: int) -> Response:
        endpoint = self.get_object()
        given = self._given(ReplaySerializer, request)
        replayed = webhooks.replay(
            endpoint=endpoint,
            deliveries=given.get("deliveries"),
            since=given.get("since"),
            now=timezone.now(),
        )
        return Response(ReplayedSerializer({"replayed": replayed}).data)

    def _given(self, serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
        read = serializer(data=request.data)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _client(self, client_id: str) -> ApiClient:
        client = ApiClient.objects.filter(client_id=client_id).first()
        if client is None or not self.scope.is_central:
            allowed = "the client_id of a client that you see"
            raise InvalidValue(field="client", value=client_id, allowed=allowed)
        return client

    def _shown(self, endpoint: WebhookEndpoint) -> dict[str, Any]:
        return dict(WebhookSerializer(self.get_queryset().get(pk=endpoint.pk)).data)


@extend_schema_view(
    list=extend_schema(summary="What a webhook was told, the newest first; `state=dead`: given up")
)
class WebhookDeliveryViewSet(mixins.ListModelMixin, Resource):
    """Messages to one webhook, without their content: that is in the resource they tell of."""

    policy = POLICIES["webhooks"]
    serializer_class = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilter
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        if "pk" not in self.kwargs:  # the schema asks without an address
            return Delivery.objects.none()
        endpoint = get_object_or_404(list_webhooks(self.scope), pk=self.kwargs["pk"])
        return deliveries_to(endpoint)
