"""Tokens of machines, sessions of people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.test import APIClient

from shipments.domain.errors import InvalidValue
from targeting.models import ApiClient, User
from targeting.models.choices import Role
from targeting.services.clients import register_client, renew_client_secret
from targeting.services.users import register_user
from tests.api.conftest import with_token
from tests.factories.shipments import IntakeBatchFactory, SubmitterFactory
from tests.factories.targeting import ApiClientFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase of Astana"
RECEIPTS = "/api/v1/receipts/"


def token_answer(client, secret, **more):
    body = {"grant_type": "client_credentials", "client_id": client.client_id, **more}
    body["client_secret"] = secret
    return APIClient().post("/oauth/token/", body, format="multipart")


def test_a_registered_client_gets_a_token_and_reads_its_receipts():
    client, secret = register_client(
        name="Broker", submitter_key="broker-7", scopes=["receipts:read", "declarations:write"]
    )
    answer = token_answer(client, secret)
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    caller = APIClient(headers={"Authorization": f"Bearer {token}"})
    assert caller.get(RECEIPTS).status_code == 200
    me = caller.get("/api/v1/me/").json()
    assert me == {
        "kind": "client",
        "name": "Broker",
        "submitter": "broker-7",
        "grants": ["declarations:write", "receipts:read"],
    }


def test_the_secret_is_stored_hashed():
    client, secret = register_client(name="B", submitter_key="b", scopes=["receipts:read"])
    stored = ApiClient.objects.get(pk=client.pk).client_secret
    assert secret not in stored
    assert len(secret) >= 64


def test_a_wrong_secret_gets_no_token():
    client, _ = register_client(name="B", submitter_key="b", scopes=["receipts:read"])
    assert token_answer(client, "wrong").status_code == 401


def test_a_client_gets_no_scope_that_it_was_not_registered_with():
    client, secret = register_client(name="B", submitter_key="b", scopes=["receipts:read"])
    assert token_answer(client, secret, scope="declarations:write").status_code == 400
    assert token_answer(client, secret).json()["scope"] == "receipts:read"


def test_a_scope_taken_from_the_client_is_taken_from_its_tokens():
    caller = with_token()
    client = caller.token.application
    assert caller.get(RECEIPTS).status_code == 200
    client.scopes = ["declarations:write"]
    client.save()
    assert caller.get(RECEIPTS).status_code == 403


def test_a_renewed_secret_ends_the_old_one_and_its_tokens():
    client, old = register_client(name="B", submitter_key="b", scopes=["receipts:read"])
    token = token_answer(client, old).json()["access_token"]
    new = renew_client_secret(client=client)
    caller = APIClient(headers={"Authorization": f"Bearer {token}"})
    assert caller.get(RECEIPTS).status_code == 401
    assert token_answer(client, old).status_code == 401
    assert token_answer(client, new).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer no-such-token", "Bearer a b"])
def test_a_bad_token_is_401_even_beside_a_session(header, analyst):
    answer = analyst.get("/api/v1/me/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_an_expired_token_is_401():
    caller = with_token(expires=timezone.now() - timedelta(seconds=1))
    assert caller.get(RECEIPTS).status_code == 401


def test_a_client_without_a_submitter_is_401():
    assert with_token(application__submitter=None).get(RECEIPTS).status_code == 401


def test_a_token_without_an_application_is_401():
    AccessToken.objects.create(
        token="loose", scope="receipts:read", expires=timezone.now() + timedelta(hours=1)
    )
    caller = APIClient(headers={"Authorization": "Bearer loose"})
    assert caller.get(RECEIPTS).status_code == 401


def test_two_clients_of_one_submitter_read_the_same_receipts():
    submitter = SubmitterFactory()
    first, second = (with_token(application=ApiClientFactory(submitter=submitter)) for _ in "ab")
    IntakeBatchFactory(submitter=submitter)
    assert len(first.get(RECEIPTS).json()["results"]) == 1
    assert len(second.get(RECEIPTS).json()["results"]) == 1


def test_register_client_refuses_an_unknown_scope():
    with pytest.raises(InvalidValue) as caught:
        register_client(name="B", submitter_key="b", scopes=["alerts:read"])
    assert caught.value.code == "scope_unknown"
    assert not ApiClient.objects.exists()


def test_a_person_signs_in_by_the_page_and_is_known_to_the_api():
    register_user(username="aigul", password=PASSWORD, role=Role.ANALYST)
    browser = APIClient(enforce_csrf_checks=True)
    page = browser.get(reverse("account_login"))
    assert page.status_code == 200
    assert "sign up" not in page.content.decode().lower()
    form = {
        "login": "aigul",
        "password": PASSWORD,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"].value,
    }
    assert browser.post(reverse("account_login"), form, format="multipart").status_code == 302
    assert browser.get("/api/v1/me/").json()["grants"] == ["analyst"]


def test_nobody_signs_up(anonymous):
    form = {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD}
    page = anonymous.post("/accounts/signup/", form, format="multipart")
    assert page.status_code == 200
    assert "closed" in page.content.decode().lower()


def test_a_session_post_without_the_csrf_token_is_refused():
    user = register_user(username="aigul", password=PASSWORD, role=Role.ANALYST)
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(user)
    answer = browser.post("/api/v1/declarations/", {}, format="json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_a_token_needs_no_csrf_token():
    caller = with_token()
    checked = APIClient(
        enforce_csrf_checks=True, headers={"Authorization": f"Bearer {caller.token.token}"}
    )
    assert checked.post("/api/v1/declarations/", {}, format="json").status_code == 422


def test_an_inactive_person_is_401(analyst):
    User.objects.update(is_active=False)
    assert analyst.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "12345678"}, "password_weak"),
        ({"role": None}, "role_missing"),
        ({"username": "AIGUL"}, "username_taken"),
    ],
)
def test_register_user_refuses(changes, code):
    register_user(username="aigul", password=PASSWORD, role=Role.ANALYST)
    wanted = {"username": "new", "password": PASSWORD, "role": Role.ANALYST, **changes}
    with pytest.raises(InvalidValue) as caught:
        register_user(**wanted)
    assert caught.value.code == code


def test_only_list_administrators_and_superusers_enter_the_admin():
    analyst = register_user(username="a", password=PASSWORD, role=Role.ANALYST)
    editor = register_user(username="b", password=PASSWORD, role=Role.LIST_ADMINISTRATOR)
    root = register_user(username="c", password=PASSWORD, is_superuser=True)
    assert [person.is_staff for person in (analyst, editor, root)] == [False, True, True]


def test_a_superuser_registers_a_client_in_the_admin(superuser):
    submitter = SubmitterFactory()
    form = {"name": "New system", "submitter": submitter.pk, "scopes": ["receipts:read"]}
    page = superuser.post(
        reverse("admin:targeting_apiclient_add"), form, format="multipart", follow=True
    )
    client = ApiClient.objects.get()
    assert client.submitter == submitter
    text = page.content.decode()
    secret = text.partition("the secret is ")[2].partition(" ")[0]
    assert token_answer(client, secret).status_code == 200


def test_a_superuser_signs_in_at_the_admin():
    register_user(username="root", password=PASSWORD, is_superuser=True)
    browser = APIClient()
    form = {"username": "root", "password": PASSWORD, "next": "/admin/"}
    answer = browser.post("/admin/login/", form, format="multipart")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
