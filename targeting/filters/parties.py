"""How parties are searched."""

import django_filters
from django.db.models import QuerySet

from shipments.domain.values import IdentifierKind
from shipments.models import Party
from targeting.selectors.text_search import parties_with


class PartyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="by_text",
        help_text="Part of a name or one like it, or a whole identifier (BIN, phone, e-mail …).",
    )
    country = django_filters.CharFilter("country", "iexact")

    class Meta:
        model = Party
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        return rows.filter(pk__in=parties_with(value, [kind.value for kind in IdentifierKind]))
