"""The verdict that a line must get, by the table of docs/matching.md; written apart from the
engine on purpose, so that a mistake in one of the two shows."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from risk.domain.substances import ListEntry


def expected_verdict(
    entries: Iterable[ListEntry],
    percent: Decimal | None,
    *,
    select: Sequence[str] = (),
    is_reached: bool = True,
) -> str:
    """``above``, ``below``, ``not_stated`` or ``not_limited`` over the selected lists.

    ``percent`` None: the text states nothing. ``is_reached`` False: "less than" the figure.
    """
    chosen = [entry for entry in entries if not select or entry.list_code in select]
    limits = [
        entry.concentration_min_pct for entry in chosen if entry.concentration_min_pct is not None
    ]
    is_free = any(e.concentration_min_pct is None and e.is_limit_known for e in chosen)
    if percent is not None and (is_free or any(_meets(percent, x, is_reached) for x in limits)):
        return "above"
    if not limits:
        return "not_limited"
    return "not_stated" if percent is None else "below"


def _meets(percent: Decimal, limit: Decimal, is_reached: bool) -> bool:
    return percent >= limit if is_reached else percent > limit
