"""How channels are searched."""

import django_filters

from risk.models import Channel
from risk.models.choices import CHANNEL_LEVELS, CHANNEL_STATES


class ChannelFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=CHANNEL_STATES)
    level = django_filters.ChoiceFilter(choices=CHANNEL_LEVELS)
    substance = django_filters.NumberFilter("substance")
    party = django_filters.NumberFilter(
        "members__party", distinct=True, help_text="Channels in which this party takes part."
    )
    declaration = django_filters.NumberFilter(
        "consignments__declaration", distinct=True, help_text="Id of a version."
    )

    class Meta:
        model = Channel
        fields: list[str] = []
