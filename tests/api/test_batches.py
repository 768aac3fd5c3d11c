"""How far a file is, how fast, and that it can be cancelled by its sender alone."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from shipments.services import raw_messages
from tests.api.conftest import with_token
from tests.api.test_intake import BATCHES, LINES, post_raw

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(client_system):
    return post_raw(client_system, LINES, "application/x-ndjson").json()


def test_batch_when_read_then_as_its_receipt(client_system, receipt):
    assert client_system.get(BATCHES + receipt["id"]).json() == receipt
    assert (receipt["items_per_second"], receipt["started_at"]) == (None, None)


def test_batch_when_under_way_then_its_rate_is_told(client_system, receipt):
    batch = client_system.token.application.submitter.batches
    start = timezone.now() - timedelta(seconds=20)
    batch.update(started_at=start, finished_at=start + timedelta(seconds=10), item_count=1234)
    assert client_system.get(BATCHES + receipt["id"]).json()["items_per_second"] == 123.4


def test_batch_when_cancelled_then_said_and_no_error_twice(client_system, receipt):
    answers = [client_system.post(f"{BATCHES}{receipt['id']}/cancel") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["cancelled_at"] == answers[1].json()["cancelled_at"] is not None


def test_batch_when_read_to_its_end_then_cancelling_is_409(client_system, receipt):
    client_system.token.application.submitter.batches.update(chunk_count=1)
    answer = client_system.post(f"{BATCHES}{receipt['id']}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "batch_read")


@pytest.mark.parametrize("times", [1, 200])
def test_batch_when_sent_as_body_or_in_a_form_then_one_and_its_digest_is_of_the_bytes(
    client_system, times
):
    content = LINES * times
    as_body = post_raw(client_system, content, "application/x-ndjson")
    form = {"file": SimpleUploadedFile("may.ndjson", content), "format": "ndjson"}
    in_form = client_system.post(BATCHES, form, format="multipart")
    assert (as_body.status_code, in_form.status_code) == (202, 200)
    assert as_body.json()["id"] == in_form.json()["id"]
    batch = client_system.token.application.submitter.batches.get()
    assert bytes(batch.sha256) == hashlib.sha256(content).digest()
    assert batch.raw_message.size_bytes == len(content)
    assert raw_messages.is_intact(batch)


def test_batch_when_of_another_submitter_then_404(receipt):
    other = with_token()
    assert other.get(BATCHES + receipt["id"]).status_code == 404
    assert other.post(f"{BATCHES}{receipt['id']}/cancel").status_code == 404
