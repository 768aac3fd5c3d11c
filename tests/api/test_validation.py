"""Asking what would become of a message: the same answer as storing it, and nothing stored."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from shipments.domain.formats import FORMATS
from shipments.domain.formats.mapping import mapping_by_key
from shipments.models import Declaration, IntakeBatch, StageRun
from targeting import pipeline
from targeting.api import validation
from tests.api.test_intake import BATCHES, DECLARATION, DECLARATIONS, LINES, RECEIPTS, post_raw
from tests.unit.formats.golden import FIXTURES

pytestmark = pytest.mark.django_db

ASK = "?validate_only=true"
DOUBTFUL: dict[str, Any] = {
    **DECLARATION,
    "items": [{**DECLARATION["items"][0], "net_mass_kg": "2", "gross_mass_kg": "1"}],  # type: ignore[dict-item]
}
QUARANTINED: dict[str, Any] = {
    **DECLARATION,
    "registration_number": "2",
    "items": [*DECLARATION["items"], {"item_number": 2, "commodity_code": "no code"}],
}
REJECTED = {**DECLARATION, "accepted_at": "31.02.2025"}


def test_declaration_when_only_validated_then_issues_and_nothing_stored(client_system) -> None:
    answer = client_system.post(DECLARATIONS + ASK, DOUBTFUL, format="json")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["is_clean"], body["counts"]["declarations"]) == (True, 1)
    assert [issue["code"] for issue in body["issues"]] == ["gross_below_net"]
    assert not IntakeBatch.objects.exists()
    assert not Declaration.objects.exists()


def test_declaration_when_it_would_be_rejected_then_the_same_problem(client_system) -> None:
    asked = client_system.post(DECLARATIONS + ASK, REJECTED, format="json")
    sent = client_system.post(DECLARATIONS, REJECTED, format="json")
    assert (asked.status_code, asked.json()) == (sent.status_code, sent.json())
    assert sent.status_code == 422


@pytest.mark.parametrize("content_type", ["application/zip", "application/octet-stream"])
def test_archive_when_only_validated_as_a_body_then_what_is_in_it_is_counted(
    client_system, content_type
) -> None:
    message = BytesIO()
    with zipfile.ZipFile(message, "w") as archive:
        archive.writestr("one.ndjson", LINES)
    answer = post_raw(client_system, message.getvalue(), content_type, ASK)
    assert (answer.status_code, answer.json()["format"]) == (200, "zip")
    assert answer.json()["counts"]["rejected"] == 0
    assert answer.json()["counts"]["declarations"] > 0


@pytest.mark.parametrize("name", ["ok", "broken", "empty", "hostile"])
@pytest.mark.parametrize("key", [intake_format.key for intake_format in FORMATS])
def test_fixture_when_only_validated_then_the_answer_is_that_of_storing_it(
    client_system, key: str, name: str
) -> None:
    """In every format: the same counts and issues, but for what only the store knows."""
    call_command("load_risk_profile", verbosity=0)
    (path,) = (FIXTURES / "declarations" / key).glob(f"{name}.*")
    expected = json.loads((path.parent / "expected.json").read_text("utf-8"))
    query = f"&format={key}&mapping={expected.get('mapping', '')}"

    def post(asking: str) -> Any:
        upload = SimpleUploadedFile(path.name, path.read_bytes())
        return client_system.post(BATCHES + asking, {"file": upload}, format="multipart")

    asked = post(ASK + query).json()
    assert not IntakeBatch.objects.exists()
    sent = post("?" + query)
    receipt = sent.json()["id"]
    pipeline.run_stage(StageRun.objects.get(batch__public_id=receipt).pk)
    stored = client_system.get(sent["Location"]).json()
    listed = client_system.get(f"{RECEIPTS}{receipt}/issues?page_size=200").json()["results"]
    assert stored["failure_code"] == asked["failure_code"]
    assert stored["unknown_fields"] == asked["unknown_fields"]
    assert stored["table_readings"] == asked["table_readings"]
    counts, would = stored["counts"], asked["counts"]
    of_the_store = [one for one in listed if one["code"] == "version_exists"]
    told = [one for one in listed if one not in of_the_store]
    assert counts["declarations"] + counts["unchanged"] + len(of_the_store) == would["declarations"]
    assert counts["rejected"] - len(of_the_store) == would["rejected"]
    assert counts["issues"] - len(of_the_store) == would["issues"]
    assert sorted(map(_told, told), key=_order) == sorted(map(_told, asked["issues"]), key=_order)


def _order(issue: dict[str, Any]) -> str:
    return json.dumps(issue, sort_keys=True)


def _told(issue: dict[str, Any]) -> dict[str, Any]:
    """But for the moment of receipt, which stands for one that is not stated."""
    is_of_receipt = issue["code"] == "accepted_at_assumed"
    return issue | (dict.fromkeys(("value", "allowed", "message")) if is_of_receipt else {})


def test_file_when_only_validated_then_counts_of_each_grade(client_system) -> None:
    lines = b"\n".join(json.dumps(one).encode() for one in (DOUBTFUL, QUARANTINED, REJECTED))
    answer = post_raw(client_system, lines, "application/x-ndjson", ASK)
    assert answer.status_code == 200
    body = answer.json()
    assert body["is_clean"] is False
    assert body["counts"] == {
        "declarations": 2,
        "items": 2,
        "rejected": 1,
        "quarantined": 1,
        "warnings": 1,
        "issues": 3,
    }
    assert [issue["line"] for issue in body["issues"]] == [1, 2, 3]
    assert not IntakeBatch.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"), [(b"[" * 1000, "nesting_too_deep"), (b"\n", "empty_file")]
)
def test_file_when_it_cannot_be_read_then_its_failure(client_system, content, code) -> None:
    upload = SimpleUploadedFile("a.json" if code != "empty_file" else "a.ndjson", content)
    answer = client_system.post(BATCHES + ASK, {"file": upload}, format="multipart")
    assert (answer.status_code, answer.json()["failure_code"]) == (200, code)
    assert answer.json()["is_clean"] is False


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ru, en;q=0.5", "items[1].gross_mass_kg: масса брутто 1 меньше массы нетто."),
        ("kk", "items[1].gross_mass_kg: масса брутто 1 меньше массы нетто."),
        ("de", "items[1].gross_mass_kg: the gross mass 1 is below the net mass."),
    ],
)
def test_sentence_when_a_language_is_asked_for_then_in_it(client_system, language, sentence):
    answer = client_system.post(
        DECLARATIONS + ASK, DOUBTFUL, format="json", headers={"Accept-Language": language}
    )
    (issue,) = answer.json()["issues"]
    assert (issue["code"], issue["message"]) == ("gross_below_net", sentence)


def test_file_when_too_long_to_wait_for_then_413(client_system, monkeypatch) -> None:
    monkeypatch.setattr(validation, "MAX_VALIDATED_BYTES", 10)
    assert post_raw(client_system, LINES, "application/x-ndjson", ASK).status_code == 413


def test_question_when_neither_yes_nor_no_then_400(client_system) -> None:
    answer = post_raw(client_system, LINES, "application/x-ndjson", "?validate_only=maybe")
    assert answer.status_code == 400
    assert not IntakeBatch.objects.exists()


def test_command_when_only_validating_then_sentences_and_nothing_stored(tmp_path, capsys) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps(DOUBTFUL))
    call_command("ingest_declarations", str(path), validate_only=True, lang="ru")
    shown = capsys.readouterr().out
    assert "1 declarations with 1 items would be stored" in shown
    assert "масса брутто 1 меньше массы нетто" in shown
    path.write_text(json.dumps(QUARANTINED))
    with pytest.raises(CommandError):
        call_command("ingest_declarations", str(path), validate_only=True)
    assert not IntakeBatch.objects.exists()


COLUMNS = mapping_by_key(FIXTURES / "mappings", "generic_csv").columns
CELLS = {
    "registration_number": "7",
    "accepted_at": "03/04/2025",
    "item.item_number": "1",
    "item.description": "Ацетон",
    "item.net_mass_kg": "1,5",
}
HEADING = dict.fromkeys(str(source.column) for source in COLUMNS.values())
ROW = {str(COLUMNS[target].column): cell for target, cell in CELLS.items()}
TABLE = ";".join(HEADING) + "\n" + ";".join(ROW.get(name, "") for name in HEADING) + "\n"
GENERIC = "&mapping=generic_csv&format=csv"


def test_table_when_validated_then_how_it_is_read_is_shown(client_system) -> None:
    answer = post_raw(client_system, TABLE.encode("cp1251"), "text/csv", ASK + GENERIC)
    (reading,) = answer.json()["table_readings"]
    assert reading["encoding"] == "windows-1251"
    assert reading["date_formats"][0] == "%d/%m/%Y"
    assert reading["evidence"]["date_formats"] == "assumed"
    (issue,) = answer.json()["issues"]
    assert (issue["code"], issue["column"]) == ("date_order_assumed", "Дата регистрации")


def test_table_when_read_otherwise_then_another_batch(client_system) -> None:
    call_command("load_risk_profile", verbosity=0)
    content = TABLE.encode()
    first = post_raw(client_system, content, "text/csv", "?" + GENERIC)
    other = post_raw(client_system, content, "text/csv", "?date_order=month_first" + GENERIC)
    assert (first.status_code, other.status_code) == (202, 202)
    assert other.json()["mapping"] == "generic_csv?date_order=month_first"
    again = post_raw(client_system, content, "text/csv", "?date_order=month_first" + GENERIC)
    assert (again.status_code, again.json()["id"]) == (200, other.json()["id"])
    pipeline.run_stage(StageRun.objects.get(batch__public_id=other.json()["id"]).pk)
    receipt = client_system.get(other["Location"]).json()
    (reading,) = receipt["table_readings"]
    assert reading["date_formats"][0] == "%m/%d/%Y"
    assert reading["evidence"]["date_formats"] == "stated"
    assert receipt["counts"]["declarations"] == 1
    assert receipt["counts"]["issues"] == 0


def test_habit_when_it_cannot_be_then_422(client_system) -> None:
    answer = post_raw(client_system, TABLE.encode(), "text/csv", "?encoding=rot13" + GENERIC)
    assert (answer.status_code, answer.json()["code"]) == (422, "habit_invalid")
    assert answer.json()["params"]["field"] == "encoding"


def test_unknown_fields_when_they_come_again_then_reported_once_and_counted(client_system) -> None:
    call_command("load_risk_profile", verbosity=0)
    odd = [{**DECLARATION, "registration_number": str(n), "weather": "fine"} for n in range(3)]
    lines = b"\n".join(json.dumps(one).encode() for one in odd)
    asked = post_raw(client_system, lines, "application/x-ndjson", ASK).json()
    assert [issue["code"] for issue in asked["issues"]] == ["unknown_field"]
    sent = post_raw(client_system, lines, "application/x-ndjson")
    pipeline.run_stage(StageRun.objects.get(batch__public_id=sent.json()["id"]).pk)
    receipt = client_system.get(sent["Location"]).json()
    assert receipt["unknown_fields"] == asked["unknown_fields"] == {"weather": 3}
    assert Declaration.objects.filter(extra__weather="fine").count() == 3
