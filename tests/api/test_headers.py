"""What browsers are told with every kind of answer."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib import admin
from django.urls import reverse
from rest_framework.test import APIClient

from targeting.models import User
from tests.api.conftest import sign_in, signed_in
from tests.api.test_identity import PASSWORD, person, submit
from tests.factories.targeting import registered_client

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r"<(script|style)\b([^>]*)>", re.I)
HANDLER = re.compile(r"<[^>]+\s(on\w+)\s*=", re.I)
DATA_BLOCK = 'type="application/json"'
PUBLIC = ["/accounts/login/", "/accounts/password/reset/", "/api/docs/", "/api/redoc/"]
OWN = [
    "/accounts/2fa/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]


def policy_of(answer):
    words = (part.split() for part in answer["Content-Security-Policy"].split("; "))
    return {name: values for name, *values in words}


def assert_strict(answer):
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert "'unsafe-inline'" not in str(policy)
    assert "'unsafe-eval'" not in str(policy)
    assert "*" not in str(policy)
    assert "http" not in str(policy)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def assert_nothing_inline(answer):
    page = answer.content.decode()
    nonces = {
        f'nonce="{word[7:-1]}"' for word in policy_of(answer)["script-src"] if "nonce" in word
    }
    for name, attributes in SCRIPT.findall(page):
        is_file = "src=" in attributes
        assert is_file or DATA_BLOCK in attributes or any(n in attributes for n in nonces), name
    assert HANDLER.findall(page) == []


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_when_read_then_strict_and_nothing_inline(path):
    answer = APIClient().get(path)
    assert answer.status_code == 200
    assert_strict(answer)
    assert_nothing_inline(answer)


def test_pages_of_a_person_when_read_then_strict_and_nothing_inline():
    person()
    user = User.objects.get()
    RecoveryCodes.activate(user)
    browser = sign_in(APIClient(), user)
    submit(browser, "/accounts/reauthenticate/", password=PASSWORD)
    for path in OWN:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert_strict(answer)
        assert_nothing_inline(answer)


def test_pages_of_the_second_factor_when_read_then_strict_and_nothing_inline():
    person()
    browser = APIClient()
    submit(browser, "/accounts/login/", login="aigul", password=PASSWORD)
    answer = browser.get("/accounts/2fa/authenticate/")
    assert answer.status_code == 200
    assert_strict(answer)
    assert_nothing_inline(answer)


def test_pages_of_the_admin_when_read_then_strict_and_nothing_inline():
    registered_client()
    browser = signed_in(roles=["administrator"])
    pages = [reverse("admin:index"), reverse("admin:password_change")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        row = model._default_manager.first()
        pages += [reverse(f"{name}_change", args=[row.pk])] if row else []
    shown = 0
    for path in pages:
        answer = browser.get(path)
        assert_strict(answer)
        if answer.status_code == 200:
            shown += 1
            assert_nothing_inline(answer)
    assert shown > 8


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/me", 401), ("/nowhere", 404), ("/api/v1/nowhere", 404), ("/oauth/token/", 405)],
)
def test_answer_without_a_page_then_strict_too(path, status):
    answer = APIClient().get(path)
    assert answer.status_code == status
    assert_strict(answer)


@pytest.mark.parametrize("path", ["/api/v1/me", "/oauth/token/", "/accounts/login/", "/api/schema"])
@pytest.mark.parametrize("method", ["get", "options", "post"])
def test_another_origin_when_it_asks_then_no_browser_shows_it_the_answer(path, method):
    answer = getattr(APIClient(), method)(path, headers={"Origin": "https://evil.example"})
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_cookies_when_given_then_not_for_scripts_and_not_for_other_sites():
    person()
    browser = APIClient()
    answer = submit(browser, "/accounts/login/", login="aigul", password=PASSWORD)
    session = answer.cookies["sessionid"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
