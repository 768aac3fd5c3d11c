"""Family *party*: who the importer is and what it used to import."""

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators.base import (
    DeclarationIndicator,
    IndicatorResult,
    ItemIndicator,
    Parameter,
    Parameters,
    chapter_of,
    fired,
    missing,
    quiet,
)
from risk.domain.indicators.standing import is_permitted, needs_permit

NEW_CODE = "importer_new"
IDENTITY_CODE = "importer_identity_doubtful"
NEW_COMMODITY_CODE = "commodity_new_for_importer"

# Chapters of the chemical industry in the Harmonized System (section VI).
CHEMICAL_CHAPTERS = frozenset(range(28, 39))


def _importer_new(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """The importer was first seen only recently; strongest on its first declaration.

    Lessened by ``permitted`` where permits cover all that is controlled. Missing when its
    past is unknown. Source: risk-management practice, an unknown
    trader is a high risk until it has a record.
    """
    party = declaration.party
    days = 0 if party.declaration_count == 0 else party.days_since_first_seen
    if days is None:
        return missing(NEW_CODE, None)
    strength = 1.0 - days / params["settled_days"]
    if _is_all_permitted(declaration):
        strength *= params["permitted"]
    return fired(NEW_CODE, None, strength, days=days) if strength > 0 else quiet(NEW_CODE, None)


def _is_all_permitted(declaration: DeclarationFacts) -> bool:
    """Whether the declaration holds something controlled and permits cover all of it: the
    authority that gave them has looked at the importer."""
    controlled = [
        item for item in declaration.items if any(needs_permit(match) for match in item.matches)
    ]
    return bool(controlled) and all(is_permitted(item) for item in controlled)


def _importer_identity_doubtful(
    declaration: DeclarationFacts, params: Parameters
) -> IndicatorResult:
    """The importer gives no identifier, or a BIN/IIN with a wrong check digit.

    Always decidable: an importer who is not identified is the finding itself. Source:
    rules for filling graphs 8 and 14; risk-management practice.
    """
    party = declaration.party
    if not party.is_importer_identified:
        return fired(IDENTITY_CODE, None, 1.0, reason="no_identifier")
    if party.is_bin_check_digit_valid is False and params["wrong_check_digit"] > 0.0:
        return fired(IDENTITY_CODE, None, params["wrong_check_digit"], reason="check_digit")
    return quiet(IDENTITY_CODE, None)


def _commodity_new_for_importer(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """An importer with a record in other goods imports a chemical code for the first time.

    Weaker the more chemicals it has imported before, and where a permit covers the item.
    Missing when the past is unknown or too short to speak of one. Source: suspicion
    indicators for precursors (activity not chemical; first order).
    """
    chapter, count = chapter_of(item), item.importer_item_count
    if chapter is not None and chapter not in CHEMICAL_CHAPTERS:
        return quiet(NEW_COMMODITY_CODE, item)
    if chapter is None or count is None or count < params["min_history"]:
        return missing(NEW_COMMODITY_CODE, item)
    if item.importer_hs6_count is None or item.importer_chemical_share is None:
        return missing(NEW_COMMODITY_CODE, item)
    strength = 1.0 - item.importer_chemical_share
    if is_permitted(item):
        strength *= params["permitted"]
    if item.importer_hs6_count > 0 or strength <= 0.0:
        return quiet(NEW_COMMODITY_CODE, item)
    return fired(
        NEW_COMMODITY_CODE,
        item,
        strength,
        commodity_code=item.commodity_code,
        history=count,
        chemical_share_pct=round(100 * item.importer_chemical_share, 1),
    )


IMPORTER_NEW = DeclarationIndicator(
    code=NEW_CODE,
    family="party",
    version=2,
    source="Risk-management practice: an unknown trader is a high risk",
    parameters=(Parameter("settled_days", 1, 3650), Parameter("permitted", 0.0, 1.0)),
    evaluate=_importer_new,
)
IMPORTER_IDENTITY_DOUBTFUL = DeclarationIndicator(
    code=IDENTITY_CODE,
    family="party",
    version=1,
    source="Rules for filling graphs 8 and 14; check digit of BIN and IIN",
    parameters=(Parameter("wrong_check_digit", 0.0, 1.0),),
    evaluate=_importer_identity_doubtful,
)
COMMODITY_NEW_FOR_IMPORTER = ItemIndicator(
    code=NEW_COMMODITY_CODE,
    family="party",
    version=2,
    source="Suspicion indicators for precursors: activity not chemical, first order",
    parameters=(Parameter("min_history", 1, 1000), Parameter("permitted", 0.0, 1.0)),
    evaluate=_commodity_new_for_importer,
)
