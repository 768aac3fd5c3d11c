"""Which webhooks are told of an event: looked up once, after what happened was committed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from targeting.domain.client_scopes import ClientKind
from targeting.domain.outbox import Channel
from targeting.domain.webhooks import Listener, concerns, subject_of
from targeting.models import Delivery, OutboxEvent, WebhookEndpoint
from targeting.models.choices import Reach

# Any number that no other advisory lock of the database uses: only one router counts on.
ROUTER_LOCK = 7_302_614_982
MOST_AT_ONCE = 2000


@transaction.atomic
def route_events(*, now: datetime) -> int:
    """Make the deliveries of events that nobody looked at yet, in their order; how many events.

    One router at a time, so that the sequence of what an endpoint is told of one declaration
    has no gap; while another is at it nothing is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ROUTER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    events = list(OutboxEvent.objects.filter(routed_at=None).order_by("pk")[:MOST_AT_ONCE])
    endpoints = WebhookEndpoint.objects.filter(client__is_active=True).order_by("pk")
    listeners = [
        (one.recipient, listener_of(one)) for one in endpoints.select_related("client__submitter")
    ]
    wanted = [
        Delivery(
            event=event,
            channel=Channel.WEBHOOK.value,
            recipient=recipient,
            subject=subject_of(event.payload),
            due_at=now,
        )
        for event in events
        for recipient, listener in listeners
        if concerns(listener, kind=event.kind, topic=event.topic, at=event.at)
    ]
    Delivery.objects.bulk_create(_in_sequence(wanted))
    OutboxEvent.objects.filter(pk__in=[one.pk for one in events]).update(routed_at=now)
    return len(events)


def listener_of(endpoint: WebhookEndpoint) -> Listener:
    """The endpoint as the rule sees it, with what its client may read now."""
    client = endpoint.client
    return Listener(
        client_kind=ClientKind(client.kind),
        scopes=frozenset(client.scopes),
        submitter_key=client.submitter.key if client.submitter else "",
        offices=None if client.reach == Reach.CENTRAL else frozenset(client.offices),
        kinds=frozenset(endpoint.kinds),
        since=endpoint.created_at,
    )


def _in_sequence(deliveries: Sequence[Delivery]) -> Iterable[Delivery]:
    """The deliveries with their numbers: each goes on from what the endpoint was told before."""
    known = Delivery.objects.filter(
        channel=Channel.WEBHOOK,
        recipient__in={one.recipient for one in deliveries},
        subject__in={one.subject for one in deliveries},
    )
    last = {
        (recipient, subject): number
        for recipient, subject, number in known.order_by()
        .values_list("recipient", "subject")
        .annotate(last=Max("sequence"))
    }
    for one in deliveries:
        place = one.recipient, one.subject
        one.sequence = last[place] = last.get(place, 0) + 1
    return deliveries
