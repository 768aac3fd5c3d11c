"""How channels are searched."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from risk.models import Channel, ChannelConsignment
from risk.models.choices import CHANNEL_LEVELS, CHANNEL_STATES
from targeting.models import CustomsOffice


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
    office = django_filters.CharFilter(
        method="by_office", help_text="Code of an office where suspect consignments were declared."
    )
    region = django_filters.CharFilter(
        method="by_region", help_text="Region of such an office, as entered for it."
    )

    class Meta:
        model = Channel
        fields: list[str] = []

    def by_office(self, rows: QuerySet[Channel], name: str, value: str) -> QuerySet[Channel]:
        return rows.filter(_declared_at([value]))

    def by_region(self, rows: QuerySet[Channel], name: str, value: str) -> QuerySet[Channel]:
        offices = CustomsOffice.objects.filter(region=value)
        return rows.filter(_declared_at(offices.values("code")))


def _declared_at(offices: Iterable[Any]) -> Exists:
    suspect = ChannelConsignment.objects.filter(channel=OuterRef("pk"), is_suspect=True)
    return Exists(suspect.filter(declaration__customs_office__in=offices))
