"""Messages go to allowed addresses only; what fails is tried again and holds up no other."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest

from config import env
from targeting.domain.outbox import MOST_ATTEMPTS, EventKind, submitter_topic
from targeting.models import Delivery, WebhookEndpoint
from targeting.services import webhook_posting
from targeting.services.outbox import deliver_due, record_event
from targeting.services.webhook_routing import route_events
from targeting.services.webhooks import (
    replay,
)
from tests.integration.webhook_server import drip, flood, hang, hang_up, status
from tests.integration.webhooks.conftest import (
    LOOPBACK,
    NOW,
    broker,
    clock,
    customs,
    lane,
    registered,
    send,
    states,
)

pytestmark = pytest.mark.django_db


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
