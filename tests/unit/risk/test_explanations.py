"""Sentences: languages, numbers, words, and what is refused."""

from string import Formatter

import pytest

from risk import explanations_kk
from risk.domain.errors import RiskError
from risk.explanations import SENTENCES, WORDS, explain


def test_substance_is_shown_as_the_caller_names_it() -> None:
    params = {"substance": "ацетон", "document": "01011"}
    assert explain("licence_missing", params, "ru") == (
        "Не заявлена лицензия (документ 01011) на вещество ацетон."
    )


@pytest.mark.parametrize(
    ("lang", "net", "gross"), [("en", "12,500.5", "9"), ("ru", "12\u00a0500,5", "9")]
)
def test_numbers_follow_the_language(lang: str, net: str, gross: str) -> None:
    sentence = explain("net_gross_ratio_odd", {"net_mass_kg": 12500.5, "gross_mass_kg": 9.0}, lang)
    assert f"{net} " in sentence
    assert f" {gross} " in sentence


def test_codes_of_the_engine_become_words() -> None:
    assert "контрольный разряд" in explain(
        "importer_identity_doubtful", {"reason": "check_digit"}, "ru"
    )


def test_unknown_language_falls_back_to_english() -> None:
    assert explain("importer_new", {"days": 3}, "fr") == explain("importer_new", {"days": 3}, "en")


def test_kazakh_says_what_russian_says() -> None:
    def said(sentence):
        return {name for _, name, *_ in Formatter().parse(sentence) if name}

    assert {code: said(words) for code, words in explanations_kk.SENTENCES.items()} == {
        code: said(words["ru"]) for code, words in SENTENCES.items()
    }
    assert {name: set(words) for name, words in explanations_kk.WORDS.items()} == {
        name: set(words) for name, words in WORDS.items()
    }
    params = {"substance": "ацетон", "number": "KZ1", "finding": "expired"}
    assert explain("permit_not_valid", params, "kk") == (
        "ацетон үшін мәлімделген KZ1 рұқсаты жарамсыз: мерзімі өткен."
    )


def test_unknown_indicator_is_refused() -> None:
    with pytest.raises(RiskError, match="unknown_indicator"):
        explain("no_such_indicator", {})


def test_missing_param_is_named() -> None:
    with pytest.raises(RiskError) as refusal:
        explain("importer_new", {})
    assert refusal.value.code == "explanation_param_missing"
    assert refusal.value.params == {"indicator": "importer_new", "param": "days"}
