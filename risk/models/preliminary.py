"""Preliminary information and the declarations it announced."""

from django.db import models
from django.db.models import Q

from risk.models.choices import PreliminaryLinkState
from shipments.models import Declaration


class PreliminaryLink(models.Model):
    """One preliminary information and one declaration that may tell of one consignment.

    The pair is that of the numbers; the rows are the latest versions, which were compared
    (risk/domain/preliminary.py). ``grounds`` are why, ``differences`` what is declared
    otherwise. ``state`` follows the score until a person decides; what a person decided stays.
    """

    preliminary_number = models.TextField()
    declaration_number = models.TextField()
    preliminary = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="announced")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="announced_by"
    )
    score = models.FloatField()
    grounds = models.JSONField(default=list)
    compared = models.JSONField(default=list)
    differences = models.JSONField(default=list)
    state = models.TextField(choices=PreliminaryLinkState.choices)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration_number", "preliminary_number"], name="preliminary_link_once"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="preliminary_link_score"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "rejected"]) | ~Q(decided_by=""),
                name="preliminary_link_decided_by",
            ),
        ]
        indexes = [models.Index(fields=["preliminary_number"], name="preliminary_link_announced")]

    def __str__(self) -> str:
        return f"{self.preliminary_number} → {self.declaration_number}: {self.state}"
