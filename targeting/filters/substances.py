"""How substances are searched."""

from datetime import date, timedelta

import django_filters
from django.db.models import QuerySet

from risk.models import Substance
from risk.models.choices import SUBSTANCE_KINDS
from targeting.selectors.substances import (
    first_listed,
    listed_entries,
    matching_substances,
)


class SubstanceFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="by_text", help_text="Part of a name in any language, or a whole CAS number."
    )
    list = django_filters.CharFilter(method="on_list", help_text="Code of a list that holds it.")
    kind = django_filters.ChoiceFilter(
        choices=SUBSTANCE_KINDS, method="of_kind", help_text="As what some list holds it."
    )

    listed_from = django_filters.DateFilter(
        method="by_first_day", help_text="First day on which a list first held it."
    )
    listed_to = django_filters.DateFilter(
        method="by_last_day", help_text="Last day on which a list first held it."
    )

    class Meta:
        model = Substance
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Substance], name: str, value: str) -> QuerySet[Substance]:
        return rows.filter(matching_substances(value.strip()))

    def on_list(self, rows: QuerySet[Substance], name: str, value: str) -> QuerySet[Substance]:
        held = listed_entries().filter(edition__control_list__code=value)
        return rows.filter(pk__in=held.order_by().values("substance"))

    def of_kind(self, rows: QuerySet[Substance], name: str, value: str) -> QuerySet[Substance]:
        held = listed_entries().filter(kind=value)
        return rows.filter(pk__in=held.order_by().values("substance"))

    def by_first_day(
        self, rows: QuerySet[Substance], name: str, value: date
    ) -> QuerySet[Substance]:
        """What an edition without a first day holds was always listed."""
        return rows.exclude(first_listed(before=value))

    def by_last_day(self, rows: QuerySet[Substance], name: str, value: date) -> QuerySet[Substance]:
        after = value + timedelta(days=1) if value < date.max else value
        return rows.filter(first_listed(before=after))
