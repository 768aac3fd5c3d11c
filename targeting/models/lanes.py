"""Lanes that ask a customs office for something, until somebody there acknowledges them."""

from django.db import models
from django.db.models import F, Q

from risk.models import LaneDecision
from risk.models.choices import LaneChoice
from shipments.models import Declaration


class LaneTask(models.Model):
    """A lane that was given: until when it is to be acknowledged, and who did so when.

    ``due_at`` is null where no time is set. ``acknowledged_by`` is an actor: a customs system,
    or a person. Overdue ones of current declarations are work items. ``customs_office`` repeats
    the declaration's, because the queue is scoped and counted by it.
    """

    decision = models.OneToOneField(LaneDecision, on_delete=models.CASCADE, related_name="task")
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="lane_tasks"
    )
    registration_number = models.TextField()
    customs_office = models.TextField(blank=True)
    lane = models.TextField(choices=LaneChoice.choices)
    given_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by="")
                | (Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by="")),
                name="lane_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                F("due_at"),
                F("id"),
                condition=Q(acknowledged_at=None, due_at__isnull=False),
                name="lane_task_due",
            ),
            models.Index(fields=["registration_number"], name="lane_task_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number} {self.lane}"
