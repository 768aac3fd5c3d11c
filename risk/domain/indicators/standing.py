"""How much a recognised substance stands for: shared by every indicator that rests on one."""

from collections.abc import Iterable

from risk.domain.facts import ItemFacts, MatchFacts
from risk.domain.indicators.base import Parameter, Parameters
from risk.domain.matching.evidence import Method, Verdict
from risk.domain.permits.exemptions import CONTROLLING_KINDS
from risk.domain.substances import SubstanceKind

PRECURSOR_KINDS = frozenset({SubstanceKind.PRECURSOR.value, SubstanceKind.SURVEILLANCE.value})
DRUG_KINDS = frozenset(
    {
        SubstanceKind.NARCOTIC.value,
        SubstanceKind.PSYCHOTROPIC.value,
        SubstanceKind.POTENT.value,
    }
)
EQUIPMENT_KINDS = frozenset({SubstanceKind.EQUIPMENT.value})
# Kinds whose consignments need a permit; surveillance lists and equipment do not.
PERMIT_KINDS = frozenset(kind.value for kind in CONTROLLING_KINDS)
CHEMICALS = frozenset(str(chapter) for chapter in range(28, 39))
"""Chapters of the tariff in which chemicals and what is made of them stand."""

_METHOD_PARAMETER = {method.value: f"method_{method.value}" for method in Method}

STANDING_PARAMETERS: tuple[Parameter, ...] = (
    *(Parameter(name, 0.0, 1.0) for name in _METHOD_PARAMETER.values()),
    Parameter("below_alert_point", 0.0, 1.0),
    Parameter("verdict_below", 0.0, 1.0),
    Parameter("verdict_not_stated", 0.0, 1.0),
    Parameter("unverified_list", 0.0, 1.0),
    Parameter("surveillance_only", 0.0, 1.0),
    Parameter("far_below", 0.0, 1.0, before=0.0),
)


def standing_of(match: MatchFacts, params: Parameters) -> float:
    """The standing of one match in [0, 1]: its score, lessened by every doubt about it.

    Doubts, each a factor of the profile: the method, a score under the alert operating
    point, a concentration below the limit or not stated, unverified lists only,
    surveillance lists only. Below the limit what is left falls to nothing at the share
    ``far_below`` of it: who avoids a limit stays near it. Non-decreasing in ``match_score``
    and in the concentration.
    """
    standing = min(1.0, max(0.0, match.match_score)) * params[_METHOD_PARAMETER[match.method]]
    # A code alone is below the alert point by construction: its score says so already.
    if not match.is_above_alert_point and match.method != Method.CODE:
        standing *= params["below_alert_point"]
    if match.is_exempt:
        standing *= params["verdict_below"]
    elif match.verdict == Verdict.BELOW:
        standing *= params["verdict_below"] * _nearness(match, params["far_below"])
    elif match.verdict == Verdict.NOT_STATED:
        standing *= params["verdict_not_stated"]
    if not match.is_verified:
        standing *= params["unverified_list"]
    if match.kinds == (SubstanceKind.SURVEILLANCE.value,):
        standing *= params["surveillance_only"]
    return standing


def _nearness(match: MatchFacts, far: float) -> float:
    """How near a concentration below the limit comes to it: 1 at the limit, 0 at ``far`` of it and
    under; 1 where a figure is missing, or where ``far`` is 0."""
    if not far or match.concentration_pct is None or not match.lowest_limit_pct:
        return 1.0
    share = float(match.concentration_pct / match.lowest_limit_pct)
    return min(1.0, max(0.0, (share - far) / (1.0 - far))) if far < 1.0 else 0.0


def is_of_kind(match: MatchFacts, kinds: frozenset[str]) -> bool:
    """Whether a list controls the substance as one of ``kinds``."""
    return not kinds.isdisjoint(match.kinds)


def is_controlled(match: MatchFacts) -> bool:
    """Whether the substance is controlled in these goods, however much of them there is: of a
    kind that needs permits, not below the limit of concentration."""
    is_told = match.verdict != Verdict.BELOW and not match.is_cover_name
    return is_told and is_of_kind(match, PERMIT_KINDS)


def is_controlled_precursor(match: MatchFacts) -> bool:
    """Whether an exporting state notifies such goods, however little of them. Source: 1988
    Convention, article 12(10)(a)."""
    return is_controlled(match) and SubstanceKind.PRECURSOR.value in match.kinds


def is_sure(match: MatchFacts) -> bool:
    """Whether the text surely names the substance: a code that may hold it does not, nor letters
    of an article number that could be short for it."""
    return match.is_above_alert_point and match.method != Method.CODE and not match.is_cover_name


def named_controlled(matches: Iterable[MatchFacts]) -> tuple[MatchFacts, ...]:
    """Those that the text surely names and that some list controls by permits, however little or
    however weak the goods are."""
    return tuple(one for one in matches if is_sure(one) and is_of_kind(one, PERMIT_KINDS))


def needs_permit(match: MatchFacts) -> bool:
    """Whether goods that name the substance need a permit: controlled, and not exempted by their
    quantity."""
    return is_controlled(match) and not match.is_exempt


def needs_notice(match: MatchFacts) -> bool:
    """Whether a notice must tell of the goods: a controlled precursor, not exempted."""
    return is_controlled_precursor(match) and not match.is_exempt


def is_permitted(item: ItemFacts) -> bool:
    """Whether permits cover everything controlled in the item: each such substance stands on a
    line of a declared permit, and neither a permit nor a notice of the item has a finding.

    Whether it drew is not asked: of an earlier version the latest one draws."""
    needing = {match.substance_key for match in item.matches if needs_permit(match)}
    permits, notices = item.permits or (), item.notices or ()
    has_findings = any(one.findings for one in permits) or any(one.findings for one in notices)
    if not needing or has_findings:
        return False
    return needing <= {
        one.substance_key for one in permits if one.document and one.line is not None
    }


def text_matches(item: ItemFacts) -> tuple[MatchFacts, ...]:
    """The matches that the goods description supports, not the commodity code alone."""
    return tuple(match for match in item.matches if match.method != Method.CODE)


def told_matches(item: ItemFacts) -> tuple[MatchFacts, ...]:
    """Those among :func:`text_matches` that name the substance: no cover names, whose percent,
    code and permits are those of the goods they pretend to be."""
    return tuple(match for match in text_matches(item) if not match.is_cover_name)


def strongest(matches: Iterable[MatchFacts], params: Parameters) -> tuple[MatchFacts, float] | None:
    """The match with the highest standing and that standing; None when none stands at all.

    Equal standings are settled by what the matches say, never by their order.
    """
    best: MatchFacts | None = None
    highest = 0.0
    for match in matches:
        standing = standing_of(match, params)
        if standing > highest:
            best, highest = match, standing
        elif best is not None and standing == highest:
            best = min(best, match, key=_tie_order)
    return None if best is None else (best, highest)


def _tie_order(match: MatchFacts) -> tuple[str, ...]:
    """Everything that an indicator may say of a match, so that a tie has one winner."""
    concentration, limit = match.concentration_pct, match.lowest_limit_pct
    return (match.substance_key, match.method, repr(match.match_score), f"{concentration}/{limit}")
