"""Webhook endpoints and what was sent to them, for administrators who see everything."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from targeting.domain.outbox import Channel
from targeting.models import Delivery, WebhookEndpoint
from targeting.models.choices import DeliveryState
from targeting.selectors.scope import Scope

OWN_RECIPIENT = Concat(
    Value("webhook:"), Cast(OuterRef("pk"), TextField()), output_field=TextField()
)
"""The name of an endpoint's deliveries, in a subquery of endpoints."""


def list_webhooks(scope: Scope) -> QuerySet[WebhookEndpoint]:
    """Every endpoint with its client, and how many messages wait (``waiting``) and were given
    up (``dead``). None for who does not see everything: clients belong to no office."""
    if not scope.is_central:
        return WebhookEndpoint.objects.none()
    return WebhookEndpoint.objects.select_related("client").annotate(
        waiting=_count(DeliveryState.PENDING), dead=_count(DeliveryState.DEAD)
    )


def deliveries_to(endpoint: WebhookEndpoint) -> QuerySet[Delivery]:
    """What the endpoint was told or is to be told, the newest first."""
    own = Delivery.objects.filter(channel=Channel.WEBHOOK, recipient=endpoint.recipient)
    return own.select_related("event").order_by("-id")


def _count(state: DeliveryState) -> Coalesce:
    own = Delivery.objects.filter(channel=Channel.WEBHOOK, recipient=OWN_RECIPIENT, state=state)
    counted = own.order_by().values("recipient").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())
