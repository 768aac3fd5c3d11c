"""What learned models say of assessments, stored beside them; nothing else of them changes."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from risk.domain.facts import DeclarationFacts
from risk.domain.learning.features import as_numbers, feature_rows
from risk.domain.scoring import Assessment
from risk.models import ModelScore
from risk.selectors.risk_models import scoring_models
from shipments.services.bulk import upsert_rows


class Judged(Protocol):
    """Facts and what the profile makes of them."""

    @property
    def declaration_id(self) -> int: ...
    @property
    def facts(self) -> DeclarationFacts: ...
    @property
    def assessment(self) -> Assessment: ...


def store_model_scores(judged: Iterable[Judged], ids: Mapping[int, int]) -> None:
    """Score the assessments by each model that scores; ``ids`` are theirs by declaration id.

    One query, and one more where a model scores. The caller holds the transaction.
    """
    models = scoring_models()
    if not models:
        return
    rows, owners = [], []
    for one in judged:
        own = feature_rows(one.facts, one.assessment)
        rows += own
        numbers = (item.item_number for item in one.assessment.items if item.item_number)
        owners += [(ids[one.declaration_id], number) for number in numbers]
    if not rows:
        return
    features = as_numbers(rows)
    assessments = np.array([assessment for assessment, _ in owners])
    starts = np.flatnonzero(np.r_[True, assessments[1:] != assessments[:-1]])
    ends = [*starts[1:], len(owners)]
    told = []
    for pk, scorer in models:
        scores = scorer.raw_scores(features)
        for start, end in zip(starts, ends, strict=True):
            best = start + int(scores[start:end].argmax())
            told.append((owners[start][0], pk, float(scores[best]), owners[best][1]))
    upsert_rows(
        ModelScore,
        ("assessment", "model", "raw_score", "item_number"),
        told,
        key=("assessment", "model"),
        update=("raw_score", "item_number"),
    )
