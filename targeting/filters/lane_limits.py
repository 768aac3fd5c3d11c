"""How limits of lanes and the days of offices are searched."""

import django_filters

from risk.models import LaneDay, LaneLimit
from risk.models.choices import LaneChoice


class LaneLimitFilter(django_filters.FilterSet):
    lane = django_filters.ChoiceFilter(choices=LaneChoice.choices)
    valid_by = django_filters.DateFilter("valid_from", "lte", help_text="Begun by this day.")

    class Meta:
        model = LaneLimit
        fields = ["customs_office"]


class LaneDayFilter(django_filters.FilterSet):
    day_from = django_filters.DateFilter("day", "gte")
    day_to = django_filters.DateFilter("day", "lte")

    class Meta:
        model = LaneDay
        fields = ["customs_office"]
