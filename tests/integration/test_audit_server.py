"""The audit behind a real server, whose threads are not those of the test client."""

import json
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from django.db import connection

from config import env
from targeting.models import AuditEvent
from tests.factories.targeting import AccessTokenFactory
from tests.integration.conftest import declaration

START_SECONDS = 60


@pytest.fixture
def server(worker_environment):
    """The address of granian on the test's database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["granian", "--interface=asginl", "--host=127.0.0.1", f"--port={port}"]
    with subprocess.Popen(
        [sys.executable, "-m", *words, "config.asgi:application"],
        cwd=env.PROJECT,
        env=worker_environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()


def _wait_for(address):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            urlopen(f"{address}/health/live", timeout=2)  # noqa: S310 - our own address
        except (URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not start")


def _post(url, body, **headers):
    request = Request(url, data=body, headers=headers)  # noqa: S310 - our own address
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.headers, json.load(answer)


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
