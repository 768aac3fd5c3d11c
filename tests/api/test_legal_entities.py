"""The company register over the API and by file: entered, read, taken away, brought back."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from shipments.models import LegalEntity, LegalEntityTie
from tests.factories.legal_entities import closed, entity, register

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/legal-entities"
OTHER = "210240000021"


def test_register_when_sent_then_entered_once_and_amended(list_editor, analyst):
    answer = list_editor.post(PLACE, [entity(), entity(OTHER, head="")])
    assert answer.json() == {"created": 2, "amended": 0, "unchanged": 0}
    again = list_editor.post(PLACE, [closed(), entity(OTHER, head="")])
    assert again.json() == {"created": 0, "amended": 1, "unchanged": 1}
    (shown,) = analyst.get(PLACE, {"is_closed": "true"}).json()["results"]
    assert (shown["version"], shown["closed_on"]) == (2, "2026-01-10")
    assert (shown["owners"], shown["amended_by"]) == (
        ["СЕРИКОВА ДАНА", "ҚҰЛОВ ЕРМЕК"],
        list_editor.user.actor,
    )
    assert analyst.get(f"{PLACE}/{shown['id']}").json() == shown
    events = LegalEntity.objects.get(pk=shown["id"]).events.order_by("pgh_id")
    assert [(one.pgh_label, one.closed_on is None) for one in events] == [
        ("insert", True),
        ("update", False),
    ]
    assert {one.pgh_context["actor"] for one in events} == {list_editor.user.actor}


def test_ties_when_amended_then_those_of_the_latest_extract():
    register(entity())
    register(entity(phone="+7 727 258 11 11", head="СЕРИКОВА ДАНА"))
    ties = set(LegalEntityTie.objects.values_list("kind", "value"))
    assert ties == {
        ("phone", "+77272581111"),
        ("address", "алматы ul абая 5 of 7"),
        ("person", "dana serikova"),
        ("person", "ermek kulov"),
    }


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"bin": "12"}, "bin"),
        ({"bin": ""}, "bin"),
        ({"iin": "900101300017"}, "bin"),
        ({"name": ""}, "name"),
        ({"source": ""}, "source"),
        ({"registered_on": ""}, "registered_on"),
        ({"registered_on": "2020-02-30"}, "registered_on"),
        ({"closed_on": "2019-12-31"}, "closed_on"),
        ({"owners": 7}, "owners"),
        ({"country": "KAZ"}, "country"),
        ({"version": 7}, "version"),
        ({"entered_by": "user:1"}, "entered_by"),
    ],
)
def test_register_when_one_is_wrong_then_nothing_is_entered(list_editor, wrong, column):
    answer = list_editor.post(PLACE, [entity(OTHER), entity(**wrong)])
    assert (answer.status_code, answer.json()["code"]) == (422, "legal_entities_refused")
    assert {(one["line"], one["column"]) for one in answer.json()["params"]["faults"]} == {
        (2, column)
    }
    assert not LegalEntity.objects.exists()


def test_register_when_a_number_has_two_contents_then_refused(list_editor):
    answer = list_editor.post(PLACE, [entity(), closed()])
    assert answer.json()["params"]["faults"][0]["allowed"] == "one content a number"
    assert list_editor.post(PLACE, [entity(), entity()]).json()["created"] == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"number": OTHER}, 1),
        ({"person": "Dana SERIKOVA"}, 2),
        ({"person": "Dana"}, 0),
        ({"phone": "+77272580000"}, 2),
        ({"address": "Алматы, улица Абая, 5, офис 7"}, 2),
        ({"is_closed": "false"}, 1),
        ({"registered_from": "2021-01-01"}, 1),
        ({"name": "химсн", "country": "KZ"}, 2),
    ],
)
def test_register_when_filtered_then_what_fits(analyst, query, count):
    register(closed(), entity(OTHER, registered_on="2021-02-01"))
    assert len(analyst.get(PLACE, query).json()["results"]) == count


def test_sheet_when_taken_away_and_brought_back_then_nothing_changes(list_editor, analyst):
    register(entity(name="=1+1"), closed(OTHER))
    for kind in ("csv", "xlsx"):
        content = analyst.get(f"{PLACE}/sheet", {"as": kind}).content
        preview = _imported(list_editor, content)
        assert (preview["unchanged"], preview["rejected"]) == (2, [])
    changed = analyst.get(f"{PLACE}/sheet").content.replace(b"2026-01-10", b"2026-01-11")
    preview = _imported(list_editor, changed)
    assert (preview["amended"], LegalEntity.objects.filter(version=2).count()) == (1, 0)
    assert _imported(list_editor, changed, confirm=preview["digest"])["amended"] == 1
    assert LegalEntity.objects.get(number=OTHER).closed_on.day == 11


def test_sheet_when_lines_are_wrong_then_each_is_told_and_nothing_written(list_editor):
    content = "bin,name,registered_on,source\n1,A,2020-01-01,M\n200140000015,,yesterday,M\n"
    preview = _imported(list_editor, content.encode())
    assert [(one["line"], one["column"]) for one in preview["rejected"]] == [
        (2, "bin"),
        (3, "registered_on"),
        (3, "name"),
    ]
    assert _imported(list_editor, content.encode(), 422, confirm=preview["digest"])
    assert not LegalEntity.objects.exists()


def test_file_when_loaded_then_entered_with_its_name_in_the_history(tmp_path):
    path = tmp_path / "extract.ndjson"
    path.write_text(json.dumps(entity(source="")), "utf-8")
    with pytest.raises(CommandError, match="source"):
        call_command("load_legal_entities", str(path))
    call_command("load_legal_entities", str(path), "--authority", "Минюст", verbosity=0)
    row = LegalEntity.objects.get()
    assert (row.source, row.entered_by) == ("Минюст", "command:load_legal_entities")
    assert row.events.get().pgh_context["reason"] == "extract.ndjson"


def _imported(caller, content, status=200, **form):
    upload = io.BytesIO(content)
    upload.name = "register.sheet"
    answer = caller.post(f"{PLACE}/import", {"file": upload, **form}, format="multipart")
    assert answer.status_code == status, answer.content
    return answer.json()
