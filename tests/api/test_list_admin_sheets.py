"""Lists in the admin: sheets in and out, two who edit at once, what a draft would change."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from risk.domain.lists.sheets import SheetFormat, read_sheet
from risk.models import ListEntry, Rescreening, Substance, SubstanceName
from shipments.models import StageRun
from targeting import pipeline
from tests.api.test_list_admin import (
    MOST_QUERIES,
    draft,
    entry_form,
    identifier,
    law,
    many,
    page,
    seen_on,
    send,
    take,
    take_away,
)
from tests.factories.risk import SubstanceIdentifierFactory, SubstanceNameFactory
from tests.integration.test_law import only_own_lists

__all__ = ["draft", "law", "many", "only_own_lists"]  # fixtures of the tests here

pytestmark = pytest.mark.django_db

SIGN_IN = "/admin/login/"
SHEET = """schedule,kind,substance_key,form_name,cas,formula
I,precursor,acetone,acetone,,
,precursor,,Toluene,108-88-3,
,precursor,,Benzene,71-43-3,
"""


def upload(client, draft, text=SHEET, name="decree.csv", **more):
    draft.refresh_from_db()
    content = text if isinstance(text, bytes) else text.encode()
    data = {"version": draft.version, "file": SimpleUploadedFile(name, content)} | more
    return send(client, page("listedition_import", draft.pk), data)


def confirm(client, draft, preview, **more):
    data = {name: preview.context[name] for name in ("name", "kind", "carried")}
    data |= {"version": draft.version, "confirm": preview.context["found"].digest}
    return send(client, page("listedition_import", draft.pk), data | more)


def test_a_sheet_is_shown_first_and_written_when_confirmed(draft, list_editor):
    shown = upload(list_editor, draft)
    text = shown.content.decode()
    assert shown.context["counts"] == (1, 1, 1)
    assert "71-43-3" in text  # rejected with its reason
    assert "check digit" in text
    assert "schedule" in text  # changed, field by field
    assert {one.form_name for one in draft.entries.all()} == {"acetone", "ether"}
    answer = confirm(list_editor, draft, shown)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert {one.form_name for one in draft.entries.all()} == {"acetone", "Toluene"}
    assert draft.entries.get(form_name="acetone").schedule == "I"


def test_a_sheet_when_the_draft_changed_meanwhile_then_told_and_not_written(draft, list_editor):
    shown = upload(list_editor, draft)
    send(list_editor, page("listentry_add"), entry_form(draft))
    answer = confirm(list_editor, draft, shown)
    assert "edition_changed" in answer.content.decode()
    draft.refresh_from_db()
    other = confirm(list_editor, draft, shown)  # a newer version than the one that was shown
    assert "edition_changed" in other.content.decode()
    assert draft.entries.filter(form_name="ether").exists()


def test_a_sheet_with_a_contradiction_needs_a_reason(draft, list_editor):
    text = SHEET.replace("108-88-3,", "108-88-3,C7H9")
    shown = upload(list_editor, draft, text)
    assert "C7H8" in shown.content.decode()
    assert "contradictions_unack" in confirm(list_editor, draft, shown).content.decode()
    assert confirm(list_editor, draft, shown, reason="as printed").status_code == 302
    (kept,) = draft.entries.get(form_name="Toluene").acknowledged
    assert kept["reason"] == "as printed"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "form_name"),
        (b"\xff\xfe\x00\xd8", "decree.csv"),
        (b"PK\x03\x04 no archive", "unreadable"),
        (b"x" * (20 * 1024 * 1024 + 1), "at most"),
        (b"kind\nprecursor\n", "form_name"),
    ],
)
def test_a_sheet_when_it_is_none_then_told(draft, list_editor, content, words):
    answer = upload(list_editor, draft, content)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode() or answer.context["counts"][0] == 0
    assert "found" not in answer.context or content == b""


def test_an_edition_is_taken_away_as_a_sheet_and_brought_back_without_difference(
    draft, list_editor
):
    for wanted in SheetFormat:
        answer = list_editor.get(page("listedition_sheet", draft.pk) + f"?as={wanted}")
        assert answer["Content-Disposition"].endswith(f'.{wanted}"')
        rows = [cells for _, cells in read_sheet(answer.content, "x")]
        assert [row["is_verified"] for row in rows] == ["False", "False"]
        back = upload(list_editor, draft, answer.content, name=f"x.{wanted}")
        assert back.context["counts"] == (0, 0, 0)
        assert back.context["found"].preview.ignored_columns == ()
    assert list_editor.get(page("listedition_sheet", draft.pk) + "?as=exe").status_code == 404


def test_a_preview_needs_at_most_30_queries(many, list_editor, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        content = list_editor.get(page("listedition_sheet", many.pk) + "?as=csv").content
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = upload(list_editor, many, content.replace(b"precursor", b"narcotic"))
    assert shown.context["counts"][2] > MOST_QUERIES
    with django_assert_max_num_queries(MOST_QUERIES):
        assert confirm(list_editor, many, shown).status_code == 302


def test_what_is_law_takes_no_sheet(law, list_editor, analyst):
    assert list_editor.get(page("listedition_import", law.pk)).status_code == 403
    assert list_editor.get(page("listedition_sheet", law.pk)).status_code == 200
    for place in ("listedition_sheet", "listedition_import"):
        asked = page(place, law.pk)
        refused = analyst.get(asked)  # no page of the admin is theirs: to the sign-in
        assert (refused.status_code, refused["Location"]) == (302, f"{SIGN_IN}?next={asked}")


@pytest.mark.parametrize("model", ["substancename", "substanceidentifier"])
def test_of_two_who_edit_a_substance_the_second_is_told(law, list_editor, model):
    acetone = Substance.objects.get(key="acetone")
    row = (
        SubstanceNameFactory(substance=acetone, name="aceton", kind="common")
        if model == "substancename"
        else SubstanceIdentifierFactory(substance=acetone, value="67-64-1")
    )
    change, delete = (page(f"{model}_{what}", row.pk) for what in ("change", "delete"))
    seen = seen_on(list_editor, change)
    first = {"kind": "trade", "source": "first", "verification": "", "form_name": "first"}
    assert send(list_editor, change, first | {"seen": seen}).status_code == 302
    second = first | {"source": "second", "form_name": "second", "seen": seen}
    told = send(list_editor, change, second)
    assert told.status_code == 200
    assert "substance_changed" in told.content.decode()
    told = send(list_editor, delete, {"post": "yes", "seen": seen, "why": "wrong"})
    assert told.status_code == 302
    row.refresh_from_db()
    assert "second" not in (getattr(row, "source", ""), getattr(row, "form_name", ""))
    assert take_away(list_editor, delete, why="").status_code == 302
    row.refresh_from_db()  # still there: it was not said why
    take_away(list_editor, delete, why="not this one")
    assert not type(row).objects.filter(pk=row.pk).exists()
    event = type(row).pgh_event_model.objects.order_by("-pgh_id").first()
    assert (event.pgh_label, event.pgh_context["reason"]) == ("delete", "not this one")


def test_of_two_who_edit_a_draft_the_second_deletes_and_verifies_nothing(draft, list_editor):
    entry = draft.entries.get(form_name="ether")
    places = [page("listentry_delete", entry.pk), page("listedition_delete", draft.pk)]
    seen = [list_editor.get(place).context["seen"] for place in places]
    chosen = {"action": "compare_with_the_gazette", "_selected_action": [entry.pk]}
    asked = send(list_editor, page("listentry_changelist"), chosen)
    send(list_editor, page("listentry_add"), entry_form(draft))
    for place, mark in zip(places, seen, strict=True):
        send(list_editor, place, {"post": "yes", "seen": mark, "why": "wrong"})
    answer = list_editor.post(
        page("listentry_changelist"),
        chosen | {"text": "gazette", "seen": asked.context["seen"]},
        format="multipart",
        follow=True,
    )
    assert "edition_changed" in answer.content.decode()
    assert ListEntry.objects.get(pk=entry.pk).verified_by == ""


def test_an_entry_when_its_cas_number_is_known_then_it_is_of_that_substance(draft, list_editor):
    SubstanceIdentifierFactory(substance=Substance.objects.get(key="ether"), value="108-88-3")
    assert send(list_editor, page("listentry_add"), entry_form(draft)).status_code == 302
    assert draft.entries.get(form_name="Toluene").substance.key == "ether"


def test_an_identifier_when_added_then_history_says_why_and_goods_are_matched_by_it(
    law, list_editor
):
    acetone = Substance.objects.get(key="acetone")
    given = identifier(acetone, "cas", "67-64-1", reason="supplement 3")
    assert send(list_editor, page("substanceidentifier_add"), given).status_code == 302
    row = acetone.identifiers.get()
    assert row.is_by_hand
    shown = list_editor.get(page("substanceidentifier_history", row.pk)).content.decode()
    assert "supplement 3" in shown


def test_a_proposal_shows_what_it_would_change(draft, list_editor, list_approver):
    send(
        list_editor,
        page("listedition_change", draft.pk),
        {"in_force_from": "2026-03-01", "change_note": "x", "version": draft.version},
    )
    take(list_editor, draft, "propose")
    found = Rescreening.objects.get(edition=draft)
    for run in StageRun.objects.filter(job=found.job_id):
        pipeline.run_stage(run.pk)
    shown = list_approver.get(page("listedition_difference", draft.pk)).content.decode()
    assert "What it would change on stored declarations" in shown


def test_a_name_when_there_already_then_it_is_not_overwritten_by_adding(law, list_editor):
    acetone = Substance.objects.get(key="acetone")
    SubstanceNameFactory(substance=acetone, name="ацетон", lang="ru", kind="common")
    given = {"substance": acetone.pk, "name": "ацетон", "lang": "ru", "kind": "trade"}
    answer = send(list_editor, page("substancename_add"), given | {"source": "x"})
    assert answer.status_code == 200
    assert SubstanceName.objects.get(name="ацетон").kind == "common"
