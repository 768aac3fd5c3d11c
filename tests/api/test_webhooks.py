"""Administrators register where clients' systems are told; the secret is shown once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from targeting.models import AuditEvent, Delivery, WebhookEndpoint
from targeting.services.webhooks import register_endpoint, secrets_of
from tests.api.conftest import signed_in
from tests.factories.targeting import ApiClientFactory, OutboxEventFactory

pytestmark = pytest.mark.django_db

WEBHOOKS = "/api/v1/webhooks"
URL = "https://broker.example/told"


@pytest.fixture
def client():
    return ApiClientFactory()


def body(client, **changes):
    return {"client": client.client_id, "url": URL, "kinds": ["receipt_finished"]} | changes


def made(client, **changes):
    known = {"url": URL, "kinds": ["receipt_finished"], "actor": "user:1", "now": timezone.now()}
    return register_endpoint(client=client, **known | changes)


def delivery(endpoint, number=1, **changes):
    known = {
        "event": OutboxEventFactory(kind="receipt_finished"),
        "channel": "webhook",
        "recipient": endpoint.recipient,
        "subject": "7",
        "sequence": number,
        "due_at": timezone.now(),
    }
    return Delivery.objects.create(**known | changes)


def test_webhook_when_registered_then_its_secret_is_shown_this_once(administrator, client):
    answer = administrator.post(WEBHOOKS, body(client))
    assert answer.status_code == 201
    said = answer.json()
    endpoint = WebhookEndpoint.objects.get()
    assert answer["Location"].endswith(f"{WEBHOOKS}/{endpoint.pk}")
    assert said["secret"].startswith("whsec_")
    assert secrets_of(endpoint, timezone.now()) == (said["secret"],)
    assert (said["client"], said["is_active"], said["waiting"]) == (client.client_id, True, 0)
    assert endpoint.created_by == administrator.user.actor
    shown = [
        administrator.get(WEBHOOKS).content,
        administrator.get(f"{WEBHOOKS}/{endpoint.pk}").content,
        str(list(AuditEvent.objects.values())).encode(),
        str(list(endpoint.events.values())).encode(),
    ]
    assert not any(said["secret"][6:].encode() in one for one in shown)
    created = AuditEvent.objects.filter(resource="webhook-list", verb="create").get()
    assert (created.object_key, created.status) == (str(endpoint.pk), 201)


def test_secret_when_rotated_then_shown_once_and_the_former_goes_on(administrator, client):
    endpoint, former = made(client)
    said = administrator.post(f"{WEBHOOKS}/{endpoint.pk}/rotate-secret").json()
    endpoint.refresh_from_db()
    assert secrets_of(endpoint, timezone.now()) == (said["secret"], former)
    assert said["former_until"]


@pytest.mark.parametrize(
    "url",
    [
        "http://broker.example/told",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "https://0.0.0.0/",
        "https://user:word@broker.example/",
        "https://broker.example/#part",
        "https://broker.example/a b",
        "https://broker.example/\r\nX-Evil: 1",
        "https://broker.example:0/",
        "https://broker.example:99999/",
        "https:///told",
        "ftp://broker.example/",
        "told",
        "https://брокер.example/",
        "https://broker.example/" + "a" * 480,
    ],
)
def test_address_when_it_cannot_be_then_refused(administrator, client, url):
    answer = administrator.post(WEBHOOKS, body(client, url=url))
    assert answer.status_code == 422 or "url" in str(answer.json()["errors"])
    assert not WebhookEndpoint.objects.exists()


def test_address_when_its_network_is_allowed_then_taken_without_encryption_too(
    administrator, client, settings
):
    settings.TARGETING = settings.TARGETING | {"WEBHOOK_NETWORKS": ["10.1.0.0/16"]}
    assert administrator.post(WEBHOOKS, body(client, url="http://10.1.2.3/")).status_code == 201
    assert administrator.post(WEBHOOKS, body(client, url="http://10.2.2.3/")).status_code == 422
    assert administrator.post(WEBHOOKS, body(client, url="http://8.8.8.8/")).status_code == 422


@pytest.mark.parametrize(
    ("kind", "asked", "status"),
    [
        ("api_client", ["lane_given"], 422),
        ("api_client", ["question_asked", "question_reminded"], 201),
        ("customs_system", ["receipt_finished"], 422),
        ("customs_system", ["lane_given"], 201),
        ("api_client", [], 400),
        ("api_client", ["edition_approved"], 422),
    ],
)
def test_kinds_when_asked_for_then_only_those_of_the_kind_of_client(
    administrator, kind, asked, status
):
    client = ApiClientFactory(kind=kind, scopes=[])
    assert administrator.post(WEBHOOKS, body(client, kinds=asked)).status_code == status


def test_address_when_the_client_has_it_already_or_has_ten_then_refused(administrator, client):
    made(client)
    assert administrator.post(WEBHOOKS, body(client)).status_code == 422
    for number in range(9):
        made(client, url=f"{URL}/{number}")
    assert administrator.post(WEBHOOKS, body(client, url=f"{URL}/x")).status_code == 422
    assert administrator.post(WEBHOOKS, body(ApiClientFactory())).status_code == 201


def test_webhook_when_changed_then_the_rest_it_took_is_over(administrator, client):
    endpoint, _ = made(client)
    WebhookEndpoint.objects.update(failures=3, failure="timeout", resting_until=timezone.now())
    change = {"url": f"{URL}/2", "kinds": ["question_asked"], "is_active": False}
    said = administrator.put(f"{WEBHOOKS}/{endpoint.pk}", change).json()
    assert (said["url"], said["kinds"], said["is_active"]) == (
        f"{URL}/2",
        ["question_asked"],
        False,
    )
    assert (said["failures"], said["failure"], said["resting_until"]) == (0, "", None)
    assert endpoint.events.filter(pgh_label="update").count() == 1


def test_webhook_when_deleted_then_gone_with_its_history_kept(administrator, client):
    endpoint, _ = made(client)
    assert administrator.delete(f"{WEBHOOKS}/{endpoint.pk}").status_code == 204
    assert administrator.get(f"{WEBHOOKS}/{endpoint.pk}").status_code == 404
    history = WebhookEndpoint.events.rel.related_model.objects.values_list("pgh_label", flat=True)
    assert sorted(history) == ["delete", "insert"]


def test_deliveries_when_given_up_then_listed_and_replayed(administrator, client):
    endpoint, other = made(client)[0], made(client, url=f"{URL}/2")[0]
    dead = delivery(endpoint, state="dead", attempts=10, failure="timeout")
    done = delivery(endpoint, 2, state="delivered", delivered_at=timezone.now())
    foreign = delivery(other, state="dead", attempts=10, failure="timeout")
    place = f"{WEBHOOKS}/{endpoint.pk}"
    rows = administrator.get(f"{place}/deliveries", {"state": "dead"}).json()["results"]
    assert [(row["id"], row["failure"], row["sequence"]) for row in rows] == [
        (dead.pk, "timeout", 1)
    ]
    assert len(administrator.get(f"{place}/deliveries").json()["results"]) == 2
    assert administrator.get(place).json()["dead"] == 1
    named = {"deliveries": [done.pk, foreign.pk]}
    assert administrator.post(f"{place}/replay", named).json() == {"replayed": 1}
    assert administrator.post(f"{place}/replay", {}).json() == {"replayed": 1}
    assert administrator.get(place).json()["waiting"] == 2
    foreign.refresh_from_db()
    assert foreign.state == "dead"


def test_webhooks_when_an_administrator_sees_one_office_then_there_are_none(client):
    near = signed_in(roles=["administrator"], reach="agency")
    endpoint, _ = made(client)
    assert near.get(WEBHOOKS).json()["results"] == []
    place = f"{WEBHOOKS}/{endpoint.pk}"
    change = {"url": URL, "kinds": ["receipt_finished"], "is_active": False}
    assert near.post(WEBHOOKS, body(client, url=f"{URL}/2")).status_code == 422
    assert near.put(place, change).status_code == 404
    assert near.post(f"{place}/rotate-secret").status_code == 404
    assert near.get(f"{place}/deliveries").status_code == 404
    assert WebhookEndpoint.objects.count() == 1


PRIVILEGED = {
    "id": 999,
    "secret": "whsec_AAAA",
    "sealed_secret": "x",
    "former_secret": "x",
    "former_until": "2099-01-01T00:00:00Z",
    "created_by": "user:1",
    "created_at": "2000-01-01T00:00:00Z",
    "failures": 7,
    "leased_until": "2099-01-01T00:00:00Z",
    "client_id": 1,
    "recipient": "user:1",
    "state": "delivered",
}


def test_webhook_when_it_brings_privileged_fields_then_none_is_set(administrator, client):
    said = administrator.post(WEBHOOKS, body(client) | PRIVILEGED).json()
    endpoint = WebhookEndpoint.objects.get()
    before = WebhookEndpoint.objects.values().get()
    assert said["secret"] != "whsec_AAAA"
    assert endpoint.pk != 999
    assert endpoint.created_at.year > 2000
    assert (endpoint.created_by, endpoint.failures) == (administrator.user.actor, 0)
    assert (endpoint.former_secret, endpoint.leased_until) == ("", None)
    other = ApiClientFactory()
    change = {"url": URL, "kinds": ["receipt_finished"], "is_active": True, **PRIVILEGED}
    change["client"] = other.client_id
    assert administrator.put(f"{WEBHOOKS}/{endpoint.pk}", change).status_code == 200
    assert WebhookEndpoint.objects.values().get() == before


def test_replay_when_it_brings_privileged_fields_then_none_is_set(administrator, client):
    endpoint, _ = made(client)
    row = delivery(endpoint, state="dead", attempts=10)
    administrator.post(f"{WEBHOOKS}/{endpoint.pk}/replay", PRIVILEGED | {"attempts": -5})
    row.refresh_from_db()
    assert (row.state, row.attempts, row.recipient) == ("pending", 0, endpoint.recipient)


@pytest.mark.parametrize("count", [2, 8])
def test_webhooks_cost_the_same_number_of_queries(count, client, django_assert_num_queries):
    caller = signed_in(roles=["administrator"])
    for number in range(count):
        delivery(made(client, url=f"{URL}/{number}")[0])
    with django_assert_num_queries(4):  # session, account, page, audit
        assert len(caller.get(WEBHOOKS).json()["results"]) == count


def test_admin_when_a_webhook_is_added_then_the_secret_is_shown_once(client):
    browser = signed_in(roles=["administrator"])
    form = {"client": client.pk, "url": URL, "kinds": ["receipt_finished"], "is_active": "on"}
    page = reverse("admin:targeting_webhookendpoint_add")
    answer = browser.post(page, form, format="multipart", follow=True)
    endpoint = WebhookEndpoint.objects.get()
    (secret,) = secrets_of(endpoint, timezone.now())
    assert secret in answer.content.decode()
    change = reverse("admin:targeting_webhookendpoint_change", args=[endpoint.pk])
    assert secret not in browser.get(change).content.decode()
    paused = {"url": URL, "kinds": ["question_asked"]}
    assert browser.post(change, paused, format="multipart").status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.kinds) == (False, ["question_asked"])
    listed = reverse("admin:targeting_webhookendpoint_changelist")
    rotate = {"action": "rotate_secret", "_selected_action": endpoint.pk}
    told = browser.post(listed, rotate, format="multipart", follow=True).content.decode()
    endpoint.refresh_from_db()
    assert secrets_of(endpoint, timezone.now())[0] in told


def test_admin_when_the_address_is_private_then_the_form_says_so(client):
    browser = signed_in(roles=["administrator"])
    form = {"client": client.pk, "url": "https://10.0.0.1/", "kinds": ["receipt_finished"]}
    page = reverse("admin:targeting_webhookendpoint_add")
    answer = browser.post(page, form, format="multipart")
    assert "public host" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()
