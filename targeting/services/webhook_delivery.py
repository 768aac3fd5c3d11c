"""Sending what webhooks are told: at least once, each endpoint by itself."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet

from targeting.domain.outbox import MOST_ATTEMPTS, Channel
from targeting.domain.webhooks import body_of, concerns, rest_after, wait_spread
from targeting.models import Delivery, WebhookEndpoint
from targeting.models.choices import DeliveryState
from targeting.selectors.webhooks import OWN_RECIPIENT
from targeting.services.webhook_posting import Message, Posted, PostFailed, Target, post_messages
from targeting.services.webhook_routing import listener_of
from targeting.services.webhooks import allowed_networks, secrets_of

log = structlog.get_logger(__name__)

# So many messages go to an endpoint before what came of them is written down: a sender that is
# killed between repeats at most these.
BATCH = 20
# So many endpoints at the same time.
SENDERS = 16
# Longer than a batch takes: BATCH_SECONDS, one more POST_SECONDS and a slow name server.
LEASE = timedelta(seconds=90)
# A run begins no further batch after this time; the next run goes on.
RUN_TIME = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class _Batch:
    endpoint: WebhookEndpoint
    attempts: dict[int, int]
    target: Target
    messages: list[Message]


def deliver_webhooks(*, clock: Callable[[], datetime]) -> int:
    """Send what is due; how many messages were taken. Several senders may run at once.

    An endpoint is leased to one sender. The database is used here, the threads only talk to
    endpoints: what one of them does to its thread concerns no other.
    """
    delivered, until = 0, clock() + RUN_TIME
    with ThreadPoolExecutor(max_workers=SENDERS) as pool:
        flying: dict[Future[list[Posted]], _Batch] = {}
        while True:
            if clock() < until:
                for batch in _claim(clock(), most=SENDERS - len(flying)):
                    future = pool.submit(post_messages, batch.target, batch.messages, clock=clock)
                    flying[future] = batch
            if not flying:
                return delivered
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                delivered += _settle(flying.pop(future), future.result(), clock())


@transaction.atomic
def _claim(now: datetime, *, most: int) -> list[_Batch]:
    """Lease endpoints that are free and have something due, and take of each what is next."""
    found = due_endpoints(now).select_related("client__submitter")
    free = found.select_for_update(skip_locked=True, of=("self",))
    return [_take(endpoint, now) for endpoint in free[:most]]


def due_endpoints(now: datetime) -> QuerySet[WebhookEndpoint]:
    """Endpoints to which something is to be sent now, and to which nobody is sending."""
    waiting = Delivery.objects.filter(
        channel=Channel.WEBHOOK,
        recipient=OWN_RECIPIENT,
        state=DeliveryState.PENDING,
        due_at__lte=now,
    )
    return WebhookEndpoint.objects.filter(
        Exists(waiting),
        Q(leased_until=None) | Q(leased_until__lte=now),
        Q(resting_until=None) | Q(resting_until__lte=now),
        is_active=True,
        client__is_active=True,
    ).order_by("pk")


def _take(endpoint: WebhookEndpoint, now: datetime) -> _Batch:
    due = Delivery.objects.filter(
        channel=Channel.WEBHOOK,
        recipient=endpoint.recipient,
        state=DeliveryState.PENDING,
        due_at__lte=now,
    )
    # Whoever tried it last died of it: no other shall.
    due.filter(attempts__gte=MOST_ATTEMPTS).update(state=DeliveryState.DEAD, failure="sender_died")
    # While it fails one message is enough to see whether it still does.
    most = 1 if endpoint.failures else BATCH
    taken = _still_concerned(
        endpoint, list(due.select_related("event").order_by("due_at", "pk")[:most])
    )
    Delivery.objects.filter(pk__in=[one.pk for one in taken]).update(attempts=F("attempts") + 1)
    endpoint.leased_until = now + LEASE
    endpoint.save(update_fields=["leased_until"])
    return _Batch(
        endpoint=endpoint,
        attempts={one.pk: one.attempts + 1 for one in taken},
        target=Target(endpoint.url, secrets_of(endpoint, now), tuple(allowed_networks())),
        messages=[Message(one.pk, str(one.message_id), _body(one)) for one in taken],
    )


def _still_concerned(endpoint: WebhookEndpoint, found: list[Delivery]) -> list[Delivery]:
    """Those that the client may read still; what was taken from it meanwhile is given up."""
    listener = listener_of(endpoint)
    told = {
        one.pk
        for one in found
        if concerns(listener, kind=one.event.kind, topic=one.event.topic, at=one.event.at)
    }
    Delivery.objects.filter(pk__in=[one.pk for one in found if one.pk not in told]).update(
        state=DeliveryState.DEAD, failure="not_permitted"
    )
    return [one for one in found if one.pk in told]


def _body(delivery: Delivery) -> bytes:
    event = delivery.event
    return body_of(kind=event.kind, at=event.at, sequence=delivery.sequence, data=event.payload)


@transaction.atomic
def _settle(batch: _Batch, posted: list[Posted], now: datetime) -> int:
    """Write down what came of the batch and give the endpoint back; how many were taken."""
    taken = [one.delivery_id for one in posted if one.failure is None]
    # Whoever took it over after the lease ended settles it to the same.
    Delivery.objects.filter(pk__in=taken).exclude(state=DeliveryState.DELIVERED).update(
        state=DeliveryState.DELIVERED, delivered_at=now, failure=""
    )
    failure = None
    for one in posted:
        if one.failure:
            _settle_failure(one.delivery_id, batch.attempts[one.delivery_id], one.failure, now)
            failure = failure if one.failure.is_of_message else one.failure
    tried = {one.delivery_id for one in posted}
    left = [pk for pk in batch.attempts if pk not in tried]
    Delivery.objects.filter(pk__in=left, state=DeliveryState.PENDING, attempts__gt=0).update(
        attempts=F("attempts") - 1
    )
    _give_back(batch, failure, now=now, is_heard=bool(taken))
    return len(taken)


def _settle_failure(pk: int, attempts: int, failure: PostFailed, now: datetime) -> None:
    wait = None if failure.is_final else wait_spread(attempts, spread_by=str(pk))
    state = DeliveryState.DEAD if wait is None else DeliveryState.PENDING
    # Only while it is still ours: one taken over meanwhile is the other sender's.
    Delivery.objects.filter(pk=pk, state=DeliveryState.PENDING, attempts=attempts).update(
        state=state, failure=failure.code, due_at=now + wait if wait else now
    )


def _give_back(batch: _Batch, failure: PostFailed | None, *, now: datetime, is_heard: bool) -> None:
    """Another sender may take the endpoint, after a rest if it failed."""
    row = WebhookEndpoint.objects.filter(
        pk=batch.endpoint.pk, leased_until=batch.endpoint.leased_until
    )
    if failure is None:
        told = {"delivered_at": now} if is_heard else {}
        row.update(leased_until=None, failures=0, failure="", resting_until=None, **told)
        return
    failures = batch.endpoint.failures + 1
    rest = rest_after(failures, spread_by=f"{batch.endpoint.pk}:{failures}")
    row.update(leased_until=None, failures=failures, failure=failure.code, resting_until=now + rest)
    log.warning(
        "webhook failed",
        endpoint=batch.endpoint.pk,
        failure=failure.code,
        failures=failures,
        rest_seconds=round(rest.total_seconds(), 1),
    )
