"""Independent evidence for one substance → one score in [0, 1]."""

from collections.abc import Mapping

from risk.domain.matching.evidence import Method

# Strongest first: the order in which methods are named and one of them wins.
METHOD_ORDER: tuple[Method, ...] = (
    Method.CAS,
    Method.INCHIKEY,
    Method.EC,
    Method.CUS,
    Method.STRUCTURE,
    Method.EXACT,
    Method.UN,
    Method.FUZZY,
    Method.FORMULA,
    Method.CODE,
)
ALERT_POINT = 0.70
SHOW_POINT = 0.25

CAS_SCORE = 0.98
EC_SCORE = 0.95
UN_SCORE = 0.82
# A formula is that of many molecules; several listed ones share some.
FORMULA_SCORE = 0.26
SHARED_FORMULA_SCORE = 0.15
GENERIC_UN_SCORE = 0.20
CODE_SCORE = 0.30
BASKET_CODE_SCORE = 0.05
# What a code adds beside a name is more than what it says alone.
CODE_SUPPORT = 0.60
BASKET_CODE_SUPPORT = 0.10
_CEILING = 0.999
_CODE_ONLY_CEILING = 0.40


def combined_score(own: float, support: Mapping[Method, float]) -> float:
    """Noisy-or of a method's own score with that of each other method, rounded to 4 places.

    >>> combined_score(0.45, {Method.CODE: 0.60})
    0.78
    """
    doubt = 1 - own
    for score in support.values():
        doubt *= 1 - score
    return round(min(_CEILING, 1 - doubt), 4)


def code_only_score(score: float) -> float:
    """A commodity code alone never reaches the alert point, whatever the kind of entry."""
    return min(score, _CODE_ONLY_CEILING)
