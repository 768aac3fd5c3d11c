"""Firms as the state's company register shows them."""

from django.db import models
from django.db.models import F, Q

from shipments.models.choices import ENTITY_NUMBERS, ENTITY_TIES
from shipments.models.history import with_history


@with_history()
class LegalEntity(models.Model):
    """As in :mod:`shipments.domain.legal_entities`; the row is the latest extract's.

    Every amendment counts ``version`` up and the history keeps what was before. No party: most
    firms of a register never declare anything. They meet parties by their number.
    """

    country = models.TextField()
    number_kind = models.TextField(choices=ENTITY_NUMBERS)
    number = models.TextField()
    version = models.PositiveIntegerField(default=1)
    content_digest = models.BinaryField(max_length=16)
    name = models.TextField()
    registered_on = models.DateField()
    closed_on = models.DateField(null=True)
    head = models.TextField(blank=True)
    owners = models.JSONField(default=list)
    address = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    activity = models.TextField(blank=True)
    source = models.TextField()
    entered_by = models.TextField()
    entered_at = models.DateTimeField()
    amended_by = models.TextField(blank=True)
    amended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "legal entities"
        constraints = [
            models.UniqueConstraint(
                fields=["country", "number_kind", "number"], name="legal_entity_once"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(name="") & ~Q(source=""), name="legal_entity_named"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("registered_on")),
                name="legal_entity_period",
            ),
        ]
        indexes = [
            models.Index(
                fields=["closed_on"],
                condition=Q(closed_on__isnull=False),
                name="legal_entity_closed",
            ),
            models.Index(fields=["number"], name="legal_entity_number"),
        ]

    def __str__(self) -> str:
        return self.name


class LegalEntityTie(models.Model):
    """An address, telephone or person of an entity in the spelling in which they meet."""

    entity = models.ForeignKey(
        LegalEntity, on_delete=models.CASCADE, related_name="ties", db_index=False
    )
    kind = models.TextField(choices=ENTITY_TIES)
    value = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "kind", "value"], name="entity_tie_once")
        ]
        indexes = [models.Index(fields=["kind", "value", "entity"], name="entity_tie_value")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
