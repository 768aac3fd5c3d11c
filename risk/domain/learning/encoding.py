"""What a category (a code, a country) is known for: the share of offences among its rows.

A row must not tell of itself: where the rates of its own training rows are wanted, they are
taken from the other folds (:func:`log_odds_out_of_fold`). Rates that leave out only the row
itself tell its label by their difference.
"""

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from risk.domain.learning.trees import Numbers


class Rates(msgspec.Struct, frozen=True):
    """Log odds by category; ``other`` for one that was not seen, which is that of all rows."""

    log_odds: dict[Hashable, float]
    other: float

    def of(self, categories: Sequence[Hashable]) -> Numbers:
        """The log odds of each category."""
        return np.array([self.log_odds.get(one, self.other) for one in categories])


def fit_rates(
    categories: Sequence[Hashable],
    labels: NDArray[np.bool_],
    weights: Numbers,
    *,
    prior: float,
    overall: float | None = None,
) -> Rates:
    """Rates shrunk towards ``overall`` (default: the rate of all rows), which counts like
    rows of weight ``prior`` in each category.

    >>> rates = fit_rates("aab", np.array([True, True, False]), np.ones(3), prior=3)
    >>> [round(float(odds), 2) for odds in rates.of("abc")]  # 4 of 5, 2 of 4, 2 of 3
    [1.39, 0.0, 0.69]
    """
    rate = float(weights @ labels / weights.sum()) if overall is None else overall
    places = {one: place for place, one in enumerate(dict.fromkeys(categories))}
    at = np.fromiter((places[one] for one in categories), dtype=np.intp, count=len(categories))
    of_all = np.bincount(at, weights=weights, minlength=len(places))
    offences = np.bincount(at, weights=weights * labels, minlength=len(places))
    shrunk = (offences + prior * rate) / (of_all + prior)
    odds = np.log(shrunk / (1 - shrunk))
    return Rates(
        {one: float(odds[place]) for one, place in places.items()},
        float(np.log(rate / (1 - rate))),
    )


def log_odds_out_of_fold(
    categories: Sequence[Hashable],
    labels: NDArray[np.bool_],
    weights: Numbers,
    *,
    folds: NDArray[np.intp],
    prior: float,
) -> Numbers:
    """Each row's log odds as the rows of all other folds tell them."""
    overall = float(weights @ labels / weights.sum())
    found = np.empty(len(categories))
    for fold in np.unique(folds):
        is_own = folds == fold
        rates = fit_rates(
            [one for one, own in zip(categories, is_own, strict=True) if not own],
            labels[~is_own],
            weights[~is_own],
            prior=prior,
            overall=overall,
        )
        found[is_own] = rates.of([one for one, own in zip(categories, is_own, strict=True) if own])
    return found
