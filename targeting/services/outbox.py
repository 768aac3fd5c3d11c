"""Events are recorded with what happened, and delivered afterwards: at least once, never lost."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from targeting.domain.outbox import ANYTHING, LEASE, MOST_ATTEMPTS, Channel, EventKind, wait_after
from targeting.domain.policy import EVERY_ROLE, Grants, allows
from targeting.models import Delivery, Notice, OutboxEvent, Subscription
from targeting.models.choices import DeliveryState
from targeting.services.notice_mail import DeliveryFailed, send_mail_notice

log = structlog.get_logger(__name__)

# How a channel sends one delivery; raises DeliveryFailed. Webhooks go by recipient
# (webhook_delivery.py), so that one that hangs holds up no other.
SENDERS: Mapping[str, Callable[[Delivery], None]] = {Channel.EMAIL.value: send_mail_notice}
MOST_AT_ONCE = 50


def record_event(
    *,
    key: str,
    kind: EventKind,
    topic: str,
    payload: Mapping[str, Any],
    now: datetime,
    readers: Grants = EVERY_ROLE,
) -> OutboxEvent | None:
    """Store the event with a notice and a delivery for each who subscribed, of people who hold
    one of the grants ``readers`` (default: any of the house).

    The caller holds the transaction of what happened. None, and nothing stored, when an
    event of this key was recorded before.
    """
    event, is_new = OutboxEvent.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind.value,
            "topic": topic,
            "payload": dict(payload),
            "at": now,
        },
    )
    if not is_new:
        return None
    told = Subscription.objects.filter(
        topic__in=[ANYTHING, topic],
        kinds__contains=[kind.value],
        user__is_active=True,
    ).select_related("user")
    # Of a subscription to the topic and one to everything, the topic's says how.
    by_user = {one.user_id: one for one in told.order_by("topic")}
    asked = [one for one in by_user.values() if allows(one.user.grants, readers)]
    Notice.objects.bulk_create(Notice(event=event, user_id=one.user_id) for one in asked)
    Delivery.objects.bulk_create(
        Delivery(
            event=event,
            channel=Channel.EMAIL.value,
            recipient=one.user.actor,
            lang=one.lang,
            due_at=now,
        )
        for one in asked
        if one.by_email
    )
    return event


def deliver_due(*, clock: Callable[[], datetime]) -> int:
    """Send what is due; how many were delivered. Several senders may run at once.

    A delivery is leased before it is sent and settled after, each in a short transaction,
    so a sender that dies loses nothing: when its lease ends another sends again, with the
    same message id.
    """
    delivered = 0
    while claimed := _claim(clock()):
        for delivery in claimed:
            delivered += _deliver(delivery, clock)
    return delivered


@transaction.atomic
def deliver_again(*, delivery: Delivery, now: datetime) -> Delivery:
    """Try a dead delivery anew, from the first attempt; others are left as they are."""
    found = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if found.state == DeliveryState.DEAD:
        found.state, found.attempts, found.due_at = DeliveryState.PENDING, 0, now
        found.save(update_fields=["state", "attempts", "due_at"])
    return found


@transaction.atomic
def _claim(now: datetime) -> list[Delivery]:
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Delivery.objects.filter(
        free, channel__in=SENDERS, state=DeliveryState.PENDING, due_at__lte=now
    )
    # Whoever tried it last died of it: no other shall.
    due.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=DeliveryState.DEAD, failure="sender_died", leased_until=None
    )
    claimed = list(due.select_for_update(skip_locked=True).order_by("due_at", "pk")[:MOST_AT_ONCE])
    for delivery in claimed:
        delivery.leased_until, delivery.attempts = now + LEASE, delivery.attempts + 1
    Delivery.objects.bulk_update(claimed, ["leased_until", "attempts"])
    return claimed


def _deliver(delivery: Delivery, clock: Callable[[], datetime]) -> bool:
    try:
        SENDERS[delivery.channel](delivery)
    except DeliveryFailed as error:
        _settle(delivery, error, clock())
        return False
    # Whoever took it over after the lease ended settles it to the same.
    Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.DELIVERED).update(
        state=DeliveryState.DELIVERED, delivered_at=clock(), leased_until=None, failure=""
    )
    log.info("delivered", delivery=delivery.pk, channel=delivery.channel)
    return True


def _settle(delivery: Delivery, error: DeliveryFailed, now: datetime) -> None:
    wait = None if error.is_final else wait_after(delivery.attempts)
    state = DeliveryState.DEAD if wait is None else DeliveryState.PENDING
    # Only while it is still ours: a delivery taken over meanwhile is the other sender's.
    Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.PENDING, attempts=delivery.attempts
    ).update(state=state, failure=error.code, leased_until=None, due_at=now + wait if wait else now)
    log.warning(
        "delivery failed",
        delivery=delivery.pk,
        channel=delivery.channel,
        failure=error.code,
        attempts=delivery.attempts,
        dead=wait is None,
    )
