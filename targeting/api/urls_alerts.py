"""Flagged shipments: the routes of the queue, its events and what is done with an alert."""

from django.urls import URLPattern, path

from targeting.api.alert_acts import AlertActViewSet
from targeting.api.alerts import AlertViewSet
from targeting.api.base import DETAIL, LIST
from targeting.api.events import AlertEventStreamViewSet, AlertEventViewSet
from targeting.domain.lifecycle import Move

ALERTS: list[URLPattern] = [
    path("alerts", AlertViewSet.as_view(LIST), name="alert-list"),
    path("alerts/<int:pk>", AlertViewSet.as_view(DETAIL), name="alert-detail"),
    path(
        "alerts/<int:pk>/timeline",
        AlertActViewSet.as_view({"get": "timeline"}),
        name="alert-timeline",
    ),
    *(
        path(
            f"alerts/<int:pk>/{move.value.replace('_', '-')}",
            AlertActViewSet.as_view({"post": move.value}),
            name=f"alert-{move.value.replace('_', '-')}",
        )
        for move in Move
    ),
    path("events", AlertEventViewSet.as_view(LIST), name="event-list"),
    path("events/stream", AlertEventStreamViewSet.as_view(LIST), name="event-stream"),
]
