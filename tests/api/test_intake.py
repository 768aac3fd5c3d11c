"""Submitting: one declaration, a file, and the receipts that answer."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shipments.models import IntakeBatch, RawMessage
from targeting.api import uploads
from tests.api.conftest import with_token
from tests.factories.shipments import IntakeBatchFactory, IntakeIssueFactory

pytestmark = pytest.mark.django_db

DECLARATIONS = "/api/v1/declarations/"
BATCHES = "/api/v1/batches/"
RECEIPTS = "/api/v1/receipts/"

DECLARATION = {
    "registration_number": "55301/121125/0001234",
    "accepted_at": "2025-11-12T08:30:00Z",
    "parties": [{"role": "importer", "name": "ТОО Пример", "country": "KZ"}],
    "items": [{"item_number": 1, "description": "Ацетон", "commodity_code": "2914110000"}],
}
LINES = b"".join(
    json.dumps({**DECLARATION, "registration_number": f"55301/121125/{n:07d}"}).encode() + b"\n"
    for n in range(3)
)
NOTHING_ABOUT_RISK = {"score", "lane", "match", "alert", "substance", "assessment", "reason"}


def post_raw(caller, content, content_type, query=""):
    return caller.generic("POST", BATCHES + query, content, content_type=content_type)


def test_a_declaration_is_taken_in_and_answered_with_its_receipt(client_system):
    answer = client_system.post(DECLARATIONS, DECLARATION, format="json")
    assert answer.status_code == 202
    receipt = answer.json()
    assert receipt["state"] == "received"
    assert receipt["format"] == "json"
    assert answer["Location"].endswith(f"{RECEIPTS}{receipt['id']}")
    assert client_system.get(answer["Location"]).json() == receipt
    assert IntakeBatch.objects.get().submitter == client_system.token.application.submitter


def test_the_stored_message_is_what_came_byte_for_byte(client_system):
    content = json.dumps(DECLARATION, indent=3).encode()
    client_system.generic("POST", DECLARATIONS, content, content_type="application/json")
    assert bytes(RawMessage.objects.get().content) == content


def test_the_same_bytes_again_are_the_same_receipt(client_system):
    first = client_system.post(DECLARATIONS, DECLARATION, format="json")
    again = client_system.post(DECLARATIONS, DECLARATION, format="json")
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["id"] == first.json()["id"]
    assert IntakeBatch.objects.count() == 1


def test_another_submitter_with_the_same_bytes_gets_a_receipt_of_its_own(client_system):
    first = client_system.post(DECLARATIONS, DECLARATION, format="json")
    other = with_token().post(DECLARATIONS, DECLARATION, format="json")
    assert other.status_code == 202
    assert other.json()["id"] != first.json()["id"]


def test_a_rejected_declaration_is_422_with_its_issues_and_nothing_is_stored(client_system):
    broken = {**DECLARATION, "accepted_at": "yesterday"}
    answer = client_system.post(DECLARATIONS, broken, format="json")
    assert answer.status_code == 422
    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["code"] == "declaration_rejected"
    assert problem["issues"][0]["field"] == "accepted_at"
    assert problem["issues"][0]["severity"] == "reject"
    assert not IntakeBatch.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"nonsense", 422), (b"{", 422), (b"[]", 422)]
)
def test_what_is_no_declaration_is_422(client_system, content, status):
    answer = client_system.generic("POST", DECLARATIONS, content, content_type="application/json")
    assert answer.status_code == status
    assert not IntakeBatch.objects.exists()


def test_two_declarations_are_a_file(client_system):
    answer = client_system.post(DECLARATIONS, [DECLARATION, DECLARATION], format="json")
    assert answer.status_code == 422
    assert answer.json()["code"] == "one_declaration_expected"


def test_another_content_type_is_415(client_system):
    answer = client_system.generic("POST", DECLARATIONS, b"<xml/>", content_type="text/xml")
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


def test_a_declaration_beyond_the_limit_is_413(client_system, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_DECLARATION_BYTES", 10)
    answer = client_system.post(DECLARATIONS, DECLARATION, format="json")
    assert answer.status_code == 413
    assert answer.json()["code"] == "upload_too_large"


def test_a_file_comes_as_a_form(client_system):
    upload = SimpleUploadedFile("../may.ndjson", LINES)
    answer = client_system.post(BATCHES, {"file": upload}, format="multipart")
    assert answer.status_code == 202
    assert answer.json()["format"] == "ndjson"
    assert answer.json()["file_name"] == "may.ndjson"


def test_a_file_comes_as_the_body(client_system):
    answer = post_raw(client_system, LINES, "application/x-ndjson")
    assert answer.status_code == 202
    assert bytes(RawMessage.objects.get().content) == LINES


def test_the_same_file_as_form_and_as_body_is_one_batch(client_system):
    first = post_raw(client_system, LINES, "application/x-ndjson")
    upload = SimpleUploadedFile("other-name.ndjson", LINES)
    again = client_system.post(BATCHES, {"file": upload}, format="multipart")
    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]


def test_csv_needs_a_mapping_that_exists(client_system):
    answer = post_raw(client_system, b"a,b\n1,2\n", "text/csv")
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_required")
    answer = post_raw(client_system, b"a,b\n1,2\n", "text/csv", "?mapping=../../secret")
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_unknown")
    answer = post_raw(client_system, b"a,b\n1,2\n", "text/csv", "?format=csv&mapping=generic_csv")
    assert answer.status_code == 202
    assert answer.json()["mapping"] == "generic_csv"


def test_format_and_mapping_may_be_fields_of_the_form(client_system):
    form = {
        "file": SimpleUploadedFile("may.dat", b"a,b\n1,2\n"),
        "format": "csv",
        "mapping": "generic_csv",
    }
    assert client_system.post(BATCHES, form, format="multipart").status_code == 202


def test_a_mapping_for_a_format_without_one_is_refused(client_system):
    answer = post_raw(client_system, LINES, "application/x-ndjson", "?mapping=generic_csv")
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_refused")


def test_an_unknown_format_is_415(client_system):
    answer = post_raw(client_system, LINES, "application/x-ndjson", "?format=edifact")
    assert (answer.status_code, answer.json()["code"]) == (415, "format_unknown")
    upload = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 ...")
    answer = client_system.post(BATCHES, {"file": upload}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (415, "format_unknown")


def test_a_form_without_a_file_is_400(client_system):
    answer = client_system.post(BATCHES, {"format": "csv"}, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"


@pytest.mark.parametrize("as_form", [True, False])
def test_a_file_beyond_the_limit_is_413_and_not_stored(client_system, settings, as_form):
    settings.TARGETING = {**settings.TARGETING, "MAX_UPLOAD_BYTES": 100}
    if as_form:
        form = {"file": SimpleUploadedFile("may.ndjson", LINES)}
        answer = client_system.post(BATCHES, form, format="multipart")
    else:
        answer = post_raw(client_system, LINES, "application/x-ndjson")
    assert answer.status_code == 413
    assert not IntakeBatch.objects.exists()


@pytest.mark.parametrize("path", [DECLARATIONS, BATCHES])
def test_a_chunked_body_without_a_length_is_411(client_system, path):
    answer = client_system.post(path, headers={"Transfer-Encoding": "chunked"}, CONTENT_LENGTH="")
    assert answer.status_code == 411
    assert answer.json()["code"] == "length_required"


def test_a_large_body_is_spooled_and_stored_whole(client_system):
    lines = LINES * 2000
    assert post_raw(client_system, lines, "application/x-ndjson").status_code == 202
    assert RawMessage.objects.get().size_bytes == len(lines)


def test_receipts_are_those_of_the_callers_own_submitter(client_system):
    own = IntakeBatchFactory(submitter=client_system.token.application.submitter)
    other = IntakeBatchFactory()
    listed = client_system.get(RECEIPTS).json()["results"]
    assert [receipt["id"] for receipt in listed] == [str(own.public_id)]
    for path in ("", "issues/"):
        assert client_system.get(f"{RECEIPTS}{own.public_id}/{path}").status_code == 200
        assert client_system.get(f"{RECEIPTS}{other.public_id}/{path}").status_code == 404


def test_a_receipt_counts_and_shows_its_first_issues(client_system):
    batch = IntakeBatchFactory(
        submitter=client_system.token.application.submitter, rejected_count=12, issue_count=12
    )
    IntakeIssueFactory.create_batch(12, batch=batch)
    receipt = client_system.get(f"{RECEIPTS}{batch.public_id}/").json()
    assert receipt["counts"]["issues"] == 12
    assert len(receipt["first_issues"]) == 10
    first = client_system.get(f"{RECEIPTS}{batch.public_id}/issues/?page_size=5").json()
    assert [issue["code"] for issue in first["results"]] == ["commodity_code_invalid"] * 5
    rest = client_system.get(first["next"]).json()
    assert len(rest["results"]) == 5


def test_a_receipt_says_nothing_about_risk(client_system):
    batch = IntakeBatchFactory(submitter=client_system.token.application.submitter)
    text = client_system.get(f"{RECEIPTS}{batch.public_id}/").content.decode()
    assert not [word for word in NOTHING_ABOUT_RISK if word in text]


@pytest.mark.parametrize("count", [5, 25])
def test_the_receipts_cost_the_same_number_of_queries(
    client_system, count, django_assert_num_queries
):
    IntakeBatchFactory.create_batch(count, submitter=client_system.token.application.submitter)
    with django_assert_num_queries(3):  # one of them the audit event
        client_system.get(RECEIPTS)
