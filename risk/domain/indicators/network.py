"""Family *network*: those who are linked to the importer."""

from risk.domain.facts import DeclarationFacts, LeadFacts
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
LINKED_CODE = "linked_without_permit"
LEAD_CODE = "watchlist_met"
SUCCESSION_CODE = "closed_offender_succeeded"
# Whose consignment it is; the others serve many.
_PRINCIPALS = frozenset({"importer", "consignee", "consignor"})
# Numbers that one party bears alone.
_OWN_NUMBERS = frozenset({"bin", "iin", "tax_id"})


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


def _linked_without_permit(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """Somebody who shares a phone, email, bank account or wallet with the importer brought
    controlled goods without a licence in the year before.

    Stronger with the number of such parties. Missing when links are unknown. Source: suspicion
    indicators for precursors (linked companies); harmless goods are how a channel is tried.
    """
    count = declaration.party.unpermitted_links
    if count is None:
        return missing(LINKED_CODE, None)
    if count <= 0:
        return quiet(LINKED_CODE, None)
    return fired(LINKED_CODE, None, count / (count + params["half_count"]), parties=count)


LINKED_WITHOUT_PERMIT = DeclarationIndicator(
    code=LINKED_CODE,
    family="network",
    version=1,
    source="Suspicion indicators for precursors: linked companies",
    parameters=(Parameter("half_count", 0.1, 1000.0),),
    evaluate=_linked_without_permit,
)


def _watchlist_met(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """A party of the declaration bears an identifier that somebody asked to look out for.

    The strongest lead counts: less for an address than for a number, less for a broker or
    carrier than for whose goods they are, less with every other party that bears the same, and
    nothing from ``hub_count`` of them on. Missing while there is no watchlist. Source: leads of
    other authorities and systems; a lead links, it does not accuse.
    """
    if declaration.leads is None:
        return missing(LEAD_CODE, None)
    weighed = [(_weight(lead, params), lead) for lead in declaration.leads]
    strength, lead = max(weighed, key=lambda pair: (pair[0], -pair[1].entry), default=(0.0, None))
    if lead is None or strength <= 0.0:
        return quiet(LEAD_CODE, None)
    return fired(
        LEAD_CODE,
        None,
        strength,
        kind=lead.kind,
        role=lead.role,
        parties=lead.holders,
        leads=len(weighed),
    )


def _weight(lead: LeadFacts, params: Parameters) -> float:
    by_role = 1.0 if lead.role in _PRINCIPALS else params["other_role"]
    if lead.kind in _OWN_NUMBERS:
        return by_role
    if lead.holders >= params["hub_count"]:
        return 0.0
    by_kind = params["address"] if lead.kind == "address" else params["contact"]
    others = max(0, lead.holders - 1)
    return by_role * by_kind * params["half_count"] / (params["half_count"] + others)


WATCHLIST_MET = DeclarationIndicator(
    code=LEAD_CODE,
    family="network",
    version=1,
    source="Leads of other authorities and systems, approved by two persons",
    parameters=(
        Parameter("other_role", 0.0, 1.0),
        Parameter("contact", 0.0, 1.0),
        Parameter("address", 0.0, 1.0),
        Parameter("half_count", 0.1, 1000.0),
        Parameter("hub_count", 2, 200),
    ),
    evaluate=_watchlist_met,
)


def _closed_offender_succeeded(
    declaration: DeclarationFacts, params: Parameters
) -> IndicatorResult:
    """The importer was founded about when an offender was closed, and has what that firm had.

    People, telephone and address by the company register; stronger with the points of what both
    have, of which ``risk/domain/network/successions.py`` needs five. Missing when the register
    does not have the importer or no closed firm. Source: the company register beside the acts of
    inspections and the watchlist; closed offenders go on under new numbers.
    """
    if declaration.successions is None:
        return missing(SUCCESSION_CODE, None)
    found = max(declaration.successions, key=lambda one: (one.points, -one.entity), default=None)
    if found is None:
        return quiet(SUCCESSION_CODE, None)
    return fired(
        SUCCESSION_CODE,
        None,
        found.points / (found.points + params["half_points"]),
        sign=found.signs[0] if found.signs else "",
        signs=len(found.signs),
        days=found.days,
    )


CLOSED_OFFENDER_SUCCEEDED = DeclarationIndicator(
    code=SUCCESSION_CODE,
    family="network",
    version=1,
    source="The company register beside acts of inspections and the watchlist",
    parameters=(Parameter("half_points", 0.1, 100.0),),
    evaluate=_closed_offender_succeeded,
)
