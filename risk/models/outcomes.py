"""Outcomes: what inspections found, as their acts say. Rows are only added."""

from django.db import models
from django.db.models import Q

from risk.models.assessments import RiskAssessment
from risk.models.choices import (
    LABORATORY_RESULTS,
    MEASURES,
    OUTCOME_RESULTS,
    SELECTED_BY,
    WAIVERS,
)
from risk.models.substances import Substance
from shipments.models import Declaration


class OutcomeQuerySet(models.QuerySet["InspectionOutcome"]):
    def current(self) -> "OutcomeQuerySet":
        """Without what a later act took the place of."""
        return self.filter(superseded_by__isnull=True)


class InspectionOutcome(models.Model):
    """One act on one goods item; see :class:`risk.domain.outcomes.OutcomeRecord`.

    ``source`` is whose numbers its acts bear: a customs system's, an office's, an import's. With
    the act's number and the item it is the natural key. Never changed: a correction is a later
    act that ``supersedes`` this one. ``assessment`` is that of the intake, as it stood.
    ``known_at`` is when the result was known, for facts as of a day.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="outcomes")
    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.PROTECT, null=True, related_name="outcomes"
    )
    registration_number = models.TextField()
    customs_office = models.TextField(blank=True)
    item_number = models.PositiveIntegerField(default=0)
    source = models.TextField()
    act_number = models.TextField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    inspected_at = models.DateTimeField()
    known_at = models.DateTimeField()
    selected_by = models.TextField(choices=SELECTED_BY)
    result = models.TextField(choices=OUTCOME_RESULTS)
    found_substance = models.ForeignKey(
        Substance, on_delete=models.PROTECT, null=True, related_name="outcomes"
    )
    found_mass_kg = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    found_commodity_code = models.TextField(blank=True)
    laboratory_requested_at = models.DateTimeField(null=True)
    laboratory_resulted_at = models.DateTimeField(null=True)
    laboratory_result = models.TextField(choices=LABORATORY_RESULTS, blank=True)
    measure = models.TextField(choices=MEASURES)
    waiver = models.TextField(choices=WAIVERS, blank=True)
    waiver_note = models.TextField(blank=True)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "act_number", "item_number"], name="outcome_act_once"
            ),
            models.CheckConstraint(
                condition=Q(result="not_applied", waiver__gt="")
                | (~Q(result="not_applied") & Q(waiver="")),
                name="outcome_waiver_with_not_applied",
            ),
            models.CheckConstraint(
                condition=Q(found_mass_kg=None) | Q(found_mass_kg__gte=0),
                name="outcome_mass_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["-inspected_at", "-id"], name="outcome_by_time"),
            models.Index(fields=["customs_office", "-inspected_at"], name="outcome_by_office"),
            models.Index(fields=["registration_number"], name="outcome_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.act_number} {self.registration_number}/{self.item_number}: {self.result}"
