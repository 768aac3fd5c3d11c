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


IDENTIFIERS_SHARED = DeclarationIndicator(
    code=SHARED_CODE,
    family="network",
    version=1,
    source="Suspicion indicators for precursors: linked companies",
    parameters=(Parameter("half_count", 0.1, 1000.0), Parameter("hub_count", 1, 100000)),
    evaluate=_identifiers_shared,
)
