"""What an assessment knew of the registers, so that a later change of one can be told."""

from decimal import Decimal

import msgspec

from risk.domain.facts import DeclarationFacts
from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.notices import AwaitedNotice, NoticeFacts

Need = tuple[str, str, int, Decimal]
"""Of which substance, whose, of which year, how many kilograms of the substance alone."""


class ItemPapers(msgspec.Struct, frozen=True, kw_only=True):
    """What the registers said of one item; None where they could not tell."""

    item_number: int
    permits: tuple[PermitFacts, ...] | None
    notices: tuple[NoticeFacts, ...] | None
    needs: tuple[Need, ...]


class KnownPapers(msgspec.Struct, frozen=True, kw_only=True):
    """What the registers said of a declaration: its items that they said anything of."""

    items: tuple[ItemPapers, ...]
    awaited: tuple[AwaitedNotice, ...]


def known_papers(facts: DeclarationFacts) -> KnownPapers:
    """What the facts hold of permits, notices and requirements.

    Running totals are left out: they are of declarations, not of a register, and of them only
    what is needed is one.
    """
    items = [
        ItemPapers(
            item_number=item.item_number,
            permits=item.permits,
            notices=item.notices,
            needs=tuple(
                (total.substance_key, need.of, need.year, need.required_kg)
                for total in item.running or ()
                for need in total.needs
            ),
        )
        for item in facts.items
    ]
    told = [one for one in items if one.permits is not None or one.notices is not None or one.needs]
    return KnownPapers(items=tuple(told), awaited=facts.awaited)
