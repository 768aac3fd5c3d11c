"""Learned models: the registry, and what each said of an assessment."""

from django.db import models
from django.db.models import Q

from risk.models.assessments import RiskAssessment
from risk.models.choices import RiskModelState
from risk.models.four_eyes import FourEyes, second_person
from risk.models.profiles import RiskProfile
from shipments.models.history import with_history


@with_history(exclude=["artefact"])
class RiskModel(FourEyes):
    """A trained model, its ``artefact`` as arrays (risk/domain/learning/trees.py).

    It begins as a shadow: it scores what comes, and nothing follows from that. It becomes active
    when one person proposes it and another approves it; at most one model is in each of both
    states. ``window_from`` and ``window_to`` are the first and the last day of acceptance of the
    declarations that it was trained on, ``as_of`` the day before which their outcomes were known.
    ``profile`` gave the indicators their parameters. ``quality`` holds its metrics, ``profiles``
    the distributions that drift is told against; ``digest`` is the SHA-256 of the artefact.
    """

    number = models.PositiveIntegerField(unique=True)
    state = models.TextField(choices=RiskModelState.choices, default=RiskModelState.SHADOW)
    as_of = models.DateField()
    window_from = models.DateField()
    window_to = models.DateField()
    profile = models.ForeignKey(RiskProfile, on_delete=models.PROTECT, related_name="+")
    features = models.JSONField()
    settings = models.JSONField()
    quality = models.JSONField()
    profiles = models.JSONField()
    digest = models.TextField(unique=True)
    artefact = models.BinaryField()
    trained_by = models.TextField()
    trained_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    retired_by = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True)
    retirement_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            second_person("risk_model_four_eyes"),
            models.UniqueConstraint(
                fields=["state"],
                condition=~Q(state=RiskModelState.RETIRED),
                name="risk_model_one_a_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=RiskModelState.ACTIVE) | ~Q(approved_by=""),
                name="risk_model_active_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=RiskModelState.RETIRED)
                | (~Q(retired_by="") & ~Q(retirement_reason="")),
                name="risk_model_retired_by",
            ),
            models.CheckConstraint(
                condition=Q(window_from__lte=models.F("window_to"))
                & Q(window_to__lt=models.F("as_of")),
                name="risk_model_window",
            ),
        ]

    def __str__(self) -> str:
        return f"model {self.number} ({self.state})"


class ModelScore(models.Model):
    """What a model said of an assessment: the highest raw score (log odds) of any of its items.

    It stands beside the assessment: score, lane and draw do not know it.
    """

    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.CASCADE, related_name="model_scores", db_index=False
    )
    model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="+", db_index=False)
    raw_score = models.FloatField()
    item_number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "model"], name="model_score_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.raw_score:.3f}"
