"""Which goods items came under which pre-export notification, and who says so."""

from django.db import models
from django.db.models import F, Q

from risk.models.choices import NotificationMatchState
from shipments.models import Declaration, GoodsItem, PreExportNotification
from shipments.models.history import with_history


@with_history()
class NotificationMatch(models.Model):
    """A notice beside a goods item of the latest version of a declaration.

    ``mass_kg`` is what the item takes of the notified quantity, on the notice's basis; only
    those with ``is_counted`` do, which are the named importer's. ``grounds`` are what speaks
    for it, ``differences`` what is declared otherwise than notified. The state follows the
    score until two people decide: one proposes ``proposed_state``, another approves.
    """

    notification = models.ForeignKey(
        PreExportNotification, on_delete=models.PROTECT, related_name="matches"
    )
    declaration = models.ForeignKey(
        Declaration, on_delete=models.CASCADE, related_name="notification_matches"
    )
    goods_item = models.ForeignKey(
        GoodsItem, on_delete=models.CASCADE, related_name="notification_matches"
    )
    registration_number = models.TextField()
    item_number = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    state = models.TextField(choices=NotificationMatchState.choices)
    score = models.FloatField()
    grounds = models.JSONField(default=list)
    differences = models.JSONField(default=list)
    mass_kg = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    is_counted = models.BooleanField(default=False)
    proposed_state = models.TextField(blank=True)
    proposed_by = models.TextField(blank=True)
    proposed_person = models.TextField(blank=True)
    proposed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.TextField(blank=True)
    decided_person = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number", "item_number", "notification"],
                name="notification_match_once",
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="notification_match_score"
            ),
            models.CheckConstraint(
                condition=Q(decided_by="", decided_person="")
                & ~Q(state__in=("confirmed", "rejected"))
                | (
                    Q(state__in=("confirmed", "rejected"), decided_by__gt="")
                    & Q(decided_person__gt="", proposed_person__gt="")
                    & ~Q(decided_person=F("proposed_person"))
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="notification_match_by_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number}/{self.item_number} {self.state}"
