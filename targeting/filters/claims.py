"""How claims of exemption are searched."""

import django_filters
from django.db.models import QuerySet

from risk.domain.permits.claims import ClaimKind
from risk.models import ClaimRecord
from targeting.filters.instants import InstantFilter


class ExemptionClaimFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(
        method="by_kind", choices=[(one.value, one.value) for one in ClaimKind]
    )
    substance = django_filters.CharFilter(method="by_substance", help_text="Its key.")
    is_named = django_filters.BooleanFilter(
        method="by_named",
        help_text="Whether the goods name something controlled, however much of it.",
    )
    importer = django_filters.NumberFilter("importer", help_text="Id of the party.")
    representative = django_filters.NumberFilter("representative", help_text="Id of the party.")
    office = django_filters.CharFilter(
        "goods_item__declaration__customs_office", help_text="Code of the customs office."
    )
    hs6 = django_filters.CharFilter("hs6", "startswith", help_text="Begins so.")
    accepted_from = InstantFilter("accepted_at", "gte")
    accepted_to = InstantFilter("accepted_at", "lt")

    class Meta:
        model = ClaimRecord
        fields = ["registration_number"]

    def by_kind(self, rows: QuerySet[ClaimRecord], name: str, value: str) -> QuerySet[ClaimRecord]:
        return rows.filter(kinds__contains=[value])

    def by_substance(
        self, rows: QuerySet[ClaimRecord], name: str, value: str
    ) -> QuerySet[ClaimRecord]:
        return rows.filter(substance_keys__contains=[value])

    def by_named(
        self, rows: QuerySet[ClaimRecord], name: str, value: bool
    ) -> QuerySet[ClaimRecord]:
        return rows.exclude(substance_keys=[]) if value else rows.filter(substance_keys=[])
