"""What lanes can be narrowed by."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from risk.models import LaneDecision
from risk.models.choices import LaneChoice
from targeting.filters.fields import FromOfficeDay, OfRegion, ToOfficeDay
from targeting.models import LaneTask

_DECLARATION = "assessment__declaration"


class LaneFilter(django_filters.FilterSet):
    lane = django_filters.MultipleChoiceFilter("given", choices=LaneChoice.choices)
    is_waiting = django_filters.BooleanFilter(help_text="A question to the operator waits.")
    over_capacity = django_filters.BooleanFilter(
        "is_over_capacity", help_text="Given beyond what the office works off in a day."
    )
    office = django_filters.CharFilter(
        f"{_DECLARATION}__customs_office", help_text="Code of the customs office."
    )
    region = OfRegion(
        f"{_DECLARATION}__customs_office", help_text="Region of the office, as entered for it."
    )
    acknowledged = django_filters.BooleanFilter(method="by_acknowledgement")
    date_from = FromOfficeDay(
        f"{_DECLARATION}__accepted_at", help_text="First day of acceptance, the offices' own."
    )
    date_to = ToOfficeDay(f"{_DECLARATION}__accepted_at", help_text="Last day of it.")

    class Meta:
        model = LaneDecision
        fields: list[str] = []

    def by_acknowledgement(
        self, rows: QuerySet[LaneDecision], name: str, value: bool
    ) -> QuerySet[LaneDecision]:
        done = Exists(LaneTask.objects.filter(decision=OuterRef("pk")).exclude(acknowledged_by=""))
        return rows.filter(done if value else ~done)


class OverdueLaneFilter(django_filters.FilterSet):
    lane = django_filters.MultipleChoiceFilter(choices=LaneChoice.choices)
    office = django_filters.CharFilter("customs_office", help_text="Code of the customs office.")
    region = OfRegion("customs_office", help_text="Region of the office, as entered for it.")

    class Meta:
        model = LaneTask
        fields: list[str] = []
