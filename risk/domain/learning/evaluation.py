"""How well scores rank offences, with the uncertainty of a sample.

Rows that repeat each other are no evidence of their own. The bootstrap therefore draws
groups of rows (all that share goods, price and mass, say), not rows.
"""

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from risk.domain.learning.trees import Numbers

TOP_SHARES = (0.01, 0.02, 0.05, 0.10)
RESAMPLES = 1000


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of all rows, and the middle 95 % of what resamples give."""

    value: float
    low: float
    high: float


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """``top`` holds the precision within each of :data:`TOP_SHARES` of the rows.

    ``auc`` is the chance that an offence scores above another row; ``average_precision`` the
    area under precision by recall, which is the share of offences for random scores.
    """

    rows: int
    offences: int
    auc: Estimate
    average_precision: Estimate
    top: tuple[Estimate, ...]


def quality(
    labels: NDArray[np.bool_],
    scores: Numbers,
    groups: Sequence[Hashable],
    *,
    resamples: int = RESAMPLES,
    seed: int = 7,
) -> Quality:
    """The quality of ``scores``, one a row; equal scores share their places.

    Intervals are percentiles of ``resamples`` bootstrap samples of ``groups``; samples of
    one class only are left out.

    :raises ValueError: the rows are all of one class, or there are none.
    """
    if not len(labels) or labels.all() or not labels.any():
        raise ValueError("rows of both outcomes are needed")
    ranking = _Ranking(labels, scores)
    places = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    group_of = np.fromiter((places[g] for g in groups), dtype=np.intp, count=len(groups))
    chance = np.random.default_rng(seed)
    whole = ranking.figures(np.ones(len(labels)))
    drawn = []
    for _ in range(resamples):
        times = np.bincount(
            chance.integers(0, len(places), len(places)), minlength=len(places)
        ).astype(np.float64)
        weights = times[group_of]
        if 0 < weights @ labels < weights.sum():
            drawn.append(ranking.figures(weights))
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    auc, average, *top = (
        Estimate(value=float(v), low=float(lo), high=float(hi))
        for v, lo, hi in zip(whole, low, high, strict=True)
    )
    return Quality(
        rows=len(labels),
        offences=int(labels.sum()),
        auc=auc,
        average_precision=average,
        top=tuple(top),
    )


class _Ranking:
    """Rows by falling score, sorted once for every way of weighting them."""

    def __init__(self, labels: NDArray[np.bool_], scores: Numbers) -> None:
        self._order = np.argsort(-scores, kind="stable")
        falling = scores[self._order]
        self._starts = np.flatnonzero(np.r_[True, falling[1:] != falling[:-1]])
        self._labels = labels[self._order].astype(np.float64)

    def figures(self, weights: Numbers) -> list[float]:
        """AUC, average precision, and precision in each of the top shares."""
        sorted_weights = weights[self._order]
        rows = np.add.reduceat(sorted_weights, self._starts)
        found = np.add.reduceat(sorted_weights * self._labels, self._starts)
        rows_to, found_to = np.cumsum(rows), np.cumsum(found)
        all_rows, offences = rows_to[-1], found_to[-1]
        clean = rows - found
        clean_below = (all_rows - offences) - np.cumsum(clean)
        auc = found @ (clean_below + clean / 2) / (offences * (all_rows - offences))
        # A sample may leave out the first rows: nothing is divided by nothing.
        average = found @ np.divide(
            found_to, rows_to, out=np.zeros_like(rows_to), where=rows_to > 0
        )
        return [
            float(auc),
            float(average / offences),
            *(
                float(np.interp(share * all_rows, np.r_[0, rows_to], np.r_[0, found_to]))
                / (share * all_rows)
                for share in TOP_SHARES
            ),
        ]
