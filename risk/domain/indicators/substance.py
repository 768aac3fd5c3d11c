"""Family *substance*: what the goods text and the code say about controlled substances."""

from decimal import Decimal

from risk.domain.facts import DeclarationFacts, ItemFacts, MatchFacts
from risk.domain.indicators.base import (
    IndicatorResult,
    ItemIndicator,
    Parameter,
    Parameters,
    chapter_of,
    fired,
    missing,
    quiet,
)
from risk.domain.indicators.standing import (
    DRUG_KINDS,
    EQUIPMENT_KINDS,
    PRECURSOR_KINDS,
    STANDING_PARAMETERS,
    is_of_kind,
    is_permitted,
    strongest,
    text_matches,
    told_matches,
)
from risk.domain.matching.evidence import ContradictionKind, EvidenceKind, Method, Verdict

PRECURSOR_RECOGNISED_CODE = "precursor_recognised"
DRUG_RECOGNISED_CODE = "drug_recognised"
EQUIPMENT_RECOGNISED_CODE = "equipment_recognised"
CONCENTRATION_CODE = "concentration_above_limit"
CONTRADICTION_CODE = "code_contradiction"
NUMBER_CODE = "number_contradiction"
CODE_ONLY_CODE = "controlled_code_only"

# Chapters of single chemical compounds; elsewhere a chemical is part of a preparation.
PURE_CHEMICAL_CHAPTERS = frozenset({28, 29})


def _recognised(
    code: str, item: ItemFacts, kinds: frozenset[str], params: Parameters
) -> IndicatorResult:
    if not item.matches and item.description_length == 0:
        return missing(code, item)
    found = strongest((m for m in text_matches(item) if is_of_kind(m, kinds)), params)
    if found is None:
        return quiet(code, item)
    match, standing = found
    standing *= _share_left(item, params)
    if standing <= 0.0:
        return quiet(code, item)
    return fired(
        code,
        item,
        standing,
        substance=match.substance_key,
        method=EvidenceKind.COVER_NAME.value if match.is_cover_name else match.method,
        match_score=round(match.match_score, 4),
        lists=", ".join(match.lists),
    )


def _share_left(item: ItemFacts, params: Parameters) -> float:
    """What is left of a recognised substance where permits cover all that is controlled, and
    neither they nor the notice have a finding: with a permit it is business."""
    return params["permitted"] if is_permitted(item) else 1.0


def _precursor_recognised(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The goods description names a listed precursor.

    Missing without a description. Source: 1988 Convention, article 12 and Tables I and
    II, and the national lists that carry them out.
    """
    return _recognised(PRECURSOR_RECOGNISED_CODE, item, PRECURSOR_KINDS, params)


def _drug_recognised(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The goods description names a narcotic, psychotropic or potent substance.

    Missing without a description. Source: 1961 and 1971 Conventions, national lists.
    """
    return _recognised(DRUG_RECOGNISED_CODE, item, DRUG_KINDS, params)


def _equipment_recognised(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The goods description names listed equipment or material of clandestine laboratories.

    Missing without a description. Source: 1988 Convention, article 13; published
    equipment lists.
    """
    return _recognised(EQUIPMENT_RECOGNISED_CODE, item, EQUIPMENT_KINDS, params)


def _is_limit_reached(match: MatchFacts) -> bool:
    if match.concentration_pct is None or match.lowest_limit_pct is None:
        return False
    if match.is_limit_reached is not None:
        return match.is_limit_reached
    return match.concentration_pct >= match.lowest_limit_pct


def _concentration_above_limit(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The stated concentration reaches the lowest limit from which a list controls.

    Missing when a limited substance is named without its concentration. Source:
    concentration limits of the national list of precursors; note on mixtures to
    section 2.12 of the unified list.
    """
    controlled = told_matches(item)
    reached = [match for match in controlled if _is_limit_reached(match)]
    found = strongest(reached, params)
    if found is None:
        is_unstated = any(match.verdict == Verdict.NOT_STATED for match in controlled)
        return (missing if is_unstated else quiet)(CONCENTRATION_CODE, item)
    match, standing = found
    standing *= _share_left(item, params)
    if standing <= 0.0:
        return quiet(CONCENTRATION_CODE, item)
    return fired(
        CONCENTRATION_CODE,
        item,
        standing,
        substance=match.substance_key,
        concentration_pct=float(match.concentration_pct or Decimal(0)),
        limit_pct=float(match.lowest_limit_pct or Decimal(0)),
    )


def _code_contradiction(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The text names a controlled substance, but the declared code is that of other goods.

    Weaker outside chapters 28 and 29, where the substance may be part of a preparation;
    quiet below the concentration limit. Missing without a code, or when it is not known
    whether a list gives a code for the substance. Source: measured practice, goods
    moved under the code of an uncontrolled chemical.
    """
    named = [m for m in told_matches(item) if m.verdict != Verdict.BELOW]
    if not named:
        return quiet(CONTRADICTION_CODE, item)
    chapter = chapter_of(item)
    if chapter is None or all(match.has_listed_code is None for match in named):
        return missing(CONTRADICTION_CODE, item)
    found = strongest((m for m in named if m.has_listed_code and not m.has_code_support), params)
    if found is None:
        return quiet(CONTRADICTION_CODE, item)
    match, standing = found
    factor = 1.0 if chapter in PURE_CHEMICAL_CHAPTERS else params["other_chapter"]
    if factor <= 0.0:
        return quiet(CONTRADICTION_CODE, item)
    return fired(
        CONTRADICTION_CODE,
        item,
        standing * factor,
        substance=match.substance_key,
        commodity_code=item.commodity_code,
    )


def _number_contradiction(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The CAS number directly beside the name of a controlled substance is that of another.

    One of both is wrong, by mistake or to mislead; the number of an innocent substance beside
    a misspelt name has lowered that name's score before. Missing without a description.
    Source: measured practice; a CAS number identifies one substance.
    """
    if not item.matches and item.description_length == 0:
        return missing(NUMBER_CODE, item)
    kind = ContradictionKind.CAS_OF_ANOTHER.value
    found = strongest((m for m in text_matches(item) if kind in m.contradictions), params)
    if found is None:
        return quiet(NUMBER_CODE, item)
    match, standing = found
    return fired(NUMBER_CODE, item, standing, substance=match.substance_key)


def _controlled_code_only(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The declared code is that of a controlled substance which the text does not name.

    Weak by design: codes hold innocent goods beside the listed one. Missing without a
    code. Source: tariff correlation of the Convention's tables.
    """
    if not item.commodity_code:
        return missing(CODE_ONLY_CODE, item)
    by_code = [match for match in item.matches if match.method == Method.CODE]
    if len(by_code) < len(item.matches):
        return quiet(CODE_ONLY_CODE, item)
    found = strongest(by_code, params)
    if found is None:
        return quiet(CODE_ONLY_CODE, item)
    match, standing = found
    return fired(
        CODE_ONLY_CODE,
        item,
        standing,
        substance=match.substance_key,
        commodity_code=item.commodity_code,
    )


_RECOGNISED_PARAMETERS = (*STANDING_PARAMETERS, Parameter("permitted", 0.0, 1.0, before=1.0))

PRECURSOR_RECOGNISED = ItemIndicator(
    code=PRECURSOR_RECOGNISED_CODE,
    family="substance",
    version=2,
    source="1988 Convention, article 12, Tables I and II; national precursor lists",
    parameters=_RECOGNISED_PARAMETERS,
    evaluate=_precursor_recognised,
)
DRUG_RECOGNISED = ItemIndicator(
    code=DRUG_RECOGNISED_CODE,
    family="substance",
    version=2,
    source="1961 and 1971 Conventions; national lists of drugs and potent substances",
    parameters=_RECOGNISED_PARAMETERS,
    evaluate=_drug_recognised,
)
EQUIPMENT_RECOGNISED = ItemIndicator(
    code=EQUIPMENT_RECOGNISED_CODE,
    family="substance",
    version=1,
    source="1988 Convention, article 13; published equipment lists",
    parameters=STANDING_PARAMETERS,
    evaluate=_equipment_recognised,
)
CONCENTRATION_ABOVE_LIMIT = ItemIndicator(
    code=CONCENTRATION_CODE,
    family="substance",
    version=2,
    source="Concentration limits of national lists; note on mixtures, unified list 2.12",
    parameters=_RECOGNISED_PARAMETERS,
    evaluate=_concentration_above_limit,
)
CODE_CONTRADICTION = ItemIndicator(
    code=CONTRADICTION_CODE,
    family="substance",
    version=1,
    source="Measured practice: controlled goods under the code of other goods",
    parameters=(*STANDING_PARAMETERS, Parameter("other_chapter", 0.0, 1.0)),
    evaluate=_code_contradiction,
)
NUMBER_CONTRADICTION = ItemIndicator(
    code=NUMBER_CODE,
    family="substance",
    version=1,
    source="Measured practice: the number of another substance beside a name",
    parameters=STANDING_PARAMETERS,
    evaluate=_number_contradiction,
)
CONTROLLED_CODE_ONLY = ItemIndicator(
    code=CODE_ONLY_CODE,
    family="substance",
    version=1,
    source="Tariff correlation of the 1988 Convention's tables",
    parameters=STANDING_PARAMETERS,
    evaluate=_controlled_code_only,
)
