"""Sign-in through an organisation's identity provider: a real HTTP server that plays one."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from rest_framework.test import APIClient

from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models import User
from targeting.models.choices import Role
from targeting.services.users import enrol_authenticator_app, register_user
from tests.api.test_identity import CODE, ME, PASSWORD, submit

pytestmark = pytest.mark.django_db

CLIENT_ID, LOGIN = "targeting", "/accounts/oidc/organisation/login/"
MAIL = "aigul@customs.example"


class Provider(ThreadingHTTPServer):
    """Answers as the claims say that a test puts here; remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.claims = {"sub": "42", "email": MAIL, "email_verified": True}
        self.token_form = {}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        provider = self.server
        self._answer(
            provider.claims
            if self.path == "/userinfo"
            else {
                "issuer": provider.url,
                "authorization_endpoint": f"{provider.url}/authorize",
                "token_endpoint": f"{provider.url}/token",
                "userinfo_endpoint": f"{provider.url}/userinfo",
                "jwks_uri": f"{provider.url}/jwks",
            }
        )

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.token_form = {name: values[0] for name, values in parse_qs(form).items()}
        now = int(time.time())
        claims = {"iss": self.server.url, "aud": CLIENT_ID, "iat": now, "exp": now + 60}
        token = jwt.encode({**claims, **self.server.claims}, "k" * 32, algorithm="HS256")
        self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


@pytest.fixture
def provider(settings):
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        app = {
            "provider_id": "organisation",
            "name": "Customs",
            "client_id": CLIENT_ID,
            "secret": "s" * 32,
            "settings": {"server_url": server.url, "oauth_pkce_enabled": True},
        }
        known = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {
            "APPS": [app],
            "EMAIL_AUTHENTICATION": True,
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": known}
        yield server
        server.shutdown()


def come_back(browser):
    """From our button to the provider and back, as the browser is sent."""
    sent_to = browser.post(LOGIN)["Location"]
    query = parse_qs(urlsplit(sent_to).query)
    assert query["code_challenge_method"] == ["S256"]
    return browser.get(f"{LOGIN}callback/", {"code": "c", "state": query["state"][0]})


@pytest.fixture
def key(db):
    user = register_user(username="aigul", password=PASSWORD, roles=[Role.ANALYST], email=MAIL)
    made = new_key()
    enrol_authenticator_app(user=user, secret=made)
    return made


def test_identity_provider_when_it_vouches_for_a_known_person_then_our_code_is_still_asked(
    provider, key
):
    browser = APIClient()
    assert "Customs" in browser.get("/accounts/login/").content.decode()
    assert come_back(browser)["Location"] == CODE
    assert len(provider.token_form["code_verifier"]) > 40
    assert browser.get(ME).status_code == 401
    submit(browser, CODE, code=one_time_code(key, at=time.time()))
    assert browser.get(ME).json()["name"] == "aigul"
    # The provider's word takes the place of the password, and is known again by its key.
    assert not User.objects.get().has_usable_password()
    provider.claims = {"sub": "42", "email": "married@customs.example", "email_verified": True}
    assert come_back(APIClient())["Location"] == CODE


def test_identity_provider_when_no_second_factor_is_set_up_then_its_word_leads_there(provider, key):
    Authenticator.objects.all().delete()
    browser = APIClient()
    assert come_back(browser).status_code == 302
    assert browser.get(ME).json()["code"] == "second_factor_required"
    assert browser.get("/accounts/sessions/")["Location"] == reverse("mfa_activate_totp")


def test_identity_provider_when_the_person_has_no_account_then_none_is_made(provider, key):
    provider.claims = {"sub": "7", "email": "stranger@customs.example", "email_verified": True}
    browser = APIClient()
    come_back(browser)
    assert browser.get(ME).status_code == 401
    assert User.objects.count() == 1


def test_identity_provider_when_it_did_not_verify_the_address_then_nobody_comes_in(provider, key):
    provider.claims = {"sub": "8", "email": MAIL, "email_verified": False}
    browser = APIClient()
    assert come_back(browser).get("Location") != CODE
    assert browser.get(ME).status_code == 401


def test_identity_provider_when_the_answer_belongs_to_another_browser_then_refused(provider, key):
    sent_to = APIClient().post(LOGIN)["Location"]
    state = parse_qs(urlsplit(sent_to).query)["state"][0]
    other = APIClient()
    other.get(f"{LOGIN}callback/", {"code": "c", "state": state})
    assert other.get(ME).status_code == 401
    assert not provider.token_form


def test_identity_provider_when_none_is_set_then_no_button_and_no_way():
    browser = APIClient()
    assert "oidc" not in browser.get("/accounts/login/").content.decode()
    assert browser.post(LOGIN).status_code == 404
