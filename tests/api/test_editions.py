"""Editing lists over the API: from a draft to law, with four eyes and conditional requests."""

from io import BytesIO

import pytest

from risk.models import ListEdition
from targeting.models import AuditEvent
from tests.factories.risk import ControlListFactory
from tests.integration.conftest import work_off
from tests.integration.test_law import START, make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
LIST = "/api/v1/lists/A/editions"
LAW = f"{LIST}/1"
DRAFT = f"{LIST}/2"
TOLUENE = {"kind": "precursor", "form_name": "Toluene", "cas": "108-88-3", "schedule": "II"}
DESCRIPTION = {"in_force_from": str(START), "change_note": "decree 5"}


@pytest.fixture
def law() -> ListEdition:
    return make_edition(1, None, ["acetone", "ether"])


class Editor:
    """Sends with each change the ETag of the answer before."""

    def __init__(self, client) -> None:
        self.client = client
        self.etag = client.post(LIST)["ETag"]

    def send(self, method: str, place: str, data=None, **more):
        answer = getattr(self.client, method)(
            f"{DRAFT}{place}", data, headers={"If-Match": self.etag}, **more
        )
        self.etag = answer.headers.get("ETag", self.etag)
        return answer


@pytest.fixture
def editor(law, list_editor) -> Editor:
    return Editor(list_editor)


def test_a_decree_adds_a_substance_when_a_second_person_approves(editor, list_approver) -> None:
    assert editor.send("put", "/entry", {"cells": TOLUENE}).status_code == 200
    assert editor.send("put", "", DESCRIPTION).json()["change_note"] == "decree 5"
    proposal = editor.send("post", "/propose")
    assert proposal.json()["state"] == "proposed"
    difference = list_approver.get(f"{DRAFT}/difference").json()
    assert [one["form_name"] for one in difference["added"]] == ["Toluene"]
    assert (difference["removed"], difference["unchanged_count"]) == ([], 2)
    approved = list_approver.post(f"{DRAFT}/approve", headers={"If-Match": editor.etag})
    assert approved.json()["state"] == "approved"
    assert approved["Last-Modified"]
    assert list_approver.get(LAW).json()["in_force_to"] == str(START)


def test_an_entry_when_a_value_is_wrong_then_field_value_and_allowed_are_told(editor) -> None:
    cells = TOLUENE | {"cas": "108-88-4", "colour": "red"}
    answer = editor.send("put", "/entry", {"cells": cells})
    assert answer.status_code == 422
    errors = answer.json()["params"]["errors"]
    assert {"colour", "cas"} == {one["column"] for one in errors}
    assert all(one["allowed"] for one in errors)


def test_contradictions_when_not_acknowledged_then_they_are_told(editor) -> None:
    body = {"cells": TOLUENE | {"formula": "C7H9"}}
    answer = editor.send("put", "/entry", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "contradictions_unacknowledged")
    answer = editor.send("put", "/entry", body | {"reasons": {"*": "as printed"}})
    assert answer.status_code == 200


def test_a_change_when_the_etag_is_old_or_missing_then_nothing_is_written(editor) -> None:
    old = editor.etag
    editor.send("put", "/entry", {"cells": TOLUENE})
    editor.etag = old
    answer = editor.send("put", "", DESCRIPTION)
    assert (answer.status_code, answer.json()["code"]) == (412, "edition_changed")
    answer = editor.client.put(DRAFT, DESCRIPTION)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    assert ListEdition.objects.get(number=2).change_note == ""


def test_a_second_draft_when_one_is_open_then_it_is_refused(editor) -> None:
    answer = editor.client.post(LIST)
    assert (answer.status_code, answer.json()["params"]["number"]) == (409, 2)
    assert editor.send("delete", "").status_code == 204
    assert editor.client.post(LIST).status_code == 201


@pytest.mark.parametrize("sheet_format", ["csv", "xlsx", "json"])
def test_a_sheet_when_exported_changed_and_imported_then_the_preview_shows_the_change(
    editor, sheet_format
) -> None:
    sheet = editor.client.get(f"{DRAFT}/sheet?as={sheet_format}").content
    answer = editor.send("post", "/import", {"file": upload(sheet, "x")}, format="multipart")
    shown = answer.json()
    assert shown["difference"] == {
        "added": [], "removed": [], "changed": [], "unchanged_count": 2
    }  # fmt: skip
    rows = b"form_name,kind,cas,hs6\nacetone,precursor,67-64-1,\nToluene,precursor,108-88-3,2902\n"
    answer = editor.send("post", "/import", {"file": upload(rows)}, format="multipart")
    shown = answer.json()
    assert [(one["line"], one["column"]) for one in shown["rejected"]] == [(3, "hs6")]
    assert ListEdition.objects.get(number=2).version == 1  # nothing is written before
    confirm = {"file": upload(rows), "confirm": shown["digest"]}
    assert editor.send("post", "/import", confirm, format="multipart").status_code == 200
    entries = editor.client.get(f"{DRAFT}/entries").json()["results"]
    assert [one["cells"]["cas"] for one in entries] == ["67-64-1"]


def test_a_change_when_it_brings_privileged_fields_then_only_the_draft_changes(editor, law):
    rights = {
        "state": "approved",
        "number": 9,
        "proposed_by": "user:0",
        "approved_by": "user:0",
        "verified_by": "user:0",
        "in_force_to": "2000-01-01",
        "authors": [],
    }
    for place, body in (("/entry", {"cells": TOLUENE}), ("", DESCRIPTION)):
        assert editor.send("put", place, rights | body).status_code == 200
    draft = ListEdition.objects.get(number=2)
    assert (draft.state, draft.approved_by, draft.proposed_by) == ("draft", "", "")
    assert not draft.is_verified
    assert set(draft.entries.values_list("verified_by", flat=True)) == {""}
    assert draft.authors
    assert editor.send("post", "/propose", rights).status_code == 200
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == ("proposed", "")
    assert draft.proposed_by != "user:0"
    law.refresh_from_db()
    assert (law.state, law.entries.count()) == ("approved", 2)


def test_a_sheet_when_exported_then_the_audit_says_who_took_it(editor) -> None:
    before = AuditEvent.objects.count()
    editor.client.get(f"{DRAFT}/entries")
    assert AuditEvent.objects.count() == before
    editor.client.get(f"{DRAFT}/sheet?as=csv")
    event = AuditEvent.objects.order_by("-id")[0]
    assert AuditEvent.objects.count() == before + 1
    assert (event.verb, event.actor) == ("read", editor.client.user.actor)


def test_an_import_when_confirmed_for_something_else_then_it_is_refused(editor) -> None:
    body = {"file": upload(b"form_name,kind\nacetone,precursor\n"), "confirm": "0" * 64}
    answer = editor.send("post", "/import", body, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (412, "edition_changed")


def test_a_hostile_sheet_when_sent_then_the_answer_says_what_is_allowed(editor) -> None:
    body = {"file": upload(b"PK\x03\x04 no workbook")}
    answer = editor.send("post", "/import", body, format="multipart")
    assert answer.status_code == 422
    assert answer.json()["params"]["allowed"]


def test_an_edition_when_read_again_then_it_is_not_sent_again(law, analyst) -> None:
    first = analyst.get(LAW)
    again = analyst.get(LAW, headers={"If-None-Match": f'W/{first["ETag"]}, "other"'})
    assert again.status_code == 304


def test_verification_when_the_last_entry_is_compared_then_the_badge_is_gone(
    law, list_editor
) -> None:
    ids = [one["id"] for one in list_editor.get(f"{LAW}/entries").json()["results"]]
    body = {"entries": ids, "note": "gazette of 1 March"}
    answer = list_editor.post(f"{LAW}/verify", body)
    assert (answer.json()["is_verified"], answer.json()["unverified_count"]) == (True, 0)
    assert answer.json()["verified_by"] == list_editor.user.actor


@pytest.mark.parametrize("entries", [2, 30])
def test_entries_when_there_are_more_then_the_queries_are_as_many(
    entries, analyst, django_assert_num_queries
) -> None:
    make_edition(1, None, [f"s{n}" for n in range(entries)])
    analyst.get(LAW)
    with django_assert_num_queries(5):
        analyst.get(f"{LAW}/entries?page_size=200")


def upload(content: bytes, name: str = "sheet.csv") -> BytesIO:
    stream = BytesIO(content)
    stream.name = name
    return stream


@pytest.mark.parametrize(
    "place",
    [
        "/api/v1/lists",
        "/api/v1/lists/A",
        LAW,
        f"{LAW}/entries",
        f"{LAW}/difference",
        f"{LAW}/sheet?as=csv",
    ],
)
def test_what_editions_say_when_read_again_then_not_sent_again(place, law, analyst):
    first = analyst.get(place)
    known = {"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}
    for headers in known:
        again = analyst.get(place, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
    other = {"If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]}
    assert analyst.get(place, headers=other).status_code == 200


def test_a_list_when_it_has_no_edition_then_its_own_history_says_when_it_changed(analyst, law):
    ControlListFactory(code="EMPTY")
    assert analyst.get("/api/v1/lists/EMPTY")["Last-Modified"]


def test_a_difference_when_the_other_edition_changed_then_it_is_sent_again(editor, analyst):
    place = f"{LAW}/difference?from=2"
    first = analyst.get(place)
    assert editor.send("put", "/entry", {"cells": TOLUENE}).status_code == 200
    again = analyst.get(place, headers={"If-None-Match": first["ETag"]})
    assert [one["form_name"] for one in again.json()["removed"]] == ["Toluene"]


def test_a_proposal_when_its_simulation_ends_then_it_is_sent_again_and_its_mark_still_holds(
    editor, analyst, list_approver
):
    editor.send("put", "", DESCRIPTION)
    etag = editor.send("post", "/propose")["ETag"]
    running = analyst.get(DRAFT, headers={"If-None-Match": etag})
    assert running.status_code == 304
    work_off()
    ended = analyst.get(DRAFT, headers={"If-None-Match": etag})
    assert ended.json()["simulation"]["state"] == "done"
    answer = list_approver.post(f"{DRAFT}/approve", headers={"If-Match": etag})
    assert answer.json()["state"] == "approved"
