"""Family *price*: unit prices against those of the same goods."""

from math import exp, log
from statistics import median

from risk.domain.facts import DeclarationFacts, ItemFacts
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

PRICE_CODE = "unit_price_far_from_peers"

# Makes the median absolute deviation of normal data estimate its standard deviation.
MAD_TO_SIGMA = 1.4826


def _unit_price_far_from_peers(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The price per kilogram lies far from the latest prices of the same HS6, low or high.

    Distance is measured on logarithms by median and median absolute deviation, so that
    one wild peer changes nothing; ``spread_floor`` keeps near-identical peers from
    making every cent an alarm. Missing without a price or with too few peers. Source:
    suspicion indicators for precursors (unit price far off).
    """
    peers = [log(price) for price in item.peer_unit_prices if price > 0]
    if item.unit_price is None or item.unit_price <= 0 or len(peers) < params["min_peers"]:
        return missing(PRICE_CODE, item)
    centre = median(peers)
    spread = MAD_TO_SIGMA * median([abs(peer - centre) for peer in peers])
    distance = abs(log(item.unit_price) - centre) / max(spread, params["spread_floor"])
    strength = excess(distance, params["usual_distance"])
    if strength <= 0.0:
        return quiet(PRICE_CODE, item)
    return fired(
        PRICE_CODE,
        item,
        strength,
        unit_price=round(float(item.unit_price), 4),
        peer_median=round(exp(centre), 4),
        peers=len(peers),
    )


UNIT_PRICE_FAR_FROM_PEERS = ItemIndicator(
    code=PRICE_CODE,
    family="price",
    version=1,
    source="Suspicion indicators for precursors: unit price far off",
    parameters=(
        Parameter("min_peers", 3, 50),
        Parameter("spread_floor", 0.01, 10.0),
        Parameter("usual_distance", 0.5, 100.0),
    ),
    evaluate=_unit_price_far_from_peers,
)
