"""Limits that only a real server and a real database can show."""

import asyncio
import contextlib
import http.client
import json
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from config import limits
from risk.domain.lists.sheets import MAX_FILE_BYTES
from shipments.models import IntakeBatch
from targeting.domain.policy import Role
from targeting.models import AuditEvent
from targeting.selectors.editions import edition_etag
from tests.api.conftest import sign_in, signed_in
from tests.api.test_intake import DECLARATION
from tests.factories.risk import DraftFactory
from tests.factories.shipments import DeclarationFactory, SubmitterFactory
from tests.factories.targeting import AccessTokenFactory, OperatorQuestionFactory, UserFactory
from tests.integration.serving import serving

MIB = 1024 * 1024


@pytest.fixture
def server(worker_environment, served):
    return served(worker_environment | {"DATABASE_STATEMENT_SECONDS": "2"})


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


def carried(address, path, body, **headers):
    """Status and content of the answer to a client that reads nothing before it has sent all."""
    caller = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    caller.request("POST", path, body, headers)
    answer = caller.getresponse()
    return answer.status, json.loads(answer.read())


def test_body_when_much_too_large_then_whoever_sends_it_all_reads_the_413(server, tmp_path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(bytes(21_000_000))
    path = "/api/v1/lists/A/editions/1/import"
    for where in (path, "/admin/risk/listedition/1/import/", "/nowhere"):
        status, told = carried(server, where, sheet.read_bytes())
        assert (status, told["code"]) == (413, "upload_too_large"), where
    assert carried(server, "/api/v1/batches", bytes(9 * MIB), Authorization="Bearer x")[0] == 401
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl on this machine")
    for more in ((), ("-H", "Expect:")):
        words = [curl, "-sS", "-w", "%{http_code}", "-F", f"file=@{sheet}", *more, server + path]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.endswith("413")
        assert "upload_too_large" in done.stdout


def test_body_when_it_never_ends_then_the_answer_does(monkeypatch):
    monkeypatch.setattr(limits, "LINGER_BYTES", 3 * MIB)
    sent, taken = [], []

    async def endless():
        taken.append(1)
        return {"type": "http.request", "body": bytes(MIB), "more_body": True}

    async def reads(scope, receive, send):
        while True:
            await receive()

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "path": "/", "headers": []}
    asyncio.run(limits.RequestLimits(reads, file_bytes=1, answer_seconds=1)(scope, endless, keep))
    assert [message.get("status") for message in sent] == [413, None, None]
    assert [message.get("more_body") for message in sent[1:]] == [True, None]
    assert len(taken) == 3 + 3


def test_sheet_when_it_is_of_somebody_who_may_bring_it_then_larger_than_other_bodies(server):
    draft = DraftFactory()
    path = f"/api/v1/lists/{draft.control_list.code}/editions/{draft.number}/import"
    rows = b"form_name,kind\nAcetone,precursor\n" + (b" " * 1023 + b"\n") * 4096
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'

    def brought(caller, where=path, content=rows):
        cookies = "; ".join(f"{name}={one.value}" for name, one in caller.cookies.items())
        token = f"csrftoken={'a' * 32}; {cookies}"
        headers = {"Cookie": token, "X-CSRFToken": "a" * 32, "If-Match": edition_etag(draft)}
        headers["Content-Type"] = "multipart/form-data; boundary=b"
        return carried(server, where, head + content + b"\r\n--b--\r\n", **headers)

    editor = signed_in(roles=[Role.LIST_EDITOR])
    status, told = brought(editor)
    assert (status, len(told["difference"]["added"])) == (200, 1)
    status, told = brought(editor, content=bytes(MAX_FILE_BYTES + 1))
    assert (status, told["code"]) == (422, "invalid_list")
    assert brought(editor, content=bytes(21 * MIB))[0] == 413
    assert brought(editor, where="/nowhere/import")[0] == 413
    assert brought(signed_in(roles=[Role.ANALYST]))[0] == 413
    passed_by = sign_in(APIClient(), UserFactory(roles=[Role.LIST_EDITOR]), method="password")
    assert brought(passed_by)[0] == 413


def test_file_when_a_submitters_person_sends_it_then_larger_than_other_bodies(server):
    person = signed_in(roles=[], reach="offices", submitter=SubmitterFactory())
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.ndjson"\r\n\r\n'

    def sent(caller, where="/workbench/submissions"):
        cookies = "; ".join(f"{name}={one.value}" for name, one in caller.cookies.items())
        connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
        headers = {"Cookie": f"csrftoken={'a' * 32}; {cookies}", "X-CSRFToken": "a" * 32}
        headers["Content-Type"] = "multipart/form-data; boundary=b"
        body = head + b"{}\n" * MIB + b"\r\n--b--\r\n"
        connection.request("POST", where, body, headers)
        return connection.getresponse().status

    assert sent(person) == 302
    assert IntakeBatch.objects.get().submitter == person.user.submitter
    question = "/workbench/submissions/questions/00000000-0000-4000-8000-000000000000"
    assert sent(person, question) == 404
    for other in (signed_in(roles=[Role.ANALYST]), APIClient()):
        assert sent(other) == 413
    assert sent(person, "/workbench/submissions/access/1/rotate") == 413


def offered(address, token):
    """The answer to a file of 200 MiB of which nothing but the length is sent."""
    caller = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
    caller.putrequest("POST", "/api/v1/batches")
    caller.putheader("Authorization", f"Bearer {token}")
    caller.putheader("Content-Type", "application/x-ndjson")
    caller.putheader("Content-Length", str(200 * MIB))
    caller.endheaders()
    return caller.getresponse()


def test_file_when_the_token_is_not_good_for_it_then_refused_unread(server):
    assert offered(server, "guess").status == 401
    gone = AccessTokenFactory(expires=timezone.now())
    assert offered(server, gone.token).status == 401
    reader = AccessTokenFactory(scope="receipts:read")
    assert offered(server, reader.token).status == 403
    stolen = AccessTokenFactory(application__allowed_networks=["198.51.100.0/24"])
    assert offered(server, stolen.token).status == 403
    assert AuditEvent.objects.get(actor=stolen.application.actor).resource == "batch-list"
    # What is sent all the same is not read either, nor is it taken for a next request.
    answer = send(server, "/api/v1/batches", [bytes(MIB)] * 4, Authorization="Bearer guess")
    assert answer.status == 401


def test_file_when_the_token_is_good_then_larger_than_other_bodies(server):
    token = AccessTokenFactory()
    lines = b"{}\n" * (MIB // 3)
    caller = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {token.token}", "Content-Type": "application/x-ndjson"}
    caller.request("POST", "/api/v1/batches", lines * 4, headers)
    assert caller.getresponse().status == 202
    assert IntakeBatch.objects.get().raw_message.size_bytes == 4 * len(lines)


def test_answer_when_a_client_brings_documents_then_larger_than_other_bodies(server):
    """Each as large as a document may be; elsewhere, and for who may not submit, it is refused."""
    token = AccessTokenFactory()
    submitter = token.application.submitter
    declaration = DeclarationFactory(submitter=submitter, batch__submitter=submitter)
    question = OperatorQuestionFactory(declaration=declaration)
    reader = AccessTokenFactory(scope="receipts:read", application=token.application)
    parts = [b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nFor paint.\r\n']
    head = b'--b\r\nContent-Disposition: form-data; name="documents"; filename="a.pdf"\r\n\r\n'
    for number in (b"1", b"2"):
        parts += [head, b"%PDF-1.7 " + number + bytes(2 * MIB), b"\r\n"]
    body = b"".join([*parts, b"--b--\r\n"])

    def sent(key, word="answer"):
        caller = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
        headers = {"Authorization": f"Bearer {key.token}"}
        headers["Content-Type"] = "multipart/form-data; boundary=b"
        caller.request("POST", f"/api/v1/questions/{question.public_id}/{word}", body, headers)
        answer = caller.getresponse()
        return answer.status, answer.read()

    status, shown = sent(token)
    assert status == 201, shown
    sizes = [one["size_bytes"] for one in json.loads(shown)["answers"][0]["documents"]]
    assert sizes == [2 * MIB + 10] * 2
    assert sent(reader)[0] == sent(token, "answers")[0] == 413


@contextlib.contextmanager
def locked(table):
    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        connection.rollback()
        connection.set_autocommit(True)


def asked(address, method, path, token, body=None):
    headers = {"Authorization": f"Bearer {token.token}", "Content-Type": "application/json"}
    caller = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    caller.request(method, path, body, headers)
    answer = caller.getresponse()
    return answer.status, answer.read()


def test_request_when_it_takes_too_long_then_503_and_nothing_is_written(worker_environment):
    token = AccessTokenFactory()
    slow = worker_environment | {"TARGETING_ANSWER_SECONDS": "2"}
    submitted = ("POST", "/api/v1/declarations", token, json.dumps(DECLARATION))
    with serving(slow) as address:
        with locked("shipments_intakebatch"):
            began = time.monotonic()
            for call in (("GET", "/api/v1/receipts", token), submitted):
                status, body = asked(address, *call)
                assert (status, json.loads(body)["code"]) == (503, "query_too_slow"), call
            assert time.monotonic() - began < 10
        assert AuditEvent.objects.filter(resource="receipt-list", status=503).exists()
        assert asked(address, "GET", "/api/v1/receipts", token)[0] == 200
        assert not IntakeBatch.objects.exists()
        assert asked(address, *submitted)[0] == 202


def test_statement_when_it_takes_too_long_then_503_and_the_connection_is_free(server):
    call = (server, "GET", "/api/v1/receipts", AccessTokenFactory())
    with locked("shipments_intakebatch"):
        status, body = asked(*call)
    assert status == 503
    assert b"query_too_slow" in body
    assert asked(*call)[0] == 200


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
    asyncio.run(limits.RequestLimits(reads, file_bytes=1, answer_seconds=1)(scope, never, keep))
    assert sent[0]["status"] == 408
