"""Stored declarations read again because a list or a name changed, or as if it had."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from risk.models.lists import ListEdition
from risk.models.substances import Substance
from risk.models.texts import GoodsText
from shipments.models import Declaration, Job
from shipments.models.choices import JobKind


class Rescreening(models.Model):
    """What one edition changes on stored declarations: a look-back stores it, a simulation tells.

    Without an edition it is a look-back for names that changed (:class:`NameChange`): the
    entries of their substances that are law on the day count as changed.

    ``day`` is the office's day on which the entries change; declarations accepted from
    ``since`` to ``until``, both included, are looked at. ``edition_version`` is that of the
    draft that was simulated. ``entry_count`` entries differ from the law before; of
    ``text_count`` stored distinct descriptions ``candidate_count`` share a key with them,
    and ``hit_count`` name them. ``declaration_count`` declarations hold such a text; in
    ``match_count`` cases one of their items newly matches, and ``alert_count`` alerts were
    raised or changed. Late declarations were last looked for at ``looked_until``. ``result``
    is what a simulation found (risk/domain/simulation.py).
    """

    kind = models.TextField(choices=JobKind.choices)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="rescreening")
    edition = models.ForeignKey(
        ListEdition, on_delete=models.CASCADE, related_name="rescreenings", null=True
    )
    edition_version = models.PositiveIntegerField(default=0)
    day = models.DateField()
    since = models.DateField()
    until = models.DateField()
    entry_count = models.PositiveIntegerField(default=0)
    text_count = models.PositiveIntegerField(default=0)
    candidate_count = models.PositiveIntegerField(default=0)
    hit_count = models.PositiveIntegerField(default=0)
    declaration_count = models.PositiveIntegerField(default=0)
    match_count = models.PositiveIntegerField(default=0)
    alert_count = models.PositiveIntegerField(default=0)
    looked_until = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "day"],
                condition=Q(kind=JobKind.LOOK_BACK),
                name="look_back_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=JobKind.NAME_LOOK_BACK) ^ Q(edition__isnull=False),
                name="rescreening_of_edition_or_names",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.edition or 'changed names'} from {self.day}"

    @property
    def is_look_back(self) -> bool:
        """Whether it stores what it finds."""
        return self.kind != JobKind.SIMULATION

    @property
    def is_of_names(self) -> bool:
        return self.kind == JobKind.NAME_LOOK_BACK

    @property
    def changed_edition(self) -> ListEdition:
        """The edition; raises TypeError for a look-back for names."""
        if self.edition is None:
            raise TypeError(f"rescreening {self.pk} is of names")
        return self.edition


class NameChange(models.Model):
    """A name of a listed substance, a cover name that matches or an identifier that an editor
    gave came, changed or went.

    A trigger stores it in the transaction that changes it, whatever way that goes, for
    substances that some edition which is law holds. ``rescreening`` is the look-back that took
    it up; None until then.
    """

    substance = models.ForeignKey(Substance, on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())
    rescreening = models.ForeignKey(
        Rescreening, on_delete=models.CASCADE, related_name="name_changes", null=True
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=Q(rescreening__isnull=True),
                name="name_change_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.substance_id} at {self.changed_at}"


class RescreenedText(models.Model):
    """A text that shares a key with the changed entries; ``is_hit`` once it was screened."""

    rescreening = models.ForeignKey(
        Rescreening, on_delete=models.CASCADE, related_name="texts", db_index=False
    )
    text = models.ForeignKey(GoodsText, on_delete=models.CASCADE, related_name="+")
    chunk = models.PositiveIntegerField()
    is_hit = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rescreening", "text"], name="rescreened_text_once"),
        ]
        indexes = [models.Index(fields=["rescreening", "chunk"], name="rescreened_text_chunk")]

    def __str__(self) -> str:
        return f"{self.rescreening_id}/{self.chunk}: {self.text_id}"


class RescreenedDeclaration(models.Model):
    """A declaration of which an item has a text that names a changed entry."""

    rescreening = models.ForeignKey(
        Rescreening, on_delete=models.CASCADE, related_name="declarations", db_index=False
    )
    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="+")
    chunk = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rescreening", "declaration"], name="rescreened_declaration_once"
            ),
        ]
        indexes = [
            models.Index(fields=["rescreening", "chunk"], name="rescreened_declaration_chunk")
        ]

    def __str__(self) -> str:
        return f"{self.rescreening_id}/{self.chunk}: {self.declaration_id}"
