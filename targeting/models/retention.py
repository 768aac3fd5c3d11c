"""Legal holds, and what retention removed."""

from django.db import models
from django.db.models import F, Q

from risk.models.four_eyes import FourEyes, second_person
from shipments.models import Party
from shipments.models.history import with_history
from targeting.domain.retention import HoldKind
from targeting.models.choices import HOLD_KINDS, KEPT


@with_history()
class LegalHold(FourEyes):
    """Keeps a declaration, all of a party or all of some days from every removal.

    One person sets it, and it holds at once. Ending it takes two: ``proposed_by`` gave the
    ``lifting_reason``, ``approved_by`` is somebody else and lifted it. Days are the office's,
    both included, of the acceptance of a declaration or the receipt of a message.
    """

    kind = models.TextField(choices=HOLD_KINDS)
    registration_number = models.TextField(blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    reason = models.TextField()
    set_by = models.TextField()
    set_at = models.DateTimeField()
    lifting_reason = models.TextField(blank=True)
    lifting_proposed_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=HoldKind.DECLARATION.value, party=None, first_day=None)
                & ~Q(registration_number="")
                | Q(kind=HoldKind.PARTY.value, registration_number="", first_day=None)
                & Q(party__isnull=False)
                | Q(kind=HoldKind.PERIOD.value, registration_number="", party=None)
                & Q(first_day__lte=F("last_day")),
                name="legal_hold_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, approved_by="")
                | Q(lifted_at__isnull=False) & ~Q(approved_by="") & ~Q(lifting_reason=""),
                name="legal_hold_lifted_by",
            ),
            second_person("legal_hold_four_eyes"),
        ]

    def __str__(self) -> str:
        what = {
            HoldKind.DECLARATION: self.registration_number,
            HoldKind.PARTY: str(self.party),
            HoldKind.PERIOD: f"{self.first_day} to {self.last_day}",
        }
        return f"{self.kind} {what[HoldKind(self.kind)]}"


class RetentionRun(models.Model):
    """What one run removed, counted with every batch, so that a killed run says what it did.

    Due was what is from before ``first_kept_day``; of it ``held_count`` stay for a hold and
    ``protected_count`` because a case or something else refers to them. ``counts`` are rows by
    table. ``finished_at`` is None while it runs, and of a run that was killed until the next.
    """

    kept = models.TextField(choices=KEPT)
    months = models.PositiveSmallIntegerField()
    first_kept_day = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    removed_count = models.PositiveBigIntegerField(default=0)
    held_count = models.PositiveBigIntegerField(default=0)
    protected_count = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kept} before {self.first_kept_day}: {self.removed_count} removed"
