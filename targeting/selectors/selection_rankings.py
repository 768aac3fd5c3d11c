"""Ways of ranking the same stored declarations: by the rules, by a model, by both, by neither."""

from collections.abc import Collection

from django.db.models import FloatField, OuterRef, Q, Subquery

from risk.domain.learning.priority import priority
from risk.domain.matching.evidence import Method
from risk.domain.selection_comparison import Scores
from risk.models import ModelScore, RiskAssessment, RiskModel, SubstanceMatch
from risk.services.assessments import INTAKE
from targeting.selectors.selection import batches_of

RULES, MODEL, BOTH, RANDOM, CODE = "rules alone", "model alone", "both", "random", "code only"
_LAST = -1e9
"""Where a model says nothing: behind all of which it does."""


def rankings(
    registration_numbers: Collection[str], *, model: RiskModel | None
) -> dict[str, Scores]:
    """Over every assessed declaration of the batches that hold any of these, in its current
    version. Without a model its two ways are left out.

    *Random* gives everybody the same: ties count by their chance. *Code only* asks whether a
    declared code is one that a list gives for a substance.
    """
    batches = batches_of(registration_numbers)
    said = ModelScore.objects.filter(assessment=OuterRef("pk"), model=model)
    rows = list(
        RiskAssessment.objects.filter(
            declaration__batch__in=batches,
            declaration__superseded_by__isnull=True,
            trigger=INTAKE,
            trigger_key="",
        )
        .annotate(raw=Subquery(said.values("raw_score")[:1], output_field=FloatField()))
        .values_list("declaration", "declaration__registration_number", "score", "raw")
    )
    by_code = set(
        SubstanceMatch.objects.filter(
            Q(method=Method.CODE.value) | Q(support__contains=[Method.CODE.value]),
            goods_item__declaration__batch__in=batches,
            look_back=None,
        ).values_list("goods_item__declaration", flat=True)
    )
    found: dict[str, Scores] = {RULES: {number: float(score) for _, number, score, _ in rows}}
    if model:
        found[MODEL] = {number: _LAST if raw is None else raw for _, number, _, raw in rows}
        found[BOTH] = {number: priority(float(score), raw) for _, number, score, raw in rows}
    found[RANDOM] = {number: 0.0 for _, number, _, _ in rows}
    found[CODE] = {number: float(pk in by_code) for pk, number, _, _ in rows}
    return found
