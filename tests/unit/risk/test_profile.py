"""Profiles: what is read, and how a broken one is refused by the name of its field."""

import tomllib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from risk.domain.errors import InvalidProfile
from risk.domain.indicators import INDICATORS
from risk.domain.profile import profile_as_stored, profile_from_data, read_profile
from risk.domain.scoring import assess
from tests.unit.risk.builders import PROFILE, PROFILE_PATH, declaration_facts


@pytest.fixture
def data() -> dict[str, Any]:
    return tomllib.loads(PROFILE_PATH.read_text(encoding="utf-8"))


def _set(data: MutableMapping[str, Any], field: str, value: object) -> None:
    *path, last = field.split(".")
    for name in path:
        data = data[name]
    if value is None:
        del data[last]
    else:
        data[last] = value


def test_default_profile_has_every_indicator() -> None:
    codes = {indicator.code for indicator in INDICATORS}
    assert set(PROFILE.weights) == set(PROFILE.parameters) == codes
    assert codes >= PROFILE.leading


def test_profile_survives_storage_as_json(data: dict[str, Any]) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(data))
    assert profile_from_data(stored) == PROFILE
    assert profile_from_data(stored).digest == PROFILE.digest


def test_stored_profile_is_read_as_it_was(data: dict[str, Any]) -> None:
    assert profile_as_stored(data) == PROFILE


def test_stored_profile_when_an_indicator_came_since_then_without_it(data: dict[str, Any]) -> None:
    del data["indicators"]["importer_new"]
    with pytest.raises(InvalidProfile, match="importer_new"):
        profile_from_data(data)
    profile = profile_as_stored(data)
    assert set(PROFILE.weights) - set(profile.weights) == {"importer_new"}
    assessment = assess(declaration_facts(), profile)
    said = {*assessment.quiet, *assessment.missing, *(row.code for row in assessment.rows)}
    assert said == set(profile.weights)


def test_stored_profile_when_something_has_gone_since_then_read_all_the_same(
    data: dict[str, Any],
) -> None:
    data["indicators"]["gone_since"] = {"weight": 1.0}
    data["indicators"]["importer_new"]["gone_since"] = 3
    data["shared"]["gone_since"] = 0.5
    data["gone_since"] = "text"
    assert profile_as_stored(data) == PROFILE


def test_stored_profile_when_an_indicator_has_a_new_parameter_then_without_it(
    data: dict[str, Any],
) -> None:
    del data["indicators"]["unit_price_far_from_peers"]["min_peers"]
    assert "unit_price_far_from_peers" not in profile_as_stored(data).weights


def test_stored_profile_when_a_parameter_came_since_then_answers_are_as_before(
    data: dict[str, Any],
) -> None:
    del data["indicators"]["precursor_recognised"]["permitted"]
    del data["shared"]["far_below"]
    parameters = profile_as_stored(data).parameters["precursor_recognised"]
    assert (parameters["permitted"], parameters["far_below"]) == (1.0, 0.0)


def test_digest_changes_with_a_number(data: dict[str, Any]) -> None:
    data["indicators"]["importer_new"]["weight"] = 0.26
    assert profile_from_data(data).digest != PROFILE.digest


def test_own_parameter_goes_before_the_shared_one(data: dict[str, Any]) -> None:
    data["indicators"]["drug_recognised"]["method_fuzzy"] = 0.5
    parameters = profile_from_data(data).parameters
    assert parameters["drug_recognised"]["method_fuzzy"] == 0.5
    assert parameters["precursor_recognised"]["method_fuzzy"] == 0.9


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "two words"),
        ("version", 0),
        ("version", 1.5),
        ("valid_from", None),
        ("valid_from", "yesterday"),
        ("valid_to", "2024-12-31"),
        ("surprise", 1),
        ("score", None),
        ("score.half_score_evidence", 0),
        ("score.supporting_ceiling", 0.6),
        ("lanes.red", 101),
        ("lanes.yellow", 55),
        ("lanes.random_rate", 1.01),
        ("lanes.random_rate", float("nan")),
        ("lanes.random_lane", "green"),
        ("lanes.purple", 1),
        ("shared.method_smell", 1),
        ("indicators.importer_new", None),
        ("indicators.no_such_indicator", {"weight": 1}),
        ("indicators.importer_new.weight", None),
        ("indicators.importer_new.weight", -0.1),
        ("indicators.importer_new.weight", True),
        ("indicators.importer_new.leading", "yes"),
        ("indicators.importer_new.corroborating", 1),
        ("indicators.precursor_recognised.corroborating", True),
        ("indicators.importer_new.settled_days", None),
        ("indicators.importer_new.settled_days", 0),
        ("indicators.importer_new.unknown", 1),
    ],
)
def test_broken_profile_is_refused_by_its_field(
    data: dict[str, Any], field: str, value: object
) -> None:
    _set(data, field, value)
    with pytest.raises(InvalidProfile) as refusal:
        profile_from_data(data)
    assert refusal.value.params["field"] == field
    assert refusal.value.params["allowed"]


def test_profile_without_any_weight_is_refused(data: dict[str, Any]) -> None:
    for table in data["indicators"].values():
        table["weight"] = 0
    with pytest.raises(InvalidProfile, match="one weight above 0"):
        profile_from_data(data)


def test_shared_parameter_that_is_nowhere_is_named(data: dict[str, Any]) -> None:
    del data["shared"]["method_cas"]
    with pytest.raises(InvalidProfile) as refusal:
        profile_from_data(data)
    assert refusal.value.params["field"] == "indicators.precursor_recognised.method_cas"


def test_unreadable_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text("code = ", encoding="utf-8")
    with pytest.raises(InvalidProfile, match="TOML"):
        read_profile(path)
