"""What acts of inspection can be narrowed by, for the list and for statistics."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from risk.models import ChannelConsignment, IndicatorRow, InspectionOutcome, LaneDecision
from risk.models.choices import MEASURES, OUTCOME_RESULTS, SELECTED_BY, WAIVERS, LaneChoice
from targeting.filters.fields import (
    FromDay,
    FromOfficeDay,
    OfRegion,
    OrNone,
    ToDay,
    ToOfficeDay,
)
from targeting.selectors.standing import NONE


class OutcomeFilter(django_filters.FilterSet):
    registration_number = django_filters.CharFilter("registration_number")
    act_number = django_filters.CharFilter("act_number")
    office = OrNone("customs_office", help_text="Code of the customs office; `none`: names none.")
    region = OfRegion("customs_office", help_text="Region of the office, as entered for it.")
    country = OrNone(
        "declaration__country_of_dispatch", help_text="Of dispatch; `none`: names none."
    )
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
    day_from = FromOfficeDay("inspected_at", help_text="First day of it, the offices' own.")
    day_to = ToOfficeDay("inspected_at", help_text="Last day of it, the offices' own.")
    answered_from = FromOfficeDay(
        "laboratory_resulted_at",
        help_text="First day of the answer, the offices' own.",
    )
    answered_to = ToOfficeDay("laboratory_resulted_at", help_text="Last day of it.")
    found = django_filters.BooleanFilter(
        "found_substance", "isnull", exclude=True, help_text="A listed substance was found."
    )
    lane = django_filters.ChoiceFilter(
        choices=[*LaneChoice.choices, (NONE, _("none"))],
        method="by_lane",
        help_text="Of the declaration, as intake gave it.",
    )
    accepted_from = FromOfficeDay(
        "declaration__accepted_at",
        help_text="First day of acceptance of the declaration, the offices' own.",
    )
    accepted_to = ToOfficeDay("declaration__accepted_at", help_text="Last day of acceptance.")
    indicator = django_filters.CharFilter(
        method="by_indicator",
        help_text="Code of an indicator that had fired on the item or its declaration.",
    )
    selected_by = django_filters.MultipleChoiceFilter(choices=SELECTED_BY)
    laboratory = django_filters.ChoiceFilter(
        choices=[("waiting", _("waiting")), ("answered", _("answered"))],
        method="by_laboratory",
        help_text="Whether the laboratory that was asked has answered.",
    )

    class Meta:
        model = InspectionOutcome
        fields: list[str] = []

    def by_correction(
        self, rows: QuerySet[InspectionOutcome], name: str, value: bool
    ) -> QuerySet[InspectionOutcome]:
        return rows.filter(superseded_by__isnull=value)

    def by_indicator(
        self, rows: QuerySet[InspectionOutcome], name: str, value: str
    ) -> QuerySet[InspectionOutcome]:
        fired = IndicatorRow.objects.filter(assessment=OuterRef("assessment"), code=value)
        of_item = Q(item_number=0) | Q(item_number=OuterRef("item_number"))
        return rows.filter(Exists(fired.filter(of_item)) | Q(Exists(fired), item_number=0))

    def by_lane(
        self, rows: QuerySet[InspectionOutcome], name: str, value: str
    ) -> QuerySet[InspectionOutcome]:
        lane = "assessment__lane_decision"
        if value == NONE:
            return rows.filter(**{f"{lane}__isnull": True})
        return rows.filter(**{f"{lane}__lane": value})

    def by_laboratory(
        self, rows: QuerySet[InspectionOutcome], name: str, value: str
    ) -> QuerySet[InspectionOutcome]:
        asked = rows.filter(laboratory_requested_at__isnull=False)
        return asked.filter(laboratory_resulted_at__isnull=value == "waiting")


class OutcomeStatisticsFilter(django_filters.FilterSet):
    """By declaration, so that acts and what they are a share of are of the same period."""

    office = django_filters.CharFilter(
        "declaration__customs_office", help_text="Code of the customs office."
    )
    region = OfRegion("declaration__customs_office")
    date_from = FromOfficeDay(
        "declaration__accepted_at", help_text="First day of acceptance, the offices' own."
    )
    date_to = ToOfficeDay("declaration__accepted_at", help_text="Last day of acceptance.")

    class Meta:
        model = InspectionOutcome
        fields: list[str] = []


class LaneStatisticsFilter(django_filters.FilterSet):
    """As :class:`OutcomeStatisticsFilter`, of the lanes."""

    office = django_filters.CharFilter("assessment__declaration__customs_office")
    region = OfRegion("assessment__declaration__customs_office")
    date_from = FromOfficeDay("assessment__declaration__accepted_at")
    date_to = ToOfficeDay("assessment__declaration__accepted_at")

    class Meta:
        model = LaneDecision
        fields: list[str] = []


class ConsignmentStatisticsFilter(django_filters.FilterSet):
    """As :class:`OutcomeStatisticsFilter`, of the consignments of channels."""

    office = django_filters.CharFilter("declaration__customs_office")
    region = OfRegion("declaration__customs_office")
    date_from = FromOfficeDay("declaration__accepted_at")
    date_to = ToOfficeDay("declaration__accepted_at")

    class Meta:
        model = ChannelConsignment
        fields: list[str] = []
