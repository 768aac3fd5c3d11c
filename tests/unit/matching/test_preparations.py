"""Shop goods are shown, bulk goods under the same words are flagged."""

import pytest

from risk.domain.matching import preparations
from risk.domain.matching.engine import Screener
from risk.domain.matching_cases.case import FILES, TUNED, read_cases
from tests.unit.matching.conftest import FIXTURES


@pytest.mark.parametrize(
    ("text", "is_flagged"),
    [
        ("nail polish remover with acetone, 100 ml bottle", False),
        ("thinner and cleaner, acetone 88 pct, 200 l steel drums", True),
        ("средство дезинфицирующее: калия перманганат, пакет 50 г", False),
        ("средство дезинфицирующее: калия перманганат, барабаны 25 кг", True),
    ],
)
def test_preparation_when_in_bulk_then_flagged(
    screener: Screener, text: str, is_flagged: bool
) -> None:
    assert any(one.flagged for one in screener.screen(text)) is is_flagged


def test_may_begin_when_a_text_holds_goods_words_then_one_of_its_runs_begins_them() -> None:
    texts = [case.text for case in read_cases(FIXTURES / "matching" / FILES[TUNED])]
    with_goods = [text for text in texts if preparations._GOODS.search(text)]
    assert len(with_goods) > 100
    for text in with_goods:
        assert any(map(preparations._MAY_BEGIN.__getitem__, text.split())), text
