"""How decisions on items and permits are searched."""

import django_filters
from django.db.models import QuerySet

from risk.models import PermitMatch
from risk.models.choices import DecisionState
from shipments.domain.authorisations import number_key


class PermitMatchFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=DecisionState.choices)
    number = django_filters.CharFilter(
        method="by_number", help_text="Of the permit; begins so, blanks are one."
    )
    authorisation = django_filters.NumberFilter("line__authorisation", help_text="Its id.")
    substance = django_filters.CharFilter("line__substance_key", help_text="Its key.")
    office = django_filters.CharFilter(
        "declaration__customs_office", help_text="Code of the customs office."
    )

    class Meta:
        model = PermitMatch
        fields = ["registration_number", "item_number"]

    def by_number(
        self, rows: QuerySet[PermitMatch], name: str, value: str
    ) -> QuerySet[PermitMatch]:
        return rows.filter(line__authorisation__number_key__startswith=number_key(value))
