"""Endpoints that listen on this machine, and events to tell them of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from targeting.domain.outbox import EventKind, office_topic
from targeting.models import Delivery
from targeting.services.batches import tell_of_receipt
from targeting.services.outbox import record_event
from targeting.services.webhook_delivery import deliver_webhooks
from targeting.services.webhook_routing import route_events
from targeting.services.webhooks import (
    register_endpoint,
)
from tests.factories.shipments import IntakeBatchFactory
from tests.factories.targeting import ApiClientFactory
from tests.integration.webhook_server import webhook_server

NOW = timezone.now()
LOOPBACK = "127.0.0.0/8"


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings):
    settings.TARGETING = settings.TARGETING | {"WEBHOOK_NETWORKS": [LOOPBACK]}


@pytest.fixture
def server():
    with webhook_server() as server:
        yield server


@pytest.fixture
def other_server():
    with webhook_server() as server:
        yield server


def clock(minutes: float = 0):
    return lambda: NOW + timedelta(minutes=minutes)


def customs(**client):
    known = {"kind": "customs_system", "scopes": ["lanes:read"], "reach": "central"}
    return ApiClientFactory(**known | client)


def broker(key: str, **client):
    return ApiClientFactory(submitter__key=key, scopes=["receipts:read"], **client)


def registered(server, *, client=None, kinds=("lane_given",), path="/hook"):
    return register_endpoint(
        client=client or customs(), url=server.url(path), kinds=kinds, actor="user:1", now=NOW
    )


def lane(number: int = 1, *, version: int = 1, office: str = "55301", lane: str = "red"):
    """The event of a lane, as giving lanes stores it."""
    declaration = f"{office}/010326/{number:07}"
    return record_event(
        key=f"lane_given:{declaration}:{version}",
        kind=EventKind.LANE_GIVEN,
        topic=office_topic(office),
        payload={
            "registration_number": declaration,
            "version": version,
            "customs_office": office,
            "lane": lane,
            "due_at": None,
        },
        now=NOW,
    )


def finished(submitter, **batch):
    made = IntakeBatchFactory(submitter=submitter, state="done", finished_at=NOW, **batch)
    tell_of_receipt(batch_id=made.pk, now=NOW)
    return made


def send(minutes: float = 0) -> int:
    route_events(now=NOW)
    return deliver_webhooks(clock=clock(minutes))


def states() -> list[tuple[str, int, str]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts", "failure"))
