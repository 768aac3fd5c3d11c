"""What becomes an audit event, what does not, and that nothing is answered without one."""

import time

import pytest
from django.db import DatabaseError
from django.urls import get_resolver, reverse
from rest_framework.test import APIClient

from shipments.models import IntakeBatch
from targeting.api import audit
from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models import ApiClient, AuditEvent, User
from targeting.models.choices import Role
from targeting.services.users import enrol_authenticator_app, register_user
from tests.api.conftest import sign_in as signed_in_as
from tests.factories.shipments import IntakeBatchFactory, PartyFactory, SubmitterFactory
from tests.factories.targeting import (
    CLIENT_FORM,
    UserFactory,
    flagged_shipment,
    registered_client,
)
from tests.integration.conftest import declaration

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts"
PASSWORD = "a long pass phrase of Astana"


def told(event):
    return (event.actor, event.role, event.verb, event.resource, event.object_key, event.status)


def only_event():
    return AuditEvent.objects.get()


@pytest.fixture
def person(analyst):
    return User.objects.get().actor


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("alerts/{alert}", "alert-detail"),
        ("declarations/{declaration}", "declaration-detail"),
        ("parties/{party}", "party-detail"),
        ("parties/{party}/network", "party-network"),
        ("parties/{party}/likenesses", "party-likenesses"),
    ],
)
def test_reading_a_case_is_one_event(analyst, person, path, resource):
    alert = flagged_shipment()
    party = alert.declaration.party_roles.get().party_id
    keys = {"alert": alert.id, "declaration": alert.declaration_id, "party": party}
    assert analyst.get("/api/v1/" + path.format(**keys)).status_code == 200
    event = only_event()
    key = str(keys[path.partition("{")[2].partition("}")[0]])
    assert told(event) == (person, "analyst", "read", resource, key, 200)
    assert event.at.utcoffset().total_seconds() == 0


def test_a_search_is_kept_with_its_terms(analyst, person):
    PartyFactory()
    analyst.get("/api/v1/parties", {"q": "Алтын", "country": "KZ", "page_size": 5})
    event = only_event()
    assert told(event) == (person, "analyst", "search", "party-list", "", 200)
    assert event.terms == {"q": ["Алтын"], "country": ["KZ"], "page_size": ["5"]}


def test_a_list_without_terms_is_a_list(analyst):
    analyst.get(ALERTS, {"ordering": "-score"})
    assert only_event().verb == "list"


def test_terms_are_bounded_storable_and_without_secrets(analyst):
    analyst.get(ALERTS, {"substance": "x" * 5000, "access_token": "abc", "office": "a\x00b"})
    event = only_event()
    assert event.status == 400
    assert len(event.terms["substance"][0]) == 200
    assert event.terms["access_token"] == ["[hidden]"]
    assert event.terms["office"] == ["a\ufffdb"]


def test_a_refusal_is_kept(client_system, list_editor):
    client_system.get(ALERTS)
    list_editor.get(ALERTS)
    first, second = AuditEvent.objects.order_by("id")
    actor = client_system.token.application.actor
    assert told(first) == (actor, "client", "list", "alert-list", "", 403)
    assert told(second)[1:] == ("list_editor", "list", "alert-list", "", 403)


def test_a_refusal_for_want_of_a_csrf_token_names_the_person():
    user = UserFactory()
    browser = APIClient(enforce_csrf_checks=True)
    signed_in_as(browser, user)
    assert browser.post("/api/v1/declarations", {}, format="json").status_code == 403
    expected = (user.actor, "analyst", "create", "declaration-list", "", 403)
    assert told(only_event()) == expected


def test_another_clients_receipt_leaves_a_trace(client_system):
    other = IntakeBatchFactory()
    assert client_system.get(f"/api/v1/receipts/{other.public_id}").status_code == 404
    assert told(only_event())[2:] == ("read", "receipt-detail", str(other.public_id), 404)


@pytest.mark.parametrize("path", ["me", "lists", "schema", "docs"])
def test_what_shows_nobodys_data_is_no_event(analyst, path):
    assert analyst.get({"schema": "/api/schema", "docs": "/api/docs/"}.get(path, f"/api/v1/{path}"))
    assert not AuditEvent.objects.exists()


def test_a_stranger_is_no_event(anonymous):
    assert anonymous.get(ALERTS).status_code == 401
    assert anonymous.post("/api/v1/declarations", {}, format="json").status_code == 401
    assert not AuditEvent.objects.exists()


def test_a_submission_is_one_event_with_its_receipt(client_system):
    answer = client_system.post("/api/v1/declarations", declaration(), format="json")
    assert answer.status_code == 202
    event = only_event()
    actor = client_system.token.application.actor
    key = answer.json()["id"]
    assert told(event) == (actor, "client", "create", "declaration-list", key, 202)
    assert "ФУТБОЛКИ" not in str(event.terms)


def test_no_event_no_submission(client_system, monkeypatch):
    def fail(action):
        raise DatabaseError

    monkeypatch.setattr(audit, "record_action", fail)
    client_system.raise_request_exception = False
    answer = client_system.post("/api/v1/declarations", declaration(), format="json")
    assert answer.status_code == 500
    assert not IntakeBatch.objects.exists()


def test_no_event_no_answer(analyst, monkeypatch):
    def fail(action):
        raise DatabaseError

    alert = flagged_shipment()
    monkeypatch.setattr(audit, "record_action", fail)
    analyst.raise_request_exception = False
    answer = analyst.get(ALERTS)
    assert answer.status_code == 500
    assert alert.registration_number not in answer.content.decode()


def test_a_fault_of_ours_rolls_back_and_is_told(client_system, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("targeting.api.batches.receipt_response", fail)
    client_system.raise_request_exception = False
    client_system.post("/api/v1/declarations", declaration(), format="json")
    assert not IntakeBatch.objects.exists()
    assert told(only_event())[2:] == ("create", "declaration-list", "", 500)


@pytest.mark.parametrize("given", ["trace-1:2", ""])
def test_the_request_id_is_taken_or_made_and_answered(analyst, given):
    answer = analyst.get(ALERTS, headers={"X-Request-ID": given} if given else {})
    assert only_event().request_id == answer["X-Request-ID"]
    assert answer["X-Request-ID"] == given if given else len(answer["X-Request-ID"]) == 32


def test_a_request_id_of_another_shape_is_replaced(analyst):
    answer = analyst.get(ALERTS, headers={"X-Request-ID": "x" * 65})
    assert len(answer["X-Request-ID"]) == 32


def test_the_purpose_is_kept_in_any_script(analyst):
    analyst.get(ALERTS, headers={"X-Purpose": "дело 17".encode().decode("latin-1")})
    assert only_event().purpose == "дело 17"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "nonsense", ""),
    ],
)
def test_the_address_is_that_of_the_trusted_proxies(
    analyst, settings, proxies, forwarded, expected
):
    settings.TARGETING = settings.TARGETING | {"TRUSTED_PROXIES": proxies}
    analyst.get(ALERTS, headers={"X-Forwarded-For": forwarded})
    assert only_event().address == expected


def sign_in(browser, name, password):
    form = {"login": name, "password": password}
    return browser.post(reverse("account_login"), form, format="multipart")


def give_code(browser, code):
    return browser.post(reverse("mfa_authenticate"), {"code": code}, format="multipart")


def test_signing_in_and_out_are_events():
    user = register_user(username="aigul", password=PASSWORD, roles=[Role.LIST_EDITOR])
    key = new_key()
    enrol_authenticator_app(user=user, secret=key)
    browser = APIClient()
    sign_in(browser, "aigul", PASSWORD)
    assert not AuditEvent.objects.exists()  # half a sign-in is none
    give_code(browser, "000000")
    give_code(browser, one_time_code(key, at=time.time()))
    browser.post(reverse("account_logout"))
    failed, first, second = AuditEvent.objects.order_by("id")
    page, role = "mfa_authenticate", "list_editor"
    assert told(failed)[:5] == ("anonymous", "", "sign_in_failed", page, user.actor)
    assert told(first) == (user.actor, role, "sign_in", page, user.actor, 302)
    assert told(second)[:3] == (user.actor, role, "sign_out")


def test_a_failed_sign_in_names_the_account_and_nothing_that_was_typed():
    user = register_user(username="aigul", password=PASSWORD, roles=[Role.LIST_EDITOR])
    sign_in(APIClient(), "Aigul", "wrong")
    sign_in(APIClient(), PASSWORD, "aigul")
    first, second = AuditEvent.objects.order_by("id")
    page = "account_login"
    assert told(first)[:5] == ("anonymous", "", "sign_in_failed", page, user.actor)
    assert told(second)[:5] == ("anonymous", "", "sign_in_failed", page, "")
    assert [first.terms, second.terms] == [{}, {}]


def test_a_token_is_a_sign_in_of_the_client():
    client, secret = registered_client()
    form = {"grant_type": "client_credentials", "client_id": client.client_id}
    for word in (secret, "wrong"):
        APIClient().post("/oauth/token/", {**form, "client_secret": word}, format="multipart")
    first, second = AuditEvent.objects.order_by("id")
    expected = (client.actor, "client", "sign_in", "oauth-token", client.actor, 200)
    assert told(first) == expected
    expected = ("anonymous", "", "sign_in_failed", "oauth-token", client.actor, 401)
    assert told(second) == expected


def test_an_account_made_in_the_admin_is_an_event(administrator):
    root = User.objects.get().actor
    form = {"name": "New", "submitter": SubmitterFactory().pk, **CLIENT_FORM}
    administrator.post(reverse("admin:targeting_apiclient_add"), form, format="multipart")
    client = ApiClient.objects.get()
    resource = "admin:targeting_apiclient_add"
    assert told(only_event()) == (root, "administrator", "create", resource, str(client.pk), 302)


def test_a_new_secret_given_in_the_admin_is_an_event_without_the_secret(administrator):
    client, _ = registered_client()
    form = {"action": "rotate_secret", "_selected_action": [client.pk]}
    administrator.post(reverse("admin:targeting_apiclient_changelist"), form, format="multipart")
    event = only_event()
    assert event.verb == "change"
    assert event.terms == {"action": ["rotate_secret"], "_selected_action": [str(client.pk)]}


def test_reading_cases_in_the_admin_is_an_event(auditor):
    auditor.get(reverse("admin:targeting_alert_changelist"), {"q": "55301"})
    event = only_event()
    assert (event.verb, event.terms) == ("search", {"q": ["55301"]})


def test_the_audit_is_read_only_in_the_admin(auditor):
    auditor.get(reverse("admin:index"))
    auditor.get(reverse("admin:targeting_auditevent_changelist"))
    page = reverse("admin:targeting_auditevent_change", args=[only_event().pk])
    assert auditor.get(page).status_code == 200
    assert auditor.post(page, {"actor": "user:0"}, format="multipart").status_code == 403
    assert not AuditEvent.objects.filter(actor="user:0").exists()


def test_every_exemption_is_a_route_or_a_page_of_the_admin():
    names = {entry.name for entry in get_resolver().url_patterns if hasattr(entry, "name")}
    ours = {name for name in audit.EXEMPT if ":" not in name} | {audit.TOKEN, audit.REVOKE}
    assert ours <= names
    for name in (audit.EXEMPT - ours) | {"admin:index"} | audit.SIGN_IN_PAGES:
        reverse(name)
