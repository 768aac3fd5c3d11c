"""A text that is told to name nothing by its runs alone names nothing when it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.matching.engine import Screener

_RUNS = (
    "обувь", "ДЛЯ", "ОПТОВОЙ", "ТОРГОВЛИ,", "acetic", "acid,", "acid", "phenyl", "серная", "к-та",
    "methyl", "ethyl", "ketone", "кислота", "соляная", "и", "67-", "64-", "67", "64", "-", "1",
    "641", "-64-", "67-64-1", "КАС", "CAS", "UN", "1090", "UN1090", "ООН", "(acetone", "(1,", "1,",
    "3-phenyl", "2-propanone", "H2SO4", "CC(=O)C", "smiles", "fwtnjy", "red", "phosphorus", "аце",
    "тон", "ацето", "калия", "перманганат", "perman", "ganate", "«-»", "丙酮", "丙", "SB-31503",
)  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_RUNS), min_size=1, max_size=7).map(" ".join)


@given(_TEXTS)
def test_screen_when_told_by_runs_then_the_answer_of_reading(screener: Screener, text: str) -> None:
    assert screener.screen(text) == screener.explain(text).evidence


@pytest.mark.parametrize(
    ("text", "is_quiet"),
    [
        ("ОБУВЬ С ВЕРХОМ ИЗ КОЖИ, МАРКА HUAFON, ПАРТИЯ 236208", True),
        ("АРТ. SM-10358, 3733 ШТ", True),
        ("ТКАНИ ДЛЯ ОПТОВОЙ ТОРГОВЛИ", True),
        ("шнур 67 - 64 - 1", False),
        ("шнур\nбелый", False),
        ("перманганат калия", False),
        ("phosphorus red", False),
    ],
)
def test_find_if_any_when_no_run_can_be_of_anything_then_none(
    screener: Screener, text: str, *, is_quiet: bool
) -> None:
    assert (screener._finder.find_if_any(text) is None) is is_quiet
