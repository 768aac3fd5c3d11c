"""A listed name near a place of a text, and how far that proves the substance."""

import msgspec

from risk.domain.matching.evidence import NearestInnocent
from risk.domain.matching.vocabulary import NameRef


class Near(msgspec.Struct, frozen=True, gc=False):
    """A listed name near a window of squeezed text; ``cost`` is that of its typing errors."""

    first: int
    last: int
    ref: NameRef
    score: float
    cost: float
    innocent: NearestInnocent | None = None


def near_score(ref: NameRef, cost: float, length: int) -> float:
    """One slip in a name of many letters is almost sure, in a short one fair; more edits cost
    more."""
    return round(ref.score * (0.95 - 0.4 * min(1.0, cost / length)), 4)
