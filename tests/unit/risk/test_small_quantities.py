"""What a change of exemptions makes of quantities declared before it."""

import pytest

from risk.domain.matching.comparison import Change
from risk.domain.small_quantities import SmallQuantity, quantity_change, says_more

PLAIN, EXEMPT = SmallQuantity(), SmallQuantity(is_exempt=True)
SPLIT, BOTH = SmallQuantity(is_split=True), SmallQuantity(is_exempt=True, is_split=True)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (PLAIN, PLAIN, None),
        (EXEMPT, EXEMPT, None),
        (EXEMPT, PLAIN, Change.EXEMPT_NO_MORE),
        (PLAIN, EXEMPT, Change.EXEMPTED),
        (EXEMPT, BOTH, Change.CHANGES),
        (SPLIT, PLAIN, Change.CHANGES),
        (BOTH, SPLIT, Change.EXEMPT_NO_MORE),
    ],
)
def test_a_line_when_only_its_quantity_is_judged_otherwise_then_that_is_told(
    before: SmallQuantity, after: SmallQuantity, change: Change | None
) -> None:
    assert quantity_change(before, after) == change


@pytest.mark.parametrize(
    ("were_exempt", "before", "after", "is_more"),
    [
        ([True], EXEMPT, PLAIN, True),
        ([True, False], EXEMPT, PLAIN, False),
        ([False], PLAIN, PLAIN, False),
        ([False], PLAIN, EXEMPT, False),
        ([True], EXEMPT, BOTH, True),
        ([True], BOTH, BOTH, False),
        ([False], SPLIT, PLAIN, False),
    ],
)
def test_law_when_it_says_more_against_a_quantity_then_that_is_new(
    were_exempt: list[bool], before: SmallQuantity, after: SmallQuantity, is_more: bool
) -> None:
    assert says_more(were_exempt, before, after) == is_more
