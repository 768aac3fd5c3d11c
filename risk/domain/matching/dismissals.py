"""Why not: places that look like a listed substance and are none, told once each."""

from collections.abc import Iterable, Sequence

from risk.domain.matching.evidence import Dismissal, Method, Reason, SubstanceEvidence
from risk.domain.matching.lexicon import NameRef
from risk.domain.matching.near import Near
from risk.domain.matching.normalise import Normalised

MOST = 20


def of_near(text: Normalised, near: Near, reason: Reason, innocent: str = "") -> Dismissal:
    """A misspelt name that is none."""
    start, end = text.span(near.first, near.last)
    return Dismissal(
        substance_key=near.ref.substance_key,
        matched_text=text.original[start:end],
        start=start,
        end=end,
        name=near.ref.name,
        method=Method.FUZZY,
        reason=reason,
        distance=round(near.cost, 2),
        innocent=innocent,
    )


def of_exact(
    text: Normalised, start: int, end: int, ref: NameRef, reason: Reason, innocent: str = ""
) -> Dismissal:
    """A listed name that the words around it take back."""
    return Dismissal(
        substance_key=ref.substance_key,
        matched_text=text.original[start:end],
        start=start,
        end=end,
        name=ref.name,
        method=Method.EXACT,
        reason=reason,
        innocent=innocent,
    )


def told_once(
    dismissed: Iterable[Dismissal], evidence: Sequence[SubstanceEvidence]
) -> tuple[Dismissal, ...]:
    """The nearest of each substance among places that overlap, at most twenty, by place;
    without those that overlap evidence for the same substance. O(characters of the places)."""
    told = {(one.substance_key, at) for one in evidence for at in range(one.start, one.end)}
    chosen: list[Dismissal] = []
    for one in sorted(dismissed, key=lambda d: (d.distance or 0.0, d.start - d.end, d.start)):
        places = {(one.substance_key, at) for at in range(one.start, one.end)}
        if len(chosen) < MOST and told.isdisjoint(places):
            chosen.append(one)
            told |= places
    return tuple(sorted(chosen, key=lambda d: (d.start, d.end, d.substance_key)))
