"""The arrays of an ensemble: the scores of scikit-learn, contributions that add up, no pickles."""

import io
import pickle
import subprocess
import sys
from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from config import env
from risk.domain.learning.training import TrainingRefused, TrainingSettings, ensemble_of, train
from risk.domain.learning.trees import ArtefactRefused, TreeEnsemble

NAMES = ("rising", "falling", "free", "noise")
SETTINGS = TrainingSettings(leaves=7, iterations=12, learning_rate=0.2, least_rows_of_leaf=10)


def samples(size: int = 1500, seed: int = 3):
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(size, len(NAMES)))
    odds = 1.5 * rows[:, 0] - rows[:, 1] + rows[:, 0] * rows[:, 2]
    labels = chance.random(size) < 1 / (1 + np.exp(-odds))
    rows[chance.random(rows.shape) < 0.15] = np.nan
    return rows, labels, chance.uniform(0.2, 1.0, size)


def trained() -> TreeEnsemble:
    rows, labels, weights = samples()
    signs = {"rising": 1, "falling": -1}
    return train(rows, labels, weights, features=NAMES, rising=signs, settings=SETTINGS)


def test_scores_when_read_from_arrays_then_those_of_scikit_learn() -> None:
    rows, labels, weights = samples()
    for leaves, signs in ((2, [0, 0, 0, 0]), (7, [1, -1, 0, 0]), (31, [0, 0, 1, 0])):
        classifier = HistGradientBoostingClassifier(
            max_leaf_nodes=leaves, max_iter=20, monotonic_cst=signs, random_state=1
        ).fit(rows, labels, sample_weight=weights)
        ensemble = TreeEnsemble.unpacked(ensemble_of(classifier, NAMES).packed())
        other, _, _ = samples(seed=4)
        # On every threshold, and beside it, too: there is where a side would be mistaken.
        edges = np.resize(ensemble.nodes.threshold[ensemble.nodes.feature >= 0], 400)
        at_edges = np.column_stack([edges] * 4)
        for given in (rows, other, at_edges, np.nextafter(at_edges, np.inf)):
            np.testing.assert_allclose(
                ensemble.raw_scores(given), classifier.decision_function(given), rtol=1e-12
            )
            np.testing.assert_allclose(
                ensemble.probabilities(given), classifier.predict_proba(given)[:, 1], rtol=1e-12
            )


def test_contributions_when_added_then_the_raw_score() -> None:
    ensemble = trained()
    rows, _, _ = samples(seed=5)
    expected, contributions = ensemble.contributions(rows)
    assert contributions.shape == rows.shape
    np.testing.assert_allclose(
        expected + contributions.sum(axis=1), ensemble.raw_scores(rows), atol=1e-10
    )
    assert np.abs(contributions).max() > 0.1


def test_contributions_when_games_are_played_out_then_the_same() -> None:
    ensemble = trained()
    rows, _, _ = samples(size=12, seed=6)
    expected, contributions = ensemble.contributions(rows)
    for row, told in zip(rows, contributions, strict=True):
        assert _known(ensemble, row, frozenset()) == pytest.approx(expected, abs=1e-10)
        np.testing.assert_allclose(told, _shapley(ensemble, row), atol=1e-10)


def _shapley(ensemble: TreeEnsemble, row) -> list[float]:
    """By the definition: over every set of features known before."""
    size = len(row)
    found = []
    for feature in range(size):
        others = [one for one in range(size) if one != feature]
        found.append(
            sum(
                factorial(len(known)) * factorial(size - len(known) - 1) / factorial(size)
                * (
                    _known(ensemble, row, frozenset(known) | {feature})
                    - _known(ensemble, row, frozenset(known))
                )
                for count in range(size)
                for known in combinations(others, count)
            )
        )  # fmt: skip
    return found


def _known(ensemble: TreeEnsemble, row, known: frozenset[int]) -> float:
    """The expected score when only some features are known, by walking the nodes."""
    nodes = ensemble.nodes

    def below(place: int) -> float:
        feature = int(nodes.feature[place])
        if feature < 0:
            return float(nodes.value[place])
        left, right = int(nodes.left[place]), int(nodes.right[place])
        if feature in known:
            number = row[feature]
            is_left = (
                nodes.missing_left[place] if np.isnan(number) else number <= nodes.threshold[place]
            )
            return below(left if is_left else right)
        share = nodes.cover[left] / nodes.cover[place]
        return share * below(left) + (1 - share) * below(right)

    return ensemble.baseline + sum(below(int(root)) for root in ensemble.roots)


def test_score_when_a_feature_of_known_sign_rises_then_it_never_moves_against_it() -> None:
    ensemble = trained()
    rows, _, _ = samples(size=50, seed=8)
    steps = np.linspace(-4, 4, 81)
    for feature, sign in ((0, 1), (1, -1)):
        for row in rows:
            moved = np.repeat(row[np.newaxis], len(steps), axis=0)
            moved[:, feature] = steps
            assert (np.diff(ensemble.raw_scores(moved)) * sign >= -1e-12).all()


def test_training_when_repeated_then_the_same_bytes() -> None:
    assert trained().packed() == trained().packed()


def test_training_when_nothing_is_known_of_a_feature_then_no_tree_asks_for_it() -> None:
    rows, labels, weights = samples()
    rows[:, 3] = np.nan
    ensemble = train(rows, labels, weights, features=NAMES, rising={}, settings=SETTINGS)
    assert set(ensemble.nodes.feature) == {-1, 0, 1, 2}


def test_training_when_all_outcomes_are_the_same_then_refused() -> None:
    rows, labels, weights = samples(size=100)
    with pytest.raises(TrainingRefused):
        train(rows, np.zeros_like(labels), weights, features=NAMES, rising={}, settings=SETTINGS)


def test_artefact_when_it_holds_a_pickle_then_refused_unread() -> None:
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was read",))

    held = _arrays(trained())
    held["value"] = np.array([Trap()], dtype=object)
    for packed in (_saved(held), pickle.dumps(Trap()), b"", b"PK\x05\x06"):
        with pytest.raises(ArtefactRefused):
            TreeEnsemble.unpacked(packed)


def test_artefact_when_any_byte_of_it_is_damaged_then_refused_or_the_same() -> None:
    """Nothing else comes out of damaged bytes, whichever layer notices: archive, deflate, array."""
    whole = trained()
    packed = whole.packed()
    for place in range(0, len(packed), 41):
        damaged = packed[:place] + bytes([packed[place] ^ 0x5A]) + packed[place + 1 :]
        try:
            read = TreeEnsemble.unpacked(damaged)
        except ArtefactRefused:
            continue
        assert read.packed() == packed


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("left", 0, 0),  # a walk without end
        ("right", 0, 10**6),
        ("feature", 0, 4),
        ("value", -1, np.nan),
        ("threshold", 0, np.nan),
        ("cover", 1, 0),
        ("roots", 0, -1),
        ("version", (), 2),
    ],
)
def test_artefact_when_one_number_is_wrong_then_refused(name, place, value) -> None:
    held = _arrays(trained())
    held[name][place] = value
    with pytest.raises(ArtefactRefused):
        TreeEnsemble.unpacked(_saved(held))


def _arrays(ensemble: TreeEnsemble) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(ensemble.packed())) as arrays:
        return {name: arrays[name].copy() for name in arrays}


def _saved(arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def test_scores_when_only_read_then_without_scikit_learn() -> None:
    """ADR 26: what stands beside the pipeline does not bring the training library."""
    asked = (
        "import sys, django; django.setup(); import config.celery, targeting.pipeline, config.urls,"
        " targeting.tasks; print('sklearn' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=env.PROJECT,
        env=env.for_child() | {"DJANGO_SETTINGS_MODULE": "config.settings.base"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
