"""What learned models said of an assessment, and what moved them: exact, told for a reader."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from risk.domain.facts import DeclarationFacts
from risk.domain.learning.features import FEATURES, feature_rows
from risk.domain.scoring import assess
from risk.models import ModelScore, RiskAssessment, RiskModel
from risk.selectors.profiles import stored_profile
from risk.selectors.risk_models import scorer_of

TOLD = 10
"""At most so many contributions are told one by one."""
_LEAST_TOLD = 0.005
_EXACT = 1e-6


class Contribution(NamedTuple):
    """What a feature adds to a raw score, in log odds; ``value`` as the model sees it."""

    feature: str
    value: float
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A model's score of the item on which it is highest.

    ``expected`` + the points of all contributions + ``others`` are ``raw_score``. They are None
    and empty where the score can no longer be told: the model, or an indicator, is another now.
    """

    model: RiskModel
    raw_score: float
    item_number: int
    expected: float | None = None
    contributions: Sequence[Contribution] = ()
    others: float | None = None

    @property
    def score(self) -> float:
        """0 to 100, rising with the raw score; no probability, since outcomes are of a choice."""
        return 100 / (1 + math.exp(-self.raw_score))


def opinions_on(assessment: RiskAssessment, facts: DeclarationFacts | None) -> list[Opinion]:
    """Of every model that scored the assessment, the newest first. ``facts`` are its own.

    One query, and one for each model that this process has not read yet.
    """
    stored = ModelScore.objects.filter(assessment=assessment).select_related("model")
    stored = stored.defer("model__artefact", "model__profiles").order_by("-model__number")
    return [_told(one, assessment, facts) for one in stored]


def _told(
    stored: ModelScore, assessment: RiskAssessment, facts: DeclarationFacts | None
) -> Opinion:
    model, raw_score, item_number = stored.model, stored.raw_score, stored.item_number
    untold = Opinion(model=model, raw_score=raw_score, item_number=item_number)
    scorer = scorer_of(model.pk, model.digest)
    row = _row(facts, item_number, assessment) if facts and scorer else None
    if scorer is None or row is None:
        return untold
    expected, added = scorer.contributions(row)
    if abs(expected + math.fsum(added.values()) - raw_score) > _EXACT:
        return untold
    by_weight = sorted(added.items(), key=lambda one: (-abs(one[1]), one[0]))
    told = [one for one in by_weight[:TOLD] if abs(one[1]) >= _LEAST_TOLD]
    return Opinion(
        model=model,
        raw_score=raw_score,
        item_number=item_number,
        expected=expected,
        contributions=[
            Contribution(name, row[FEATURES.index(name)], points) for name, points in told
        ],
        others=math.fsum(points for _, points in by_weight[len(told) :]),
    )


def _row(
    facts: DeclarationFacts, item_number: int, assessment: RiskAssessment
) -> list[float] | None:
    again = assess(facts, stored_profile(assessment.basis.profile))
    numbers = [item.item_number for item in again.items if item.item_number]
    rows = dict(zip(numbers, feature_rows(facts, again), strict=True))
    return rows.get(item_number)
