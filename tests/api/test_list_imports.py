"""Long sheets for drafts: read in the background, shown, confirmed, and written."""

import json
from datetime import timedelta

import pytest
from django.conf import settings as of_settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from config import large_bodies
from risk.models import ListEdition
from shipments.models import Job, StageRun
from shipments.services import stage_runs
from shipments.services.stage_runs import claim_run
from targeting import pipeline
from targeting.models import ListImport
from targeting.selectors import list_imports as selectors
from targeting.services import list_imports as services
from targeting.services.expiry import clear_expired
from tests.api.conftest import signed_in
from tests.integration.conftest import work_off
from tests.integration.test_law import make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
LIST = "/api/v1/lists/A/editions"
DRAFT = f"{LIST}/2"
IMPORTS = reverse("list-import-list")
LEASE = timedelta(seconds=60)
SHEET = """schedule,kind,substance_key,form_name,cas,formula
I,precursor,acetone,acetone,,
,precursor,,Toluene,108-88-3,
,precursor,,Benzene,71-43-3,
"""


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = settings.STORAGES | {"default": place}
    # Three rows are too many to wait for.
    settings.TARGETING = settings.TARGETING | {"SHEET_ROWS_AT_ONCE": 2}


@pytest.fixture
def editor(list_editor):
    make_edition(1, None, ["acetone", "ether"])
    list_editor.post(LIST)
    return list_editor


def begin(caller, text=SHEET, name="decree.csv", place=f"{DRAFT}/imports", **more):
    etag = caller.get(DRAFT)["ETag"]
    sheet = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
    data = {"file": sheet} | more
    return caller.post(place, data, format="multipart", headers={"If-Match": etag})


def begun(caller, *args, **more):
    answer = begin(caller, *args, **more)
    assert answer.status_code == 202, answer.json()
    return answer.json()


def shown(caller, one):
    return caller.get(f"{IMPORTS}/{one['id']}").json()


def previewed(caller, *args, **more):
    one = begun(caller, *args, **more)
    work_off()
    return shown(caller, one)


def confirm(caller, one, **more):
    return caller.post(f"{IMPORTS}/{one['id']}/confirm", {"digest": one["digest"]} | more)


def whole(answer):
    assert answer.status_code == 200
    return json.loads(b"".join(answer.streaming_content))


def forms():
    return set(ListEdition.objects.get(number=2).entries.values_list("form_name", flat=True))


def test_a_long_sheet_is_read_shown_confirmed_and_written(editor):
    refused = begin(editor, place=f"{DRAFT}/import")
    assert (refused.status_code, refused.json()["code"]) == (409, "import_needed")
    before = timezone.now()
    first = begun(editor)
    assert (first["state"], first["progress"], first["rows"]) == ("reading", 0, None)
    assert (first["list_code"], first["number"], first["preview"]) == ("A", 2, None)
    early = confirm(editor, first | {"digest": "0"})
    assert (early.status_code, early.json()["code"]) == (409, "import_not_previewed")
    none = editor.get(f"{IMPORTS}/{first['id']}/preview")
    assert (none.status_code, none.json()["code"]) == (409, "import_not_previewed")
    work_off()
    ready = shown(editor, first)
    assert (ready["state"], ready["progress"], ready["rows"]) == ("previewed", 100, 3)
    assert forms() == {"acetone", "ether"}
    preview = whole(editor.get(ready["preview"]))
    difference = preview["difference"]
    assert [one["form_name"] for one in difference["added"]] == ["Toluene"]
    assert [one["form_name"] for one in difference["removed"]] == ["ether"]
    assert {"schedule"} <= {one["field"] for one in difference["changed"][0]["fields"]}
    assert [(one["line"], one["column"]) for one in preview["rejected"]] == [(4, "cas")]
    accepted = confirm(editor, ready)
    assert (accepted.status_code, accepted.json()["state"]) == (202, "writing")
    again = confirm(editor, ready)
    assert (again.status_code, again.json()["code"]) == (409, "import_not_previewed")
    work_off()
    done = shown(editor, first)
    assert (done["state"], done["progress"], done["refusal"]) == ("written", 100, {})
    assert forms() == {"acetone", "Toluene"}
    draft = ListEdition.objects.get(number=2)
    assert draft.authors == [editor.user.actor]
    assert confirm(editor, ready).status_code == 409
    kept = ListImport.objects.get().expires_at - before
    assert timedelta(hours=24) <= kept < timedelta(hours=24, minutes=1)


def test_what_a_long_sheet_shows_is_what_a_short_one_does(editor, settings):
    preview = whole(editor.get(previewed(editor)["preview"]))
    settings.TARGETING = settings.TARGETING | {"SHEET_ROWS_AT_ONCE": 3}
    at_once = begin(editor, place=f"{DRAFT}/import").json()
    assert preview == at_once


def test_an_import_tells_how_far_it_is(editor, monkeypatch):
    monkeypatch.setattr(services, "TOLD_AFTER_ROWS", 1)
    one = begun(editor)
    seen = []
    teller = services._teller

    def watched(run):
        tell = teller(run)

        def tell_and_look(row):
            tell(row)
            now = shown(editor, one)
            seen.append((now["rows_read"], now["rows"], now["progress"], now["state"]))

        return tell_and_look

    monkeypatch.setattr(services, "_teller", watched)
    work_off()
    ready = shown(editor, one)
    confirm(editor, ready)
    work_off()
    states = [(1, 3, 33), (2, 3, 66), (3, 3, 99)]
    assert seen == [(*one, state) for state in ("reading", "writing") for one in states]


def test_an_import_when_the_draft_changed_meanwhile_then_the_second_is_told(editor):
    first, second = previewed(editor), previewed(editor, SHEET.replace("Toluene", "Methylbenzene"))
    late = begun(editor)
    entry = {"cells": {"kind": "precursor", "form_name": "ether", "schedule": "II"}}
    etag = editor.get(DRAFT)["ETag"]
    changed = editor.put(f"{DRAFT}/entry", entry, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.json()
    for one in (first, second):
        assert confirm(editor, one).status_code == 202
    work_off()
    for one in (first, second, late):
        told = shown(editor, one)
        assert (told["state"], told["refusal"]["code"]) == ("failed", "edition_changed")
    first, second = previewed(editor), previewed(editor, SHEET.replace("Toluene", "Methylbenzene"))
    for one in (first, second):
        confirm(editor, one)
        work_off()
    assert shown(editor, first)["state"] == "written"
    assert shown(editor, second)["refusal"]["code"] == "edition_changed"
    assert forms() == {"acetone", "Toluene"}
    stale = editor.post(
        f"{DRAFT}/imports",
        {"file": SimpleUploadedFile("x.csv", SHEET.encode())},
        format="multipart",
        headers={"If-Match": 'W/"0"'},
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "edition_changed")


def test_an_import_when_another_digest_is_confirmed_then_refused(editor):
    ready = previewed(editor)
    answer = confirm(editor, ready | {"digest": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (412, "edition_changed")
    assert shown(editor, ready)["state"] == "previewed"


def test_an_import_with_a_contradiction_when_a_reason_comes_then_it_goes_on(editor):
    ready = previewed(editor, SHEET.replace("108-88-3,", "108-88-3,C7H9"))
    preview = whole(editor.get(ready["preview"]))
    assert [one["form_name"] for one in preview["contradictions"]] == ["Toluene"]
    confirm(editor, ready)
    work_off()
    told = shown(editor, ready)
    assert (told["state"], told["refusal"]["code"]) == ("failed", "contradictions_unacknowledged")
    assert forms() == {"acetone", "ether"}
    assert confirm(editor, ready, reason="as printed").json()["state"] == "writing"
    work_off()
    done = shown(editor, ready)
    assert (done["state"], done["failure"], done["refusal"]) == ("written", "", {})
    assert forms() == {"acetone", "Toluene"}


@pytest.mark.parametrize(
    ("sheet", "words"),
    [(b"PK\x03\x04 no workbook", "file"), (b"a,b\n1,2\n1,2\n1,2\n", "this column")],
)
def test_an_import_when_its_sheet_cannot_be_read_then_told_where(editor, sheet, words):
    told = previewed(editor, sheet)
    assert (told["state"], told["preview"]) == ("failed", None)
    assert told["refusal"]["code"]
    assert words in json.dumps(told["refusal"])


def test_an_import_when_its_rows_say_no_kind_then_that_of_the_request_holds(editor):
    text = "form_name,cas\nToluene,108-88-3\n"
    assert begin(editor, text, kind="poison").status_code == 400
    ready = previewed(editor, text, kind="surveillance")
    (added,) = whole(editor.get(ready["preview"]))["difference"]["added"]
    assert (added["kind"], ready["kind"]) == ("surveillance", "surveillance")


def test_an_import_when_the_draft_is_discarded_then_it_fails_and_says_so(editor):
    one = begun(editor)
    ready = previewed(editor)
    editor.delete(DRAFT, headers={"If-Match": editor.get(DRAFT)["ETag"]})
    assert shown(editor, one)["number"] is None
    confirm(editor, ready)
    work_off()
    assert shown(editor, ready)["refusal"]["code"] == "edition_changed"


def test_an_import_is_its_owners_alone(editor):
    ready = previewed(editor)
    other = signed_in(roles=["list_editor"])
    place = f"{IMPORTS}/{ready['id']}"
    assert other.get(IMPORTS).json()["results"] == []
    for method, at in (("get", place), ("get", f"{place}/preview"), ("delete", place)):
        assert getattr(other, method)(at).status_code == 404
    assert confirm(other, ready).status_code == 404
    assert [one["id"] for one in editor.get(IMPORTS).json()["results"]] == [ready["id"]]


def test_imports_when_too_many_run_then_the_next_is_refused(editor):
    answers = [begin(editor) for _ in range(4)]
    assert [one.status_code for one in answers] == [202, 202, 202, 409]
    assert answers[-1].json()["code"] == "imports_running"
    assert ListImport.objects.count() == Job.objects.count() == 3


def test_an_import_when_deleted_then_its_files_go_with_it(editor):
    ready = previewed(editor)
    assert len(default_storage.listdir("list-imports")[1]) == 2
    assert editor.delete(f"{IMPORTS}/{ready['id']}").status_code == 204
    assert default_storage.listdir("list-imports")[1] == []
    assert [model.objects.count() for model in (ListImport, Job, StageRun)] == [0, 0, 0]


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_an_import_when_deleted_while_it_works_then_nothing_is_written(
    editor, monkeypatch, is_confirmed
):
    one = begun(editor)
    if is_confirmed:
        work_off()
        confirm(editor, shown(editor, one))
    locked = services._locked

    def deleted_before(imported, run):
        services.remove_import(imported=ListImport.objects.get(pk=imported.pk))
        return locked(imported, run)

    monkeypatch.setattr(services, "_locked", deleted_before)
    run = StageRun.objects.get(state="pending")
    pipeline.run_stage(run.pk)
    assert not ListImport.objects.filter(written_at__isnull=False).exists()
    assert forms() == {"acetone", "ether"}


def test_a_worker_when_another_has_its_import_then_only_one_writes(editor):
    ready = previewed(editor)
    confirm(editor, ready)
    run = StageRun.objects.get(state="pending")
    now = timezone.now()
    slow = claim_run(run_id=run.pk, now=now, lease=LEASE)
    other = claim_run(run_id=run.pk, now=now + 2 * LEASE, lease=LEASE)
    with pytest.raises(stage_runs.LeaseLost):
        pipeline.DO_CHUNK[slow.stage](run=slow, draws=None)
    assert forms() == {"acetone", "ether"}
    assert pipeline.DO_CHUNK[other.stage](run=other, draws=None) == []
    assert forms() == {"acetone", "Toluene"}
    assert shown(editor, ready)["state"] == "written"


def test_imports_when_their_time_is_over_then_cleared_with_their_files(editor):
    previewed(editor)
    now, hours = timezone.now(), of_settings.TARGETING["EXPORT_HOURS"]
    assert clear_expired(now=now + timedelta(hours=hours, minutes=-1))["list_imports"] == 0
    assert clear_expired(now=now + timedelta(hours=hours, minutes=1))["list_imports"] == 1
    assert default_storage.listdir("list-imports")[1] == []


def test_an_import_when_it_brings_privileged_fields_then_none_is_set(editor, list_approver):
    more = {
        "id": "00000000-0000-4000-8000-000000000001", "owner": list_approver.user.pk,
        "state": "written", "digest": "x", "version": 9, "confirmed_at": "2000-01-01T00:00:00Z",
        "written_at": "2000-01-01T00:00:00Z", "expires_at": "2099-01-01T00:00:00Z", "confirm": "x",
        "actor": "user:1", "edition": 1,
    }  # fmt: skip
    ready = previewed(editor, **more)
    row = ListImport.objects.get()
    assert (row.owner, row.job.requested_by) == (editor.user, editor.user.actor)
    assert (row.confirmed_at, row.written_at, row.edition.number) == (None, None, 2)
    assert (str(row.public_id) == more["id"], row.expires_at.year < 2099) == (False, True)
    confirm(editor, ready, **{name: more[name] for name in ("owner", "written_at", "edition")})
    row.refresh_from_db()
    assert (row.written_at, row.owner, row.edition.number) == (None, editor.user, 2)


def test_in_the_admin_a_long_sheet_is_read_in_the_background_and_confirmed(editor):
    draft = ListEdition.objects.get(number=2)
    place = reverse("admin:risk_listedition_import", args=[draft.pk])
    text = SHEET.replace("108-88-3,", "108-88-3,C7H9")

    def bring(**more):
        sheet = SimpleUploadedFile("decree.csv", text.encode())
        data = {"version": draft.version, "file": sheet} | more
        return editor.post(place, data, format="multipart")

    answer = bring()
    imported = ListImport.objects.get()
    own = reverse("admin:targeting_listimport_change", args=[imported.pk])
    assert (answer.status_code, answer["Location"]) == (302, own)
    ListImport.objects.update(row_count=3)  # read, and not compared yet
    waiting = editor.get(own).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert "is being compared with the draft" in waiting
    assert "Confirm: write" not in waiting
    work_off()
    ready = editor.get(own).content.decode()
    assert 'http-equiv="refresh"' not in ready
    for words in ("Toluene", "71-43-3", "C7H9", "Confirm: write", 'name="reason"', "ether"):
        assert words in ready
    digest = ListImport.objects.get().digest
    assert editor.post(own, {"confirm": digest}, format="multipart")["Location"] == own
    work_off()
    refused = editor.get(own).content.decode()
    assert "contradictions_unacknowledged" in refused
    assert "Confirm: write" in refused
    editor.post(own, {"confirm": digest, "reason": "as printed"}, format="multipart")
    work_off()
    done = editor.get(own).content.decode()
    assert "is in the draft" in done
    assert "Confirm: write" not in done
    assert forms() == {"acetone", "Toluene"}
    assert "edition_changed" in bring(version=0).content.decode()
    mine = reverse("admin:targeting_listimport_changelist")
    assert "decree.csv" in editor.get(mine).content.decode()
    other = signed_in(roles=["list_editor"])
    assert "decree.csv" not in other.get(mine).content.decode()
    assert other.get(own).status_code == 302
    assert other.post(own, {"confirm": digest}, format="multipart").status_code == 302
    gone = reverse("admin:targeting_listimport_delete", args=[imported.pk])
    assert editor.post(gone, {"post": "yes"}, format="multipart").status_code == 302
    assert not ListImport.objects.exists()
    assert default_storage.listdir("list-imports")[1] == []


def test_a_preview_shows_so_many_changes_and_keeps_all(editor, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_SHOWN", 1)
    rows = "".join(f",precursor,,Form {number},,\n" for number in range(3))
    ready = previewed(editor, SHEET.splitlines()[0] + "\n" + rows)
    head = ListImport.objects.get().head
    assert (head["counts"], len(head["added"])) == ([3, 2, 0], 1)
    assert len(whole(editor.get(ready["preview"]))["difference"]["added"]) == 3


@pytest.mark.parametrize(
    "place",
    [
        *(f"{DRAFT}/{end}" for end in ("imports", "imports/", "import")),
        reverse_lazy("admin:risk_listedition_import", args=[1]),
    ],
)
def test_a_body_as_large_as_a_sheet_is_let_in_where_sheets_come(place):
    scope = {"path": str(place), "method": "POST"}
    assert large_bodies.brings_sheet(scope, {b"content-length": b"9000000"}, least=2_000_000)
    assert large_bodies._who_may(str(place)) == {"list_editor"}
