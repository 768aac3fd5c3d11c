"""The learned score on the published split of the Korean declarations, beside simple baselines.

Every choice is made on the training and validation parts; the test part is scored once, by
what was chosen. Baselines show what memory alone gives: a look-up of the tuple ranks all rows
almost perfectly and says nothing of rows that it has not seen.
"""

from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from risk.domain.learning.encoding import fit_rates
from risk.domain.learning.evaluation import Quality, quality
from risk.domain.learning.training import TrainingSettings, train
from risk.domain.learning.trees import Numbers, TreeEnsemble
from risk.domain.learning.wco_korea import CATEGORIES, FEATURES, RISING, Encoder, Part

BAR = 0.60
"""What the lower bound of the AUC on unseen tuples of the test part is to be above."""

PRIOR = 30.0
"""Weight of all rows in the rate of a category, in tuples."""

CANDIDATES: Mapping[str, TrainingSettings] = {
    "6 leaves": TrainingSettings(leaves=6, iterations=150, learning_rate=0.05),
    "15 leaves": TrainingSettings(leaves=15, iterations=200, learning_rate=0.03),
    "31 leaves": TrainingSettings(leaves=31, iterations=200, learning_rate=0.03),
}
LEARNED = "learned score"

Scorer = Callable[[Part], Numbers]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One way of scoring on one part: all its rows, and those of unseen tuples."""

    name: str
    every: Quality
    unseen: Quality


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``candidates`` are on the validation part, ``chosen`` is the best of them on unseen
    tuples; ``test`` are the baselines and, last, the learned score."""

    candidates: tuple[Figures, ...]
    chosen: str
    test: tuple[Figures, ...]

    @property
    def is_above_bar(self) -> bool:
        return self.test[-1].unseen.auc.low > BAR


def evaluate_on_wco_korea(
    training: Part, validation: Part, test: Part, *, resamples: int
) -> Report:
    """Choose among :data:`CANDIDATES` on ``validation``, and measure the choice on ``test``."""
    encoder = Encoder(training, prior=PRIOR)
    rows, for_validation = encoder.training_rows(), encoder.rows(validation)
    ensembles: dict[str, TreeEnsemble] = {}
    candidates = []
    for name, settings in CANDIDATES.items():
        ensembles[name] = train(
            rows,
            training.labels,
            training.weights,
            features=FEATURES,
            rising=RISING,
            settings=settings,
        )
        scores = ensembles[name].raw_scores(for_validation)
        candidates.append(_figures(name, training, validation, scores, resamples))
    chosen = max(candidates, key=lambda one: one.unseen.auc.value).name
    learned = ensembles[chosen].raw_scores(encoder.rows(test))
    scored = {name: scorer(test) for name, scorer in _baselines(training).items()}
    return Report(
        candidates=tuple(candidates),
        chosen=chosen,
        test=tuple(
            _figures(name, training, test, scores, resamples)
            for name, scores in {**scored, LEARNED: learned}.items()
        ),
    )


def _figures(name: str, training: Part, part: Part, scores: Numbers, resamples: int) -> Figures:
    unseen = part.unseen_in(training)
    tuples = np.array(["\t".join(one) for one in part.tuples])
    return Figures(
        name=name,
        every=quality(part.labels, scores, tuples.tolist(), resamples=resamples),
        unseen=quality(
            part.labels[unseen], scores[unseen], tuples[unseen].tolist(), resamples=resamples
        ),
    )


def _baselines(training: Part) -> dict[str, Scorer]:
    """Each is fitted to all training rows as they are, repeated ones as often as they repeat."""
    ones = np.ones(len(training.rows))
    of_tuple = fit_rates(training.tuples, training.labels, ones, prior=1.0)
    rates = {
        name: fit_rates(training.categories(name), training.labels, ones, prior=PRIOR)
        for name in CATEGORIES
    }
    return {
        "random": lambda part: np.random.default_rng(7).random(len(part.rows)),
        "tuple looked up": lambda part: of_tuple.of(part.tuples),
        "rate of the HS6": lambda part: rates["hs6"].of(part.categories("hs6")),
        "log odds of all categories added": lambda part: np.sum(
            [rates[name].of(part.categories(name)) for name in CATEGORIES], axis=0
        ),
    }
