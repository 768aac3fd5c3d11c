"""Whether what comes still looks like what a learned model was trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import msgspec
import numpy as np

from risk.domain.learning.drift import SCORE, STABLE_BELOW, UNSTABLE_FROM, Profile, drift
from risk.domain.learning.features import FEATURES, Scorer, as_numbers
from risk.models import RiskModel
from risk.selectors.profiles import active_profile
from risk.selectors.risk_models import Window, sampled_rows, scorer_of

LEAST_DECLARATIONS = 200
"""Of fewer an index is mostly chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDrift:
    """Population stability indices of a model's features and of its ``score``.

    ``indices`` are None where there are too few declarations, or the model cannot be read.
    ``used`` are the names by which some tree decides, and the score: what drifts besides cannot
    change what the model says.
    """

    model: RiskModel
    window: Window
    declarations: int
    indices: Mapping[str, float] | None
    used: frozenset[str]

    @property
    def worst(self) -> tuple[str, float] | None:
        """The used name that moved most."""
        told = [(name, self.indices[name]) for name in self.used] if self.indices else []
        return max(told, key=lambda one: (one[1], one[0]), default=None)

    @property
    def is_stable(self) -> bool:
        return self.worst is not None and self.worst[1] < STABLE_BELOW

    @property
    def is_unstable(self) -> bool:
        return self.worst is not None and self.worst[1] >= UNSTABLE_FROM


def drift_of(model: RiskModel, window: Window) -> ModelDrift:
    """Compare a sample of the window's declarations with the sample of the training window.

    Indicators are asked with the numbers of the active profile, as they are when a declaration
    comes: a new profile may show as drift, and rightly.
    """
    _, profile = active_profile()
    sample = list(sampled_rows(window, profile))
    scorer = scorer_of(model.pk, model.digest)
    used = _used(scorer) if scorer else frozenset[str]()
    rows = list(chain.from_iterable(sample))
    if scorer is None or len(sample) < LEAST_DECLARATIONS or not rows:
        return ModelDrift(
            model=model, window=window, declarations=len(sample), indices=None, used=used
        )
    numbers = as_numbers(rows)
    columns = {name: numbers[:, FEATURES.index(name)] for name in scorer.ensemble.features}
    columns[SCORE] = scorer.raw_scores(numbers)
    then = msgspec.convert(model.profiles, dict[str, Profile])
    return ModelDrift(
        model=model,
        window=window,
        declarations=len(sample),
        indices=drift(
            {name: then[name] for name in columns}, np.column_stack(list(columns.values()))
        ),
        used=used,
    )


def _used(scorer: Scorer) -> frozenset[str]:
    places = np.unique(scorer.ensemble.nodes.feature)
    return frozenset({SCORE, *(scorer.ensemble.features[place] for place in places if place >= 0)})
