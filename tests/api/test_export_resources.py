"""Exports of lists: the rows that the list shows its owner when they are written."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from risk.domain.lists.sheets import SheetFormat, read_sheet
from risk.models import Channel, WatchlistEntry
from shipments.domain.workbooks import read_first_sheet
from targeting.domain.exports import ExportResource
from targeting.models import Export
from targeting.services.exportable import EXPORTABLE
from tests.api.conftest import signed_in
from tests.factories.authorisations import AuthorisationFactory
from tests.factories.notifications import PreExportNotificationFactory
from tests.factories.requirements import AnnualLegitimateRequirementFactory
from tests.factories.risk import InspectionOutcomeFactory, SubstanceFactory
from tests.factories.shipments import PartyRoleFactory
from tests.factories.targeting import flagged_shipment
from tests.integration.conftest import work_off

pytestmark = pytest.mark.django_db
EXPORTS = "/api/v1/exports"
PURPOSE = {"X-Purpose": "case 7"}
LISTS = [one for one in ExportResource if one is not ExportResource.LIST_ENTRIES]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = settings.STORAGES | {"default": place}


@pytest.fixture
def world():
    """A row of each resource, of office 55301 and of another."""
    alerts = []
    for number, office in enumerate(("55301", "50000")):
        told = {"registration_number": f"=X{number}", "customs_office": office}
        declared = {f"assessment__declaration__{name}": value for name, value in told.items()}
        alert = flagged_shipment(**declared)
        PartyRoleFactory(
            declaration=alert.declaration, party__name=f"ТОО «Қазақ {number}»",
            party__key=f"bin:{number}",
        )  # fmt: skip
        InspectionOutcomeFactory(
            declaration=alert.declaration, assessment=alert.assessment,
            registration_number=f"=X{number}", customs_office=office,
        )  # fmt: skip
        alerts.append(alert)
    now = timezone.now()
    Channel.objects.create(
        substance=SubstanceFactory(), score=1, signs=[], declaration_count=1, mass_kg=1,
        first_seen_at=now, last_seen_at=now, proposed_at=now, changed_at=now,
    )  # fmt: skip
    for sharing in ("analysts", "seniors"):
        WatchlistEntry.objects.create(
            kind="card", value=sharing, reason="r", source="secret source", sharing=sharing,
            valid_from=now.date(), proposed_by="user:1", proposed_person="person:1",
            proposed_at=now,
        )  # fmt: skip
    AuthorisationFactory()
    PreExportNotificationFactory()
    AnnualLegitimateRequirementFactory()
    return alerts


def taken(caller, resource, sheet_format="json", **parameters):
    asked = {
        "resource": resource.value, "sheet_format": sheet_format, "parameters": parameters,
    }  # fmt: skip
    answer = caller.post(EXPORTS, asked, headers=PURPOSE)
    assert answer.status_code == 202, answer.json()
    work_off()
    done = caller.get(f"{EXPORTS}/{answer.json()['id']}").json()
    assert (done["state"], done["rows_written"]) == ("done", done["rows"]), done
    file = caller.get(done["file"], headers=PURPOSE)
    return b"".join(file.streaming_content)


def rows(content):
    return [cells for _, cells in read_sheet(content, "x")]


def test_every_list_is_exported_as_it_is_shown(analyst, world):
    for resource in LISTS:
        listed = analyst.get(reverse(EXPORTABLE[resource].route), headers=PURPOSE).json()["results"]
        written = rows(taken(analyst, resource))
        assert len(written) == len(listed), resource
        if written and "id" in written[0]:
            assert {int(row["id"]) for row in written} == {row["id"] for row in listed}, resource


@pytest.mark.parametrize("sheet_format", SheetFormat)
def test_formulas_cyrillic_and_times_are_right_in_every_form(analyst, world, sheet_format):
    content = taken(analyst, ExportResource.ALERTS, sheet_format.value, office="55301")
    (row,) = rows(content)
    assert row["registration_number"] == "=X0"
    assert row["accepted_at"] == world[0].accepted_at.isoformat()
    assert row["is_cancelled"] == "false"
    if sheet_format is SheetFormat.CSV:
        assert b",'=X0," in content
    if sheet_format is SheetFormat.XLSX:
        (_, cells), *_ = list(read_first_sheet(BytesIO(content)))[1:]
        assert "'=X0" in cells
    names = {row["form_name"] for row in rows(taken(analyst, ExportResource.PARTIES))}
    assert "ТОО «Қазақ 0»" in names  # a sheet's reader takes a name for a substance's


def test_exports_are_of_the_scope_when_they_are_written(world):
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    for resource in (ExportResource.ALERTS, ExportResource.DECLARATIONS, ExportResource.OUTCOMES):
        assert {row["customs_office"] for row in rows(taken(near, resource))} == {"55301"}
    assert rows(taken(near, ExportResource.CHANNELS)) == []
    asked = {"resource": "alerts", "parameters": {"lane": ["red", "yellow"]}}
    assert near.post(EXPORTS, asked).status_code == 202
    near.user.offices = ["1"]
    near.user.save()
    work_off()
    export = Export.objects.latest("id")
    assert export.file.read().decode("utf-8-sig").count("\n") == 1


def test_leads_are_those_of_the_owners_level_without_their_source(analyst, auditor, world):
    (seen,) = rows(taken(analyst, ExportResource.WATCHLIST))
    assert seen["value"] == "analysts"
    assert "source" not in seen
    all_of_them = rows(taken(auditor, ExportResource.WATCHLIST))
    assert {row["source"] for row in all_of_them} == {"secret source"}
    assert len(all_of_them) == 2


def test_an_export_when_it_holds_people_then_asks_what_for(analyst, list_editor, world):
    asked = {"resource": "parties", "parameters": {}}
    refused = analyst.post(EXPORTS, asked, headers={"X-Purpose": ""})
    assert (refused.status_code, refused.json()["code"]) == (400, "purpose_required")
    assert list_editor.post(EXPORTS, asked, headers=PURPOSE).status_code == 403


@pytest.mark.parametrize(
    "parameters",
    [{"colour": "red"}, {"lane": "pink"}, {"lane": 7}, {"date_from": "soon"}, {"lane": [["red"]]}],
)
def test_an_export_when_the_list_would_refuse_then_refused(analyst, parameters):
    answer = analyst.post(EXPORTS, {"resource": "alerts", "parameters": parameters})
    assert (answer.status_code, answer.json()["code"]) == (422, "export_refused")
