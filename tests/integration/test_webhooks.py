"""Systems are told by signed messages: their own only, at least once, whatever others do."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config import env
from targeting.domain.outbox import MOST_ATTEMPTS, EventKind, office_topic, submitter_topic
from targeting.models import Delivery, OutboxEvent, WebhookEndpoint
from targeting.services import webhook_posting
from targeting.services.batches import tell_of_receipt
from targeting.services.outbox import deliver_due, record_event
from targeting.services.webhook_delivery import deliver_webhooks
from targeting.services.webhook_routing import route_events
from targeting.services.webhooks import (
    change_endpoint,
    register_endpoint,
    remove_endpoint,
    replay,
    rotate_endpoint_secret,
)
from tests.factories.shipments import IntakeBatchFactory
from tests.factories.targeting import ApiClientFactory
from tests.integration.webhook_server import drip, flood, hang, hang_up, status, webhook_server

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


pytestmark = pytest.mark.django_db


def test_lane_when_given_then_the_customs_system_gets_it_signed_and_once(server):
    _, secret = registered(server, path="/hook?of=lanes")
    lane()
    assert send() == 1
    assert send() == 0
    (message,) = server.received
    assert message.path == "/hook?of=lanes"
    assert message.headers["content-type"] == "application/json"
    assert abs(int(message.headers["webhook-timestamp"]) - NOW.timestamp()) <= 1
    assert message.is_signed_with(secret)
    assert not message.is_signed_with("whsec_" + "A" * 44)
    assert message.said == {
        "type": "lane_given",
        "timestamp": NOW.isoformat(),
        "sequence": 1,
        "data": {
            "registration_number": "55301/010326/0000001",
            "version": 1,
            "customs_office": "55301",
            "lane": "red",
            "due_at": None,
        },
    }
    assert message.id == str(Delivery.objects.get().message_id)


def test_messages_of_one_declaration_are_counted_for_each_endpoint(server, other_server):
    registered(server)
    registered(other_server, client=customs(reach="offices", offices=["55301"]))
    lane()
    lane(2)
    assert send() == 4
    lane(version=2)
    lane(3, office="50000")
    assert send() == 3
    told = [
        (m.said["data"]["registration_number"][-1], m.said["sequence"]) for m in server.received
    ]
    assert sorted(told) == [("1", 1), ("1", 2), ("2", 1), ("3", 1)]
    assert {m.said["data"]["customs_office"] for m in other_server.received} == {"55301"}
    ids = {m.id for m in server.received + other_server.received}
    assert len(ids) == 7


def test_receipt_when_finished_then_its_own_client_is_told_and_nothing_of_risk(
    server, other_server
):
    own, other = broker("b-1"), broker("b-2")
    registered(server, client=own, kinds=["receipt_finished", "question_asked"])
    registered(other_server, client=other, kinds=["receipt_finished"])
    made = finished(own.submitter)
    tell_of_receipt(batch_id=made.pk, now=NOW)
    lane()
    assert send() == 1
    assert not other_server.received
    (message,) = server.received
    assert message.said["type"] == "receipt_finished"
    assert message.said["data"] == {"receipt": str(made.public_id), "state": "done"}


def test_receipt_when_nobody_asks_then_no_event_is_stored(server):
    client = broker("b-1")
    finished(client.submitter)
    registered(server, client=client, kinds=["question_asked"])
    finished(client.submitter, sha256=b"2" * 32)
    assert not OutboxEvent.objects.exists()


def test_client_when_told_of_lanes_by_a_forced_row_then_still_nothing_leaves(server):
    endpoint, _ = registered(server, client=broker("b-1"), kinds=["receipt_finished"])
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(kinds=["lane_given"])
    lane()
    Delivery.objects.create(
        event=OutboxEvent.objects.get(),
        channel="webhook",
        recipient=endpoint.recipient,
        sequence=1,
        due_at=NOW,
    )
    assert send() == 0
    assert not server.received
    assert states() == [("dead", 0, "not_permitted")]


@pytest.mark.parametrize(
    "taken", [{"scopes": ["outcomes:write"]}, {"reach": "offices", "offices": ["50000"]}]
)
def test_client_when_its_rights_are_taken_then_what_waits_is_given_up(server, taken):
    endpoint, _ = registered(server)
    lane()
    route_events(now=NOW)
    type(endpoint.client).objects.filter(pk=endpoint.client_id).update(**taken)
    assert send() == 0
    assert states() == [("dead", 0, "not_permitted")]
    assert not server.received


def test_endpoint_when_added_later_then_it_is_told_of_nothing_before(server):
    lane()
    client = customs()
    register_endpoint(
        client=client,
        url=server.url(),
        kinds=["lane_given"],
        actor="user:1",
        now=NOW + timedelta(seconds=1),
    )
    assert send(1) == 0
    assert not Delivery.objects.exists()


def test_endpoint_when_paused_then_what_happens_waits(server):
    endpoint, _ = registered(server)
    change_endpoint(endpoint=endpoint, url=endpoint.url, kinds=endpoint.kinds, is_active=False)
    lane()
    assert send() == 0
    change_endpoint(endpoint=endpoint, url=endpoint.url, kinds=endpoint.kinds, is_active=True)
    assert send() == 1


def test_endpoint_when_removed_then_what_waits_is_given_up(server):
    endpoint, _ = registered(server)
    lane()
    route_events(now=NOW)
    remove_endpoint(endpoint=endpoint)
    assert send() == 0
    assert states() == [("dead", 0, "recipient_gone")]


def test_client_when_deactivated_then_nothing_is_sent(server):
    endpoint, _ = registered(server)
    lane()
    route_events(now=NOW)
    type(endpoint.client).objects.filter(pk=endpoint.client_id).update(is_active=False)
    assert send() == 0
    assert not server.received


def test_secret_when_rotated_then_both_sign_for_a_day(server):
    endpoint, former = registered(server)
    secret = rotate_endpoint_secret(endpoint=endpoint, now=NOW)
    lane()
    send()
    lane(2)
    send(60 * 24 + 1)
    first, later = server.received
    assert first.is_signed_with(secret)
    assert first.is_signed_with(former)
    assert later.is_signed_with(secret)
    assert not later.is_signed_with(former)


def test_secret_when_stored_then_sealed(server):
    _, secret = registered(server)
    stored = WebhookEndpoint.objects.values().get()
    assert not any(secret[6:20] in str(value) for value in stored.values())
    assert not hasattr(WebhookEndpoint.events.rel.related_model, "sealed_secret")


def test_secret_when_the_key_of_the_installation_is_another_then_nothing_is_sent(server, settings):
    registered(server)
    lane()
    settings.SECRET_KEY = "another key of the installation, long enough for anybody"
    assert send() == 0
    assert states() == [("pending", 1, "secret_unreadable")]
    assert not server.received


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("https://127.0.0.1:{port}/", "address_forbidden"),
        ("https://localhost:{port}/", "address_forbidden"),
        ("http://localhost:{port}/", "address_forbidden"),
    ],
)
def test_address_when_private_then_nothing_is_sent_unless_it_is_allowed(
    server, settings, url, failure
):
    registered(server)
    WebhookEndpoint.objects.update(url=url.format(port=server.server_address[1]))
    settings.TARGETING = settings.TARGETING | {"WEBHOOK_NETWORKS": ["10.0.0.0/8"]}
    lane()
    assert send() == 0
    assert states() == [("pending", 1, failure)]
    assert not server.received


def test_name_when_it_is_another_address_a_moment_later_then_the_checked_one_is_met(
    server, monkeypatch
):
    """DNS rebinding: the first answer passes the check, any later one would lead elsewhere."""
    real, asked = webhook_posting.socket.getaddrinfo, []

    def rebound(host, port, *args, **kwargs):
        if host != "hook.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "10.255.255.1", port, *args, **kwargs)

    registered(server)
    port = server.server_address[1]
    WebhookEndpoint.objects.update(url=f"http://hook.example:{port}/hook")
    monkeypatch.setattr(webhook_posting.socket, "getaddrinfo", rebound)
    lane()
    assert send() == 1
    assert asked == ["hook.example"]
    assert server.received[0].headers["host"] == f"hook.example:{port}"


def test_name_when_one_of_its_addresses_is_private_then_none_is_taken(
    server, settings, monkeypatch
):
    real = webhook_posting.socket.getaddrinfo

    def both(host, port, *args, **kwargs):
        return real("8.8.8.8", port, *args, **kwargs) + real("127.0.0.1", port, *args, **kwargs)

    registered(server)
    WebhookEndpoint.objects.update(url=f"https://hook.example:{server.server_address[1]}/")
    settings.TARGETING = settings.TARGETING | {"WEBHOOK_NETWORKS": []}
    monkeypatch.setattr(webhook_posting.socket, "getaddrinfo", both)
    lane()
    assert send() == 0
    assert states() == [("pending", 1, "address_forbidden")]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (status(500), "status_500"),
        (status(429), "status_429"),
        (hang_up, "connection_broken"),
        (flood, "no_http"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-none\r\n"), "no_http"),
    ],
)
def test_endpoint_when_it_fails_then_tried_again_later_with_the_same_id(server, answer, failure):
    endpoint, _ = registered(server)
    lane()
    server.answer = answer
    assert send() == 0
    assert states() == [("pending", 1, failure)]
    delivery = Delivery.objects.get()
    assert timedelta(seconds=30) <= delivery.due_at - NOW <= timedelta(minutes=1)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failure) == (1, failure)
    assert send(0.4) == 0
    assert len(server.received) == 1
    server.answer = status(200)
    assert send(2) == 1
    assert server.received[0].id == server.received[1].id
    assert server.received[0].body == server.received[1].body
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failure, endpoint.leased_until) == (0, "", None)


def test_redirection_when_answered_then_not_followed(server, other_server):
    registered(server)
    lane()
    server.answer = status(307, f"Location: {other_server.url()}")
    assert send() == 0
    assert states() == [("pending", 1, "redirected")]
    assert not other_server.received


def test_message_when_refused_as_wrong_then_the_others_go_on(server):
    registered(server)
    for number in range(3):
        lane(number)

    def refuse_second(handler):
        status(400 if len(server.received) == 2 else 200)(handler)

    server.answer = refuse_second
    assert send() == 2
    assert sorted(states()) == [
        ("delivered", 1, ""),
        ("delivered", 1, ""),
        ("pending", 1, "status_400"),
    ]


def test_endpoint_when_it_fails_then_the_others_of_its_messages_were_not_tried(server):
    registered(server)
    for number in range(3):
        lane(number)
    server.answer = status(503)
    send()
    assert sorted(states()) == [
        ("pending", 0, ""),
        ("pending", 0, ""),
        ("pending", 1, "status_503"),
    ]
    # While it fails one message at a time asks whether it still does, after longer and longer.
    sent = []
    for step in range(1, 60):
        send(step / 6)
        sent.append(len(server.received))
    assert sent[-1] < 12
    server.answer = status(200)
    assert send(60) == 3


def test_endpoint_when_it_says_that_it_is_gone_then_given_up_at_once(server):
    registered(server)
    lane()
    server.answer = status(410)
    send()
    assert states() == [("dead", 1, "status_410")]


def test_message_when_tried_ten_times_then_given_up_until_it_is_replayed(server):
    endpoint, _ = registered(server)
    lane()
    server.answer = status(500)
    for attempt in range(MOST_ATTEMPTS + 2):
        send(60 * 24 * attempt)
    assert len(server.received) == MOST_ATTEMPTS
    assert states() == [("dead", MOST_ATTEMPTS, "status_500")]
    server.answer = status(200)
    assert replay(endpoint=endpoint, deliveries=None, since=NOW + timedelta(days=1), now=NOW) == 0
    assert replay(endpoint=endpoint, deliveries=None, since=None, now=NOW) == 1
    assert send(1) == 1
    assert len({message.id for message in server.received}) == 1
    delivered = Delivery.objects.get().pk
    assert replay(endpoint=endpoint, deliveries=[delivered], since=None, now=NOW) == 1
    assert send(2) == 1


@pytest.mark.parametrize("misbehaviour", [hang, drip])
def test_endpoint_when_it_does_not_end_its_answer_then_it_is_left(
    server, monkeypatch, misbehaviour
):
    monkeypatch.setattr(webhook_posting, "POST_SECONDS", 1.0)
    registered(server)
    server.answer = misbehaviour
    lane()
    lane(2)
    assert send() == 0
    assert sorted(states()) == [("pending", 0, ""), ("pending", 1, "timeout")]
    assert len(server.received) == 1


def test_endpoint_when_it_hangs_then_it_holds_up_no_other(server, other_server, monkeypatch):
    """It answers only once the other has all its messages, so that waiting for it would show."""
    monkeypatch.setattr(webhook_posting, "POST_SECONDS", 120.0)
    registered(server)
    registered(other_server, client=customs())
    count = 45  # three batches
    ended = []

    def wait_for_the_other(handler):
        ended.append(server.released.wait(60))

    def take(handler):
        status(200)(handler)
        if len(other_server.received) == count:
            server.released.set()

    server.answer, other_server.answer = wait_for_the_other, take
    for number in range(count):
        lane(number)
    assert send() == count
    assert ended == [True]
    assert [one for one in states() if one[2]] == [("pending", 1, "connection_broken")]


def test_mail_and_webhooks_leave_each_other_alone(server):
    registered(server)
    lane()
    route_events(now=NOW)
    assert deliver_due(clock=clock()) == 0
    assert states() == [("pending", 0, "")]
    assert send() == 1


def test_event_when_rolled_back_or_recorded_twice_then_told_once(server):
    registered(server)
    assert lane()
    assert lane() is None
    assert route_events(now=NOW) == 1
    assert route_events(now=NOW) == 0
    assert Delivery.objects.count() == 1


def test_question_when_asked_then_only_whoever_submitted_is_told(server, other_server):
    for key, one in (("b-1", server), ("b-2", other_server)):
        registered(one, client=broker(key), kinds=["question_asked"])
    record_event(
        key="question_asked:1",
        kind=EventKind.QUESTION_ASKED,
        topic=submitter_topic("b-2"),
        payload={"question": "1", "registration_number": "55301/1", "due_on": "2026-03-01"},
        now=NOW,
    )
    assert send() == 1
    assert not server.received
    assert other_server.received[0].said["sequence"] == 1


SENDER = """
import django
django.setup()
from django.utils import timezone
from targeting.services.webhook_delivery import deliver_webhooks
deliver_webhooks(clock=timezone.now)
"""


@pytest.mark.django_db(transaction=True)
def test_sender_when_killed_between_sending_and_marking_then_sent_again_with_the_same_id(
    server, worker_environment, settings
):
    registered(server)
    for number in range(3):
        lane(number)
    route_events(now=NOW)
    server.answer = lambda handler: (
        status(200)(handler) if len(server.received) < 3 else hang(handler)
    )
    environment = worker_environment | {
        "SECRET_KEY": settings.SECRET_KEY,
        "TARGETING_WEBHOOK_NETWORKS": LOOPBACK,
    }
    with subprocess.Popen([sys.executable, "-c", SENDER], cwd=env.PROJECT, env=environment) as one:
        until = time.monotonic() + 300
        while len(server.received) < 3 and one.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        one.kill()
    # All three were sent, two of them taken, and of none it is written down.
    assert len(server.received) == 3
    assert [state for state, _, _ in states()] == ["pending"] * 3
    server.answer = status(200)
    assert send() == 0, "another sender took it before the lease was over"
    assert send(60) == 3
    assert Delivery.objects.filter(state="delivered").count() == 3
    first, again = ([m.id for m in part] for part in (server.received[:3], server.received[3:]))
    assert sorted(first) == sorted(again)
