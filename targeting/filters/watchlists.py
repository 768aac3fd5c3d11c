"""How watchlist entries are searched."""

from datetime import date

import django_filters
from django.db.models import QuerySet

from risk.models import WatchlistEntry
from risk.models.choices import LEAD_SHARING, WatchState
from shipments.models.choices import IDENTIFIER_KINDS
from targeting.filters.fields import FromOfficeDay, ToOfficeDay


class WatchlistEntryFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=IDENTIFIER_KINDS)
    state = django_filters.ChoiceFilter(choices=WatchState.choices)
    sharing = django_filters.ChoiceFilter(choices=LEAD_SHARING)
    valid_on = django_filters.DateFilter(
        method="holding_on", help_text="Entries whose period holds this day."
    )
    approved_from = FromOfficeDay("approved_at", help_text="First day, the offices' own.")
    approved_to = ToOfficeDay("approved_at", help_text="Last day.")
    q = django_filters.CharFilter("value", "icontains", help_text="Part of the identifier.")

    class Meta:
        model = WatchlistEntry
        fields: list[str] = []

    def holding_on(
        self, rows: QuerySet[WatchlistEntry], name: str, day: date
    ) -> QuerySet[WatchlistEntry]:
        return rows.filter(valid_from__lte=day).exclude(valid_until__lt=day)
