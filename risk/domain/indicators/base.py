"""The contract of an indicator: frozen facts and profile numbers in, one result out."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from risk.domain.facts import DeclarationFacts, ItemFacts

# Strengths are stored with four places; a fired indicator never rounds to nothing.
STRENGTH_PLACES = 4
LEAST_STRENGTH = 0.0001


class Outcome(StrEnum):
    """Fired, looked at and quiet, or not decidable because a fact is unknown."""

    FIRED = "fired"
    QUIET = "quiet"
    MISSING = "missing"


class IndicatorResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one indicator says of one item (or of the declaration, ``item_number`` 0).

    ``strength`` is in [0, 1], 0 unless fired. ``params`` fill the indicator's sentence
    and are evidence: plain strings and numbers.
    """

    code: str
    item_number: int
    outcome: Outcome
    strength: float = 0.0
    params: dict[str, str | int | float] = {}


class Parameter(msgspec.Struct, frozen=True):
    """A number that an indicator takes from the profile, with its inclusive bounds.

    ``before`` is the number with which the indicator answers as it did before the parameter came:
    a profile stored until then is read with it. None for a parameter that was always there.
    """

    name: str
    low: float
    high: float
    before: float | None = None


Parameters = Mapping[str, float]
"""The numbers of one indicator in one profile, by parameter name."""


class IndicatorBase(msgspec.Struct, frozen=True, kw_only=True):
    """What every registered indicator tells of itself.

    ``source`` says why it may select (act, guidance or measured practice); ``version``
    grows with every change of what ``evaluate`` answers.
    """

    code: str
    family: str
    version: int
    source: str
    parameters: tuple[Parameter, ...] = ()


class ItemIndicator(IndicatorBase, frozen=True, kw_only=True):
    """An indicator that looks at one goods item within its declaration."""

    evaluate: Callable[[DeclarationFacts, ItemFacts, Parameters], IndicatorResult]
    scope: str = "item"


class DeclarationIndicator(IndicatorBase, frozen=True, kw_only=True):
    """An indicator of the declaration as a whole; it counts for each of its items."""

    evaluate: Callable[[DeclarationFacts, Parameters], IndicatorResult]
    scope: str = "declaration"


Indicator = ItemIndicator | DeclarationIndicator


def fired(
    code: str, item: ItemFacts | None, strength: float, **params: str | int | float
) -> IndicatorResult:
    """A fired result; ``strength`` is brought into (0, 1] and rounded as it is stored."""
    bounded = min(1.0, max(LEAST_STRENGTH, round(strength, STRENGTH_PLACES)))
    return IndicatorResult(
        code=code,
        item_number=item.item_number if item else 0,
        outcome=Outcome.FIRED,
        strength=bounded,
        params=params,
    )


def quiet(code: str, item: ItemFacts | None) -> IndicatorResult:
    """The facts were there and do not speak for a risk."""
    return IndicatorResult(
        code=code, item_number=item.item_number if item else 0, outcome=Outcome.QUIET
    )


def missing(code: str, item: ItemFacts | None) -> IndicatorResult:
    """A fact that the decision needs is unknown."""
    return IndicatorResult(
        code=code, item_number=item.item_number if item else 0, outcome=Outcome.MISSING
    )


def excess(value: float, limit: float) -> float:
    """How far ``value`` is over ``limit``, in [0, 1): 0 at the limit, ½ at its double.

    >>> excess(3.0, 3.0), excess(6.0, 3.0)
    (0.0, 0.5)
    """
    return 0.0 if value <= limit else 1.0 - limit / value


def chapter_of(item: ItemFacts) -> int | None:
    """The two-digit HS chapter; None when the code is not known."""
    return int(item.commodity_code[:2]) if len(item.commodity_code) >= 2 else None
