"""How channels are searched."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from risk.models import Channel, ChannelConsignment
from risk.models.choices import CHANNEL_LEVELS, CHANNEL_MOVES, CHANNEL_STATES
from risk.selectors.office import midnight
from targeting.models import CustomsOffice
from targeting.selectors.channels import has_importers, has_moved

_OF_MOVE = ("move", "moved_from", "moved_to", "moved_level")


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

    substance_key = django_filters.CharFilter("substance__key")
    move = django_filters.ChoiceFilter(
        choices=CHANNEL_MOVES, method="by_move", help_text="That they took at any time."
    )
    moved_from = django_filters.DateFilter(
        method="by_move", help_text="First day of that move, the offices' own."
    )
    moved_to = django_filters.DateFilter(method="by_move", help_text="Last day of it.")
    moved_level = django_filters.ChoiceFilter(
        choices=CHANNEL_LEVELS, method="by_move", help_text="The level that they had then."
    )
    importers_min = django_filters.NumberFilter(
        method="by_importers", min_value=1, max_value=10_000, help_text="At least so many."
    )

    class Meta:
        model = Channel
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Channel]) -> QuerySet[Channel]:
        """What is told of a move is told of one and the same."""
        rows = super().filter_queryset(queryset)
        told = {name: self.form.cleaned_data.get(name) for name in _OF_MOVE}
        if not any(told.values()):
            return rows
        last: date | None = told["moved_to"]
        return rows.filter(
            has_moved(
                told["move"] or None,
                since=midnight(told["moved_from"]) if told["moved_from"] else None,
                until=midnight(last + timedelta(days=1)) if last and last < date.max else None,
                level=told["moved_level"] or None,
            )
        )

    def by_move(self, rows: QuerySet[Channel], name: str, value: Any) -> QuerySet[Channel]:
        """Read together, above."""
        return rows

    def by_importers(self, rows: QuerySet[Channel], name: str, value: Any) -> QuerySet[Channel]:
        return rows.filter(has_importers(int(value)))

    def by_office(self, rows: QuerySet[Channel], name: str, value: str) -> QuerySet[Channel]:
        return rows.filter(_declared_at([value]))

    def by_region(self, rows: QuerySet[Channel], name: str, value: str) -> QuerySet[Channel]:
        offices = CustomsOffice.objects.filter(region=value)
        return rows.filter(_declared_at(offices.values("code")))


def _declared_at(offices: Iterable[Any]) -> Exists:
    suspect = ChannelConsignment.objects.filter(channel=OuterRef("pk"), is_suspect=True)
    return Exists(suspect.filter(declaration__customs_office__in=offices))
