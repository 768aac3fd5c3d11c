"""Shop goods are shown, bulk goods under the same words are flagged."""

import pytest

from risk.domain.matching.engine import Screener


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
