"""Family *quantity*: masses against the importer's own past and against each other."""

from collections.abc import Iterator

import msgspec

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
from risk.domain.indicators.standing import (
    STANDING_PARAMETERS,
    is_controlled,
    is_permitted,
    strongest,
)
from risk.domain.permits.running import RequiredOf, RequiredShare, Running
from shipments.domain.values import Direction

SPLIT_CODE = "consignments_split"
REQUIREMENT_CODE = "requirement_exceeded"
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


def _totals(item: ItemFacts, params: Parameters) -> Iterator[tuple[Running, float]]:
    """Running totals of what is controlled, each with the standing of its substance, whatever is
    exempted: that a consignment is small is what makes it suspicious beside others."""
    for one in item.running or ():
        of_one = (match for match in item.matches if match.substance_key == one.substance_key)
        whole = (
            msgspec.structs.replace(match, exemptions=()) if match.exemptions else match
            for match in of_one
            if is_controlled(match)
        )
        found = strongest(whole, params)
        if found is not None:
            yield one, found[1]


def _is_totalled(declaration: DeclarationFacts, item: ItemFacts) -> bool:
    """Whether there should be running totals: imports of what is controlled."""
    is_import = declaration.direction == Direction.IMPORT
    return is_import and any(is_controlled(match) for match in item.matches)


def _consignments_split(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """Several consignments of a controlled substance, each small enough to go without a permit,
    reached the importer and those linked to it within a month, and together are not small.

    Quiet where permits cover the item. Missing when the importer is unknown. Source: suspicion
    indicators for precursors (split consignments); exemption limits of national lists.
    """
    if not _is_totalled(declaration, item) or is_permitted(item):
        return quiet(SPLIT_CODE, item)
    if item.running is None:
        return missing(SPLIT_CODE, item)
    split = [(standing, one) for one, standing in _totals(item, params) if one.is_split]
    if not split:
        return quiet(SPLIT_CODE, item)
    standing, one = max(split, key=lambda pair: (pair[0], pair[1].substance_key))
    return fired(
        SPLIT_CODE,
        item,
        standing,
        substance=one.substance_key,
        consignments=one.small_count,
        total_kg=float(one.small_kg),
        limit_kg=float(one.small_limit_kg or 0),
    )


def _requirement_exceeded(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """With this item more of a substance was declared this year than the country needs, or
    the holder by its norm.

    Weaker for the country's need, which many use up, and for one stated long ago. Missing where
    nobody stated a need: that is not a need of nothing. Source: 1988 Convention, article 12(9)(c);
    annual legitimate requirements.
    """
    if not _is_totalled(declaration, item):
        return quiet(REQUIREMENT_CODE, item)
    shares = [
        (standing * _of_a_need(share, params), one.substance_key, share)
        for one, standing in _totals(item, params)
        for share in one.needs
    ]
    if not shares:
        return missing(REQUIREMENT_CODE, item)
    over = [told for told in shares if told[2].is_exceeded and told[0] > 0]
    if not over:
        return quiet(REQUIREMENT_CODE, item)
    strength, key, share = max(over, key=lambda told: (told[0], told[1], told[2].of))
    return fired(
        REQUIREMENT_CODE,
        item,
        strength,
        substance=key,
        required_of=share.of,
        year=str(share.year),
        required_kg=float(share.required_kg),
        declared_kg=float(share.declared_kg),
    )


def _of_a_need(share: RequiredShare, params: Parameters) -> float:
    """From ``at_limit`` where the need is just exceeded, on to 1, lessened by the doubts."""
    over = 1.0 if share.share is None else excess(float(share.share), 1.0)
    doubts = params["country"] if share.of == RequiredOf.COUNTRY else 1.0
    if share.is_stale:
        doubts *= params["stale"]
    return (params["at_limit"] + (1.0 - params["at_limit"]) * over) * doubts


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
CONSIGNMENTS_SPLIT = ItemIndicator(
    code=SPLIT_CODE,
    family="quantity",
    version=1,
    source="Suspicion indicators for precursors: split consignments; exemption limits",
    parameters=STANDING_PARAMETERS,
    evaluate=_consignments_split,
)
REQUIREMENT_EXCEEDED = ItemIndicator(
    code=REQUIREMENT_CODE,
    family="quantity",
    version=1,
    source="1988 Convention, article 12(9)(c); annual legitimate requirements",
    parameters=(
        *STANDING_PARAMETERS,
        *(Parameter(name, 0.0, 1.0) for name in ("at_limit", "country", "stale")),
    ),
    evaluate=_requirement_exceeded,
)
