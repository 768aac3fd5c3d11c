"""What acts of inspection can be narrowed by, for the list and for statistics."""

import django_filters
from django.db.models import QuerySet

from risk.models import ChannelConsignment, InspectionOutcome, LaneDecision
from risk.models.choices import MEASURES, OUTCOME_RESULTS, WAIVERS
from targeting.filters.fields import FromDay, OfRegion, ToDay


class OutcomeFilter(django_filters.FilterSet):
    registration_number = django_filters.CharFilter("registration_number")
    act_number = django_filters.CharFilter("act_number")
    office = django_filters.CharFilter("customs_office", help_text="Code of the customs office.")
    region = OfRegion("customs_office", help_text="Region of the office, as entered for it.")
    result = django_filters.MultipleChoiceFilter(choices=OUTCOME_RESULTS)
    measure = django_filters.MultipleChoiceFilter(choices=MEASURES)
    waiver = django_filters.MultipleChoiceFilter(choices=WAIVERS)
    substance = django_filters.CharFilter(
        "found_substance__key", help_text="Key of the substance that was found."
    )
    current = django_filters.BooleanFilter(
        method="by_correction", help_text="true: without acts that were corrected."
    )
    date_from = FromDay("inspected_at", help_text="First day of inspection, UTC.")
    date_to = ToDay("inspected_at", help_text="Last day of inspection, UTC.")

    class Meta:
        model = InspectionOutcome
        fields: list[str] = []

    def by_correction(
        self, rows: QuerySet[InspectionOutcome], name: str, value: bool
    ) -> QuerySet[InspectionOutcome]:
        return rows.filter(superseded_by__isnull=value)


class OutcomeStatisticsFilter(django_filters.FilterSet):
    """By declaration, so that acts and what they are a share of are of the same period."""

    office = django_filters.CharFilter(
        "declaration__customs_office", help_text="Code of the customs office."
    )
    region = OfRegion("declaration__customs_office")
    date_from = FromDay("declaration__accepted_at", help_text="First day of acceptance, UTC.")
    date_to = ToDay("declaration__accepted_at", help_text="Last day of acceptance, UTC.")

    class Meta:
        model = InspectionOutcome
        fields: list[str] = []


class LaneStatisticsFilter(django_filters.FilterSet):
    """As :class:`OutcomeStatisticsFilter`, of the lanes."""

    office = django_filters.CharFilter("assessment__declaration__customs_office")
    region = OfRegion("assessment__declaration__customs_office")
    date_from = FromDay("assessment__declaration__accepted_at")
    date_to = ToDay("assessment__declaration__accepted_at")

    class Meta:
        model = LaneDecision
        fields: list[str] = []


class ConsignmentStatisticsFilter(django_filters.FilterSet):
    """As :class:`OutcomeStatisticsFilter`, of the consignments of channels."""

    office = django_filters.CharFilter("declaration__customs_office")
    region = OfRegion("declaration__customs_office")
    date_from = FromDay("declaration__accepted_at")
    date_to = ToDay("declaration__accepted_at")

    class Meta:
        model = ChannelConsignment
        fields: list[str] = []
