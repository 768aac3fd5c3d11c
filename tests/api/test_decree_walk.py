"""The walk of docs/list-editor.md, call by call: a decree adds five substances on a date."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from risk.domain.lists.entry_cells import ENTRY_COLUMNS
from risk.domain.lists.sheets import SheetFormat, read_sheet, write_sheet
from risk.domain.lists.sources import read_list
from risk.models import ListEdition
from risk.services.editions import bring_into_force
from risk.services.lists import load_list
from targeting.services.history import changes_by
from tests.api.test_editions import upload
from tests.integration.test_law import NOW, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parents[2]
GUIDE = (PROJECT / "docs" / "list-editor.md").read_text(encoding="utf-8")
WALK = GUIDE.partition("## A decree adds five substances on a date")[2].partition("\n## ")[0]
CALLS = re.findall(r"`(GET|PUT|POST|DELETE) (\S+?)`", WALK)
DAY = date(2027, 1, 15)
FIVE = {
    "Cyclohexanone": "108-94-1",
    "Formamide": "75-12-7",
    "Nitroethane": "79-24-3",
    "Benzaldehyde": "100-52-7",
    "Ammonium formate": "540-69-2",
}


class Walk:
    """One editor's way through the guide; a call that the guide does not have has no step."""

    def __init__(self, client) -> None:
        self.client = client
        self.etag = ""
        self.steps = {
            "POST /api/v1/lists/KZ-470-T4/editions": self.start,
            "GET …/editions/2/sheet?as=xlsx": self.take_sheet,
            "POST …/editions/2/import": self.preview_and_confirm,
            "PUT …/editions/2/entry": self.change_entry,
            "DELETE …/editions/2/entry/<id>": self.remove_entry,
            "GET …/editions/2/entries": self.look_at_entries,
            "PUT …/editions/2": self.describe,
            "GET …/editions/2/difference": self.compare,
            "POST …/editions/2/propose": self.propose,
        }

    def send(self, method, place, data=None, **more):
        place = place.replace("…", "/api/v1/lists/KZ-470-T4")
        answer = getattr(self.client, method)(place, data, headers={"If-Match": self.etag}, **more)
        assert answer.status_code < 300, (place, answer.content[:500])
        self.etag = answer.headers.get("ETag", self.etag)
        return answer

    def start(self, place):
        assert self.send("post", place).json()["number"] == 2

    def take_sheet(self, place):
        content = self.send("get", place).content
        rows = [row for _, row in read_sheet(content, "sheet.xlsx")]
        self.present = len(rows)
        rows += [
            {"form_name": name, "kind": "precursor", "cas": cas, "schedule": "Table IV"}
            for name, cas in FIVE.items()
        ]
        self.sheet = write_sheet(SheetFormat.XLSX, ENTRY_COLUMNS, rows)

    def preview_and_confirm(self, place):
        body = {"file": upload(self.sheet, "decree.xlsx")}
        shown = self.send("post", place, body, format="multipart").json()
        assert {one["form_name"] for one in shown["difference"]["added"]} == set(FIVE)
        assert (shown["difference"]["removed"], shown["difference"]["changed"]) == ([], [])
        assert shown["rejected"] == []
        body = {
            "file": upload(self.sheet, "decree.xlsx"),
            "confirm": shown["digest"],
            "reason": "as printed" if shown["contradictions"] else "",
        }
        self.send("post", place, body, format="multipart")

    def change_entry(self, place):
        cells = {"form_name": "Benzaldehyde", "kind": "precursor", "cas": "100-52-7"}
        extra = cells | {"form_name": "Benzaldehyde, pure"}
        for one in (cells | {"concentration_min_pct": "10", "limit_rule": "more_than"}, extra):
            self.send("put", place, {"cells": one, "reasons": {}})

    def remove_entry(self, place):
        entries = self.send("get", "…/editions/2/entries?page_size=200").json()["results"]
        (pk,) = [one["id"] for one in entries if one["cells"]["form_name"] == "Benzaldehyde, pure"]
        self.send("delete", place.replace("<id>", str(pk)))

    def look_at_entries(self, place):
        names = {
            one["cells"]["form_name"]
            for one in self.send("get", f"{place}?page_size=200").json()["results"]
        }
        assert set(FIVE) <= names
        assert len(names) == self.present + 5

    def describe(self, place):
        body = {"in_force_from": str(DAY), "change_note": "decree 12", "provenance": "gazette 3"}
        self.send("put", place, body)

    def compare(self, place):
        shown = self.send("get", place).json()
        assert {one["form_name"] for one in shown["added"]} == set(FIVE)
        assert shown["unchanged_count"] == self.present

    def propose(self, place):
        assert self.send("post", place).json()["state"] == "proposed"


def test_the_walk_of_the_guide_when_walked_then_the_five_are_law_from_that_day(
    list_editor, list_approver, analyst
):
    list_file = read_list(PROJECT / "fixtures" / "lists" / "kz-470-t4")
    load_list(list_file=list_file, actor="command:load", now=NOW)
    walk = Walk(list_editor)
    done = []
    for method, place in CALLS:
        walk.steps[f"{method} {place}"](place)
        done.append(f"{method} {place}")
    assert done == list(dict.fromkeys(done))
    assert set(done) == walk.steps.keys()
    approve = "/api/v1/lists/KZ-470-T4/editions/2/approve"
    refused = list_editor.post(approve, headers={"If-Match": walk.etag})
    assert refused.status_code == 403
    approved = list_approver.post(approve, headers={"If-Match": walk.etag})
    assert (approved.status_code, approved.json()["in_force_from"]) == (200, str(DAY))
    first = ListEdition.objects.get(control_list__code="KZ-470-T4", number=1)
    assert first.in_force_to == DAY
    assert recognised(analyst, DAY - timedelta(days=1)) == set()
    assert recognised(analyst, DAY) == set(FIVE)
    with changes_by("task:test"):
        begun = bring_into_force(now=NOW + timedelta(days=365))
    assert [edition.number for edition in begun] == [1, 2]


def recognised(client, day):
    """Which of the five goods texts name a substance that is law on the day."""
    texts = [{"text": f"{name}, technical, steel drums"} for name in FIVE]
    body = {"texts": texts, "date": str(day), "lists": ["KZ-470-T4"]}
    answers = client.post("/api/v1/screen", body).json()["texts"]
    return {name for name, found in zip(FIVE, answers, strict=True) if found}
