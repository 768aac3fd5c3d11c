"""How changes of the registers, and what they led to, are searched."""

import django_filters
from django.db.models import QuerySet

from risk.models import Reassessment, RegisterChange
from risk.models.choices import RegisterKind
from shipments.models.choices import JobState
from targeting.filters.instants import InstantFilter


class ReassessmentFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter("job__state", choices=JobState.choices)
    day_from = django_filters.DateFilter("day", "gte")
    day_to = django_filters.DateFilter("day", "lte")

    class Meta:
        model = Reassessment
        fields = ["key"]


class RegisterChangeFilter(django_filters.FilterSet):
    register = django_filters.ChoiceFilter(choices=RegisterKind.choices)
    entry = django_filters.CharFilter("entry", "icontains", help_text="Part of it.")
    substance = django_filters.CharFilter(method="by_substance", help_text="Its key.")
    is_waiting = django_filters.BooleanFilter(
        "reassessment", "isnull", help_text="No reassessment took it up yet."
    )
    reassessment = django_filters.NumberFilter("reassessment", help_text="Its id.")
    changed_from = InstantFilter("changed_at", "gte")
    changed_to = InstantFilter("changed_at", "lt")

    class Meta:
        model = RegisterChange
        fields = ["actor"]

    def by_substance(
        self, rows: QuerySet[RegisterChange], name: str, value: str
    ) -> QuerySet[RegisterChange]:
        return rows.filter(substance_keys__contains=[value])
