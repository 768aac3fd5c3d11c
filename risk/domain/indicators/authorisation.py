"""Family *authorisation*: the permits that a controlled consignment must carry."""

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators.base import (
    IndicatorResult,
    ItemIndicator,
    Parameter,
    Parameters,
    fired,
    missing,
    quiet,
)
from risk.domain.indicators.standing import (
    STANDING_PARAMETERS,
    needs_permit,
    strongest,
)
from risk.domain.permits.checks import FindingCode
from shipments.domain.values import Direction, DocumentKind

LICENCE_CODE = "licence_missing"
EXPORT_PERMISSION_CODE = "export_permission_missing"
NOT_VALID_CODE = "permit_not_valid"
OF_ANOTHER_CODE = "permit_of_another"
OVERDRAWN_CODE = "permit_overdrawn"
OTHER_GOODS_CODE = "permit_for_other_goods"

_NOT_VALID = (
    FindingCode.REVOKED,
    FindingCode.SUSPENDED,
    FindingCode.EXPIRED,
    FindingCode.NOT_YET_VALID,
    FindingCode.UNKNOWN_NUMBER,
    FindingCode.EXPIRING_BEFORE_ARRIVAL,
)
# A register may lag behind, and goods may come sooner than assumed.
_DOUBTFUL = frozenset({FindingCode.UNKNOWN_NUMBER, FindingCode.EXPIRING_BEFORE_ARRIVAL})

# Classifier of documents of graph 44.
LICENCE_DOCUMENT = "01011"
EXPORT_PERMISSION_DOCUMENT = "01332"

# Only a full declaration must carry its permits: preliminary information, transit,
# post and express papers may lawfully come without them.
KINDS_WITH_PERMITS = frozenset({DocumentKind.IMPORT.value, DocumentKind.EXPORT.value})


def _permit_missing(
    code: str,
    document: str,
    declaration: DeclarationFacts,
    item: ItemFacts,
    params: Parameters,
) -> IndicatorResult:
    found = strongest((match for match in item.matches if needs_permit(match)), params)
    if found is None or document in item.document_codes:
        return quiet(code, item)
    if not declaration.are_documents_known or declaration.document_kind not in KINDS_WITH_PERMITS:
        return missing(code, item)
    match, standing = found
    return fired(code, item, standing, substance=match.substance_key, document=document)


def _licence_missing(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """A controlled substance is declared without an import or export licence (01011).

    Quiet below the limit of concentration or of quantity and for goods that need no permit;
    missing when the source carries no documents or is not a full declaration. Source: rules on
    licensing of precursors, narcotics and psychotropics; a proven rule (permit missing).
    """
    return _permit_missing(LICENCE_CODE, LICENCE_DOCUMENT, declaration, item, params)


def _export_permission_missing(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """A controlled import lacks the exporting state's permission or its notice (01332).

    Imports only; otherwise as the licence. Source: 1988 Convention, article 12(10);
    classifier of graph-44 documents.
    """
    if declaration.direction != Direction.IMPORT:
        return quiet(EXPORT_PERMISSION_CODE, item)
    return _permit_missing(
        EXPORT_PERMISSION_CODE, EXPORT_PERMISSION_DOCUMENT, declaration, item, params
    )


def _permit_fault(
    code: str,
    findings: tuple[FindingCode, ...],
    item: ItemFacts,
    params: Parameters,
) -> IndicatorResult:
    """Fired for the first of ``findings`` that the register makes of a permit of the item."""
    controlled = strongest((match for match in item.matches if needs_permit(match)), params)
    if controlled is None:
        return quiet(code, item)
    if item.permits is None:
        return missing(code, item)
    match, standing = controlled
    said = {one.code: permit for permit in reversed(item.permits) for one in permit.findings}
    for finding in findings:
        if finding in said:
            doubt = params["doubtful"] if finding in _DOUBTFUL else 1.0
            return fired(
                code,
                item,
                standing * doubt,
                substance=match.substance_key,
                number=said[finding].number,
                finding=finding.value,
            )
    return quiet(code, item)


def _permit_not_valid(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """A declared permit of a controlled item does not hold on the day, or nobody knows it.

    Missing when the register holds no permits of the kind. Source: licensing of precursors,
    narcotics and psychotropics; suspicion indicators (permit expires before arrival).
    """
    return _permit_fault(NOT_VALID_CODE, _NOT_VALID, item, params)


def _permit_of_another(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """A declared permit of a controlled item was issued to another firm, linked or not.

    Source: licensing of precursors, narcotics and psychotropics: a licence is its holder's.
    """
    findings = (FindingCode.BORROWED, FindingCode.WRONG_HOLDER)
    return _permit_fault(OF_ANOTHER_CODE, findings, item, params)


def _permit_overdrawn(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """With this item more is drawn than the permit grants, or it is used a second time.

    Source: 1988 Convention, article 12(9)(c); running balance of amounts granted.
    """
    findings = (FindingCode.OVER_DRAWN, FindingCode.ON_TWO_DECLARATIONS)
    return _permit_fault(OVERDRAWN_CODE, findings, item, params)


def _permit_for_other_goods(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """A declared permit covers another substance, direction or border office.

    Source: licensing of precursors, narcotics and psychotropics: what a licence states.
    """
    findings = (
        FindingCode.WRONG_SUBSTANCE,
        FindingCode.WRONG_DIRECTION,
        FindingCode.WRONG_OFFICE,
    )
    return _permit_fault(OTHER_GOODS_CODE, findings, item, params)


LICENCE_MISSING = ItemIndicator(
    code=LICENCE_CODE,
    family="authorisation",
    version=1,
    source="Licensing of precursors, narcotics and psychotropics; graph 44, 01011",
    parameters=STANDING_PARAMETERS,
    evaluate=_licence_missing,
)
EXPORT_PERMISSION_MISSING = ItemIndicator(
    code=EXPORT_PERMISSION_CODE,
    family="authorisation",
    version=1,
    source="1988 Convention, article 12(10); graph 44, 01332",
    parameters=STANDING_PARAMETERS,
    evaluate=_export_permission_missing,
)
_PERMIT_PARAMETERS = (*STANDING_PARAMETERS, Parameter("doubtful", 0.0, 1.0))

PERMIT_NOT_VALID = ItemIndicator(
    code=NOT_VALID_CODE,
    family="authorisation",
    version=1,
    source="Licensing of precursors; graph 44, 01011, against the register",
    parameters=_PERMIT_PARAMETERS,
    evaluate=_permit_not_valid,
)
PERMIT_OF_ANOTHER = ItemIndicator(
    code=OF_ANOTHER_CODE,
    family="authorisation",
    version=1,
    source="Licensing of precursors; holder of the licence in the register",
    parameters=_PERMIT_PARAMETERS,
    evaluate=_permit_of_another,
)
PERMIT_OVERDRAWN = ItemIndicator(
    code=OVERDRAWN_CODE,
    family="authorisation",
    version=1,
    source="1988 Convention, article 12(9)(c); balance of the amounts granted",
    parameters=_PERMIT_PARAMETERS,
    evaluate=_permit_overdrawn,
)
PERMIT_FOR_OTHER_GOODS = ItemIndicator(
    code=OTHER_GOODS_CODE,
    family="authorisation",
    version=1,
    source="Licensing of precursors; what the licence in the register states",
    parameters=_PERMIT_PARAMETERS,
    evaluate=_permit_for_other_goods,
)
