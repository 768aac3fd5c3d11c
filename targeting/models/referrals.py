"""What was referred of an alert, to whom, and what came of it; and files attached to one."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from targeting.domain.lifecycle import ReferralKind, ReferralState
from targeting.models.agencies import Agency
from targeting.models.alerts import Alert, AlertAct
from targeting.models.choices import REFERRAL_KINDS, REFERRAL_STATES

_SENT = ("public_id", "alert_id", "act_id", "kind", "agency_id", "parts", "content", "note")
_AS_SENT = """
    IF ROW({old}) IS DISTINCT FROM ROW({new}) THEN
      RAISE EXCEPTION 'a referral stays as it was sent';
    END IF;
    RETURN NEW;
""".format(
    old=", ".join(f"OLD.{name}" for name in _SENT), new=", ".join(f"NEW.{name}" for name in _SENT)
)


class Referral(models.Model):
    """Parts of a flagged shipment as they were sent, to examiners of its office or to an agency.

    ``content`` is all that the receiver sees beside the ``note``, by part, and neither changes
    any more: a trigger keeps them. ``act`` says who sent it and when. The receiver knows it by
    ``public_id``.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="referrals")
    act = models.OneToOneField(AlertAct, on_delete=models.PROTECT, related_name="referral")
    kind = models.TextField(choices=REFERRAL_KINDS)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="referrals"
    )
    parts = ArrayField(models.TextField())
    content = models.JSONField()
    note = models.TextField()
    state = models.TextField(choices=REFERRAL_STATES, default=ReferralState.SENT.value)
    received_by = models.TextField(blank=True)
    received_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    closed_by = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ReferralKind.AGENCY.value, agency__isnull=False)
                | Q(kind=ReferralKind.INSPECTION.value, agency=None),
                name="referral_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by="")
                | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
                name="referral_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["agency", "-id"], name="referral_by_agency")]
        triggers = [
            pgtrigger.Trigger(
                name="referral_as_sent",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=_AS_SENT,
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class AlertAttachment(models.Model):
    """A file that a person attached to an alert, never changed: ``number`` counts from 1.

    ``media_type`` is told by the content, ``file_name`` is the sender's word for it. The same bytes
    are attached once. ``act`` is its row in the timeline; none of a file from before there was one.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="attachments")
    act = models.OneToOneField(
        AlertAct, on_delete=models.PROTECT, null=True, related_name="attachment"
    )
    number = models.PositiveSmallIntegerField()
    file = models.FileField()
    file_name = models.TextField()
    media_type = models.TextField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    note = models.TextField(blank=True)
    added_by = models.TextField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "number"], name="attachment_number_once"),
            models.UniqueConstraint(fields=["alert", "sha256"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id}/{self.number}"
