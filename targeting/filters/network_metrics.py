"""How parties are chosen by their place in the network."""

import django_filters

from risk.models import PartyMetrics


class PartyMetricsFilter(django_filters.FilterSet):
    component = django_filters.NumberFilter(
        "component__name", help_text="Members of this component."
    )
    community = django_filters.NumberFilter(
        "community__name", help_text="Members of this community."
    )
    is_seed = django_filters.BooleanFilter("is_seed")
    is_hub = django_filters.BooleanFilter("is_hub")

    class Meta:
        model = PartyMetrics
        fields: list[str] = []
