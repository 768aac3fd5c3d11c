"""What the learned score looks at: one row of numbers for each goods item.

The numbers come from the stored facts, which are frozen as of their declaration, and from what
the indicators made of them: whoever has an assessment has its rows, and what came to be known
later is in neither. Offices, countries and codes are left out: what is inspected differs between
them, and a model would learn where officers look instead of what they find. So are the numbers of
documents and items: on generated declarations they tell apart what was planted, and nothing else.
"""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec
import numpy as np

from risk.domain.facts import DeclarationFacts, ItemFacts
from risk.domain.indicators import INDICATORS
from risk.domain.learning.trees import ArtefactRefused, Numbers, TreeEnsemble
from risk.domain.scoring import Assessment, ItemAssessment

_UNKNOWN = math.nan
_STRENGTHS = tuple(indicator.code for indicator in INDICATORS)


def _log(number: Decimal | int | None) -> float:
    """The logarithm of one more; unknown for what is unknown or negative."""
    return _UNKNOWN if number is None or number < 0 else math.log1p(float(number))


def _log_ratio(number: Decimal | None, beside: Decimal | None) -> float:
    if not number or not beside or number < 0 or beside < 0:
        return _UNKNOWN
    return math.log(float(number) / float(beside))


def _price_beside_peers(item: ItemFacts) -> float:
    peers = item.peer_unit_prices  # sorted
    return _log_ratio(item.unit_price, peers[len(peers) // 2] if peers else None)


def _chemical_share(item: ItemFacts) -> float:
    share = item.importer_chemical_share
    return _UNKNOWN if share is None else share


_OF_ITEM: Mapping[str, Callable[[ItemFacts], float]] = {
    "log_net_mass": lambda item: _log(item.net_mass_kg),
    "log_unit_price": lambda item: _log(item.unit_price),
    "price_beside_peers": _price_beside_peers,
    "mass_beside_own": lambda item: _log_ratio(item.net_mass_kg, item.importer_hs6_max_mass_kg),
    "description_length": lambda item: float(item.description_length),
    "match_score": lambda item: max((m.match_score for m in item.matches), default=0.0),
    "flagged_matches": lambda item: float(sum(m.is_flagged for m in item.matches)),
    "contradiction_count": lambda item: float(sum(len(m.contradictions) for m in item.matches)),
    "log_importer_items": lambda item: _log(item.importer_item_count),
    "log_importer_hs6_items": lambda item: _log(item.importer_hs6_count),
    "importer_chemical_share": _chemical_share,
}
_OF_DECLARATION: Mapping[str, Callable[[DeclarationFacts], float]] = {
    "log_days_since_first_seen": lambda facts: _log(facts.party.days_since_first_seen),
    "log_declarations": lambda facts: _log(facts.party.declaration_count),
    "log_shared_identifiers": lambda facts: _log(facts.party.shared_identifier_count),
    "lead_count": lambda facts: _UNKNOWN if facts.leads is None else float(len(facts.leads)),
}

FEATURES: tuple[str, ...] = (*_STRENGTHS, *_OF_ITEM, *_OF_DECLARATION)
"""The columns of a row in their order; an indicator's code is its strength, 0 to 1."""

RISING: Mapping[str, int] = {
    # A strength is evidence by its definition, and so is what it is made of.
    **dict.fromkeys(_STRENGTHS, 1),
    **dict.fromkeys(("match_score", "flagged_matches", "contradiction_count"), 1),
    **dict.fromkeys(("lead_count", "log_shared_identifiers"), 1),
    # Who has been here for long, and declared much, is better known.
    **dict.fromkeys(("log_days_since_first_seen", "log_declarations"), -1),
}
"""The sign by which a feature is known to work; the others are free."""

_PLACES = {code: place for place, code in enumerate(_STRENGTHS)}


def feature_rows(facts: DeclarationFacts, assessment: Assessment) -> list[list[float]]:
    """A row of :data:`FEATURES` for each item, in the order of ``assessment.items``; none for a
    declaration without items.

    NaN is unknown: a fact that is, or an indicator that the profile does not have or that could
    not decide. ``assessment`` is what some profile makes of ``facts``.
    """
    shared = [number(facts) for number in _OF_DECLARATION.values()]
    items = {item.item_number: item for item in facts.items}
    return [
        [
            *_strengths(one),
            *(number(items[one.item_number]) for number in _OF_ITEM.values()),
            *shared,
        ]
        for one in assessment.items
        if one.item_number in items
    ]


def as_numbers(rows: list[list[float]]) -> Numbers:
    """Rows as an array of shape (rows, features)."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """One inspected item. ``trader`` groups what is no evidence of its own: the importer's key,
    or the declaration where it is not known. ``row`` is in the order of FEATURES."""

    registration_number: str
    item_number: int
    trader: str
    is_found: bool
    is_random: bool
    row: list[float]


class Scorer:
    """A trained ensemble over :data:`FEATURES`, or over those that it was trained with."""

    def __init__(self, ensemble: TreeEnsemble) -> None:
        """:raises ArtefactRefused: it wants a feature that there is no more."""
        gone = sorted(set(ensemble.features) - set(FEATURES))
        if gone:
            raise ArtefactRefused(f"features that there are not: {', '.join(gone)}")
        self.ensemble = ensemble
        self._columns = [FEATURES.index(name) for name in ensemble.features]

    def raw_scores(self, rows: Numbers) -> Numbers:
        """The log odds of each row of shape (rows, FEATURES)."""
        return self.ensemble.raw_scores(rows[:, self._columns])

    def contributions(self, row: list[float]) -> tuple[float, dict[str, float]]:
        """The expected raw score, and what each feature of the row adds to it: together they are
        the row's raw score."""
        expected, found = self.ensemble.contributions(as_numbers([row])[:, self._columns])
        return expected, dict(zip(self.ensemble.features, found[0].tolist(), strict=True))


def _strengths(item: ItemAssessment) -> list[float]:
    found = [_UNKNOWN] * len(_STRENGTHS)
    for code in item.quiet:
        found[_PLACES[code]] = 0.0
    for row in item.contributions:
        found[_PLACES[row.code]] = row.strength
    return found
