"""How much and how often: counted in the Redis that all processes share."""

import io
import json

import pytest
from django.core.cache import cache
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisDown
from rest_framework.exceptions import ParseError
from rest_framework.test import APIClient

from targeting.api import throttling
from targeting.api.json_body import MAX_BYTES, MAX_DEPTH, BoundedJsonParser, JsonTooLarge
from tests.api.conftest import signed_in, with_token
from tests.factories.targeting import AccessTokenFactory, ApiClientFactory, registered_client

pytestmark = pytest.mark.django_db

ME, RECEIPTS = "/api/v1/me", "/api/v1/receipts"


@pytest.fixture
def limits(settings):
    def change(**limits):
        settings.TARGETING = settings.TARGETING | limits

    return change


@pytest.fixture(autouse=True)
def _one_window(monkeypatch):
    """No window ends while a test counts in it."""
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_030.0)


def statuses(caller, count, path=ME):
    return [caller.get(path).status_code for _ in range(count)]


def test_the_cache_is_the_one_that_all_processes_share(settings):
    assert settings.CACHES["default"]["BACKEND"].endswith("RedisCache")


def test_too_many_requests_are_429_with_a_time_to_wait(limits):
    limits(REQUESTS_PER_MINUTE={"client": 9, "person": 2})
    analyst, client = signed_in(roles=["analyst"]), with_token()
    assert statuses(analyst, 3) == [200, 200, 429]
    answer = analyst.get(ME)
    assert answer.json()["code"] == "throttled"
    assert answer["Retry-After"] == "30"
    assert client.get(ME).status_code == 200
    assert signed_in(roles=["analyst"]).get(ME).status_code == 200


def test_a_client_has_one_count_whatever_its_tokens(limits):
    limits(REQUESTS_PER_MINUTE={"client": 2, "person": 9})
    client = ApiClientFactory()
    tokens = [with_token(application=client) for _ in range(3)]
    assert [caller.get(RECEIPTS).status_code for caller in tokens] == [200, 200, 429]
    assert with_token().get(RECEIPTS).status_code == 200


def test_a_role_and_a_kind_of_client_have_their_own_rates(limits):
    limits(
        REQUESTS_PER_MINUTE={"client": 9, "person": 9, "auditor": 1, "analyst": 2, "api_client": 3}
    )
    assert statuses(signed_in(roles=["auditor"]), 2) == [200, 429]
    assert statuses(signed_in(roles=["analyst", "examiner"]), 3) == [200, 200, 429]
    assert statuses(signed_in(roles=["examiner"]), 3) == [200, 200, 200]
    assert statuses(with_token(), 4) == [200, 200, 200, 429]


def test_a_window_ends(limits, monkeypatch):
    limits(REQUESTS_PER_MINUTE={"client": 1, "person": 1})
    caller = with_token()
    assert statuses(caller, 2) == [200, 429]
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_060.0)
    assert caller.get(ME).status_code == 200


def test_brute_force_of_tokens_when_many_are_wrong_then_the_address_waits(limits):
    limits(FAILURES_PER_MINUTE=3)
    right = AccessTokenFactory().token
    words = ["guess-1", "guess-2", "guess-3", right]
    answers = [APIClient(headers={"Authorization": f"Bearer {word}"}).get(ME) for word in words]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1]["Retry-After"] == "30"
    elsewhere = APIClient(headers={"Authorization": f"Bearer {right}"}, REMOTE_ADDR="198.51.100.1")
    assert elsewhere.get(ME).status_code == 200


def test_brute_force_of_secrets_when_many_are_wrong_then_the_address_waits(limits):
    limits(FAILURES_PER_MINUTE=3)
    client, secret = registered_client()

    def ask(word, client_id=client.client_id, address="127.0.0.1"):
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": word}
        return APIClient(REMOTE_ADDR=address).post("/oauth/token/", form, format="multipart")

    tried = [ask("1").status_code, ask("2").status_code, ask("3", "another").status_code]
    assert tried == [401, 401, 401]
    answer = ask(secret)
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert "wait 30 seconds" in answer.json()["error_description"]
    # Whoever knows the client's name cannot shut it out from its own address.
    assert ask(secret, address="198.51.100.1").status_code == 200


def test_limits_when_the_cache_is_away_then_calls_go_on_and_it_is_said(monkeypatch, caplog):
    def down(*args, **kwargs):
        raise RedisDown

    caller = with_token()
    monkeypatch.setattr(cache, "add", down)
    monkeypatch.setattr(cache, "get", down)
    assert caller.get(ME).status_code == 200
    assert "limits_are_not_counted" in caplog.text


@pytest.mark.parametrize("size", ["0", "201", "999999", "all"])
def test_a_page_has_at_most_200_rows(analyst, size):
    assert analyst.get("/api/v1/alerts", {"page_size": size}).status_code == 400


def parsed(text):
    context = {"request": APIClient().get("/").wsgi_request}
    return BoundedJsonParser().parse(io.BytesIO(text.encode()), "application/json", context)


def test_json_when_deeper_than_allowed_then_refused():
    def nested(levels):
        return "[" * levels + "1" + "]" * levels

    assert parsed(nested(MAX_DEPTH))
    for levels in (MAX_DEPTH + 1, 200_000):
        with pytest.raises(ParseError, match="nested deeper"):
            parsed(nested(levels))


def test_json_when_larger_than_allowed_then_refused_unread():
    request = APIClient().get("/").wsgi_request
    request.META["CONTENT_LENGTH"] = str(MAX_BYTES + 1)
    with pytest.raises(JsonTooLarge):
        BoundedJsonParser().parse(None, "application/json", {"request": request})


def test_every_json_route_reads_with_the_bounded_parser(settings):
    assert settings.REST_FRAMEWORK["DEFAULT_PARSER_CLASSES"] == [
        "targeting.api.json_body.BoundedJsonParser"
    ]


def test_a_message_with_too_many_items_is_refused_by_name(client_system):
    items = [{"item_number": n, "description": "x"} for n in range(1, 1001)]
    body = json.dumps({"registration_number": "1", "items": items})
    answer = client_system.post(reverse("declaration-list"), body, content_type="application/json")
    assert answer.status_code == 422
    assert "list_too_long" in answer.content.decode()


@pytest.mark.parametrize(
    "head",
    [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08", b"%PDF-1.7"],
    ids=["office", "gzip", "pdf"],
)
def test_an_upload_is_judged_by_its_content_not_by_its_name(client_system, head):
    upload = io.BytesIO(head + b"0" * 100)
    upload.name = "declarations.json"
    answer = client_system.post(reverse("batch-list"), {"file": upload}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (415, "format_unknown")
