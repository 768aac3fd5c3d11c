"""Editing a profile by fields: every fault is told at once, and what differs is named."""

import json
import tomllib

import pytest

from risk.domain.errors import InvalidProfile
from risk.domain.profile import profile_from_data
from risk.domain.profile_edits import FieldChange, differences, faults_of, with_changes
from tests.unit.risk.builders import PROFILE_PATH

CONTENT = json.loads(
    json.dumps(tomllib.loads(PROFILE_PATH.read_text(encoding="utf-8")), default=str)
)


def faults(**changes):
    named = {field.replace("__", "."): value for field, value in changes.items()}
    return faults_of(with_changes(CONTENT, named), CONTENT)


def test_changes_when_made_then_the_source_stays_as_it_was() -> None:
    changed = with_changes(CONTENT, {"lanes.red": 60, "indicators.licence_missing.rule": None})
    assert changed["lanes"]["red"] == 60
    assert "rule" not in changed["indicators"]["licence_missing"]
    assert CONTENT["lanes"]["red"] == 55
    assert "rule" in CONTENT["indicators"]["licence_missing"]


@pytest.mark.parametrize("field", ["code", "version", "lanes.red.deep", "valid_from.year"])
def test_change_when_it_is_no_field_of_a_draft_then_refused_by_its_name(field) -> None:
    with pytest.raises(InvalidProfile) as caught:
        with_changes(CONTENT, {field: 1})
    assert caught.value.params["field"] == field


def test_profile_as_shipped_has_no_fault() -> None:
    assert faults_of(CONTENT, {}) == []


def test_faults_when_several_fields_are_wrong_then_all_are_told() -> None:
    found = faults(
        lanes__red="much",
        lanes__random_rate=2,
        indicators__licence_missing__weight=-1,
        indicators__licence_missing__colour="red",
        indicators__description_terse__enough_characters=None,
        score__half_score_evidence=None,
    )
    assert {one.field for one in found} == {
        "lanes.red",
        "lanes.random_rate",
        "indicators.licence_missing.weight",
        "indicators.licence_missing.colour",
        "indicators.description_terse.enough_characters",
        "score.half_score_evidence",
    }
    assert all(one.allowed for one in found)
    (rate,) = (one for one in found if one.field == "lanes.random_rate")
    assert (rate.value, rate.allowed) == ("2", "a number from 0 to 1")


def test_faults_when_fields_are_wrong_together_then_told_once() -> None:
    assert [one.field for one in faults(lanes__yellow=56)] == ["lanes.yellow"]
    assert [one.field for one in faults(score__supporting_ceiling=50)] == [
        "score.supporting_ceiling"
    ]


def test_faults_when_indicators_came_since_then_each_is_named_without_a_sound_profile() -> None:
    older = with_changes(
        CONTENT, {"indicators.watchlist_met": None, "indicators.licence_missing": None}
    )
    assert {one.field for one in faults_of(older, {})} == {
        "indicators.licence_missing",
        "indicators.watchlist_met",
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "0.5", None, [], {}])
def test_weight_when_no_number_then_a_fault(value) -> None:
    changed = with_changes(CONTENT, {})
    changed["indicators"]["licence_missing"]["weight"] = value
    assert [one.field for one in faults_of(changed, CONTENT)] == [
        "indicators.licence_missing.weight"
    ]


@pytest.mark.parametrize("name", ["lanes", "score", "indicators", "shared"])
@pytest.mark.parametrize("value", [None, 3, [], "x"])
def test_table_when_it_is_none_then_faults_and_no_crash(name, value) -> None:
    assert faults_of({**CONTENT, name: value}, CONTENT)


def test_difference_names_fields_that_came_went_and_changed() -> None:
    changed = with_changes(
        CONTENT,
        {
            "lanes.red": 60,
            "valid_to": "2027-01-01",
            "indicators.licence_missing.note.en": "Ask.",
            "indicators.description_terse.rule": None,
        },
    )
    found = {one.field: one for one in differences(CONTENT, changed)}
    assert found.keys() == {
        "lanes.red",
        "valid_to",
        "indicators.licence_missing.note.en",
        "indicators.description_terse.rule",
    }
    assert found["lanes.red"] == FieldChange("lanes.red", 55, 60)
    assert found["valid_to"].before is None
    assert found["indicators.description_terse.rule"].after is None
    assert differences(CONTENT, CONTENT) == []
    assert profile_from_data(with_changes(CONTENT, {"lanes.red": 60})).lanes.red == 60
