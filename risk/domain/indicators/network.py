"""Family *network*: those who are linked to the importer."""

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

SHARED_CODE = "identifiers_shared"
OFFENDER_CODE = "importer_is_offender"
NEAR_OFFENDER_CODE = "offender_near"


def _identifiers_shared(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """The importer shares a phone, email, bank account or wallet with other parties.

    Stronger with their number, up to ``hub_count``: what more parties share is a
    broker's or a business centre's and says nothing. Missing when links are unknown.
    Source: suspicion indicators for precursors (linked companies, split consignments).
    """
    count = declaration.party.shared_identifier_count
    if count is None:
        return missing(SHARED_CODE, None)
    if count <= 0 or count > params["hub_count"]:
        return quiet(SHARED_CODE, None)
    return fired(SHARED_CODE, None, count / (count + params["half_count"]), parties=count)


def _importer_is_offender(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """The importer itself has an offence on record.

    Missing for an importer who is not identified. Source: risk-management practice
    (lists of companies as criteria).
    """
    party = declaration.party
    if party.offender_distance == 0:
        return fired(OFFENDER_CODE, None, 1.0)
    if party.offender_distance is None and not party.is_importer_identified:
        return missing(OFFENDER_CODE, None)
    return quiet(OFFENDER_CODE, None)


def _offender_near(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """A party with an offence on record is one or two links from the importer.

    Weaker with each link. Missing for an importer who is not identified. Source:
    suspicion indicators for precursors (broker or address shared with an offender).
    """
    party = declaration.party
    distance = party.offender_distance
    if distance is None and not party.is_importer_identified:
        return missing(NEAR_OFFENDER_CODE, None)
    if distance is None or distance == 0:
        return quiet(NEAR_OFFENDER_CODE, None)
    strength: float = params["fading_per_link"] ** (distance - 1)
    return fired(NEAR_OFFENDER_CODE, None, strength, distance=distance)


IDENTIFIERS_SHARED = DeclarationIndicator(
    code=SHARED_CODE,
    family="network",
    version=1,
    source="Suspicion indicators for precursors: linked companies",
    parameters=(Parameter("half_count", 0.1, 1000.0), Parameter("hub_count", 1, 100000)),
    evaluate=_identifiers_shared,
)
IMPORTER_IS_OFFENDER = DeclarationIndicator(
    code=OFFENDER_CODE,
    family="network",
    version=1,
    source="Risk-management practice: lists of companies as criteria",
    evaluate=_importer_is_offender,
)
OFFENDER_NEAR = DeclarationIndicator(
    code=NEAR_OFFENDER_CODE,
    family="network",
    version=1,
    source="Suspicion indicators for precursors: links to an offender",
    parameters=(Parameter("fading_per_link", 0.0, 1.0),),
    evaluate=_offender_near,
)
