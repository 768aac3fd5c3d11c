"""What declarations can be narrowed and ordered by."""

import django_filters
from django.db.models import QuerySet

from shipments.models import Declaration
from shipments.models.choices import DIRECTIONS, DOCUMENT_KINDS
from targeting.filters.fields import (
    TEXT_HELP,
    FromDay,
    OfRegion,
    ToDay,
    has_commodity_code,
    has_importer,
    has_party,
    has_substance,
)
from targeting.selectors.text_search import declarations_with


class DeclarationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="by_text", min_length=3, max_length=200, help_text=TEXT_HELP
    )
    registration_number = django_filters.CharFilter("registration_number")
    document_kind = django_filters.ChoiceFilter(choices=DOCUMENT_KINDS)
    direction = django_filters.ChoiceFilter(choices=DIRECTIONS)
    office = django_filters.CharFilter("customs_office", help_text="Code of the customs office.")
    region = OfRegion("customs_office", help_text="Region of the office, as entered for it.")
    commodity_code = django_filters.CharFilter(
        method="by_commodity_code", help_text="The digits with which an item's code begins."
    )
    substance = django_filters.CharFilter(
        method="by_substance", help_text="Key, CAS number, or part of a name in any language."
    )
    importer = django_filters.CharFilter(
        method="by_importer", help_text="Twelve digits: BIN; else part of the name."
    )
    party = django_filters.NumberFilter(
        method="by_party", min_value=1, max_value=2**63 - 1, help_text="Id of a party, any role."
    )
    date_from = FromDay("accepted_at", help_text="First day of acceptance, UTC.")
    date_to = ToDay("accepted_at", help_text="Last day of acceptance, UTC.")

    class Meta:
        model = Declaration
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Declaration], name: str, value: str) -> QuerySet[Declaration]:
        return rows.filter(pk__in=declarations_with(value))

    def by_commodity_code(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_commodity_code(value))

    def by_substance(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_substance(value, declaration="pk"))

    def by_importer(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_importer(value, declaration="pk"))

    def by_party(self, rows: QuerySet[Declaration], name: str, value: int) -> QuerySet[Declaration]:
        return rows.filter(has_party(int(value)))
