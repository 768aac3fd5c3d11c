"""Systems are told of what is theirs, signed and at least once."""

from datetime import timedelta

import pytest

from targeting.models import Delivery, OutboxEvent, WebhookEndpoint
from targeting.services.batches import tell_of_receipt
from targeting.services.webhook_routing import route_events
from targeting.services.webhooks import (
    change_endpoint,
    register_endpoint,
    remove_endpoint,
    rotate_endpoint_secret,
)
from tests.integration.webhooks.conftest import (
    NOW,
    broker,
    customs,
    finished,
    lane,
    registered,
    send,
    states,
)

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
