"""A POST sent again under the same key is answered again, not carried out again."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shipments.models import IntakeBatch
from targeting.models import KeptAnswer
from targeting.services.expiry import clear_expired
from tests.api.conftest import with_token
from tests.api.test_intake import BATCHES, DECLARATION, DECLARATIONS, LINES
from tests.factories.targeting import ApiClientFactory

pytestmark = pytest.mark.django_db


def send(caller, key, body=DECLARATION, path=DECLARATIONS):
    return caller.post(path, body, format="json", headers={"Idempotency-Key": key})


def test_declaration_when_sent_again_then_the_very_same_answer(client_system):
    first = send(client_system, "k-1")
    IntakeBatch.objects.update(state="done", declaration_count=1)
    again = send(client_system, "k-1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert IntakeBatch.objects.count() == KeptAnswer.objects.count() == 1
    # Without the key the same bytes get the same receipt too; what became of them is asked for.
    without = client_system.post(DECLARATIONS, DECLARATION, format="json")
    assert (without.status_code, without.json()) == (200, first.json())
    assert client_system.get(without["Location"]).json()["state"] == "done"


def test_key_when_used_for_another_request_then_422_and_nothing_is_stored(client_system):
    send(client_system, "k-1")
    changed = {**DECLARATION, "version": 2}
    for answer in (
        send(client_system, "k-1", changed),
        send(client_system, "k-1", path=BATCHES),
        send(client_system, "k-1", path=BATCHES + "?format=ndjson"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert IntakeBatch.objects.count() == 1
    assert send(client_system, "k-2", changed).status_code == 202


def test_key_when_the_request_was_refused_then_free_for_the_corrected_one(client_system):
    wrong = {name: value for name, value in DECLARATION.items() if name != "accepted_at"}
    assert send(client_system, "k-1", wrong).status_code == 422
    assert not KeptAnswer.objects.exists()
    assert send(client_system, "k-1").status_code == 202


def test_key_when_of_another_client_then_its_own(client_system):
    other = with_token(application=ApiClientFactory())
    first, second = send(client_system, "k-1"), send(other, "k-1")
    assert first.json()["id"] != second.json()["id"]
    assert send(other, "k-1").json() == second.json()


def test_file_when_sent_again_then_the_same_receipt(client_system):
    headers = {"Idempotency-Key": "f-1"}
    answers = [
        client_system.generic(
            "POST", BATCHES, LINES, content_type="application/x-ndjson", headers=headers
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("key", ["", "with space", "ключ", "k" * 256])
def test_key_when_it_is_none_then_400(client_system, key):
    answer = send(client_system, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert not IntakeBatch.objects.exists()


def test_kept_answers_when_a_week_old_then_cleared(client_system):
    first = send(client_system, "k-1")
    assert clear_expired(now=timezone.now() + timedelta(days=6))["kept_answers"] == 0
    assert clear_expired(now=timezone.now() + timedelta(days=8))["kept_answers"] == 1
    # Then the digest of the message still finds it; the token is over as well.
    again = send(with_token(application=client_system.token.application), "k-1")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


def test_kept_answer_holds_what_was_sent_and_no_more(client_system):
    answer = send(client_system, "k-1")
    kept = KeptAnswer.objects.get()
    assert json.loads(kept.body) == answer.json()
    assert kept.client == client_system.token.application
