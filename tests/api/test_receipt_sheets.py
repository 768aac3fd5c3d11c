"""Receipts as files: what was wrong, and the rows to correct and send again."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from shipments.models import Declaration, StageRun
from targeting import pipeline
from tests.api.conftest import with_token
from tests.api.test_intake import DECLARATION, RECEIPTS, post_raw
from tests.unit.formats.test_corrections import SENT, corrected, rows_of

pytestmark = pytest.mark.django_db
QUERY = "?format=csv&mapping=generic_csv"


@pytest.fixture(autouse=True)
def _profile(db) -> None:
    """A small message goes through all stages in one worker, the assessment included."""
    call_command("load_risk_profile", verbosity=0)


def take_in(caller, content: bytes, content_type: str, query: str = "") -> str:
    """The address of the receipt, once the message has been read."""
    answer = post_raw(caller, content, content_type, query)
    assert answer.status_code == 202
    receipt = answer.json()["id"]
    pipeline.run_stage(StageRun.objects.get(batch__public_id=receipt).pk)
    return f"{RECEIPTS}{receipt}"


def content_of(answer) -> bytes:
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rejects_when_corrected_and_sent_again_then_stored(client_system, kind: str) -> None:
    receipt = take_in(client_system, SENT, "text/csv", QUERY)
    content = content_of(client_system.get(f"{receipt}/rejects?as={kind}"))
    rows = rows_of(content, kind)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(rows[0])
    writer.writerows(corrected(rows))
    take_in(client_system, stream.getvalue().encode(), "text/csv", QUERY)
    stored = Declaration.objects.order_by("registration_number", "version")
    assert [(one.registration_number, one.version, one.items.count()) for one in stored] == [
        ("BAD", 1, 1),
        ("GOOD", 1, 1),
        ("PART", 1, 1),
        ("PART", 2, 2),
        ("SAME", 1, 1),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_issues_when_taken_as_a_table_then_with_sentence_and_source(client_system, kind) -> None:
    broken = {
        **DECLARATION,
        "items": [*DECLARATION["items"], {"item_number": 2, "commodity_code": "=1+1"}],  # type: ignore[list-item]
    }
    receipt = take_in(client_system, json.dumps(broken).encode(), "application/x-ndjson")
    answer = client_system.get(f"{receipt}/sheet?as={kind}", headers={"Accept-Language": "ru"})
    content = content_of(answer)
    (row,) = rows_of(content, kind, delimiter=",")[:1]
    assert row["code"] == "commodity_code_invalid"
    assert row["value"] == "'=1+1"
    assert "не код товара" in row["message"]


def test_rejects_when_no_table_then_422(client_system) -> None:
    receipt = take_in(client_system, json.dumps(DECLARATION).encode(), "application/x-ndjson")
    answer = client_system.get(f"{receipt}/rejects")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_table")


def test_sheets_when_of_another_submitter_or_kind_then_404_or_400(client_system) -> None:
    receipt = take_in(client_system, SENT, "text/csv", QUERY)
    for word in ("rejects", "sheet"):
        assert with_token().get(f"{receipt}/{word}").status_code == 404
        assert client_system.get(f"{receipt}/{word}?as=pdf").status_code == 400
