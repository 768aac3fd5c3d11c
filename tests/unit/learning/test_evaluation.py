"""Figures of a ranking beside scikit-learn's, their intervals, and drift."""

import doctest

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from risk.domain.learning import encoding
from risk.domain.learning.drift import drift, profile_of, stability_index
from risk.domain.learning.encoding import fit_rates, log_odds_out_of_fold
from risk.domain.learning.evaluation import quality

CHANCE = np.random.default_rng(11)


def ranked(size: int = 800, decimals: int = 1):
    labels = CHANCE.random(size) < 0.25
    return labels, np.round(labels * 0.6 + CHANCE.normal(size=size), decimals)


def test_figures_when_many_scores_are_equal_then_those_of_scikit_learn() -> None:
    for decimals in (0, 1, 9):
        labels, scores = ranked(decimals=decimals)
        found = quality(labels, scores, range(len(labels)), resamples=20)
        assert found.auc.value == pytest.approx(roc_auc_score(labels, scores))
        assert found.average_precision.value == pytest.approx(
            average_precision_score(labels, scores)
        )
        assert (found.rows, found.offences) == (len(labels), labels.sum())


def test_precision_at_the_top_when_ties_reach_over_its_edge_then_they_share_the_places() -> None:
    labels = np.array([True] * 5 + [True, False, False, False, False] + [False] * 90)
    scores = np.array([2.0] * 5 + [1.0] * 5 + [0.0] * 90)
    top = quality(labels, scores, range(100), resamples=10).top
    assert [round(one.value, 3) for one in top] == [1.0, 1.0, 1.0, 0.6]
    tied = quality(labels, np.zeros(100), range(100), resamples=10)
    assert tied.auc.value == 0.5
    assert tied.top[0].value == pytest.approx(0.06)


def test_interval_when_rows_repeat_each_other_then_wider() -> None:
    labels, scores = ranked(size=300)
    alone = quality(labels, scores, range(300), resamples=400).auc
    repeated = quality(
        np.tile(labels, 5), np.tile(scores, 5), list(range(300)) * 5, resamples=400
    ).auc
    naive = quality(np.tile(labels, 5), np.tile(scores, 5), range(1500), resamples=400).auc
    assert repeated.low < alone.value < repeated.high
    assert repeated.high - repeated.low == pytest.approx(alone.high - alone.low, rel=0.15)
    assert naive.high - naive.low < 0.6 * (repeated.high - repeated.low)


def test_figures_when_there_is_one_class_then_refused() -> None:
    with pytest.raises(ValueError, match="both outcomes"):
        quality(np.ones(3, dtype=bool), np.arange(3.0), range(3))


def test_rates_when_documented_then_true() -> None:
    assert doctest.testmod(encoding).failed == 0


def test_rates_when_out_of_fold_then_a_row_does_not_tell_of_itself() -> None:
    """Labels that only their own category could know are not found by its rates."""
    labels = CHANCE.random(2000) < 0.3
    categories = list(range(1000)) * 2
    folds = np.array(categories) % 5  # rows of one category are in one fold
    weights = np.ones(2000)
    found = log_odds_out_of_fold(categories, labels, weights, folds=folds, prior=1)
    assert roc_auc_score(labels, found) == 0.5
    leaking = fit_rates(categories, labels, weights, prior=1).of(categories)
    assert roc_auc_score(labels, leaking) > 0.85


def test_drift_when_rows_are_alike_then_near_nothing_and_when_moved_then_told() -> None:
    then = np.column_stack([CHANCE.normal(size=5000), CHANCE.random(5000), np.zeros(5000)])
    then[::4, 1] = np.nan
    profiles = {name: profile_of(then[:, at]) for at, name in enumerate(("a", "b", "c"))}
    now = then[::-3].copy()
    assert max(drift(profiles, now).values()) < 0.01
    now[:, 0] += 1
    now[:, 1] = np.nan
    now[0, 2] = 5
    moved = drift(profiles, now)
    assert moved["a"] > 0.25
    assert moved["b"] > 0.25
    assert moved["c"] < 0.01


def test_stability_index_when_two_halves_swap_then_as_computed_by_hand() -> None:
    profile = profile_of(np.array([0.0] * 60 + [1.0] * 40))
    assert profile.edges == (0.0, 1.0)
    told = stability_index(profile, np.array([0.0] * 40 + [1.0] * 60))
    assert told == pytest.approx(0.2 * np.log(1.5) * 2, rel=1e-6)
