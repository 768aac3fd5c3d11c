"""How categories that people gave are searched."""

from datetime import date

import django_filters
from django.db.models import QuerySet

from risk.models import CategoryOverride
from risk.models.choices import TRADER_CATEGORIES, OverrideState


class CategoryOverrideFilter(django_filters.FilterSet):
    party = django_filters.NumberFilter("party")
    category = django_filters.ChoiceFilter(choices=TRADER_CATEGORIES)
    state = django_filters.ChoiceFilter(choices=OverrideState.choices)
    valid_on = django_filters.DateFilter(
        method="holding_on", help_text="Those whose days hold this one."
    )

    class Meta:
        model = CategoryOverride
        fields: list[str] = []

    def holding_on(
        self, rows: QuerySet[CategoryOverride], name: str, day: date
    ) -> QuerySet[CategoryOverride]:
        return rows.filter(valid_from__lte=day, valid_until__gte=day)
