"""What holders report of a consignment after its release."""

from django.db import models
from django.db.models import Q

from shipments.domain.masses import Basis
from shipments.domain.returns import ReturnKind
from shipments.models.choices import BASES, RETURN_KINDS
from shipments.models.history import with_history


@with_history()
class ConsignmentReturn(models.Model):
    """As in :mod:`shipments.domain.returns`; the declaration by its number, of whatever version.

    The row is what holds now; every amendment counts ``version`` up and the history keeps what
    was before. ``customs_office`` is the declaration's: who sees that sees this.
    """

    registration_number = models.TextField()
    item_number = models.PositiveIntegerField()
    substance_key = models.TextField()
    kind = models.TextField(choices=RETURN_KINDS, default=ReturnKind.RECEIVED.value)
    number = models.TextField()
    number_key = models.TextField()
    customs_office = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    content_digest = models.BinaryField(max_length=16)
    reported_on = models.DateField()
    reported_by = models.TextField()
    amount = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.TextField()
    basis = models.TextField(choices=BASES, default=Basis.NET.value)
    density_kg_per_l = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    reported_kg = models.DecimalField(max_digits=24, decimal_places=6)
    used_for = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    registered_by = models.TextField()
    registered_at = models.DateTimeField()
    amended_by = models.TextField(blank=True)
    amended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "registration_number",
                    "item_number",
                    "substance_key",
                    "kind",
                    "number_key",
                ],
                name="return_once",
            ),
            models.CheckConstraint(condition=~Q(number_key=""), name="return_numbered"),
            models.CheckConstraint(condition=Q(reported_kg__gte=0), name="return_amount"),
            models.CheckConstraint(
                condition=~Q(kind=ReturnKind.END_USE.value) | ~Q(used_for=""),
                name="return_used_for_something",
            ),
        ]
        indexes = [
            models.Index(fields=["customs_office"], name="return_by_office"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_number}/{self.item_number} {self.number}"
