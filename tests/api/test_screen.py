"""Screening by API: spans, lists, verdicts; bounded, and on record as a search."""

import datetime
import hashlib

import pytest

from targeting.models import AuditEvent
from tests.factories.risk import (
    ControlListFactory,
    LawEntryFactory,
    ListEntryFactory,
    SubstanceFactory,
    SubstanceNameFactory,
)

pytestmark = pytest.mark.django_db

SCREEN = "/api/v1/screen"
TEXT = "Уксусный ангидрид, 40 %, бочки"


@pytest.fixture(autouse=True)
def _lists():
    SubstanceNameFactory()
    ru = ControlListFactory(code="RU-681-L4", title="Список IV", jurisdiction="RU")
    un = ControlListFactory(code="UN1988-T1", jurisdiction="UN")
    LawEntryFactory(edition__control_list=ru, edition__number=1, concentration_min_pct="50")
    LawEntryFactory(edition__control_list=un, edition__verified_by="")
    ListEntryFactory(
        edition__control_list=ru,
        edition__number=99,
        substance=SubstanceFactory(key="later", preferred_name="Later"),
    )


def ask(caller, *texts, **more):
    return caller.post(SCREEN, {"texts": [{"text": text} for text in texts], **more})


def test_screening_when_named_then_spans_names_lists_and_verdicts(analyst):
    answer = ask(analyst, TEXT, "wool")
    assert answer.status_code == 200
    (found,), nothing = answer.json()["texts"]
    assert nothing == []
    assert TEXT[found["start"] : found["end"]] == found["matched_text"] == "Уксусный ангидрид"
    assert (found["substance_key"], found["name"]) == ("acetic-anhydride", "уксусный ангидрид")
    assert (found["concentration_pct"], found["verdict"], found["flagged"]) == ("40", "above", True)
    assert {
        one["list_code"]: (one["verdict"], one["limit_pct"], one["is_verified"])
        for one in found["lists"]
    } == {"RU-681-L4": ("below", "50.0000", True), "UN1988-T1": ("above", None, False)}


@pytest.mark.parametrize("choice", [{"lists": ["RU-681-L4"]}, {"jurisdiction": "RU"}])
def test_screening_when_lists_are_chosen_then_only_their_verdicts(list_editor, choice):
    body = ask(list_editor, TEXT, **choice).json()
    ((found,),) = body["texts"]
    assert [one["list_code"] for one in found["lists"]] == ["RU-681-L4"]
    assert (found["verdict"], found["flagged"]) == ("below", False)
    assert body["editions"].keys() == {"RU-681-L4"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "texts"),
        ({"texts": []}, "texts"),
        ({"texts": [{"text": "a"}] * 1001}, "texts"),
        ({"texts": [{"text": "a" * 20_001}]}, "texts.0.text"),
        ({"texts": [{"text": "a"}], "lists": ["XX"]}, "lists"),
        ({"texts": [{"text": "a"}], "jurisdiction": "XX"}, "jurisdiction"),
        ({"texts": [{"text": "a"}], "jurisdiction": "UN", "lists": ["RU-681-L4"]}, "lists"),
        ({"texts": [{"text": "a"}], "date": "yesterday"}, "date"),
        ({"texts": [{"text": "a"}] * 101, "explain": True}, "explain"),
    ],
)
def test_screening_when_the_question_is_wrong_then_the_field_is_named(analyst, body, field):
    answer = analyst.post(SCREEN, body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_screening_is_one_search_with_its_terms(analyst):
    ask(analyst, TEXT, "wool", lists=["RU-681-L4"])
    event = AuditEvent.objects.get()
    assert (event.verb, event.resource, event.status) == ("search", "screen", 200)
    assert event.terms["text"] == [TEXT, "wool"]
    assert event.terms["count"] == ["2"]
    assert event.terms["sha256"] == [hashlib.sha256(f"{TEXT}\0wool".encode()).hexdigest()]
    assert event.terms["lists"] == ["RU-681-L4"]


@pytest.mark.parametrize("body", [{"texts": "secret probe"}, {"texts": [{"text": None}]}, []])
def test_a_refused_question_is_on_record_too(analyst, body):
    assert analyst.post(SCREEN, body).status_code == 400
    assert AuditEvent.objects.get().verb == "search"


def test_screening_when_more_is_asked_then_the_queries_do_not_grow(
    analyst, django_assert_max_num_queries
):
    ask(analyst, TEXT)
    with django_assert_max_num_queries(20) as few:
        ask(analyst, TEXT)
    with django_assert_max_num_queries(len(few)):
        ask(analyst, *(f"{TEXT} {n}" for n in range(500)))


def test_screening_when_asked_why_not_then_the_dismissed_places_have_reasons(analyst):
    text = "краска, не содержит уксусный ангидрид"
    body = ask(analyst, text, "wool", explain=True).json()
    assert body["texts"] == [[], []]
    (dismissed,), nothing = body["dismissed"]
    assert nothing == []
    assert text[dismissed["start"] : dismissed["end"]] == "уксусный ангидрид"
    assert (dismissed["substance_key"], dismissed["reason"]) == ("acetic-anhydride", "absent")
    assert ask(analyst, text).json()["dismissed"] is None


def test_screening_when_a_name_is_misspelt_then_the_nearest_innocent_name_is_told(analyst):
    benzyl = SubstanceFactory(key="benzyl-chloride", preferred_name="Benzyl chloride")
    SubstanceNameFactory(substance=benzyl, name="benzyl chloride", lang="en")
    LawEntryFactory(substance=benzyl, edition__control_list=ControlListFactory(code="KZ-508"))
    (found,), (lonely,) = ask(analyst, "benzylchkoride", "уксуснйы ангидрид").json()["texts"]
    assert (found["method"], lonely["method"]) == ("fuzzy", "fuzzy")
    assert (found["substance_key"], found["nearest_innocent"]["name"]) == (
        "benzyl-chloride",
        "benzoylchloride",
    )
    assert found["nearest_innocent"]["distance"] > 0
    assert lonely["nearest_innocent"] is None


def test_screening_when_an_entry_comes_into_force_soon_then_it_is_upcoming(analyst):
    soon = SubstanceFactory(key="soon", preferred_name="Soon")
    SubstanceNameFactory(substance=soon, name="zorvexol", lang="en")
    day = datetime.date(2026, 3, 1)
    LawEntryFactory(
        edition__control_list=ControlListFactory(code="NEW"),
        edition__in_force_from=day,
        substance=soon,
        form_name="zorvexol",
        cas_rn="",
    )
    before, since, long_before = (
        ask(analyst, "zorvexol 5 kg", date=str(day + datetime.timedelta(days=days))).json()
        for days in (-1, 0, -400)
    )
    assert [before["texts"], since["upcoming"], long_before["upcoming"]] == [[[]]] * 3
    (found,) = before["upcoming"][0]
    assert (found["substance_key"], found["flagged"]) == ("soon", False)
    assert since["texts"][0][0]["substance_key"] == "soon"
