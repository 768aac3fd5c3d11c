"""The same declaration from many connections at once: one row, equal receipts."""

import http.client
import json
import time
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
PATIENCE_SECONDS = 60
BODY = json.dumps(DECLARATION).encode()


@pytest.fixture
def server(worker_environment):
    with serving(worker_environment) as address:
        yield address


def asked(address, token, method, path, times=(0,), **headers):
    """(status, body, replayed) of each time, by a connection that is kept open."""
    headers = {"Authorization": f"Bearer {token.token}", **headers}
    caller = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    answers = []
    for _ in times:
        caller.request(method, path, BODY if method == "POST" else None, headers)
        answer = caller.getresponse()
        answers.append((answer.status, answer.read(), answer.getheader("Idempotency-Replayed")))
    caller.close()
    return answers


def sent(address, token, times=(0,), **headers):
    headers["Content-Type"] = "application/json"
    return asked(address, token, "POST", "/api/v1/declarations", times, **headers)


def sent_at_once(address, token, meanwhile=lambda: None, **headers):
    """All answers; what is done ``meanwhile`` ends in any case."""
    shares = [range(start, TIMES, CONNECTIONS) for start in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as callers:
        under_way = [callers.submit(sent, address, token, each, **headers) for each in shares]
        meanwhile()
        return [one for answers in under_way for one in answers.result()]


@pytest.mark.django_db(transaction=True)
def test_declaration_when_sent_50_times_at_once_then_one_row_and_50_equal_receipts(server):
    answers = sent_at_once(server, AccessTokenFactory(), **{"Idempotency-Key": "k-1"})
    assert len(answers) == TIMES
    assert {(status, body) for status, body, _ in answers} == {(202, answers[0][1])}
    assert sorted(str(replayed) for *_, replayed in answers) == ["None"] + ["true"] * (TIMES - 1)
    assert KeptAnswer.objects.count() == 1
    load_reference_data()
    work_off_the_only_one()
    only_one_is_stored(answers[0][1])


@pytest.mark.django_db(transaction=True)
def test_declaration_when_worked_off_meanwhile_then_still_50_equal_receipts(server):
    """Without a key: 202 once, then 200; what became of it is told by GET alone."""
    load_reference_data()
    token = AccessTokenFactory()
    answers = sent_at_once(server, token, work_off_the_only_one)
    late = sent(server, token)
    statuses = sorted(status for status, *_ in answers + late)
    assert statuses == [200] * TIMES + [202]
    assert {body for _, body, _ in answers + late} == {answers[0][1]}
    receipt = json.loads(answers[0][1])
    assert receipt["state"] == "received"
    only_one_is_stored(answers[0][1])
    ((_, body, _),) = asked(server, token, "GET", f"/api/v1/receipts/{receipt['id']}")
    now = json.loads(body)
    assert (now["state"], now["counts"]["declarations"]) == ("done", 1)
    assert now.keys() == receipt.keys()


def work_off_the_only_one():
    """As a worker does, once there is something to do."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (runs := list(StageRun.objects.values_list("pk", flat=True))):
        assert time.monotonic() < until
        time.sleep(0.005)
    (run_id,) = runs
    assert pipeline.run_stage(run_id) > 1


def only_one_is_stored(answer):
    batch = IntakeBatch.objects.get()
    assert (str(batch.public_id), batch.state) == (json.loads(answer)["id"], "done")
    assert Declaration.objects.get().batch == batch
    assert GoodsItem.objects.count() == len(DECLARATION["items"])
