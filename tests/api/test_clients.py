"""Machines: secrets, tokens, networks, and what happens when a secret is stolen."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.test import APIClient

from shipments.domain.errors import InvalidValue
from targeting.models import ApiClient, AuditEvent, ClientSecret
from targeting.services.clients import (
    change_networks,
    expire_secrets,
    revoke_secrets,
    rotate_secret,
)
from tests.api.conftest import with_token
from tests.factories.shipments import IntakeBatchFactory, SubmitterFactory
from tests.factories.targeting import CLIENT_FORM, ApiClientFactory, registered_client

pytestmark = pytest.mark.django_db

RECEIPTS = "/api/v1/receipts/"
ELSEWHERE = "203.0.113.9"


def token_answer(client, secret, *, address="127.0.0.1", **more):
    body = {"grant_type": "client_credentials", "client_id": client.client_id, **more}
    body["client_secret"] = secret
    return APIClient(REMOTE_ADDR=address).post("/oauth/token/", body, format="multipart")


def caller_with(token, **meta):
    return APIClient(headers={"Authorization": f"Bearer {token}"}, **meta)


def now():
    return timezone.now()


def test_a_registered_client_gets_a_token_and_reads_its_receipts():
    client, secret = registered_client(
        name="Broker", submitter_key="broker-7", scopes=["receipts:read", "declarations:write"]
    )
    answer = token_answer(client, secret)
    assert answer.status_code == 200
    caller = caller_with(answer.json()["access_token"])
    assert caller.get(RECEIPTS).status_code == 200
    me = caller.get("/api/v1/me/").json()
    assert me.items() >= {"kind": "client", "name": "Broker", "submitter": "broker-7"}.items()
    assert me["grants"] == ["declarations:write", "receipts:read"]


def test_a_client_may_send_its_secret_as_basic_authorization():
    client, secret = registered_client()
    word = b64encode(f"{client.client_id}:{secret}".encode()).decode()
    caller = APIClient(headers={"Authorization": f"Basic {word}"})
    form = {"grant_type": "client_credentials"}
    assert caller.post("/oauth/token/", form, format="multipart").status_code == 200


def test_secrets_and_tokens_are_stored_as_digests_only():
    client, secret = registered_client()
    token = token_answer(client, secret).json()["access_token"]
    rows = [*ClientSecret.objects.values(), *AccessToken.objects.values()]
    rows += ApiClient.objects.values()
    assert len(secret) >= 64
    assert secret not in str(rows)
    assert token not in str(rows)


@pytest.mark.parametrize("word", ["wrong", "", "\x00", "ы"])
def test_a_wrong_secret_gets_no_token(word):
    client, _ = registered_client()
    assert token_answer(client, word).status_code == 401


def test_a_secret_of_another_client_gets_no_token():
    first, _ = registered_client()
    _, secret = registered_client(name="C")
    assert token_answer(first, secret).status_code == 401


def test_an_unknown_client_gets_no_token():
    client, secret = registered_client()
    client.client_id = "nobody\x00"
    assert token_answer(client, secret).status_code == 401


def test_a_client_gets_no_scope_that_it_was_not_registered_with():
    client, secret = registered_client()
    assert token_answer(client, secret, scope="declarations:write").status_code == 400
    assert token_answer(client, secret).json()["scope"] == "receipts:read"


def test_a_scope_taken_from_the_client_is_taken_from_its_tokens():
    caller = with_token()
    client = caller.token.application
    assert caller.get(RECEIPTS).status_code == 200
    client.scopes = ["declarations:write"]
    client.save()
    assert caller.get(RECEIPTS).status_code == 403


def test_a_token_lives_as_long_as_its_client_says():
    client, secret = registered_client(token_seconds=90)
    assert token_answer(client, secret).json()["expires_in"] == 90
    left = AccessToken.objects.get().expires - now()
    assert timedelta(seconds=60) < left <= timedelta(seconds=90)


def test_the_database_refuses_a_token_without_end():
    client, _ = registered_client()
    client.token_seconds = 10**6
    with pytest.raises(IntegrityError):
        client.save()


def test_rotation_leaves_two_valid_secrets_for_the_overlap_and_then_one():
    client, old = registered_client()
    new = rotate_secret(client=client, now=now(), overlap=timedelta(hours=1))
    assert token_answer(client, old).status_code == 200
    assert token_answer(client, new).status_code == 200
    ClientSecret.objects.filter(expires_at__lt=now() + timedelta(hours=2)).update(expires_at=now())
    assert token_answer(client, old).status_code == 401
    assert token_answer(client, new).status_code == 200


def test_rotation_twice_keeps_the_newest_two_only():
    client, first = registered_client()
    second, third = (rotate_secret(client=client, now=now()) for _ in range(2))
    assert [token_answer(client, word).status_code for word in (first, second, third)] == [
        401,
        200,
        200,
    ]


def test_rotation_never_lengthens_the_life_of_the_old_secret():
    client, _ = registered_client(secret_life=timedelta(hours=1))
    before = ClientSecret.objects.get().expires_at
    rotate_secret(client=client, now=now(), overlap=timedelta(days=30))
    assert ClientSecret.objects.order_by("pk").first().expires_at == before


def test_an_expired_secret_gets_no_token():
    client, secret = registered_client(now=now() - timedelta(days=400))
    assert token_answer(client, secret).status_code == 401


def test_secrets_are_limited_to_a_date_and_never_lengthened():
    client, secret = registered_client()
    soon = now() + timedelta(days=1)
    assert expire_secrets(client=client, now=now(), at=soon) == 1
    assert expire_secrets(client=client, now=now(), at=soon + timedelta(days=9)) == 0
    assert token_answer(client, secret).status_code == 200
    with pytest.raises(InvalidValue) as caught:
        expire_secrets(client=client, now=now(), at=now() - timedelta(days=1))
    assert caught.value.code == "expiry_in_the_past"


def test_a_use_of_a_secret_is_noted():
    client, secret = registered_client()
    token_answer(client, "wrong")
    assert ClientSecret.objects.get().last_used_at is None
    token_answer(client, secret)
    assert ClientSecret.objects.get().last_used_at is not None


def test_stolen_secret_when_revoked_then_secrets_and_live_tokens_end_at_once():
    client, old = registered_client()
    rotated = rotate_secret(client=client, now=now())
    callers = [
        caller_with(token_answer(client, word).json()["access_token"]) for word in (old, rotated)
    ]
    assert [caller.get(RECEIPTS).status_code for caller in callers] == [200, 200]
    assert revoke_secrets(client=client, now=now()) == 2
    assert [caller.get(RECEIPTS).status_code for caller in callers] == [401, 401]
    assert token_answer(client, old).status_code == 401
    assert token_answer(client, rotated).status_code == 401
    fresh = rotate_secret(client=client, now=now())
    assert token_answer(client, fresh).status_code == 200
    assert callers[0].get(RECEIPTS).status_code == 401


def test_stolen_secret_when_used_from_another_network_then_no_token_and_an_event():
    client, secret = registered_client(networks=["127.0.0.0/8"])
    answer = token_answer(client, secret, address=ELSEWHERE)
    assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")
    assert not AccessToken.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_key) == ("sign_in_failed", client.actor)
    assert (event.status, event.address) == (403, ELSEWHERE)


def test_stolen_secret_when_wrong_then_the_network_is_not_betrayed():
    client, _ = registered_client(networks=["127.0.0.0/8"])
    assert token_answer(client, "wrong", address=ELSEWHERE).json() == {"error": "invalid_client"}


def test_stolen_token_when_used_from_another_network_then_403_and_an_event():
    client, secret = registered_client(networks=["127.0.0.0/8"])
    token = token_answer(client, secret).json()["access_token"]
    assert caller_with(token).get(RECEIPTS).status_code == 200
    answer = caller_with(token, REMOTE_ADDR=ELSEWHERE).get(RECEIPTS)
    assert (answer.status_code, answer.json()["code"]) == (403, "address_refused")
    event = AuditEvent.objects.order_by("-id")[0]
    assert (event.actor, event.status, event.address) == (client.actor, 403, ELSEWHERE)


def test_network_when_taken_from_the_client_then_from_its_live_tokens():
    caller = with_token()
    assert caller.get(RECEIPTS).status_code == 200
    change_networks(client=caller.token.application, networks=["10.0.0.0/8"])
    assert caller.get(RECEIPTS).status_code == 403


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        (0, "10.0.0.1", 403),  # nobody vouches for the header
        (1, "10.0.0.1", 200),
        (1, f"10.0.0.1, {ELSEWHERE}", 403),  # the first entry is the caller's invention
        (2, f"10.0.0.1, {ELSEWHERE}", 200),
        (2, "10.0.0.1", 403),  # came past the proxies
        (1, "nonsense", 403),
    ],
)
def test_network_when_behind_proxies_then_only_their_entries_count(
    proxies, forwarded, status, settings
):
    settings.TARGETING = settings.TARGETING | {"TRUSTED_PROXIES": proxies}
    caller = with_token(application__allowed_networks=["10.0.0.0/8"])
    answer = caller.get(RECEIPTS, headers={"X-Forwarded-For": forwarded})
    assert answer.status_code == status


def test_network_when_an_ipv4_caller_comes_by_ipv6_then_it_is_the_same_caller():
    caller = with_token(application__allowed_networks=["10.0.0.0/8"])
    assert caller.get(RECEIPTS, REMOTE_ADDR="::ffff:10.1.2.3").status_code == 200


def test_a_client_without_networks_is_refused_everywhere():
    assert with_token(application__allowed_networks=[]).get(RECEIPTS).status_code == 403


def test_a_client_that_is_switched_off_has_neither_tokens_nor_calls():
    client, secret = registered_client()
    caller = caller_with(token_answer(client, secret).json()["access_token"])
    ApiClient.objects.update(is_active=False)
    assert caller.get(RECEIPTS).status_code == 401
    assert token_answer(client, secret).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer no-such-token", "Bearer a b"])
def test_a_bad_token_is_401_even_beside_a_session(header, analyst):
    answer = analyst.get("/api/v1/me/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_an_expired_token_is_401():
    caller = with_token(expires=now() - timedelta(seconds=1))
    assert caller.get(RECEIPTS).status_code == 401


def test_a_client_without_a_submitter_is_401():
    assert with_token(application__submitter=None).get(RECEIPTS).status_code == 401


def test_a_token_without_an_application_is_401():
    AccessToken.objects.create(
        token="loose", scope="receipts:read", expires=now() + timedelta(hours=1)
    )
    assert caller_with("loose").get(RECEIPTS).status_code == 401


def test_two_clients_of_one_submitter_read_the_same_receipts():
    submitter = SubmitterFactory()
    first, second = (with_token(application=ApiClientFactory(submitter=submitter)) for _ in "ab")
    IntakeBatchFactory(submitter=submitter)
    assert len(first.get(RECEIPTS).json()["results"]) == 1
    assert len(second.get(RECEIPTS).json()["results"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scopes": ["alerts:read"]}, "scope_unknown"),
        ({"networks": ["10.0.0.5/8"]}, "network_invalid"),
        ({"networks": ["everywhere"]}, "network_invalid"),
        ({"networks": []}, "networks_missing"),
        ({"token_seconds": 10}, "token_seconds_out_of_range"),
    ],
)
def test_register_client_refuses(changes, code):
    with pytest.raises(InvalidValue) as caught:
        registered_client(**changes)
    assert caught.value.code == code
    assert not ApiClient.objects.exists()


def test_a_token_needs_no_csrf_token():
    caller = with_token()
    checked = APIClient(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {caller.token.token}"}
    )
    assert checked.post("/api/v1/declarations/", {}, format="json").status_code == 422


def test_an_administrator_registers_a_client_in_the_admin(administrator):
    submitter = SubmitterFactory()
    form = {"name": "New system", "submitter": submitter.pk, **CLIENT_FORM}
    page = administrator.post(
        reverse("admin:targeting_apiclient_add"), form, format="multipart", follow=True
    )
    client = ApiClient.objects.get()
    assert (client.submitter, client.token_seconds) == (submitter, 600)
    assert client.allowed_networks == ["127.0.0.0/8", "2001:db8::/32"]
    assert token_answer(client, _shown_secret(page)).status_code == 200


def test_a_wrong_network_is_refused_in_the_admin(administrator):
    form = {"name": "New", "submitter": SubmitterFactory().pk, **CLIENT_FORM}
    form["allowed_networks"] = "10.0.0.5/8"
    page = administrator.post(reverse("admin:targeting_apiclient_add"), form, format="multipart")
    assert "10.0.0.5/8" in page.content.decode()
    assert not ApiClient.objects.exists()


def test_an_administrator_rotates_and_revokes_in_the_admin(administrator):
    client, old = registered_client()
    url = reverse("admin:targeting_apiclient_changelist")

    def act(action):
        form = {"action": action, "_selected_action": [client.pk]}
        return administrator.post(url, form, format="multipart", follow=True)

    new = _shown_secret(act("rotate_secret"))
    assert token_answer(client, old).status_code == 200
    assert token_answer(client, new).status_code == 200
    assert "2 secrets and all tokens ended" in act("revoke_secrets").content.decode()
    assert token_answer(client, new).status_code == 401


def _shown_secret(page):
    return page.content.decode().partition("the secret is ")[2].partition(" ")[0]


def test_an_operator_manages_a_client_from_the_command_line(capsys):
    client, old = registered_client()

    def manage(*words):
        call_command("manage_client", client.client_id, *words)
        return json.loads(capsys.readouterr().out)

    new = manage("rotate", "--overlap-days=1")["client_secret"]
    assert token_answer(client, new).status_code == 200
    shown = manage("show")
    assert len(shown["secrets"]) == 2
    assert old not in str(shown)
    assert manage("expire", "--in-days=0.5")["secrets_changed"] == 2
    assert manage("networks", "10.0.0.0/8")["networks"] == ["10.0.0.0/8"]
    assert token_answer(client, new).status_code == 403
    assert manage("revoke")["secrets_ended"] == 2
    with pytest.raises(CommandError, match="no client"):
        call_command("manage_client", "nobody", "show")
    with pytest.raises(CommandError, match="network_invalid"):
        call_command("manage_client", client.client_id, "networks", "here")


def test_register_client_from_the_command_line_wants_a_network(capsys):
    with pytest.raises(CommandError, match="--network"):
        call_command("register_client", "Broker")
    call_command("register_client", "Broker", "--network=127.0.0.1/32")
    made = json.loads(capsys.readouterr().out)
    client = ApiClient.objects.get(client_id=made["client_id"])
    assert token_answer(client, made["client_secret"]).status_code == 200
