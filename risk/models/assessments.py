"""Assessments: the score of a declaration, why, and the lane it led to."""

from django.db import models
from django.db.models import Q

from risk.models.choices import LaneChoice
from risk.models.profiles import RiskProfile
from shipments.models import Declaration


class AssessmentBasis(models.Model):
    """Everything an assessment stands on besides its facts: one row for thousands of them.

    ``indicator_versions`` maps codes to versions, ``list_editions`` list codes to edition
    numbers; ``digest`` is over all values.
    """

    digest = models.BinaryField(max_length=16, unique=True)
    profile = models.ForeignKey(RiskProfile, on_delete=models.PROTECT, related_name="+")
    engine_version = models.TextField()
    screener_digest = models.BinaryField(max_length=16)
    indicator_versions = models.JSONField()
    list_editions = models.JSONField()

    class Meta:
        verbose_name_plural = "assessment bases"

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class RiskAssessment(models.Model):
    """One assessment of one declaration.

    ``trigger`` tells why it was made (``intake``, ``list_change``, ``announced_late``,
    ``register_change``) and with ``trigger_key`` is the natural key. From ``facts`` and
    ``basis`` the same bytes can be computed again. ``score`` is 0–100, that of the leading item.
    """

    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="assessments", db_index=False
    )
    trigger = models.TextField(default="intake")
    trigger_key = models.TextField(blank=True)
    basis = models.ForeignKey(AssessmentBasis, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    confidence = models.DecimalField(max_digits=5, decimal_places=4)
    leading_item_number = models.PositiveIntegerField(null=True)
    facts = models.BinaryField()
    quiet_codes = models.JSONField(default=list)
    missing_codes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "trigger", "trigger_key"], name="risk_assessment_once"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100), name="risk_score_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id}: {self.score}"


class IndicatorRow(models.Model):
    """One fired indicator. ``item_number`` 0 is the declaration as a whole.

    The contributions of the leading item and of item 0 add up to the score. Partitioned by the
    month of ``accepted_at``, which is that of the declaration.
    """

    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.CASCADE, related_name="indicator_rows", db_index=False
    )
    item_number = models.PositiveIntegerField()
    code = models.TextField()
    strength = models.FloatField()
    contribution = models.DecimalField(max_digits=5, decimal_places=2)
    params = models.JSONField(default=dict)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "item_number", "code", "accepted_at"],
                name="indicator_row_once",
            ),
        ]
        indexes = [
            # What arrived without a notice, the latest first.
            models.Index(
                fields=["-accepted_at", "-id"],
                condition=Q(code="notice_missing"),
                name="indicator_row_unannounced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} +{self.contribution}"


class LaneDecision(models.Model):
    """The control lane and its ground, with everything needed to recompute the draw.

    See :class:`risk.domain.lanes.LaneDecision`; ``draw_day`` is the office's local day,
    ``key_digest`` the published SHA-256 of that day's key. ``place`` is where the declaration
    stood in its office's day, None where the office has no limits.
    """

    assessment = models.OneToOneField(
        RiskAssessment, on_delete=models.CASCADE, related_name="lane_decision"
    )
    lane = models.TextField(choices=LaneChoice.choices)
    criteria_lane = models.TextField(choices=LaneChoice.choices)
    ground = models.TextField()
    is_random_arm = models.BooleanField(default=False)
    is_drawn = models.BooleanField(default=False)
    is_held_below_red = models.BooleanField(default=False)
    is_over_capacity = models.BooleanField(default=False)
    place = models.JSONField(null=True)
    draw = models.FloatField()
    random_rate = models.FloatField()
    draw_day = models.DateField()
    key_digest = models.TextField()

    def __str__(self) -> str:
        return f"{self.lane} ({self.ground})"
