"""The contract of an indicator: frozen facts in, one result out."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from risk.domain.facts import DeclarationFacts, ItemFacts


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


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """A registered indicator. ``scope`` is ``item`` or ``declaration``.

    ``evaluate`` takes the declaration and the item (None for declaration scope).
    ``source`` tells why it may select (act, guidance or measured practice).
    """

    code: str
    family: str
    scope: str
    version: int
    source: str
    evaluate: Callable[[DeclarationFacts, ItemFacts | None], IndicatorResult]
