"""How somebody's saved searches are narrowed."""

import django_filters

from targeting.models import SavedSearch
from targeting.models.choices import SEARCH_RESOURCES


class SavedSearchFilter(django_filters.FilterSet):
    resource = django_filters.ChoiceFilter(choices=SEARCH_RESOURCES)
    watched = django_filters.BooleanFilter("is_watched")

    class Meta:
        model = SavedSearch
        fields: tuple[str, ...] = ()
