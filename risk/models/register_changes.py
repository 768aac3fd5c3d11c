"""What changed in the registers since declarations were assessed, and what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from risk.models.choices import RegisterKind
from shipments.models import Authorisation, Declaration, Job, Party, PreExportNotification


class Reassessment(models.Model):
    """The declarations that some changes of the registers concern, assessed anew where it matters.

    ``key`` names it in the assessments that it led to; declarations accepted from ``since`` on
    are looked at. Of ``declaration_count`` chosen ones the registers say something else of
    ``assessment_count`` than they were assessed with, and ``alert_count`` alerts were raised or
    changed.
    """

    key = models.TextField(unique=True)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="reassessment")
    day = models.DateField()
    since = models.DateField()
    declaration_count = models.PositiveIntegerField(default=0)
    assessment_count = models.PositiveIntegerField(default=0)
    alert_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class RegisterChange(models.Model):
    """An entry of a register came or changed, and which declarations that may concern.

    Written by the service that changes the entry, in its transaction; of an amendment that
    moves an entry to another holder, substance or time there are two, one as it was and one as
    it is. Declarations are concerned that name ``number_key``, draw on ``authorisation``, came
    under ``notification``, are ``registration_number``, or are of ``party`` or of an importer of
    ``country``, between ``first_day`` and ``last_day``, and name one of ``substance_keys`` (none:
    any goods). ``entry`` is how people call it. ``reassessment`` took it up; None until then.
    """

    register = models.TextField(choices=RegisterKind.choices)
    entry = models.TextField()
    actor = models.TextField()
    changed_at = models.DateTimeField()
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.CASCADE, null=True, related_name="+"
    )
    notification = models.ForeignKey(
        PreExportNotification, on_delete=models.CASCADE, null=True, related_name="+"
    )
    registration_number = models.TextField(blank=True)
    number_key = models.TextField(blank=True)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    country = models.TextField(blank=True)
    substance_keys = ArrayField(models.TextField(), default=list)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    reassessment = models.ForeignKey(
        Reassessment, on_delete=models.PROTECT, null=True, related_name="changes"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(entry="") & ~Q(actor=""), name="change_named"),
        ]
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=Q(reassessment__isnull=True),
                name="register_change_waiting",
            ),
            models.Index(fields=["register", "entry"], name="register_change_by_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.entry}"


class ReassessedDeclaration(models.Model):
    """A declaration that a change may concern."""

    reassessment = models.ForeignKey(
        Reassessment, on_delete=models.CASCADE, related_name="declarations", db_index=False
    )
    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="+")
    chunk = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reassessment", "declaration"], name="reassessed_declaration_once"
            ),
        ]
        indexes = [
            models.Index(fields=["reassessment", "chunk"], name="reassessed_declaration_chunk")
        ]

    def __str__(self) -> str:
        return f"{self.reassessment_id}/{self.chunk}: {self.declaration_id}"
