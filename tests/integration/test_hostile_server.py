"""Messages that mean harm, sent to a real server: a documented code, little memory, still there."""

import http.client
import json
import os
import re
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from config import env
from shipments.domain.formats.mapping import mapping_by_key
from shipments.models import StageRun
from targeting import pipeline
from tests.api.test_intake import DECLARATION
from tests.factories.targeting import AccessTokenFactory
from tests.integration.conftest import load_reference_data, work_off
from tests.integration.serving import serving
from tests.unit.formats.test_hostile_values import BUILDERS, build
from tests.unit.formats.test_xlsx import sheet_of, with_shared_text, with_sheet
from tests.unit.formats.test_xml_hostile import LAUGHS, ROOTS, archive

MIB = 1024 * 1024
MEMORY_MB = 200
GUIDE = (env.PROJECT / "docs" / "declaration-format.md").read_text(encoding="utf-8")
FIXTURES = env.PROJECT / "fixtures" / "declarations"
TABLE = {"mapping": "generic_csv"}
ENTITY = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
UNSTORABLE = {"text_invalid", "json_invalid", "xml_invalid", "edifact_invalid", "encoding_invalid"}
TOO_DEEP = {"nesting_too_deep", "json_invalid", "declaration_too_long"}
NO_TABLE = {"header_unreadable", "column_missing"}


def built(key, *, mass="10", goods="goods", day="2025-10-01"):
    if key != "csv":
        return build(key, mass=mass, goods=goods, day=day)
    columns = mapping_by_key(env.PROJECT / "fixtures" / "mappings", TABLE["mapping"]).columns
    row = {
        "registration_number": "7",
        "accepted_at": "12.11.2025 10:00",
        "item.item_number": "1",
        "item.description": goods,
        "item.net_mass_kg": mass,
        "item.documents.licence.number": "9",
        "item.documents.licence.issued_on": day,
    }
    # One column may stand for two fields.
    cells = {column.column: row.get(target, "") for target, column in columns.items()}
    return "\n".join(map(";".join, (cells, cells.values()))).encode("utf-8", "surrogatepass")


def values():
    """(what, format, content, codes of which one must be told) for the formats that are texts."""
    for key in sorted(BUILDERS.keys() - {"xlsx"}):
        escaped = key in ("json", "ndjson")
        yield "number", key, built(key, mass="1e400"), {"number_out_of_range", "number_invalid"}
        yield "date", key, built(key, day="31.02.2025"), {"date_invalid"}
        nul, half = ("a\\u0000b", "a\\ud800b") if escaped else ("a\x00b", "a\ud800b")
        yield "NUL", key, built(key, goods=nul), UNSTORABLE
        yield "surrogate", key, built(key, goods=half), UNSTORABLE
        yield "bytes", key, built(key, goods="ZZZ").replace(b"ZZZ", b"\xff\xc3\x28"), UNSTORABLE


def structures():
    for key, root in ROOTS.items():
        yield "XXE", key, f"{ENTITY}<{root}>&x;</{root}>".encode(), {"xml_doctype_refused"}
        yield "laughs", key, f"{LAUGHS}<{root}>&j;</{root}>".encode(), {"xml_doctype_refused"}
        yield "depth", key, f"<{root}>".encode() + b"<a>" * 10**6, {"nesting_too_deep"}
    yield "depth", "json", b"[" * 10**6, TOO_DEEP
    yield "depth", "json", b'{"a":' * 10**6, TOO_DEEP
    yield "depth", "ndjson", b"[" * 10**6, TOO_DEEP
    yield "columns", "csv", b";" * 10**7, NO_TABLE
    yield "columns", "csv", built("csv") + b"\n" + b";" * 10**7, {"row_too_long"}
    yield "quotes", "csv", b'"' * 5_000_000, NO_TABLE
    yield "elements", "cusdec", b"UNB+UNOA:1+" + b"+" * 5_000_000 + b"'", {"edifact_invalid"}
    bomb = archive([("a.json", b"[" + b" " * (64 * MIB))])
    yield "bomb", "zip", bomb, {"archive_expands_too_much"}
    nested = archive([("a.zip", archive([("b.zip", b"x")]))])
    yield "bomb", "zip", nested, {"format_unknown"}
    shown = b"<row>" + b"<c t='s'><v>0</v></c>" * 200_000 + b"</row>"
    yield "copies", "xlsx", with_shared_text(b"x" * 30_000, shown), {"workbook_too_large"}
    far = b"<row r='1048576'><c><v>1</v></c></row><row r='1'><c r='XFD1'/></row>"
    yield "far cells", "xlsx", with_sheet(sheet_of(far)), {"workbook_too_large"}
    workbook = (FIXTURES / "xlsx" / "hostile.xlsx").read_bytes()
    yield "bomb", "xlsx", workbook, set(re.findall(r"`([a-z_]+)`", GUIDE))


@pytest.fixture
def server(worker_environment, storage):
    """It keeps files where this process reads them, as web and workers do."""
    with serving(worker_environment | {"TARGETING_UPLOADS_DIR": str(storage)}) as address:
        yield address


@pytest.mark.django_db(transaction=True)
def test_server_when_all_that_is_hostile_came_then_each_has_its_code_and_it_still_serves(
    server, monkeypatch
):
    """All are asked about and read by the server; what is no message at all is stored as well, and
    read as a worker does."""
    monkeypatch.setattr(pipeline, "_send", lambda run_id, queue: None)
    load_reference_data()
    call = caller(server, AccessTokenFactory())
    assert call("POST", "/api/v1/declarations", json.dumps(DECLARATION).encode())[0] == 202
    before = peak_memory_mb()
    told = {}
    hostile = [(*one, False) for one in values()] + [(*one, True) for one in structures()]
    for what, key, content, expected, is_stored in hostile:
        query = {"format": key}
        if key in ("csv", "xlsx"):
            query |= TABLE
        if key == "csv" and what in ("bytes", "surrogate"):
            query["encoding"] = "utf-8"  # otherwise it is a text of an encoding that has them
        name = f"{what} as {key}, {len(content)} bytes"
        told[f"{name}, asked"] = asked(call, content, query), expected
        if is_stored:
            told[f"{name}, stored"] = stored(call, content, query), expected
    for opening in (b"[", b'{"a":'):
        body = opening * (10**6 // len(opening))
        status, problem = call("POST", "/api/v1/declarations", body)
        found = {problem["code"], *(one["code"] for one in problem.get("issues", ()))}
        assert status == 422, problem
        told[f"declaration of {opening!r}"] = found, TOO_DEEP
    assert {name: found for name, (found, expected) in told.items() if not found & expected} == {}
    undocumented = {
        code for found, _ in told.values() for code in found if f"`{code}`" not in GUIDE
    }
    assert undocumented - {"declaration_rejected"} == set()
    assert peak_memory_mb() - before < MEMORY_MB
    another = {**DECLARATION, "registration_number": "55301/121125/0009999"}
    assert call("POST", "/api/v1/declarations", json.dumps(another).encode())[0] == 202
    assert call("GET", "/health/ready", None)[0] == 200


def asked(call, content, query):
    path = "/api/v1/batches?" + urlencode(query | {"validate_only": "true"})
    status, answer = call("POST", path, content, "application/octet-stream")
    assert status == 200, answer
    return {answer["failure_code"], *(issue["code"] for issue in answer["issues"])} - {""}


def stored(call, content, query):
    path = "/api/v1/batches?" + urlencode(query)
    status, receipt = call("POST", path, content, "application/octet-stream")
    assert status in (202, 200), receipt
    work_off()
    assert not StageRun.objects.exclude(state="done").exists()
    _, now = call("GET", f"/api/v1/receipts/{receipt['id']}", None)
    assert now["state"] in ("done", "failed")
    return {now["failure_code"], *(issue["code"] for issue in now["first_issues"])} - {""}


def caller(address, token):
    """Status and content of an answer of the server, over connections of their own."""

    def call(method, path, body, content_type="application/json"):
        server = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {token.token}", "Content-Type": content_type}
        with closing(server):
            server.request(method, path, body, headers)
            answer = server.getresponse()
            return answer.status, json.loads(answer.read())

    return call


def peak_memory_mb():
    """Of the largest of the processes that descend from this one: the server's."""
    peaks, waiting = [0], [os.getpid()]
    while waiting:
        pid = waiting.pop()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        waiting += map(int, children)
        for child in children:
            status = Path(f"/proc/{child}/status").read_text()
            peaks += [int(size) // 1024 for size in re.findall(r"VmHWM:\s+(\d+) kB", status)]
    return max(peaks)
