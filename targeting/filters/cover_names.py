"""How cover names are searched."""

import django_filters
from django.db.models import QuerySet

from risk.models import CoverName
from risk.models.choices import CoverNameState


class CoverNameFilter(django_filters.FilterSet):
    substance = django_filters.CharFilter("substance__key", help_text="Its key.")
    state = django_filters.ChoiceFilter(choices=CoverNameState.choices)
    commodity_code = django_filters.CharFilter(
        method="under_code", help_text="Cover names that hold for goods of this code."
    )
    q = django_filters.CharFilter("name", "icontains", help_text="Part of the cover name.")

    class Meta:
        model = CoverName
        fields: list[str] = []

    def under_code(self, rows: QuerySet[CoverName], name: str, value: str) -> QuerySet[CoverName]:
        return rows.filter(commodity_code__in=[value[:length] for length in range(4, 13)])
