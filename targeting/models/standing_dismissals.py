"""Dismissals that stand for their repeats, too."""

from django.db import models
from django.db.models import Q

from shipments.models import Party
from targeting.models.alerts import Alert, AlertAct
from targeting.models.choices import DISMISSAL_SCOPES


class StandingDismissal(models.Model):
    """A dismissal that covers what comes later and is alike, until it ends.

    ``seen`` is what was dismissed (:class:`targeting.domain.dismissals.AlertCase`); it covers
    alerts of the same customs office alone. Covered ones stay in the queue, marked: nothing is
    hidden without a count.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="+")
    act = models.OneToOneField(AlertAct, on_delete=models.PROTECT, related_name="standing")
    scope = models.TextField(choices=DISMISSAL_SCOPES)
    customs_office = models.TextField(blank=True)
    importer = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    seen = models.JSONField()
    valid_until = models.DateField()
    ended_by = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["customs_office", "valid_until"],
                condition=Q(ended_at=None),
                name="standing_dismissal_live",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="standing_dismissal_ended_by",
            ),
        ]

    def __str__(self) -> str:
        return f"standing dismissal {self.pk}"
