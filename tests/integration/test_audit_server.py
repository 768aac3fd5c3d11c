"""The audit behind a real server, whose threads are not those of the test client."""

import json
from urllib.request import Request, urlopen

import pytest
from django.db import connection

from targeting.models import AuditEvent
from tests.factories.targeting import AccessTokenFactory
from tests.integration.conftest import declaration
from tests.integration.serving import serving


def _post(url, body, **headers):
    request = Request(url, data=body, headers=headers)  # noqa: S310 - our own address
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.headers, json.load(answer)


@pytest.fixture
def server(worker_environment):
    with serving(worker_environment) as address:
        yield address


def test_submission_when_served_then_it_and_its_event_are_one_transaction(server):
    token = AccessTokenFactory()
    headers, receipt = _post(
        f"{server}/api/v1/declarations",
        json.dumps(declaration()).encode(),
        Authorization=f"Bearer {token.token}",
        **{"Content-Type": "application/json"},
    )
    event = AuditEvent.objects.get()
    assert (event.object_key, event.address) == (receipt["id"], "127.0.0.1")
    assert event.request_id == headers["X-Request-ID"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text::bigint FROM shipments_intakebatch")
        batch_xid = cursor.fetchone()[0]
    # The batch was stored in a savepoint, whose number follows that of its transaction. An event
    # of a transaction of its own, written after the batch, would have a higher one.
    assert event.xid % 2**32 <= batch_xid
