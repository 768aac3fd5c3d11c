"""Returns over the API: entered, read where the declaration is."""

import io

import pytest

from shipments.models import ConsignmentReturn
from tests.api.conftest import signed_in
from tests.factories.notifications import arrive
from tests.factories.risk import SubstanceFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/returns"


@pytest.fixture(autouse=True)
def declared(db):
    SubstanceFactory(key="acetone", preferred_name="Acetone")
    arrive("D1", customs_office="55301")


def report(kg: object = 100, **changes: object) -> dict[str, object]:
    return {
        "registration_number": "D1", "substance_key": "acetone", "number": "R 1",
        "reported_on": "2026-02-01", "reported_by": "ТОО «Реактив»", "amount_kg": str(kg),
    } | changes  # fmt: skip


def test_report_when_sent_then_entered_once_and_amended(list_editor, analyst):
    use = report(40, kind="end_use", used_for="paint", number="U1")
    assert list_editor.post(PLACE, [report(), use]).json()["created"] == 2
    again = list_editor.post(PLACE, [report(90, number="r1"), use])
    assert again.json() == {"created": 0, "amended": 1, "unchanged": 1}
    (shown,) = analyst.get(PLACE, {"kind": "received"}).json()["results"]
    assert (shown["version"], shown["reported_kg"]) == (2, "90.000000")
    assert analyst.get(f"{PLACE}/{shown['id']}").json() == shown
    row = ConsignmentReturn.objects.get(pk=shown["id"])
    assert [event.pgh_label for event in row.events.order_by("pgh_id")] == ["insert", "update"]


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"registration_number": "D9"}, "registration_number"),
        ({"item_number": 2}, "registration_number"),
        ({"kind": "end_use"}, "used_for"),
        ({"kind": "lost"}, "kind"),
        ({"basis": "solution"}, "basis"),
        ({"reported_by": ""}, "reported_by"),
        ({"amount_kg": "-1"}, "amount"),
        ({"customs_office": "55301"}, "customs_office"),
    ],
)
def test_report_when_one_is_wrong_then_nothing_is_entered(list_editor, wrong, column):
    answer = list_editor.post(PLACE, [report(), report(**{"number": "R2"} | wrong)])
    assert (answer.status_code, answer.json()["code"]) == (422, "returns_refused")
    assert [one["column"] for one in answer.json()["params"]["faults"]] == [column]
    assert not ConsignmentReturn.objects.exists()


def test_reports_when_of_another_office_then_not_there(list_editor):
    list_editor.post(PLACE, [report()])
    row = ConsignmentReturn.objects.get()
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert [one["id"] for one in near.get(PLACE).json()["results"]] == [row.pk]
    assert far.get(PLACE).json()["results"] == []
    assert far.get(f"{PLACE}/{row.pk}").status_code == 404


def test_sheet_when_taken_away_and_brought_back_then_nothing_changes(list_editor):
    list_editor.post(PLACE, [report(notes="=1+1")])
    content = list_editor.get(f"{PLACE}/sheet").content
    upload = io.BytesIO(content)
    upload.name = "returns.csv"
    preview = list_editor.post(f"{PLACE}/import", {"file": upload}, format="multipart").json()
    assert (preview["unchanged"], preview["rejected"]) == (1, [])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"registration_number": "D1", "item_number": 1, "number": "R 1"}, 1),
        ({"reported_by": "реактив", "substance": "acetone"}, 1),
        ({"reported_from": "2026-02-02"}, 0),
        ({"reported_to": "2026-02-01"}, 1),
    ],
)
def test_reports_when_filtered_then_what_fits(list_editor, query, count):
    list_editor.post(PLACE, [report()])
    assert len(list_editor.get(PLACE, query).json()["results"]) == count
