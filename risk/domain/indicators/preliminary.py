"""Family *preliminary*: the declaration against what was announced of its consignment."""

from risk.domain.facts import DeclarationFacts
from risk.domain.indicators.base import (
    DeclarationIndicator,
    IndicatorResult,
    Parameter,
    Parameters,
    fired,
    missing,
    quiet,
)

CODE = "differs_from_preliminary"

# Which number of the profile says how much a difference in the field counts.
_PARAMETER = {
    "net_mass_kg": "mass",
    "gross_mass_kg": "mass",
    "commodity_code": "code",
    "description": "description",
    "importer": "party",
    "consignor": "party",
    "country_of_dispatch": "route",
    "country_of_destination": "route",
    "border_office": "route",
}


def _differs_from_preliminary(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """Mass, code, goods, parties or route are declared otherwise than they were announced.

    The strongest difference of each field counts, as independent doubts. Quiet when nothing
    was announced; missing when nothing of what was announced can be compared. Source:
    suspicion indicators (documents of a consignment that contradict each other).
    """
    announced = declaration.announced
    if announced is None:
        return quiet(CODE, None)
    if not announced.compared:
        return missing(CODE, None)
    shares: dict[str, float] = {}
    for difference in announced.differences:
        weight = params[_PARAMETER[difference.field]]
        strength = difference.share * weight
        shares[difference.field] = max(shares.get(difference.field, 0.0), strength)
    agreement = 1.0
    for _, share in sorted(shares.items()):
        agreement *= 1.0 - share
    if agreement == 1.0:
        return quiet(CODE, None)
    return fired(
        CODE,
        None,
        1.0 - agreement,
        preliminary=announced.registration_number,
        difference_count=len(announced.differences),
        fields=", ".join(sorted(field for field, share in shares.items() if share)),
    )


DIFFERS_FROM_PRELIMINARY = DeclarationIndicator(
    code=CODE,
    family="preliminary",
    version=1,
    source="Suspicion indicators: documents of a consignment that contradict each other",
    parameters=tuple(
        Parameter(name, 0, 1) for name in ("mass", "code", "description", "party", "route")
    ),
    evaluate=_differs_from_preliminary,
)
