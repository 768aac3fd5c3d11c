"""Flagged shipments: the routes of the queue, its events and what is done with an alert."""

from django.urls import URLPattern, path

from targeting.api.alert_acts import AlertActViewSet
from targeting.api.alert_bulk import AlertBulkViewSet
from targeting.api.alerts import AlertViewSet
from targeting.api.attachments import AttachmentViewSet
from targeting.api.base import DETAIL, LIST
from targeting.api.events import AlertEventStreamViewSet, AlertEventViewSet
from targeting.api.referrals import ReceivedReferralViewSet, ReferralViewSet
from targeting.domain.lifecycle import Move

ALERTS: list[URLPattern] = [
    path("alerts", AlertViewSet.as_view(LIST), name="alert-list"),
    path("alerts/bulk", AlertBulkViewSet.as_view({"post": "bulk"}), name="alert-bulk"),
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
        if move is not Move.ATTACH
    ),
    path(
        "alerts/<int:pk>/attachments",
        AttachmentViewSet.as_view({"get": "attachments", "post": "attach"}),
        name="alert-attachments",
    ),
    path(
        "alerts/<int:pk>/attachments/<int:number>",
        AttachmentViewSet.as_view({"get": "file"}),
        name="alert-attachment",
    ),
    path("referrals", ReferralViewSet.as_view(LIST), name="referral-list"),
    path("referrals/<int:pk>", ReferralViewSet.as_view(DETAIL), name="referral-detail"),
    path(
        "referrals/<int:pk>/withdraw",
        ReferralViewSet.as_view({"post": "withdraw"}),
        name="referral-withdraw",
    ),
    path(
        "received-referrals",
        ReceivedReferralViewSet.as_view(LIST),
        name="received-referral-list",
    ),
    path(
        "received-referrals/<uuid:id>",
        ReceivedReferralViewSet.as_view(DETAIL),
        name="received-referral-detail",
    ),
    *(
        path(
            f"received-referrals/<uuid:id>/{word}",
            ReceivedReferralViewSet.as_view({"post": word}),
            name=f"received-referral-{word}",
        )
        for word in ("receive", "answer")
    ),
    path("events", AlertEventViewSet.as_view(LIST), name="event-list"),
    path("events/stream", AlertEventStreamViewSet.as_view(LIST), name="event-stream"),
]
