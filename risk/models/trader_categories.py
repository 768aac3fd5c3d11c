"""Categories of importers: what each month's computation said, and what people say instead."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from risk.models.choices import TRADER_CATEGORIES, OverrideState
from risk.models.four_eyes import FourEyes, second_person
from shipments.models import Party
from shipments.models.history import with_history

_DAYS = Func(
    F("valid_from"),
    F("valid_until"),
    Value("[]"),
    function="DATERANGE",
    output_field=DateRangeField(),
)


class CategoryRun(models.Model):
    """One month's computation for all importers, as of the first day of ``month``."""

    month = models.DateField(unique=True)
    rules = models.JSONField()
    computed_at = models.DateTimeField()
    low_count = models.PositiveIntegerField()
    medium_count = models.PositiveIntegerField()
    high_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.month)


class TraderStanding(models.Model):
    """The category of an importer from a month on, until a later row; rows are only added.

    A month in which neither the category nor the codes of its reasons changed adds none.
    ``reasons`` are :class:`risk.domain.trader_categories.Reason` as of the month of the row.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="standings")
    run = models.ForeignKey(CategoryRun, on_delete=models.PROTECT, related_name="standings")
    month = models.DateField()
    category = models.TextField(choices=TRADER_CATEGORIES)
    reasons = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "month"], name="trader_standing_once")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.month}: {self.category}"


@with_history()
class CategoryOverride(FourEyes):
    """A category that two people give an importer for a time, whatever the rules say.

    Counts from ``valid_from`` to ``valid_until`` (inclusive days of the office) once a second
    person approved it. It always ends; what it says never changes.
    """

    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="category_overrides", db_index=False
    )
    category = models.TextField(choices=TRADER_CATEGORIES)
    reason = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.TextField(choices=OverrideState.choices, default=OverrideState.PROPOSED)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            second_person("category_override_four_eyes"),
            ExclusionConstraint(
                name="category_override_one_a_day",
                expressions=[
                    (F("party"), RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=OverrideState.WITHDRAWN),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(proposed_by=""), name="category_override_reasoned"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="category_override_period"
            ),
            models.CheckConstraint(
                condition=~Q(state=OverrideState.ACTIVE) | ~Q(approved_by=""),
                name="category_override_active_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=OverrideState.WITHDRAWN)
                | (~Q(withdrawn_by="") & ~Q(withdrawal_reason="")),
                name="category_override_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.category} until {self.valid_until}"
