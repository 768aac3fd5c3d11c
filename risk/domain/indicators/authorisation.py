"""Family *authorisation*: the permits that a controlled consignment must carry."""

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators.base import (
    IndicatorResult,
    ItemIndicator,
    Parameters,
    fired,
    missing,
    quiet,
)
from risk.domain.indicators.standing import (
    PERMIT_KINDS,
    STANDING_PARAMETERS,
    is_of_kind,
    strongest,
)
from risk.domain.matching.evidence import Verdict
from shipments.domain.values import Direction, DocumentKind

LICENCE_CODE = "licence_missing"
EXPORT_PERMISSION_CODE = "export_permission_missing"

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
    found = strongest(
        (
            match
            for match in item.matches
            if is_of_kind(match, PERMIT_KINDS)
            and match.verdict != Verdict.BELOW
            and not match.is_cover_name
        ),
        params,
    )
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

    Quiet below the concentration limit and for goods that need no permit; missing when
    the source carries no documents or is not a full declaration. Source: rules on
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
