"""How parties are searched."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from shipments.models import Party, PartyIdentifier, PartyName


class PartyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="by_text", help_text="Part of a name, or a whole identifier (BIN, phone, e-mail …)."
    )
    country = django_filters.CharFilter("country", "iexact")

    class Meta:
        model = Party
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        here = {"party": OuterRef("pk")}
        return rows.filter(
            Q(name__icontains=value)
            | Exists(PartyName.objects.filter(name__icontains=value, **here))
            | Exists(PartyIdentifier.objects.filter(value=value, **here))
        )
