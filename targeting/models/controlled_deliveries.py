"""Alerts that are watched in silence, known to the persons named and to nobody else."""

from django.db import models
from django.db.models import Q

from targeting.models.alerts import Alert
from targeting.models.users import User


class ControlledDelivery(models.Model):
    """The goods of the alert go on under watch until ``ended_at``.

    Only the ``named`` know, whoever made the mark among them; whatever role others hold, for
    them it is not there. So nothing of the alert changes with it, and an alert may have several
    marks whose circles do not know of each other. ``ground`` is the act that allows it.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="controlled_deliveries")
    named = models.ManyToManyField(User, related_name="controlled_deliveries")
    ground = models.TextField()
    marked_by = models.TextField()
    marked_at = models.DateTimeField()
    ended_by = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "controlled deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="controlled_delivery_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"controlled delivery {self.pk}"
