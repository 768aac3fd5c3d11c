"""Honest lines name no listed substance."""

import pytest

from config import env
from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.proving.purity import ListedWords

FIXTURES = env.PROJECT / "fixtures"


@pytest.fixture(scope="module")
def listed():
    return ListedWords(read_names(FIXTURES / "names" / "synonyms.csv"))


@pytest.mark.parametrize(
    "text",
    [
        "Раствор ацетона",
        "кислота серная, олеум",
        "ACETIC ANHYDRIDE, DRUMS",
        "工业丙酮",
        "с толуолом",
    ],
)
def test_wording_when_it_names_a_substance_then_it_is_told(listed, text):
    assert listed.are_named_in(text)


@pytest.mark.parametrize("text", ["насосы жидкостные", "sulphuric pumps", "кислота лимонная", "茶"])
def test_wording_when_it_names_none_then_it_may_be_used(listed, text):
    assert not listed.are_named_in(text)


def test_honest_lines_when_screened_then_none_reaches_the_alert_point(declarations, truth_of):
    """The engine judges, it did not choose: wordings were excluded by comparing words."""
    screener = build_screener(read_lists(FIXTURES / "lists"), FIXTURES / "names")
    honest = {
        (item.description, item.commodity_code)
        for one in declarations
        if one.registration_number not in truth_of
        for item in one.items
    }
    sample = sorted(honest)[::3]
    flagged = [key for key in sample if any(found.flagged for found in screener.screen(*key))]
    assert len(sample) > 1_000
    assert len(flagged) <= len(sample) // 1_000
