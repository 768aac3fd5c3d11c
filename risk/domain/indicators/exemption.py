"""Family *exemption*: what is said so that goods go without a permit."""

from collections.abc import Iterator

import msgspec

from risk.domain.facts import DeclarationFacts, ItemFacts, MatchFacts
from risk.domain.indicators.base import (
    IndicatorResult,
    ItemIndicator,
    Parameter,
    Parameters,
    excess,
    fired,
    missing,
    quiet,
)
from risk.domain.indicators.standing import (
    STANDING_PARAMETERS,
    is_permitted,
    named_controlled,
    needs_permit,
    strongest,
)
from risk.domain.intervals import exceedance
from risk.domain.matching.evidence import Verdict
from risk.domain.permits.claims import STATED, ClaimHistory

CONTRADICTED_CODE = "exemption_contradicted"
OFTEN_CODE = "exemptions_claimed_often"


def _exemption_contradicted(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """It is stated that control does not reach the goods, and their description names a
    substance that it reaches.

    By a mark that restrictions do not apply, or by the conclusion for poisons that are not
    precursors. Quiet where permits cover the item. Source: exemption claims of the union's goods
    declaration; classifier of documents of graph 44.
    """
    stated = next((one for one in item.claims if one.kind in STATED), None)
    if stated is None or is_permitted(item):
        return quiet(CONTRADICTED_CODE, item)
    named = (match for match in named_controlled(item.matches) if needs_permit(match))
    found = strongest(named, params)
    if found is None:
        return quiet(CONTRADICTED_CODE, item)
    match, standing = found
    return fired(
        CONTRADICTED_CODE,
        item,
        standing,
        substance=match.substance_key,
        claim=stated.kind,
        stated=stated.stated,
    )


def _exemptions_claimed_often(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The importer or its broker claims exemptions for such goods much more often than others do.

    This item is counted in. At least ``min_claims``, and chance would hardly (``chance``, by the
    exact test of Fisher) give so many to whoever claims as often as others; stronger the further
    its share lies above theirs (taken as ``least_share`` at least). A percent just under a limit
    counts as a claim; what the percents stated bear out does not. Quiet where permits cover the
    item; missing when nobody is known who claims.
    Source: suspicion indicators for precursors (unusual concentration); audit practice.
    """
    if not any(one.is_doubtful for one in item.claims) or is_permitted(item):
        return quiet(OFTEN_CODE, item)
    found = strongest(map(_whole, named_controlled(item.matches)), params)
    if found is None:
        return quiet(OFTEN_CODE, item)
    if declaration.claim_histories is None:
        return missing(OFTEN_CODE, item)
    often = list(_often(declaration.claim_histories, params))
    if not often:
        return quiet(OFTEN_CODE, item)
    match, standing = found
    over, history = max(often, key=lambda pair: (pair[0], pair[1].claimant))
    return fired(
        OFTEN_CODE,
        item,
        standing * over,
        substance=match.substance_key,
        claimant=history.claimant,
        claims=history.claimed + 1,
        items=history.items + 1,
        peers_pct=round(100 * (history.peer_share or 0.0), 1),
    )


def _whole(match: MatchFacts) -> MatchFacts:
    """As if nothing exempted it: that it is exempted is what is claimed."""
    verdict = Verdict.NOT_LIMITED if match.verdict == Verdict.BELOW else match.verdict
    return msgspec.structs.replace(match, verdict=verdict, exemptions=())


def _often(
    histories: tuple[ClaimHistory, ...], params: Parameters
) -> Iterator[tuple[float, ClaimHistory]]:
    for one in histories:
        claimed, items = one.claimed + 1, one.items + 1
        if claimed < params["min_claims"] or one.peer_share is None:
            continue
        chance = exceedance(claimed, items, claimed + one.peer_claimed, items + one.peer_items)
        over = excess(claimed / items, max(one.peer_share, params["least_share"]))
        if chance < params["chance"] and over > 0:
            yield over, one


EXEMPTION_CONTRADICTED = ItemIndicator(
    code=CONTRADICTED_CODE,
    family="exemption",
    version=1,
    source="Exemption claims of the union's goods declaration; graph 44, 01071 and 01072",
    parameters=STANDING_PARAMETERS,
    evaluate=_exemption_contradicted,
)
EXEMPTIONS_CLAIMED_OFTEN = ItemIndicator(
    code=OFTEN_CODE,
    family="exemption",
    version=2,
    source="Suspicion indicators for precursors: unusual concentration; audit practice",
    parameters=(
        *STANDING_PARAMETERS,
        Parameter("min_claims", 2, 1000),
        Parameter("chance", 0.0, 1.0),
        Parameter("least_share", 0.0, 1.0),
    ),
    evaluate=_exemptions_claimed_often,
)
