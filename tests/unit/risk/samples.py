"""For every indicator code, facts on which it fires, keeps quiet and misses something."""

from decimal import Decimal

from risk.domain.facts import (
    AnnouncedDifference,
    AnnouncedFacts,
    DeclarationFacts,
    LeadFacts,
    SuccessionFacts,
)
from risk.domain.permits.checks import PermitFacts, PermitFinding
from risk.domain.permits.claims import ClaimHistory, ExemptionClaim
from risk.domain.permits.notices import AwaitedNotice, NoticeFacts, NoticeFinding
from risk.domain.permits.running import RequiredShare, Running
from tests.unit.risk.builders import (
    PERMITS,
    declaration_facts,
    item_facts,
    match_facts,
    party_facts,
)

# Decidable on any facts: an importer without an identifier is the finding itself, one of whom
# nothing is notified awaits nothing, and what claims nothing contradicts nothing.
ALWAYS_DECIDABLE = frozenset(
    {"exemption_contradicted", "importer_identity_doubtful", "notice_awaited"}
)


def _named(**changes: object) -> DeclarationFacts:
    return declaration_facts(item_facts(matches=(match_facts(**changes),)))


def _item(**changes: object) -> DeclarationFacts:
    return declaration_facts(item_facts(**changes))


def _party(**changes: object) -> DeclarationFacts:
    return declaration_facts(party=party_facts(**changes))


_limited = {"verdict": "above", "lowest_limit_pct": Decimal(60)}
_unknown_past = {
    "importer_item_count": None,
    "importer_hs6_count": None,
    "importer_hs6_max_mass_kg": None,
    "importer_chemical_share": None,
}
_permitted = declaration_facts(item_facts(matches=(match_facts(),), document_codes=PERMITS))
_without_papers = declaration_facts(
    item_facts(matches=(match_facts(),), document_codes=()), are_documents_known=False
)
_PERMIT_FAULTS = (
    "permit_not_valid",
    "permit_of_another",
    "permit_overdrawn",
    "permit_for_other_goods",
)
_without_text = _item(description_length=0)


def _announced(*compared: str, differs: bool = False) -> DeclarationFacts:
    differences = tuple(AnnouncedDifference(field, 0.5) for field in compared if differs)
    facts = AnnouncedFacts(
        registration_number="PI-1", score=0.9, compared=compared, differences=differences
    )
    return declaration_facts(announced=facts)


def _permitted_with(*findings: str) -> DeclarationFacts:
    """A precursor with its permits, of which the register finds so much."""
    found = tuple(PermitFinding(code=code) for code in findings)
    permit = PermitFacts(method="document", number="KZ1", document="01011", findings=found)
    item = item_facts(matches=(match_facts(),), document_codes=PERMITS, permits=(permit,))
    return declaration_facts(item)


_NOTICE_FAULTS = ("notice_missing", "notice_contradicted", "notice_exceeded", "notice_off_route")


def _notified_with(*findings: str) -> DeclarationFacts:
    """A precursor of which the register of notifications finds so much."""
    found = tuple(NoticeFinding(code=code) for code in findings)
    notice = NoticeFacts(authority="CN", number="PEN1", substance_key="acetone", findings=found)
    return declaration_facts(item_facts(matches=(match_facts(),), notices=(notice,)))


_awaited = AwaitedNotice(
    number="PEN1", substance_key="acetone", notified_kg=Decimal(100), item_number=1
)


def _running(kg: int, *needs: RequiredShare) -> DeclarationFacts:
    """Acetone, three small consignments of it with this one, and what is needed of it."""
    total = Running(
        substance_key="acetone",
        small_count=3,
        small_kg=Decimal(kg),
        small_limit_kg=Decimal(12),
        needs=needs,
    )
    return declaration_facts(item_facts(matches=(match_facts(),), running=(total,)))


def _needed(declared: int) -> RequiredShare:
    return RequiredShare(
        of="holder", year=2025, required_kg=Decimal(100), declared_kg=Decimal(declared)
    )


_MARK = ExemptionClaim(kind="restrictions_denied", stated="С")
_UNDER = ExemptionClaim(
    kind="just_under_limit", stated="59.5", substance_key="acetone", limit_pct=Decimal(60)
)


def _claimed(before: int, *, peers: int = 1) -> DeclarationFacts:
    """Acetone just under its limit, for the importer one time more of ``before``."""
    history = ClaimHistory(
        claimant="importer", items=before, claimed=before, peer_items=100, peer_claimed=peers
    )
    item = item_facts(matches=(match_facts(verdict="below"),), claims=(_UNDER,))
    return declaration_facts(item, claim_histories=(history,))


FIRED: dict[str, DeclarationFacts] = {
    "precursor_recognised": _named(),
    "drug_recognised": _named(kinds=("narcotic",)),
    "equipment_recognised": _named(kinds=("equipment",)),
    "concentration_above_limit": _named(**_limited, concentration_pct=Decimal(99)),
    "code_contradiction": _named(has_code_support=False),
    "number_contradiction": _named(contradictions=("cas_of_another",)),
    "controlled_code_only": _named(method="code"),
    "licence_missing": _named(),
    "export_permission_missing": _named(),
    "permit_not_valid": _permitted_with("expired"),
    "permit_of_another": _permitted_with("wrong_holder"),
    "permit_overdrawn": _permitted_with("over_drawn"),
    "permit_for_other_goods": _permitted_with("wrong_substance"),
    "notice_missing": _notified_with("unknown_number"),
    "notice_contradicted": _notified_with("objected"),
    "notice_exceeded": _notified_with("more_than_notified"),
    "notice_off_route": _notified_with("diverted"),
    "notice_awaited": declaration_facts(awaited=(_awaited,)),
    "consignments_split": _running(25),
    "exemption_contradicted": _item(matches=(match_facts(),), claims=(_MARK,)),
    "exemptions_claimed_often": _claimed(4),
    "requirement_exceeded": _running(5, _needed(150)),
    "quantity_above_own_history": _item(net_mass_kg=Decimal(5000)),
    "net_gross_ratio_odd": _item(net_mass_kg=Decimal(10)),
    "unit_price_far_from_peers": _item(unit_price=Decimal(900)),
    "dispatch_country_unrelated": declaration_facts(country_of_dispatch="TR"),
    "importer_new": _party(declaration_count=0, days_since_first_seen=None),
    "importer_identity_doubtful": _party(importer_key="", is_importer_identified=False),
    "commodity_new_for_importer": _item(importer_hs6_count=0, importer_chemical_share=0.0),
    "identifiers_shared": _party(shared_identifier_count=3),
    "linked_without_permit": _party(shared_identifier_count=3, unpermitted_links=1),
    "watchlist_met": declaration_facts(leads=(LeadFacts(1, "phone", "importer"),)),
    "closed_offender_succeeded": declaration_facts(
        successions=(SuccessionFacts(7, 30, 8.0, ("head", "phone", "address")),)
    ),
    "description_terse": _item(description_length=6),
    "differs_from_preliminary": _announced("net_mass_kg", "importer", differs=True),
}

QUIET: dict[str, DeclarationFacts] = {
    **dict.fromkeys(FIRED, declaration_facts()),
    "watchlist_met": declaration_facts(leads=()),
    "closed_offender_succeeded": declaration_facts(successions=()),
    "concentration_above_limit": _named(
        verdict="below", concentration_pct=Decimal(5), lowest_limit_pct=Decimal(60)
    ),
    "code_contradiction": _named(),
    "licence_missing": _permitted,
    "export_permission_missing": _permitted,
    **dict.fromkeys(_PERMIT_FAULTS, _permitted_with()),
    **dict.fromkeys(_NOTICE_FAULTS, _notified_with()),
    "consignments_split": _running(12),
    "exemption_contradicted": _item(matches=(match_facts(verdict="below"),), claims=(_MARK,)),
    "exemptions_claimed_often": _claimed(4, peers=90),
    "requirement_exceeded": _running(5, _needed(100)),
}

MISSING: dict[str, DeclarationFacts] = {
    "precursor_recognised": _without_text,
    "drug_recognised": _without_text,
    "equipment_recognised": _without_text,
    "concentration_above_limit": _named(verdict="not_stated", lowest_limit_pct=Decimal(60)),
    "code_contradiction": _named(has_listed_code=None),
    "number_contradiction": _without_text,
    "controlled_code_only": _item(commodity_code="", hs6=""),
    "licence_missing": _without_papers,
    "export_permission_missing": _without_papers,
    **dict.fromkeys(_PERMIT_FAULTS, _permitted),
    **dict.fromkeys(_NOTICE_FAULTS, _permitted),
    "consignments_split": _named(),
    "exemptions_claimed_often": _item(matches=(match_facts(),), claims=(_MARK,)),
    "requirement_exceeded": _running(5),
    "quantity_above_own_history": _item(**_unknown_past),
    "net_gross_ratio_odd": _item(gross_mass_kg=None),
    "unit_price_far_from_peers": _item(peer_unit_prices=(Decimal(1), Decimal(2))),
    "dispatch_country_unrelated": declaration_facts(country_of_trading=""),
    "importer_new": _party(declaration_count=None, days_since_first_seen=None),
    "commodity_new_for_importer": _item(**_unknown_past),
    "identifiers_shared": _party(shared_identifier_count=None),
    "linked_without_permit": _party(unpermitted_links=None),
    "watchlist_met": declaration_facts(leads=None),
    "closed_offender_succeeded": declaration_facts(successions=None),
    "description_terse": _without_text,
    "differs_from_preliminary": _announced(),
}
