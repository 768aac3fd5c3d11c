"""Addresses of webhooks."""

from django.urls import path

from targeting.api.base import LIST
from targeting.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet

WEBHOOKS = [
    path(
        "webhooks",
        WebhookViewSet.as_view({"get": "list", "post": "create"}),
        name="webhook-list",
    ),
    path(
        "webhooks/<int:pk>",
        WebhookViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="webhook-detail",
    ),
    path(
        "webhooks/<int:pk>/rotate-secret",
        WebhookViewSet.as_view({"post": "rotate"}),
        name="webhook-rotate-secret",
    ),
    path(
        "webhooks/<int:pk>/replay",
        WebhookViewSet.as_view({"post": "replay"}),
        name="webhook-replay",
    ),
    path(
        "webhooks/<int:pk>/deliveries",
        WebhookDeliveryViewSet.as_view(LIST),
        name="webhook-delivery-list",
    ),
]
