"""Train an ensemble of trees; the only module that needs scikit-learn.

Not imported where scores are only read: the artefact is arrays (``trees.py``).
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

# It ships no types.
from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]

from risk.domain.learning.trees import Nodes, Numbers, TreeEnsemble


class TrainingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of histogram gradient boosting, by scikit-learn's meaning of each.

    ``features_share`` is the share of features that a split may choose among.
    """

    leaves: int
    iterations: int
    learning_rate: float
    l2: float = 30.0
    least_rows_of_leaf: int = 60
    features_share: float = 1.0
    seed: int = 7


class TrainingRefused(ValueError):
    """Nothing can be learned from these rows: fewer than two classes."""


def train(
    rows: Numbers,
    labels: NDArray[np.bool_],
    weights: Numbers,
    *,
    features: tuple[str, ...],
    rising: Mapping[str, int],
    settings: TrainingSettings,
) -> TreeEnsemble:
    """Boosted trees for ``rows`` of shape (rows, features); NaN is a missing number.

    ``rising`` holds the sign by which a feature is known to work (+1: the score never falls
    when it rises, -1: never rises); features it does not name are free. The same input gives
    the same trees, and a feature that is missing in every row is in none.

    :raises TrainingRefused: all labels are the same.
    """
    if labels.all() or not labels.any():
        raise TrainingRefused("all rows have the same outcome")
    unknown = set(rising) - set(features)
    if unknown:
        raise ValueError(f"signs of features that there are not: {sorted(unknown)}")
    classifier = HistGradientBoostingClassifier(
        max_leaf_nodes=settings.leaves,
        max_iter=settings.iterations,
        learning_rate=settings.learning_rate,
        l2_regularization=settings.l2,
        min_samples_leaf=settings.least_rows_of_leaf,
        max_features=settings.features_share,
        monotonic_cst=[rising.get(name, 0) for name in features],
        early_stopping=False,
        random_state=settings.seed,
    )
    # scikit-learn cannot bin a column of which nothing is known; of one number no tree splits.
    known = ~np.isnan(rows).all(axis=0)
    classifier.fit(np.where(known, rows, 0.0), labels, sample_weight=weights)
    return ensemble_of(classifier, features)


def ensemble_of(
    classifier: HistGradientBoostingClassifier, features: tuple[str, ...]
) -> TreeEnsemble:
    """The arrays of a fitted binary classifier without categorical splits.

    scikit-learn has no public way to its nodes; that these still mean the same is held by a
    test against its own probabilities.
    """
    tables = [trees[0].nodes for trees in classifier._predictors]
    if any(table["is_categorical"].any() for table in tables):
        raise ValueError("categorical splits cannot be told as thresholds")
    starts = np.cumsum([0, *(len(table) for table in tables)])[:-1]
    # A leaf's children and threshold mean nothing; they are 0 so that equal trees are equal bytes.
    leaf = np.concatenate([table["is_leaf"].astype(bool) for table in tables])

    def column(name: str, kind: str, at_leaf: float) -> NDArray[Any]:
        joined = np.concatenate([table[name] for table in tables])
        return np.where(leaf, at_leaf, joined).astype(kind)

    shift = np.repeat(starts, [len(table) for table in tables])
    nodes = Nodes(
        feature=column("feature_idx", "i4", -1),
        threshold=column("num_threshold", "f8", 0),
        missing_left=column("missing_go_to_left", "?", False),
        left=np.where(leaf, 0, column("left", "i8", 0) + shift).astype("i4"),
        right=np.where(leaf, 0, column("right", "i8", 0) + shift).astype("i4"),
        value=np.where(leaf, np.concatenate([table["value"] for table in tables]), 0.0),
        cover=np.concatenate([table["count"] for table in tables]).astype("i8"),
    )
    baseline = float(classifier._baseline_prediction.item())
    return TreeEnsemble(features, baseline, starts.astype("i4"), nodes)
