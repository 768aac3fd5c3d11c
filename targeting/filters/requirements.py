"""How requirements are searched."""

from datetime import date, timedelta

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from risk.domain.permits.running import STALE_AFTER_DAYS
from risk.selectors.office import office_day
from shipments.models import AnnualLegitimateRequirement

_Rows = QuerySet[AnnualLegitimateRequirement]
_NUMBERS = ("bin", "iin", "tax_id")


class RequirementFilter(django_filters.FilterSet):
    substance = django_filters.CharFilter("substance_key", help_text="Its key.")
    holder = django_filters.CharFilter(
        method="by_holder", help_text="Part of a name, or a whole BIN, IIN or tax number."
    )
    is_norm = django_filters.BooleanFilter(
        "holder", "isnull", exclude=True, help_text="Of a holder; else of a country."
    )
    is_stale = django_filters.BooleanFilter(
        method="by_age", help_text=f"Stated more than {STALE_AFTER_DAYS} days ago."
    )
    source = django_filters.CharFilter("source", "icontains")

    class Meta:
        model = AnnualLegitimateRequirement
        fields = ["country", "year"]

    def by_holder(self, rows: _Rows, name: str, value: str) -> _Rows:
        by_number = Q(holder__identifiers__value=value, holder__identifiers__kind__in=_NUMBERS)
        found = AnnualLegitimateRequirement.objects.filter(
            Q(holder__name__icontains=value) | by_number
        )
        return rows.filter(pk__in=found.values("pk"))

    def by_age(self, rows: _Rows, name: str, value: bool) -> _Rows:
        oldest: date = office_day(timezone.now()) - timedelta(days=STALE_AFTER_DAYS)
        stale = Q(stated_on__lt=oldest)
        return rows.filter(stale) if value else rows.exclude(stale)
