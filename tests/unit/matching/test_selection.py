"""Evidence narrowed to chosen lists says what a screener over those lists says."""

from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
from risk.domain.matching.engine import Screener
from risk.domain.matching.selection import over_lists

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
TEXTS = (
    "acetone 40 %", "acetone 99 %", "acetone", "acetone, less than 60 %", "gbl 5 %",
    "gamma-butyrolactone 99 %", "sulphuric acid 30 %; toluene 80 %", "morphine", "wool",
)  # fmt: skip


@pytest.mark.parametrize(
    "lists", [("RU-681-L4",), ("KZ-470-T4",), ("RU-681-L4", "KZ-470-T4"), ("UN1988-T2",)]
)
def test_over_lists_when_compared_with_a_screener_over_them_then_the_same(
    screener: Screener, lists: tuple[str, ...]
) -> None:
    chosen = [one for one in read_lists(FIXTURES / "lists") if one.meta.list_code in lists]
    own = build_screener(chosen, FIXTURES / "names")
    for text in TEXTS:
        narrowed = over_lists(screener.screen(text), lists)
        assert [
            (one.substance_key, one.verdict, one.flagged, one.list_verdicts) for one in narrowed
        ] == [
            (one.substance_key, one.verdict, one.flagged, one.list_verdicts)
            for one in own.screen(text)
        ]


def test_over_lists_when_none_is_chosen_then_all(screener: Screener) -> None:
    found = screener.screen("acetone 40 %")
    assert over_lists(found, ()) == found
