"""Contract over INDICATORS: a new member is held to it the moment it is registered."""

import re
from pathlib import Path

import pytest

from risk.domain.indicators import INDICATORS
from risk.domain.indicators.base import Indicator, Outcome
from risk.explanations import LANGUAGES, SENTENCES, WORDS, explain, placeholders
from tests.unit.risk.builders import PROFILE, evaluate
from tests.unit.risk.samples import ALWAYS_DECIDABLE, FIRED, MISSING, QUIET

FAMILIES = {
    "substance",
    "quantity",
    "authorisation",
    "exemption",
    "route",
    "price",
    "party",
    "network",
    "document",
    "preliminary",
    "notice",
}
CODES = [indicator.code for indicator in INDICATORS]

over_indicators = pytest.mark.parametrize("indicator", INDICATORS, ids=CODES)
over_codes = pytest.mark.parametrize("code", CODES)


def test_codes_are_unique_and_snake_case() -> None:
    assert len(set(CODES)) == len(CODES)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code) for code in CODES)


def test_samples_and_sentences_hold_registered_indicators_only() -> None:
    assert set(FIRED) == set(QUIET) == set(SENTENCES) == set(CODES)
    assert set(MISSING) == set(CODES) - ALWAYS_DECIDABLE


@over_indicators
def test_indicator_tells_its_wording_family_and_source(indicator: Indicator) -> None:
    assert indicator.family in FAMILIES
    assert indicator.evaluate.__module__ == f"risk.domain.indicators.{indicator.family}"
    assert indicator.source
    assert indicator.version >= 1
    assert indicator.evaluate.__doc__
    assert "Source:" in indicator.evaluate.__doc__
    assert PROFILE.weights[indicator.code] > 0


@over_codes
def test_guide_has_a_row_for_the_indicator(code: str) -> None:
    guide = Path(__file__).parents[2] / "docs" / "risk.md"
    assert f"| `{code}` |" in guide.read_text(encoding="utf-8")


@over_codes
def test_indicator_fires_within_bounds_on_its_sample(code: str) -> None:
    result = evaluate(code, FIRED[code])
    assert (result.code, result.outcome) == (code, Outcome.FIRED)
    assert 0.0 < result.strength <= 1.0


@over_codes
def test_indicator_is_quiet_on_its_sample(code: str) -> None:
    result = evaluate(code, QUIET[code])
    assert (result.outcome, result.strength, result.params) == (Outcome.QUIET, 0.0, {})


@pytest.mark.parametrize("code", sorted(MISSING))
def test_indicator_says_missing_when_a_fact_is_unknown(code: str) -> None:
    result = evaluate(code, MISSING[code])
    assert (result.outcome, result.strength) == (Outcome.MISSING, 0.0)


@over_codes
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentence_says_nothing_that_the_indicator_does_not_give(code: str, lang: str) -> None:
    result = evaluate(code, FIRED[code])
    assert placeholders(code, lang) <= set(result.params)
    sentence = explain(code, result.params, lang)
    assert "{" not in sentence
    assert "<" not in sentence
    assert sentence.endswith(".")
    assert bool(re.search("[а-яё]", sentence)) is (lang == "ru")


@over_codes
def test_languages_say_the_same_facts(code: str) -> None:
    assert placeholders(code, "en") == placeholders(code, "ru")


@pytest.mark.parametrize("words", [w for of_param in WORDS.values() for w in of_param.values()])
def test_every_word_is_there_in_every_language(words: dict[str, str]) -> None:
    assert set(words) == set(LANGUAGES)
