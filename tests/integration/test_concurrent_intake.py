"""The same declaration from many connections at once: one row, equal receipts."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from shipments.models import Declaration, GoodsItem, IntakeBatch, StageRun
from targeting import pipeline
from targeting.models import KeptAnswer
from tests.api.test_intake import DECLARATION
from tests.factories.targeting import AccessTokenFactory
from tests.integration.conftest import load_reference_data
from tests.integration.serving import serving

CONNECTIONS, TIMES = 8, 50


@pytest.fixture
def server(worker_environment):
    with serving(worker_environment) as address:
        yield address


def sent_at_once(address, token, **more):
    """(status, body, replayed) of each time, by connections that are kept open."""
    body = json.dumps(DECLARATION).encode()
    headers = {"Authorization": f"Bearer {token.token}", "Content-Type": "application/json", **more}

    def over_one_connection(times):
        caller = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        answers = []
        for _ in times:
            caller.request("POST", "/api/v1/declarations", body, headers)
            answer = caller.getresponse()
            answers.append((answer.status, answer.read(), answer.getheader("Idempotency-Replayed")))
        caller.close()
        return answers

    shares = [range(start, TIMES, CONNECTIONS) for start in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as callers:
        return [one for answers in callers.map(over_one_connection, shares) for one in answers]


@pytest.mark.django_db(transaction=True)
def test_declaration_when_sent_50_times_at_once_then_one_row_and_50_equal_receipts(server):
    token = AccessTokenFactory()
    answers = sent_at_once(server, token, **{"Idempotency-Key": "k-1"})
    assert len(answers) == TIMES
    assert {(status, body) for status, body, _ in answers} == {(202, answers[0][1])}
    assert sorted(str(replayed) for *_, replayed in answers) == ["None"] + ["true"] * (TIMES - 1)
    assert KeptAnswer.objects.count() == 1
    only_one_is_stored(json.loads(answers[0][1])["id"])


@pytest.mark.django_db(transaction=True)
def test_declaration_when_sent_50_times_at_once_without_a_key_then_one_receipt(server):
    answers = sent_at_once(server, AccessTokenFactory())
    assert sorted(status for status, *_ in answers) == [200] * (TIMES - 1) + [202]
    receipts = {json.loads(body)["id"] for _, body, _ in answers}
    assert len(receipts) == 1
    only_one_is_stored(receipts.pop())


def only_one_is_stored(receipt):
    load_reference_data()
    batch = IntakeBatch.objects.get()
    assert str(batch.public_id) == receipt
    pipeline.run_stage(StageRun.objects.get().pk)
    assert Declaration.objects.get().batch == batch
    assert GoodsItem.objects.count() == len(DECLARATION["items"])
