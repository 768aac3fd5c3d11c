"""Filters of the links to preliminary information."""

from django_filters import FilterSet

from risk.models import PreliminaryLink


class PreliminaryLinkFilter(FilterSet):
    class Meta:
        model = PreliminaryLink
        fields = ["state", "preliminary_number", "declaration_number"]
