"""Family *notice*: what the exporting state told of the consignment before it left."""

from collections.abc import Callable

from risk.domain.facts import DeclarationFacts, ItemFacts, MatchFacts
from risk.domain.indicators.base import (
    DeclarationIndicator,
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
    is_controlled_precursor,
    needs_notice,
    strongest,
)
from risk.domain.permits.notices import NoticeFindingCode

MISSING_CODE = "notice_missing"
CONTRADICTED_CODE = "notice_contradicted"
EXCEEDED_CODE = "notice_exceeded"
OFF_ROUTE_CODE = "notice_off_route"
AWAITED_CODE = "notice_awaited"

_CONTRADICTED = (
    NoticeFindingCode.OBJECTED,
    NoticeFindingCode.SUSPENDED,
    NoticeFindingCode.WRONG_IMPORTER,
    NoticeFindingCode.WRONG_SUBSTANCE,
    NoticeFindingCode.WRONG_EXPORTER,
)
_OFF_ROUTE = (
    NoticeFindingCode.DIVERTED,
    NoticeFindingCode.OUTSIDE_WINDOW,
    NoticeFindingCode.BEFORE_REPLY,
)


def _by_finding(
    code: str,
    findings: tuple[NoticeFindingCode, ...],
    item: ItemFacts,
    params: Parameters,
    concerns: Callable[[MatchFacts], bool] = is_controlled_precursor,
) -> IndicatorResult:
    """Fired for the first of ``findings`` that a notice of the item has."""
    controlled = strongest((match for match in item.matches if concerns(match)), params)
    if controlled is None:
        return quiet(code, item)
    if item.notices is None:
        return missing(code, item)
    match, standing = controlled
    said = {one.code: notice for notice in reversed(item.notices) for one in notice.findings}
    for finding in findings:
        if finding in said:
            return fired(
                code,
                item,
                standing,
                substance=match.substance_key,
                number=said[finding].number,
                notice=finding.value,
            )
    return quiet(code, item)


def _notice_missing(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """A precursor arrives from a state that notifies, and no notice tells of it.

    Weaker where the declaration names none: its missing permission counts already. Quiet for a
    quantity that the law exempts. Missing when the register holds no notices of that state.
    Source: 1988 Convention, article 12(10)(a).
    """
    codes = (NoticeFindingCode.UNKNOWN_NUMBER, NoticeFindingCode.NONE)
    result = _by_finding(MISSING_CODE, codes, item, params, needs_notice)
    if result.params.get("notice") != NoticeFindingCode.NONE:
        return result
    undeclared = params["undeclared"]
    return fired(MISSING_CODE, item, result.strength * undeclared, **result.params)


def _notice_contradicted(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The notice was objected to, or tells of another importer, exporter or substance.

    Source: 1988 Convention, article 12(10)(a): what a notice tells of the consignment.
    """
    return _by_finding(CONTRADICTED_CODE, _CONTRADICTED, item, params)


def _notice_exceeded(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """With this item more came under the notice than was notified, beyond the tolerance.

    Source: 1988 Convention, article 12(10)(a)(iii): the quantity to be exported.
    """
    return _by_finding(EXCEEDED_CODE, (NoticeFindingCode.MORE_THAN_NOTIFIED,), item, params)


def _notice_off_route(
    declaration: DeclarationFacts, item: ItemFacts, params: Parameters
) -> IndicatorResult:
    """The goods came to another office than notified, at another time, or before the reply.

    Source: 1988 Convention, article 12(10)(a)(iv): expected point of entry and date of dispatch.
    """
    return _by_finding(OFF_ROUTE_CODE, _OFF_ROUTE, item, params)


def _notice_awaited(declaration: DeclarationFacts, params: Parameters) -> IndicatorResult:
    """A notified precursor is awaited, and its importer declares other goods of the same mass
    from the same exporter.

    Always decidable: an importer of whom nothing is notified awaits nothing. Source: 1988
    Convention, article 12(10); notices that no declaration answers.
    """
    if not declaration.awaited:
        return quiet(AWAITED_CODE, None)
    first = declaration.awaited[0]
    return fired(
        AWAITED_CODE,
        None,
        params["strength"],
        substance=first.substance_key,
        number=first.number,
        notified_kg=float(first.notified_kg),
        place=first.item_number,
    )


NOTICE_MISSING = ItemIndicator(
    code=MISSING_CODE,
    family="notice",
    version=1,
    source="1988 Convention, article 12(10)(a); register of notifications",
    parameters=(*STANDING_PARAMETERS, Parameter("undeclared", 0.0, 1.0)),
    evaluate=_notice_missing,
)
NOTICE_CONTRADICTED = ItemIndicator(
    code=CONTRADICTED_CODE,
    family="notice",
    version=1,
    source="1988 Convention, article 12(10)(a); register of notifications",
    parameters=STANDING_PARAMETERS,
    evaluate=_notice_contradicted,
)
NOTICE_EXCEEDED = ItemIndicator(
    code=EXCEEDED_CODE,
    family="notice",
    version=1,
    source="1988 Convention, article 12(10)(a)(iii); quantity notified",
    parameters=STANDING_PARAMETERS,
    evaluate=_notice_exceeded,
)
NOTICE_OFF_ROUTE = ItemIndicator(
    code=OFF_ROUTE_CODE,
    family="notice",
    version=1,
    source="1988 Convention, article 12(10)(a)(iv); point of entry and day notified",
    parameters=STANDING_PARAMETERS,
    evaluate=_notice_off_route,
)
NOTICE_AWAITED = DeclarationIndicator(
    code=AWAITED_CODE,
    family="notice",
    version=1,
    source="1988 Convention, article 12(10); notices without a declaration",
    parameters=(Parameter("strength", 0.0, 1.0),),
    evaluate=_notice_awaited,
)
