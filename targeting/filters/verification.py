"""How the list of what is to be compared with the gazette is narrowed."""

import django_filters
from django.db.models import Q, QuerySet

from risk.models import ListEntry, Substance
from risk.models.choices import SUBSTANCE_KINDS, EditionState
from targeting.selectors.substances import matching_substances


class UnverifiedEntryFilter(django_filters.FilterSet):
    list = django_filters.CharFilter("edition__control_list__code", help_text="Code of a list.")
    edition = django_filters.NumberFilter("edition__number")
    state = django_filters.ChoiceFilter(
        field_name="edition__state", choices=EditionState.choices, help_text="Of the edition."
    )
    schedule = django_filters.CharFilter("schedule")
    kind = django_filters.ChoiceFilter(choices=SUBSTANCE_KINDS)
    limit_known = django_filters.BooleanFilter(
        "is_limit_known", help_text="false: its limit was not seen in the act."
    )
    q = django_filters.CharFilter(
        method="by_text", help_text="Part of a name in any language, or a whole CAS number."
    )

    class Meta:
        model = ListEntry
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[ListEntry], name: str, value: str) -> QuerySet[ListEntry]:
        substances = Substance.objects.filter(matching_substances(value.strip()))
        return rows.filter(Q(form_name__icontains=value) | Q(substance__in=substances))
