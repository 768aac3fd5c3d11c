"""What a change of exemptions makes of quantities that were declared before it."""

from collections.abc import Iterable

import msgspec

from risk.domain.facts import DeclarationFacts
from risk.domain.matching.comparison import Change


class SmallQuantity(msgspec.Struct, frozen=True):
    """What the quantity of a substance is to the law: exempted from it, or one of several small
    consignments that together are not small."""

    is_exempt: bool = False
    is_split: bool = False


SmallQuantities = dict[tuple[int, str], SmallQuantity]
"""By item number and substance."""


def small_quantities(facts: DeclarationFacts) -> SmallQuantities:
    """What the facts say of each item and each substance that it names."""
    return {
        (item.item_number, key): SmallQuantity(
            all(one.is_exempt for one in item.matches if one.substance_key == key),
            any(one.is_split for one in item.running or () if one.substance_key == key),
        )
        for item in facts.items
        for key in {one.substance_key for one in item.matches}
    }


def quantity_change(before: SmallQuantity, after: SmallQuantity) -> Change | None:
    """What a change of exemptions alone makes of a line; None where it changes nothing.

    >>> quantity_change(SmallQuantity(is_exempt=True), SmallQuantity()).value
    'exempt_no_more'
    """
    if before.is_exempt != after.is_exempt:
        return Change.EXEMPTED if after.is_exempt else Change.EXEMPT_NO_MORE
    return Change.CHANGES if before.is_split != after.is_split else None


def says_more(were_exempt: Iterable[bool], before: SmallQuantity, after: SmallQuantity) -> bool:
    """Whether the law says more against a quantity than it did: every stored match of it was
    exempted and it is not any more, or it is split now and was not."""
    is_newly_split = after.is_split and not before.is_split
    return is_newly_split or (not after.is_exempt and all(were_exempt))
