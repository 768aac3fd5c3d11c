"""Family *quantity*: masses against the importer's own past and against each other."""

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

OWN_HISTORY_CODE = "quantity_above_own_history"
NET_GROSS_CODE = "net_gross_ratio_odd"


def _quantity_above_own_history(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The mass is many times the largest that this importer declared under this HS6.

    Missing without a mass or with too few earlier items. Source: suspicion indicators
    for precursors (quantity inconsistent with the past).
    """
    largest = item.importer_hs6_max_mass_kg
    count = item.importer_hs6_count
    if item.net_mass_kg is None or count is None or count < params["min_history"]:
        return missing(OWN_HISTORY_CODE, item)
    if largest is None or largest <= 0:
        return missing(OWN_HISTORY_CODE, item)
    ratio = float(item.net_mass_kg / largest)
    strength = excess(ratio, params["usual_ratio"])
    if strength <= 0.0:
        return quiet(OWN_HISTORY_CODE, item)
    return fired(
        OWN_HISTORY_CODE,
        item,
        strength,
        net_mass_kg=float(item.net_mass_kg),
        largest_kg=float(largest),
        ratio=round(ratio, 1),
        history=count,
    )


def _net_gross_ratio_odd(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The net mass exceeds the gross mass, or is a small part of it.

    Missing without both masses. Source: suspicion indicators for precursors (unusual
    packing); plausibility rule of graphs 35 and 38.
    """
    if item.net_mass_kg is None or item.gross_mass_kg is None or item.gross_mass_kg <= 0:
        return missing(NET_GROSS_CODE, item)
    ratio = float(item.net_mass_kg / item.gross_mass_kg)
    if ratio > 1.0:
        strength = 1.0
    elif ratio < params["lowest_ratio"]:
        strength = 1.0 - ratio / params["lowest_ratio"]
    else:
        return quiet(NET_GROSS_CODE, item)
    return fired(
        NET_GROSS_CODE,
        item,
        strength,
        net_mass_kg=float(item.net_mass_kg),
        gross_mass_kg=float(item.gross_mass_kg),
    )


QUANTITY_ABOVE_OWN_HISTORY = ItemIndicator(
    code=OWN_HISTORY_CODE,
    family="quantity",
    version=1,
    source="Suspicion indicators for precursors: quantity inconsistent with the past",
    parameters=(Parameter("min_history", 1, 1000), Parameter("usual_ratio", 1.0, 1000.0)),
    evaluate=_quantity_above_own_history,
)
NET_GROSS_RATIO_ODD = ItemIndicator(
    code=NET_GROSS_CODE,
    family="quantity",
    version=1,
    source="Suspicion indicators for precursors: unusual packing; graphs 35 and 38",
    parameters=(Parameter("lowest_ratio", 0.0, 1.0),),
    evaluate=_net_gross_ratio_odd,
)
