"""What countries and holders need of a substance in a year."""

from django.db import models
from django.db.models import Q

from shipments.models.history import with_history
from shipments.models.parties import Party


@with_history()
class AnnualLegitimateRequirement(models.Model):
    """As in :mod:`shipments.domain.requirements`; ``holder`` None is the country as a whole.

    The row is what holds now; every amendment counts ``version`` up and the history keeps what
    was before. It is valid for its year and until a later year has one.
    """

    country = models.TextField()
    substance_key = models.TextField()
    year = models.PositiveSmallIntegerField()
    holder = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="norms", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    content_digest = models.BinaryField(max_length=16)
    amount = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.TextField()
    density_kg_per_l = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    required_kg = models.DecimalField(max_digits=24, decimal_places=6)
    stated_on = models.DateField()
    source = models.TextField()
    notes = models.TextField(blank=True)
    registered_by = models.TextField()
    registered_at = models.DateTimeField()
    amended_by = models.TextField(blank=True)
    amended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "substance_key", "year", "holder"],
                name="requirement_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(country="") & ~Q(substance_key="") & ~Q(source=""),
                name="requirement_named",
            ),
            models.CheckConstraint(condition=Q(required_kg__gte=0), name="requirement_amount"),
        ]
        indexes = [
            models.Index(
                fields=["holder"], condition=Q(holder__isnull=False), name="requirement_by_holder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.substance_key} {self.year}"
