"""Parties that may be the same trader, as far as the caller's scope lets them be seen."""

import math
from dataclasses import dataclass

from risk.selectors.resolution import likenesses_of
from shipments.models import Party
from targeting.selectors.scope import Scope, party_in_scope

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One reason; ``bits`` None for one that decides alone (a number)."""

    code: str
    bits: float | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLikeness:
    party: Party
    outcome: str
    bits: float | None
    coverage: float
    grounds: tuple[Ground, ...]


def scoped_likenesses(*, party_id: int, scope: Scope) -> list[ShownLikeness]:
    """The 50 likeliest parties in the scope, the likeliest first; others are not hinted at."""
    found = likenesses_of(party_id=party_id)
    ids = [one.party_id for one in found]
    seen = Party.objects.filter(party_in_scope(scope)).in_bulk(ids)
    shown = [one for one in found if one.party_id in seen][:MOST_SHOWN]
    return [
        ShownLikeness(
            party=seen[one.party_id],
            outcome=one.comparison.outcome.value,
            bits=_finite(one.comparison.bits),
            coverage=one.comparison.coverage,
            grounds=tuple(
                Ground(code=part.code, bits=_finite(part.bits), detail=part.detail)
                for part in one.comparison.parts
            ),
        )
        for one in shown
    ]


def _finite(bits: float) -> float | None:
    return bits if math.isfinite(bits) else None
