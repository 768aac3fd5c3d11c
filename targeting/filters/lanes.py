"""What lanes can be narrowed by."""

import django_filters

from risk.models import LaneDecision
from risk.models.choices import LaneChoice
from targeting.filters.fields import FromDay, ToDay

_DECLARATION = "assessment__declaration"


class LaneFilter(django_filters.FilterSet):
    lane = django_filters.MultipleChoiceFilter(choices=LaneChoice.choices)
    office = django_filters.CharFilter(
        f"{_DECLARATION}__customs_office", help_text="Code of the customs office."
    )
    date_from = FromDay(f"{_DECLARATION}__accepted_at", help_text="First day of acceptance, UTC.")
    date_to = ToDay(f"{_DECLARATION}__accepted_at", help_text="Last day of acceptance, UTC.")

    class Meta:
        model = LaneDecision
        fields: list[str] = []
