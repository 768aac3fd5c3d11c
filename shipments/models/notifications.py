"""What exporting states told of consignments before they left."""

from django.db import models
from django.db.models import F, Q

from shipments.domain.masses import Basis
from shipments.domain.notifications import NotificationState
from shipments.domain.values import Direction
from shipments.models.choices import BASES, DIRECTIONS, NOTIFICATION_STATES
from shipments.models.history import with_history
from shipments.models.parties import Party


@with_history()
class PreExportNotification(models.Model):
    """One substance of a notification, as in :mod:`shipments.domain.notifications`.

    The row is what holds now; every change counts ``version`` up and the history keeps what was
    before. ``opens_on`` and ``closes_on`` are the days between which its goods are declared.
    A notice without declaration that a person ``closed`` is no work item any more.
    """

    authority = models.TextField()
    number = models.TextField()
    number_key = models.TextField()
    substance_key = models.TextField()
    version = models.PositiveIntegerField(default=1)
    content_digest = models.BinaryField(max_length=16)
    direction = models.TextField(choices=DIRECTIONS, default=Direction.IMPORT.value)
    state = models.TextField(choices=NOTIFICATION_STATES, default=NotificationState.RECEIVED.value)
    state_on = models.DateField()
    state_reason = models.TextField(blank=True)
    exporter = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="notified_exports")
    importer = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="notified_imports", db_index=False
    )
    consignee = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.TextField()
    basis = models.TextField(choices=BASES, default=Basis.NET.value)
    notified_kg = models.DecimalField(max_digits=24, decimal_places=6)
    solution_pct = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    density_kg_per_l = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    sent_on = models.DateField()
    dispatch_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    period_months = models.PositiveSmallIntegerField(null=True)
    reply_due_on = models.DateField()
    is_reply_day_stated = models.BooleanField(default=False)
    opens_on = models.DateField()
    closes_on = models.DateField()
    entry_point = models.TextField(blank=True)
    transport_mode = models.TextField(blank=True)
    transport_document = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    registered_by = models.TextField()
    registered_at = models.DateTimeField()
    amended_by = models.TextField(blank=True)
    amended_at = models.DateTimeField(null=True)
    closed_by = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "number_key", "substance_key"], name="notification_once"
            ),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(number_key=""), name="notification_named"
            ),
            models.CheckConstraint(condition=Q(notified_kg__gt=0), name="notification_amount"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")), name="notification_window"
            ),
            models.CheckConstraint(
                condition=Q(period_months=None, valid_from=None, valid_to=None)
                | Q(period_months__in=(6, 12), valid_from__isnull=False, valid_to__isnull=False)
                & Q(dispatch_on=None),
                name="notification_simplified",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | (~Q(closed_by="") & ~Q(closing_reason="")),
                name="notification_closed_by",
            ),
        ]
        indexes = [
            models.Index(fields=["number_key"], name="notification_by_number"),
            models.Index(fields=["importer", "opens_on"], name="notification_by_importer"),
            models.Index(fields=["closes_on"], name="notification_by_window"),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.number}"
