"""Events that leave the system, who asked to be told, and what came of telling them.

An event, its notices and its deliveries are stored in the transaction of what happened, so
none is lost and none is told of what did not happen. A periodic task sends the deliveries.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from targeting.domain.outbox import Channel
from targeting.models.choices import CHANNELS, EVENT_KINDS, LANGUAGES, NOTICE_KINDS, DeliveryState
from targeting.models.users import User


def subject() -> Coalesce:
    """What an event is about, as :func:`targeting.domain.webhooks.subject_of` reads it."""
    return Coalesce(KT("payload__registration_number"), KT("payload__receipt"))


class OutboxEvent(models.Model):
    """Something that happened once: ``key`` names it, so that telling it twice is impossible.

    ``topic`` is what it is about (``list:KZ-470-T4``), by which people subscribe. ``payload``
    is what every channel may say: codes, numbers, dates and the act, no personal data.
    ``routed_at`` is when it was looked up which webhooks are told of it; null: not yet.
    """

    key = models.TextField(unique=True)
    kind = models.TextField(choices=EVENT_KINDS)
    topic = models.TextField()
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    routed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(routed_at=None), name="event_not_routed"),
            models.Index(subject(), name="event_of_subject"),
        ]

    def __str__(self) -> str:
        return self.key


class Subscription(models.Model):
    """Who is told what of which topic, of every one when it is blank. In the application
    always, by mail if they like."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="subscriptions")
    topic = models.TextField(blank=True)
    kinds = ArrayField(models.TextField(choices=NOTICE_KINDS))
    by_email = models.BooleanField(default=False)
    lang = models.TextField(choices=LANGUAGES, default="en")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"user:{self.user_id} of {self.topic or 'everything'}"


class Notice(models.Model):
    """An event in somebody's list of news; ``read_at`` is when they marked it read."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} for user:{self.user_id}"


class Delivery(models.Model):
    """One event to one recipient through one channel: once, however often it is tried.

    ``recipient`` is opaque (``user:7``): the address is looked up when it is sent. ``failure``
    is a code, never what the other side said. A lease keeps two senders apart; after the
    last attempt it is dead until somebody has it delivered again. ``message_id`` names it to the
    recipient, the same at each attempt. To a webhook ``sequence`` counts what it was told of
    the same ``subject``, a declaration or receipt, from 1.
    """

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.TextField(choices=CHANNELS)
    recipient = models.TextField()
    lang = models.TextField(choices=LANGUAGES, default="en")
    state = models.TextField(choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    message_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    subject = models.TextField(blank=True, db_default="")
    sequence = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "recipient"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | (~Q(state=DeliveryState.DELIVERED) & Q(delivered_at=None)),
                name="delivery_delivered_at",
            ),
            models.UniqueConstraint(
                fields=["recipient", "subject", "sequence"],
                condition=Q(channel=Channel.WEBHOOK.value),
                name="delivery_in_sequence",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=Q(state=DeliveryState.PENDING),
                name="delivery_due",
            ),
            models.Index(
                fields=["recipient", "due_at", "id"],
                condition=Q(channel=Channel.WEBHOOK.value, state=DeliveryState.PENDING),
                name="delivery_due_at_webhook",
            ),
            models.Index(
                fields=["recipient", "-id"],
                condition=Q(channel=Channel.WEBHOOK.value),
                name="delivery_of_webhook",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.recipient}: {self.state}"
