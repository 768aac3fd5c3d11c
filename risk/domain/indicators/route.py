"""Family *route*: the countries of a consignment against each other."""

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators.base import (
    IndicatorResult,
    ItemIndicator,
    Parameters,
    fired,
    missing,
    quiet,
)

DISPATCH_CODE = "dispatch_country_unrelated"

# Stands for several or unknown countries (graphs 15 and 16), so it agrees with any.
INDEFINITE_COUNTRIES = frozenset({"", "00", "EU"})


def _dispatch_country_unrelated(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The goods come from a country that neither made nor sold them.

    Missing when one of the three countries is not stated or stands for several. Source:
    suspicion indicators for precursors (unusual route).
    """
    dispatch = declaration.country_of_dispatch
    trading, origin = declaration.country_of_trading, item.country_of_origin
    if not INDEFINITE_COUNTRIES.isdisjoint((dispatch, trading, origin)):
        return missing(DISPATCH_CODE, item)
    if dispatch in (trading, origin):
        return quiet(DISPATCH_CODE, item)
    return fired(DISPATCH_CODE, item, 1.0, dispatch=dispatch, trading=trading, origin=origin)


DISPATCH_COUNTRY_UNRELATED = ItemIndicator(
    code=DISPATCH_CODE,
    family="route",
    version=1,
    source="Suspicion indicators for precursors: unusual route",
    evaluate=_dispatch_country_unrelated,
)
