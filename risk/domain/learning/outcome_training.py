"""A learned score from what inspections found: which rows count how much, and how good it is.

Like ``training.py`` only for who trains: it brings scikit-learn.

An inspected item is a row: *found* when a listed substance was found in it, *clean* when an act
says so. Goods that nobody opened are no row. What was opened because something pointed at it is
no sample of all; the random arm is, so its rows stand for the many that nothing pointed at.
"""

import zlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from risk.domain.learning.drift import SCORE, Profile, profile_of
from risk.domain.learning.evaluation import Quality, quality
from risk.domain.learning.features import FEATURES, RISING, Labelled, as_numbers
from risk.domain.learning.training import TrainingSettings, train
from risk.domain.learning.trees import Numbers, TreeEnsemble

LEAST_FOUND = 20
LEAST_CLEAN = 100
"""Fewer rows than these teach nothing that holds."""

MOST_RANDOM_WEIGHT = 20.0
"""What a row of the random arm counts for at most, beside 1 of a row that was chosen."""

FOLDS = 5
RESAMPLES = 200
SETTINGS = TrainingSettings(
    leaves=5, iterations=80, learning_rate=0.1, l2=5.0, least_rows_of_leaf=10, seed=7
)


class TooFewOutcomes(ValueError):
    """There are fewer rows of an outcome than teach anything."""

    def __init__(self, found: int, clean: int) -> None:
        super().__init__(
            f"{found} items with a finding and {clean} clean ones; at least {LEAST_FOUND} and"
            f" {LEAST_CLEAN} are needed"
        )


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """``quality`` is of scores that the row's trader had no part in. ``profiles`` tell, by
    feature and for the raw score, how all declarations of the window were distributed."""

    ensemble: TreeEnsemble
    found: int
    clean: int
    random: int
    random_weight: float
    quality: Quality
    profiles: Mapping[str, Profile]


def learn(
    labelled: Sequence[Labelled],
    window: Sequence[list[float]],
    *,
    passed_by: int,
    settings: TrainingSettings = SETTINGS,
) -> Learned:
    """Train on ``labelled``, in whatever order they come.

    ``window`` are rows of a sample of all items of the window, for the profiles of drift.
    ``passed_by`` counts the window's declarations that the criteria pass by: those that the
    random arm stands for.

    :raises TooFewOutcomes: not enough to learn from.
    """
    rows = sorted(labelled, key=lambda one: (one.registration_number, one.item_number))
    labels = np.array([one.is_found for one in rows], dtype=bool)
    if labels.sum() < LEAST_FOUND or (~labels).sum() < LEAST_CLEAN or not window:
        raise TooFewOutcomes(int(labels.sum()), int((~labels).sum()))
    numbers = as_numbers([one.row for one in rows])
    drawn = {one.registration_number for one in rows if one.is_random}
    random_weight = min(MOST_RANDOM_WEIGHT, max(1.0, passed_by / max(1, len(drawn))))
    weights = np.array([random_weight if one.is_random else 1.0 for one in rows])
    ensemble = _train(numbers, labels, weights, settings)
    traders = [one.trader for one in rows]
    every = as_numbers(list(window))
    columns = {name: every[:, place] for place, name in enumerate(FEATURES)}
    columns[SCORE] = ensemble.raw_scores(every)
    return Learned(
        ensemble=ensemble,
        found=int(labels.sum()),
        clean=int((~labels).sum()),
        random=sum(one.is_random for one in rows),
        random_weight=random_weight,
        quality=quality(
            labels,
            _out_of_fold(numbers, labels, weights, traders, settings),
            traders,
            resamples=RESAMPLES,
        ),
        profiles={name: profile_of(column) for name, column in columns.items()},
    )


def _train(
    numbers: Numbers, labels: NDArray[np.bool_], weights: Numbers, settings: TrainingSettings
) -> TreeEnsemble:
    return train(
        numbers,
        labels,
        # Leaves are sized by rows and shrunk by weight: both mean the same when the mean is 1.
        weights / weights.mean(),
        features=FEATURES,
        rising=RISING,
        settings=settings,
    )


def _out_of_fold(
    numbers: Numbers,
    labels: NDArray[np.bool_],
    weights: Numbers,
    traders: Sequence[str],
    settings: TrainingSettings,
) -> Numbers:
    """Each row's raw score by a model of the other folds of traders; 0 where these are all of
    one outcome."""
    folds = np.array([zlib.crc32(trader.encode()) % FOLDS for trader in traders])
    scores = np.zeros(len(labels))
    for fold in range(FOLDS):
        own = folds == fold
        others = labels[~own]
        if own.any() and others.any() and not others.all():
            model = _train(numbers[~own], others, weights[~own], settings)
            scores[own] = model.raw_scores(numbers[own])
    return scores
