"""Files of many rows: asked for, written in the background, taken away by who asked."""

import json
from datetime import timedelta

import pytest
from django.conf import settings as of_settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from risk.domain.lists.sheets import SheetFormat, read_sheet
from risk.models import ListEdition
from shipments.models import Job, StageRun
from shipments.services import stage_runs
from shipments.services.stage_runs import claim_run
from targeting import pipeline
from targeting.domain.errors import ExportRefused
from targeting.domain.exports import ExportResource
from targeting.models import Export
from targeting.services import exportable
from targeting.services import exports as services
from targeting.services.expiry import clear_expired
from tests.api.conftest import signed_in
from tests.api.test_expiry import NOTHING
from tests.factories.risk import ControlListFactory, DraftFactory, ListEntryFactory
from tests.integration.conftest import work_off
from tests.integration.test_law import make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
EXPORTS = reverse("export-list")
SHEET = reverse("edition-sheet", kwargs={"code": "A", "number": 1})
EDITION = {"list_code": "A", "number": 1}
ASKED = {"resource": "list-entries", "parameters": EDITION, "sheet_format": "csv"}
LEASE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def law(only_own_lists):
    return make_edition(1, None, ["acetone", "ether", "safrole"])


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = settings.STORAGES | {"default": place}


@pytest.fixture
def long(settings):
    """Three entries are too many to wait for."""
    settings.TARGETING = settings.TARGETING | {"SHEET_ROWS_AT_ONCE": 2}


def ask(caller, **changes):
    answer = caller.post(EXPORTS, ASKED | changes)
    assert answer.status_code == 202, answer.json()
    return answer.json()


def shown(caller, export):
    return caller.get(f"{EXPORTS}/{export['id']}").json()


def content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("sheet_format", SheetFormat)
def test_an_export_is_asked_for_watched_and_taken_away(analyst, sheet_format):
    before = timezone.now()
    first = ask(analyst, sheet_format=sheet_format.value)
    assert (first["state"], first["progress"], first["rows"], first["file"]) == (
        "running",
        0,
        3,
        None,
    )
    refused = analyst.get(f"{EXPORTS}/{first['id']}/file")
    assert (refused.status_code, refused.json()["code"]) == (409, "export_not_done")
    work_off()
    done = shown(analyst, first)
    assert (done["state"], done["progress"], done["rows_written"]) == ("done", 100, 3)
    assert done["file_name"] == f"a-1.{sheet_format}"
    answer = analyst.get(done["file"])
    assert answer["Content-Disposition"] == f'attachment; filename="a-1.{sheet_format}"'
    taken = content(answer)
    assert len(taken) == done["size_bytes"]
    rows = [cells for _, cells in read_sheet(taken, "x")]
    at_once = analyst.get(SHEET, {"as": sheet_format.value})
    assert rows == [cells for _, cells in read_sheet(at_once.content, "x")]
    assert [row["form_name"] for row in rows] == ["acetone", "ether", "safrole"]
    expiry = Export.objects.get().expires_at - before
    assert timedelta(hours=24) <= expiry < timedelta(hours=24, minutes=1)
    (listed,) = analyst.get(EXPORTS).json()["results"]
    assert listed["id"] == first["id"]


def test_a_sheet_when_too_long_to_wait_for_then_an_export_is_named(analyst, long):
    answer = analyst.get(SHEET)
    assert answer.status_code == 409
    assert answer.json()["code"] == "export_needed"
    assert answer.json()["params"] == {"rows": 3, "at_once": 2}


def test_an_export_tells_how_far_it_is(analyst, monkeypatch):
    seen = []
    monkeypatch.setattr(services, "TOLD_AFTER_ROWS", 1)
    export = ask(analyst)
    plan = exportable.EXPORTABLE[ExportResource.LIST_ENTRIES]

    def watched(parameters, owner):
        rows = plan.rows(parameters, owner)

        def read():
            for row in rows.read():
                seen.append((shown(analyst, export)["rows_written"], shown(analyst, export)))
                yield row

        return rows._replace(read=read)

    resources = {ExportResource.LIST_ENTRIES: plan._replace(rows=watched)}
    monkeypatch.setattr(services, "EXPORTABLE", resources)
    work_off()
    assert [(written, one["progress"]) for written, one in seen] == [(0, 0), (1, 33), (2, 66)]
    assert all(one["state"] == "running" for _, one in seen)


def test_an_export_is_its_owners_alone(analyst, list_editor):
    export = ask(analyst)
    work_off()
    place = f"{EXPORTS}/{export['id']}"
    assert list_editor.get(EXPORTS).json()["results"] == []
    for method, at in (("get", place), ("get", f"{place}/file"), ("delete", place)):
        assert getattr(list_editor, method)(at).status_code == 404
    assert Export.objects.filter(file__gt="").exists()


def test_a_resource_when_it_is_not_the_callers_then_neither_asked_for_nor_taken(
    analyst, monkeypatch
):
    export = ask(analyst)
    work_off()
    plan = exportable.EXPORTABLE[ExportResource.LIST_ENTRIES]
    closed = {ExportResource.LIST_ENTRIES: plan._replace(grants=frozenset({"auditor"}))}
    monkeypatch.setattr("targeting.api.exports.EXPORTABLE", closed)
    assert analyst.post(EXPORTS, ASKED).status_code == 403
    assert analyst.get(f"{EXPORTS}/{export['id']}/file").status_code == 403


def test_the_same_when_asked_for_while_it_is_written_then_it_is_one(analyst):
    first = ask(analyst)
    assert ask(analyst)["id"] == first["id"]
    assert ask(analyst, sheet_format="json")["id"] != first["id"]
    assert ask(signed_in(roles=["analyst"]))["id"] != first["id"]
    work_off()
    assert ask(analyst)["id"] != first["id"]


def test_exports_when_too_many_run_then_the_next_is_refused(analyst):
    codes = ["B", "C", "D", "E"]
    for code in codes:
        DraftFactory(control_list=ControlListFactory(code=code), number=1)
    asked = [
        analyst.post(EXPORTS, ASKED | {"parameters": EDITION | {"list_code": code}})
        for code in codes
    ]
    assert [one.status_code for one in asked] == [202, 202, 202, 409]
    assert asked[-1].json()["code"] == "exports_running"


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"resource": "profiles"}, 400, "resource"),
        ({"sheet_format": "exe"}, 400, "sheet_format"),
        ({"parameters": None}, 400, "parameters"),
        ({"parameters": "A"}, 400, "parameters"),
        ({"parameters": {}}, 422, "list_code, number"),
        ({"parameters": EDITION | {"number": "1"}}, 422, "list_code, number"),
        ({"parameters": EDITION | {"number": 2**40}}, 422, "list_code, number"),
        ({"parameters": EDITION | {"number": 9}}, 422, "an edition that is there"),
        ({"parameters": EDITION | {"owner": 1}}, 422, "list_code, number"),
    ],
)
def test_an_export_when_asked_for_wrongly_then_told(analyst, changes, status, words):
    answer = analyst.post(EXPORTS, ASKED | changes)
    assert answer.status_code == status
    assert words in json.dumps(answer.json())
    assert not Job.objects.exists()


def test_an_export_when_deleted_then_its_file_goes_with_it(analyst):
    export = ask(analyst)
    work_off()
    name = Export.objects.get().file.name
    assert default_storage.exists(name)
    assert analyst.delete(f"{EXPORTS}/{export['id']}").status_code == 204
    assert not default_storage.exists(name)
    assert [model.objects.count() for model in (Export, Job, StageRun)] == [0, 0, 0]


def test_an_export_when_deleted_while_it_is_written_then_nothing_is_left(analyst, monkeypatch):
    export = ask(analyst)
    place = f"{EXPORTS}/{export['id']}"
    complete = services._complete

    def deleted_before(*args, **kwargs):
        analyst.delete(place)
        complete(*args, **kwargs)

    monkeypatch.setattr(services, "_complete", deleted_before)
    (run,) = StageRun.objects.all()
    pipeline.run_stage(run.pk)
    assert not Export.objects.exists()
    assert default_storage.listdir("exports")[1] == []


def test_a_worker_when_another_has_its_export_then_its_file_goes(analyst):
    ask(analyst)
    (run,) = StageRun.objects.all()
    now = timezone.now()
    slow = claim_run(run_id=run.pk, now=now, lease=LEASE)
    later = now + 2 * LEASE
    other = claim_run(run_id=run.pk, now=later, lease=LEASE)
    with pytest.raises(stage_runs.LeaseLost):
        pipeline.DO_CHUNK[slow.stage](run=slow, draws=None)
    assert pipeline.DO_CHUNK[other.stage](run=other, draws=None) == []
    export = Export.objects.get()
    assert export.job.state == "done"
    assert [f"exports/{name}" for name in default_storage.listdir("exports")[1]] == [
        export.file.name
    ]


def test_an_export_when_what_it_is_of_goes_then_it_fails_and_says_so(analyst):
    draft = DraftFactory(control_list=ListEdition.objects.get().control_list, number=2)
    ListEntryFactory(edition=draft, form_name="x")
    export = ask(analyst, parameters=EDITION | {"number": 2})
    ListEdition.objects.filter(pk=draft.pk).delete()
    (run,) = StageRun.objects.all()
    with pytest.raises(ExportRefused):
        pipeline.run_stage(run.pk)
    told = shown(analyst, export)
    assert (told["state"], told["file"]) == ("failed", None)
    assert "export_refused" in told["failure"]


def test_exports_when_their_time_is_over_then_cleared_with_their_files(analyst):
    ask(analyst)
    work_off()
    name = Export.objects.get().file.name
    now = timezone.now()
    hours = of_settings.TARGETING["EXPORT_HOURS"]
    assert clear_expired(now=now + timedelta(hours=hours, minutes=-1))["exports"] == 0
    assert default_storage.exists(name)
    cleared = clear_expired(now=now + timedelta(hours=hours, minutes=1))
    assert cleared == NOTHING | {name: cleared[name] for name in ("sessions", "exports")}
    assert cleared["exports"] == 1
    assert not default_storage.exists(name)


def test_an_export_when_it_brings_privileged_fields_then_none_is_set(analyst, list_editor):
    more = {
        "id": "00000000-0000-4000-8000-000000000001", "public_id": "x", "owner": 1,
        "owner_id": list_editor.user.pk, "state": "done", "file": "/etc/passwd", "file_name": "x",
        "row_count": 7, "job": 1, "expires_at": "2099-01-01T00:00:00Z", "actor": "user:1",
    }  # fmt: skip
    ask(analyst, **more)
    row = Export.objects.get()
    assert (row.owner, row.job.requested_by) == (analyst.user, analyst.user.actor)
    assert (row.file.name, row.file_name, row.row_count) == ("", "a-1.csv", 3)
    assert row.expires_at.year < 2099
    assert (row.job.state, str(row.public_id) == more["id"]) == ("running", False)


def test_in_the_admin_a_long_sheet_is_written_in_the_background(law, list_editor, long):
    first = list_editor.get(reverse("admin:risk_listedition_sheet", args=[law.pk]) + "?as=json")
    ask_here = reverse("admin:risk_listedition_export", args=[law.pk])
    assert (first.status_code, first["Location"]) == (302, f"{ask_here}?as=json")
    page = list_editor.get(first["Location"]).content.decode()
    assert "3 entries" in page
    assert '<option value="json" selected>' in page
    begun = list_editor.post(ask_here, {"as": "json"}, format="multipart")
    export = Export.objects.get()
    place = reverse("admin:targeting_export_change", args=[export.pk])
    assert (begun.status_code, begun["Location"]) == (302, place)
    waiting = list_editor.get(place).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert 'value="0"' in waiting
    file = reverse("admin:targeting_export_file", args=[export.pk])
    assert list_editor.get(file)["Location"] == place
    work_off()
    ready = list_editor.get(place).content.decode()
    assert 'http-equiv="refresh"' not in ready
    assert file in ready
    rows = [cells for _, cells in read_sheet(content(list_editor.get(file)), "x")]
    assert [row["form_name"] for row in rows] == ["acetone", "ether", "safrole"]
    mine = reverse("admin:targeting_export_changelist")
    assert "a-1.json" in list_editor.get(mine).content.decode()
    other = signed_in(roles=["list_editor"])
    assert "a-1.json" not in other.get(mine).content.decode()
    assert other.get(file).status_code == 302
    name = export.job_id and Export.objects.get().file.name
    gone = reverse("admin:targeting_export_delete", args=[export.pk])
    assert list_editor.post(gone, {"post": "yes"}, format="multipart").status_code == 302
    assert not Export.objects.exists()
    assert not default_storage.exists(name)


def test_in_the_admin_several_files_are_deleted_with_what_is_stored(list_editor):
    for sheet_format in SheetFormat:
        ask(list_editor, sheet_format=sheet_format.value)
    work_off()
    mine = reverse("admin:targeting_export_changelist")
    pks = list(Export.objects.values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": pks, "post": "yes"}
    assert list_editor.post(mine, data, format="multipart").status_code == 302
    assert not Export.objects.exists()
    assert default_storage.listdir("exports")[1] == []
