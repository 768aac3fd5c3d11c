"""What a real server writes down while its API and pages are driven with secrets and persons."""

import json
import time
from base64 import b64encode
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from targeting.management.api_client import ApiConnection
from targeting.management.one_time_codes import new_key, one_time_code
from targeting.models import Alert
from targeting.models.choices import Reach, Role
from targeting.services.users import enrol_authenticator_app, register_user
from tests.factories.targeting import flagged_shipment, registered_client
from tests.integration.conftest import declaration
from tests.integration.serving import serving

PASSWORD = "a long pass phrase of Astana"
WRONG = "not-the-pass-phrase"
IIN, MAIL = "900101300123", "akhmetov@broker.example"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "web.log"


@pytest.fixture
def server(worker_environment, log):
    with log.open("wb") as stream, serving(worker_environment, stream) as address:
        yield address


def ask(url, data=None, **headers):
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    try:
        with opener.open(Request(url, data=data, headers=headers), timeout=30) as answer:  # noqa: S310
            return answer.status
    except HTTPError as error:
        return error.code


def test_log_when_everything_is_tried_then_without_secrets_and_persons(server, log, settings):
    # The server reads passwords as an installation does, not as tests do.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = register_user(
        username="aigul",
        password=PASSWORD,
        roles=[Role.ANALYST],
        reach=Reach.CENTRAL,
        email=MAIL,
    )
    key = new_key()
    enrol_authenticator_app(user=user, secret=key)
    client, secret = registered_client(scopes=["declarations:write", "receipts:read"])
    flagged_shipment()
    code = one_time_code(key, at=time.time())

    basic = b64encode(f"{client.client_id}:{secret}".encode()).decode()
    form = urlencode({"grant_type": "client_credentials"}).encode()
    assert ask(f"{server}/oauth/token/", form, Authorization=f"Basic {basic}") == 200
    assert ask(f"{server}/oauth/token/", form, Authorization=f"Basic {basic[:-8]}") == 401
    assert ask(f"{server}/api/v1/receipts", Authorization="Bearer stolen-token-1") == 401
    assert ask(f"{server}/api/v1/parties?q={IIN}") == 401
    connection = ApiConnection(server)
    connection.take_token(client_id=client.client_id, client_secret=secret)
    token = connection._headers["Authorization"].split()[1]
    body = json.dumps(declaration()).encode()
    kind = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    assert ask(f"{server}/api/v1/declarations", body, **kind) in {200, 202}
    assert ask(f"{server}/api/v1/declarations", body[:-9], **kind) == 422
    person = ApiConnection(server)
    person.sign_in(username="aigul", password=PASSWORD, key=key)
    person._headers["X-Purpose"] = "case 12"
    person.get("/api/v1/parties", q=IIN)
    person.get("/api/v1/parties", q=MAIL)
    person.get(f"/api/v1/alerts/{Alert.objects.get().pk}")
    browser = ApiConnection(server)
    browser._send("/accounts/login/", accept="text/html")
    browser._submit("/accounts/login/", login="aigul", password=WRONG)
    browser._submit("/accounts/login/", login=PASSWORD, password="aigul")
    browser._submit("/accounts/password/reset/", email=MAIL)

    written = log.read_text(encoding="utf-8")
    assert "Unauthorized: /api/v1/receipts" in written  # there is something to search
    secrets = {PASSWORD, WRONG, secret, token, basic, key, code, "stolen-token-1"}
    assert {word for word in secrets if word in written} == set()
    persons = {IIN, MAIL, *_words(declaration())}
    assert {word for word in persons if word in written} == set()


def _words(body):
    """Names and identifiers of the declaration's parties."""
    for party in body["parties"]:
        yield party["name"]
        yield from (one["value"] for one in party.get("identifiers", []))
