"""Who is one trader: what people decided of pairs, what waits for them, what follows."""

from django.db import models
from django.db.models import F, Q

from risk.models.choices import DecisionState, TraderVerdict
from risk.models.four_eyes import FourEyes, second_person
from shipments.models import Party
from shipments.models.history import with_history


@with_history()
class PartyDecision(FourEyes):
    """Two parties are one trader, or are two: proposed by one person, approved by another.

    It never changes; withdrawn, it is as if it had never been. ``lower`` has the lower id.
    """

    lower = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    higher = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    verdict = models.TextField(choices=TraderVerdict.choices)
    reason = models.TextField()
    state = models.TextField(choices=DecisionState.choices, default=DecisionState.PROPOSED)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            second_person("party_decision_four_eyes"),
            models.UniqueConstraint(
                fields=["lower", "higher"],
                condition=~Q(state=DecisionState.WITHDRAWN),
                name="party_decision_once",
            ),
            models.CheckConstraint(condition=Q(lower__lt=F("higher")), name="party_decision_order"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(proposed_by=""), name="party_decision_reasoned"
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.ACTIVE) | ~Q(approved_by=""),
                name="party_decision_active_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.WITHDRAWN)
                | (~Q(withdrawn_by="") & ~Q(withdrawal_reason="")),
                name="party_decision_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lower_id} {self.verdict} {self.higher_id}"


class PartyAlias(models.Model):
    """A party of a trader that another party represents: derived from the active decisions
    (risk/domain/resolution/aliases.py), written by nothing else."""

    party = models.OneToOneField(
        Party, on_delete=models.PROTECT, primary_key=True, related_name="alias"
    )
    representative = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="aliases")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(representative__lt=F("party")), name="party_alias_lower"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} -> {self.representative_id}"


class PartyLikeness(models.Model):
    """A pair that is or may be one trader, with its grounds: what waits for a decision.

    Made anew whenever either has new names or identifiers; ``bits`` is empty where a number
    decided. ``grounds`` are (code, bits, detail), the strongest first.
    """

    lower = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+", db_index=False)
    higher = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    outcome = models.TextField()
    bits = models.FloatField(null=True)
    coverage = models.FloatField()
    grounds = models.JSONField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "party likenesses"
        constraints = [
            models.UniqueConstraint(fields=["lower", "higher"], name="party_likeness_once"),
            models.CheckConstraint(condition=Q(lower__lt=F("higher")), name="party_likeness_order"),
        ]

    def __str__(self) -> str:
        return f"{self.lower_id} {self.outcome} {self.higher_id}"
