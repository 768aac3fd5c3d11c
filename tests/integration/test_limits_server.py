"""Limits that only a real server and a real database can show."""

import asyncio
import http.client
from urllib.parse import urlsplit

import pytest
from django.db import connection

from config import limits
from tests.factories.targeting import AccessTokenFactory
from tests.integration.serving import serving

MIB = 1024 * 1024


@pytest.fixture
def server(worker_environment):
    with serving(worker_environment | {"DATABASE_STATEMENT_SECONDS": "2"}) as address:
        yield address


def send(address, path, chunks, **headers):
    """The answer to a body that is sent in chunks, without a declared length."""
    caller = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    caller.putrequest("POST", path)
    for name, value in headers.items():
        caller.putheader(name, value)
    caller.putheader("Transfer-Encoding", "chunked")
    caller.endheaders()
    try:
        for chunk in chunks:
            caller.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        caller.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server has answered and hung up
    return caller.getresponse()


def test_body_when_larger_than_allowed_then_413_before_anything_is_read(server):
    zeros = [bytes(MIB)] * 4
    for path in ("/accounts/login/", "/api/v1/declarations", "/api/v1/batches", "/nowhere"):
        answer = send(server, path, zeros)
        assert (answer.status, answer.getheader("Content-Type")) == (
            413,
            "application/problem+json",
        ), path
    caller = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    caller.putrequest("POST", "/accounts/login/")
    caller.putheader("Content-Length", str(10**12))
    caller.endheaders()
    assert caller.getresponse().status == 413
    # A file may be large for whoever shows a token; a wrong one is refused for what it is.
    answer = send(server, "/api/v1/batches", zeros, Authorization="Bearer guess")
    assert answer.status == 401


def test_statement_when_it_takes_too_long_then_503_and_the_connection_is_free(server):
    token = AccessTokenFactory()
    headers = {"Authorization": f"Bearer {token.token}"}

    def receipts():
        caller = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
        caller.request("GET", "/api/v1/receipts", headers=headers)
        answer = caller.getresponse()
        return answer.status, answer.read()

    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE shipments_intakebatch IN ACCESS EXCLUSIVE MODE")
        status, body = receipts()
    finally:
        connection.rollback()
        connection.set_autocommit(True)
    assert status == 503
    assert b"query_too_slow" in body
    assert receipts()[0] == 200


def test_body_when_it_trickles_then_408(monkeypatch):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)
    sent = []

    async def never():
        await asyncio.sleep(10)

    async def reads(scope, receive, send):
        await receive()

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "path": "/", "headers": []}
    asyncio.run(limits.BodyLimit(reads, file_bytes=1)(scope, never, keep))
    assert sent[0]["status"] == 408
