"""What a goods item claims, by what it names."""

from collections.abc import Collection, Iterable, Mapping

from risk.domain.facts import MatchFacts
from risk.domain.indicators.standing import CHEMICALS, named_controlled
from risk.domain.matching.evidence import Verdict
from risk.domain.permits.claims import ClaimKind, ExemptionClaim, claims_of


def item_claims(
    matches: Iterable[MatchFacts],
    *,
    hs6: str,
    mark: str,
    documents: Collection[str],
    codes: Mapping[str, ClaimKind],
) -> tuple[ExemptionClaim, ...]:
    """The claims of an item; ``codes`` are the documents that claim something.

    The mark counts for chemicals and for what names something controlled: elsewhere it is what
    everybody writes. It is borne out where everything that the item names stays well below every
    limit.
    """
    named = named_controlled(matches)
    near = [
        (one.substance_key, one.concentration_pct, one.near_limit_pct)
        for one in named
        if one.concentration_pct is not None and one.near_limit_pct is not None
    ]
    is_weak = all(one.verdict == Verdict.BELOW for one in named)
    return claims_of(
        mark if named or hs6[:2] in CHEMICALS else "",
        documents,
        near,
        codes,
        is_borne_out=bool(named) and is_weak and not near,
    )
