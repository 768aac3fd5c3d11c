"""How versions of the risk profile are searched."""

import django_filters

from risk.models import RiskProfile, SimulatedLoad
from risk.models.choices import ProfileState


class ProfileFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=ProfileState.choices)
    is_active = django_filters.BooleanFilter()

    class Meta:
        model = RiskProfile
        fields = ["code"]


class SimulatedLoadFilter(django_filters.FilterSet):
    day_from = django_filters.DateFilter("day", "gte")
    day_to = django_filters.DateFilter("day", "lte")

    class Meta:
        model = SimulatedLoad
        fields = ["customs_office"]
