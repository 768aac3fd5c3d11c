"""Requirements over the API, by file and in the admin: entered, read, taken away, brought back."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from shipments.models import AnnualLegitimateRequirement
from tests.factories.authorisations import HOLDER
from tests.factories.requirements import need, norm, state
from tests.factories.risk import SubstanceFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/requirements"


@pytest.fixture(autouse=True)
def substances(db):
    SubstanceFactory(key="acetone", preferred_name="Acetone")


def test_register_when_sent_then_entered_once_and_amended(list_editor, analyst):
    answer = list_editor.post(PLACE, [need(), norm(), need(0, year=2027)])
    assert (answer.status_code, answer.json()["created"]) == (200, 3)
    tonnes = {name: value for name, value in need().items() if name != "amount_kg"}
    again = list_editor.post(PLACE, [{**tonnes, "amount": "2", "unit": "t"}, norm()])
    assert again.json() == {"created": 0, "amended": 1, "unchanged": 1}
    shown = analyst.get(PLACE, {"year": 2026, "is_norm": "false"}).json()["results"]
    assert [(one["version"], one["required_kg"], one["holder"]) for one in shown] == [
        (2, "2000.000000", None)
    ]
    (held,) = analyst.get(PLACE, {"holder": HOLDER}).json()["results"]
    assert (held["holder"]["key"], held["source"]) == (f"bin:{HOLDER}", "МВД")
    (nothing,) = analyst.get(PLACE, {"year": 2027}).json()["results"]
    assert nothing["required_kg"] == "0.000000"
    assert analyst.get(f"{PLACE}/{nothing['id']}").json() == nothing
    labels = AnnualLegitimateRequirement.objects.get(pk=shown[0]["id"]).events.all()
    assert [event.pgh_context["actor"] for event in labels] == [list_editor.user.actor] * 2


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"amount_kg": "-1"}, "amount"),
        ({"year": 26}, "year"),
        ({"country": ""}, "country"),
        ({"source": ""}, "source"),
        ({"stated_on": "2026-02-30"}, "stated_on"),
        ({"substance_key": "water"}, "substance_key"),
        ({"holder": {"name": "X"}}, "holder"),
        ({"required_kg": 1}, "required_kg"),
        ({"version": 7}, "version"),
    ],
)
def test_register_when_one_is_wrong_then_nothing_is_entered(list_editor, wrong, column):
    answer = list_editor.post(PLACE, [norm(), need(**wrong)])
    assert (answer.status_code, answer.json()["code"]) == (422, "requirements_refused")
    assert [one["column"] for one in answer.json()["params"]["faults"]] == [column]
    assert not AnnualLegitimateRequirement.objects.exists()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"substance": "acetone", "country": "KZ"}, 2),
        ({"holder": "реактив"}, 1),
        ({"is_stale": "true"}, 1),
        ({"is_stale": "false", "source": "мвд"}, 1),
        ({"country": "UZ"}, 0),
    ],
)
def test_register_when_filtered_then_what_fits(analyst, query, count):
    state(need(stated_on="2020-01-01"), norm(stated_on="2099-01-01"))
    assert len(analyst.get(PLACE, query).json()["results"]) == count


def test_sheet_when_taken_away_and_brought_back_then_nothing_changes(list_editor):
    state(need(), norm(notes="=1+1"))
    for kind in ("csv", "xlsx"):
        content = list_editor.get(f"{PLACE}/sheet", {"as": kind}).content
        preview = _imported(list_editor, content)
        assert (preview["unchanged"], preview["rejected"]) == (2, [])
    changed = content = list_editor.get(f"{PLACE}/sheet").content.replace(b"2026,", b"2027,")
    preview = _imported(list_editor, changed)
    assert (preview["created"], AnnualLegitimateRequirement.objects.count()) == (2, 2)
    assert _imported(list_editor, content, confirm=preview["digest"])["created"] == 2


def test_file_when_loaded_then_entered_with_its_name_in_the_history(tmp_path):
    path = tmp_path / "needs.ndjson"
    path.write_text("\n".join(json.dumps(one) for one in (need(), norm(source=""))), "utf-8")
    with pytest.raises(CommandError, match="source"):
        call_command("load_requirements", str(path))
    call_command("load_requirements", str(path), "--authority", "МВД", verbosity=0)
    row = AnnualLegitimateRequirement.objects.get(holder__isnull=False)
    assert (row.source, row.registered_by) == ("МВД", "command:load_requirements")
    assert row.events.get().pgh_context["reason"] == "needs.ndjson"


def test_admin_when_an_editor_enters_then_through_the_service(list_editor):
    place = "/admin/shipments/annuallegitimaterequirement"
    form = {
        "country": "KZ", "substance_key": "acetone", "year": "2026", "amount": "2", "unit": "t",
        "stated_on": "2026-01-01", "source": "INCB", "holder_name": "ТОО «Реактив»",
        "holder_number": f"bin:{HOLDER}",
    }  # fmt: skip
    refused = list_editor.post(
        f"{place}/add/", form | {"substance_key": "water"}, format="multipart"
    )
    assert refused.status_code == 200
    assert "substance_key" in refused.content.decode()
    assert list_editor.post(f"{place}/add/", form, format="multipart").status_code == 302
    row = AnnualLegitimateRequirement.objects.get()
    assert (row.required_kg, row.holder.key) == (2000, f"bin:{HOLDER}")
    assert row.registered_by == list_editor.user.actor
    changed = list_editor.post(
        f"{place}/{row.pk}/change/", form | {"amount": "3"}, format="multipart"
    )
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.version, row.required_kg, row.amended_by) == (2, 3000, list_editor.user.actor)


def _imported(caller, content, status=200, **form):
    upload = io.BytesIO(content)
    upload.name = "register.sheet"
    answer = caller.post(f"{PLACE}/import", {"file": upload, **form}, format="multipart")
    assert answer.status_code == status, answer.content
    return answer.json()
