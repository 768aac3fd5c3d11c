"""Strengths written in words and in moles, numbers without separators, mistyped layouts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.matching.blocking import blocking_keys
from risk.domain.matching.engine import Screener
from risk.domain.matching.identifiers import find_identifiers
from risk.domain.matching.keyboard import KeyboardLayout, as_if_mistyped
from risk.domain.matching.mixtures import find_concentrations
from risk.domain.matching.molarity import find_molarities
from risk.domain.matching.spelt_numbers import value_of_ideographs, value_of_words


@pytest.mark.parametrize(
    ("text", "percents"),
    [
        ("девяносто процентов", ["90"]),
        ("пятнадцатипроцентная", ["15"]),
        ("не менее девяноста девяти целых пяти десятых процента", ["99.5"]),
        ("от сорока до шестидесяти процентов", ["60"]),
        ("тридцать семь с половиной процентов", ["37.5"]),
        ("90-процентный раствор", ["90"]),
        ("Ninety-five per cent", ["95"]),
        ("ninety-nine point five percent", ["99.5"]),
        ("one hundred percent", ["100"]),
        ("тоқсан бес пайыздық", ["95"]),
        ("百分之九十八点五", ["98.5"]),
        ("百分之98", ["98"]),
        ("百分之九十至九十五", ["95"]),
        ("одна часть кислоты на три части воды", ["25.00"]),
        ("3 parts water to 1 part acid", ["25.00"]),
        ("one part acetone to three parts toluene", ["25.00", "75.00"]),
        ("一份硫酸三份水", ["25.00"]),
        ("acetone 1:1 water", ["50.00"]),
        ("воды пять процентов", []),
        ("запчасти 5 шт, части 3", []),
        ("стоимость 5 руб", []),
    ],
)
def test_find_concentrations_when_said_in_words_then_read(text: str, percents: list[str]) -> None:
    assert [str(one.percent) for one in find_concentrations(text)] == percents


@given(st.integers(0, 99))
def test_value_when_a_number_is_spelt_in_ideographs_then_the_number(number: int) -> None:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    written = digits[ones] if tens == 0 else digits[tens] + "十" + (digits[ones] if ones else "")

    assert value_of_ideographs(written) == Decimal(number)


def test_value_of_words_when_glued_or_spaced_then_the_same() -> None:
    assert value_of_words("тридцатишести") == value_of_words("тридцать шесть") == Decimal(36)


@pytest.mark.parametrize(
    ("text", "percent", "verdict_is_assumed"),
    [
        ("hydrochloric acid 1 mol/l", "3.65", True),
        ("соляная кислота 0,1 н.", "0.36", True),
        ("sulfuric acid 10N", "49.04", True),
        ("1 M hydrochloric acid", "3.65", True),
        ("sulfuric acid 98 % 10N", "98", False),
        ("potassium permanganate 0.1 N", None, False),
        ("acetone 10 m", None, False),
    ],
)
def test_screen_when_strength_is_in_moles_then_percent_by_molar_mass(
    screener: Screener, text: str, percent: str | None, *, verdict_is_assumed: bool
) -> None:
    (found,) = (one for one in screener.screen(text) if one.matched_text)

    assert found.concentration_pct == (Decimal(percent) if percent else None)
    assert found.is_concentration_assumed is verdict_is_assumed


def test_screen_when_normality_cannot_be_converted_then_its_place_is_told(
    screener: Screener,
) -> None:
    text = "potassium permanganate 0.1 N"
    (found,) = screener.screen(text)

    assert found.concentration_span is not None
    assert text[slice(*found.concentration_span)] == "0.1 N"


@given(st.text("0123456789. ,MNмнMmol/l", max_size=60))
def test_find_molarities_when_any_text_then_spans_lie_inside(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in find_molarities(text))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("CAS 67641", ["67-64-1"]),
        ("CAS № 67 64 1", ["67-64-1"]),
        ("CAS-номер: 67641, бочки", ["67-64-1"]),
        ("САS7664939", ["7664-93-9"]),
        ("CAS 67642", []),
        ("lot 67641", []),
        ("SCAS 67641", []),
    ],
)
def test_find_identifiers_when_cas_has_no_separators_then_behind_the_word_only(
    text: str, numbers: list[str]
) -> None:
    assert [one.value for one in find_identifiers(text)] == numbers


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("fwtnjy ntyxybxtcrbq", {"acetone"}),
        ("cthyfz rbckjnf 98%", {"sulfuric-acid"}),
        ("'nbkjdsq 'abh", {"diethyl-ether"}),
        (",tp fwtnjyf", set()),
        ("drums strength kg", set()),
    ],
)
def test_screen_when_typed_in_the_other_layout_then_read_at_its_place(
    screener: Screener, text: str, substances: set[str]
) -> None:
    found = screener.screen(text)

    assert {one.substance_key for one in found} == substances
    assert all(one.matched_text == text[one.start : one.end] for one in found)


@given(st.lists(st.sampled_from(["fwtnjy", "rbckjnf,", "'abh", "drum", "5 kg"]), max_size=5))
def test_as_meant_when_read_by_names_then_the_keys_of_look_back_hold_it(words: list[str]) -> None:
    text = " ".join(words)
    meant = KeyboardLayout(["ацетон", "кислота", "эфир"]).as_meant(text)

    assert len(meant) == len(text) == len(as_if_mistyped(text))
    translated = {key for key in blocking_keys(meant) if key.startswith("w:")}
    assert translated <= blocking_keys(text)


@pytest.mark.parametrize(
    ("text", "substances"),
    [
        ("атсетон", {"acetone"}),
        ("甲苯 硝化级", {"toluene"}),
        ("甲苯硝化", set()),
        ("уксусной кислоты ангидрид", {"acetic-anhydride"}),
        ("эфир серной кислоты", set()),
        ("средство взамен ацетона", set()),
        ("ёмкость под соляную кислоту", set()),
        ("крахмал, обработанный уксусным ангидридом", set()),
        ("acetic anhydride modified starch", set()),
        ("starch modified with acetic anhydride", set()),
        ("сироп от кашля, эфедрин", {"ephedrine"}),
        ("тара для ацетона, толуола", set()),
        ("H2S04 98%", {"sulfuric-acid"}),
        ("5ulfuric acid", {"sulfuric-acid"}),
        ("CC(=O)C SMILES", {"acetone"}),
    ],
)
def test_screen_when_found_by_walking_the_field_then_right(
    screener: Screener, text: str, substances: set[str]
) -> None:
    assert {one.substance_key for one in screener.screen(text) if one.flagged} == substances
