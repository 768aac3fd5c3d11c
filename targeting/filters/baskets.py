"""How reagent baskets are searched."""

import django_filters

from risk.models import ReagentBasket
from risk.models.choices import BASKET_STATES


class BasketFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=BASKET_STATES)
    family = django_filters.CharFilter("family")
    party = django_filters.NumberFilter(
        "acquisitions__party", distinct=True, help_text="Baskets in which this party takes part."
    )
    substance = django_filters.CharFilter(
        "acquisitions__substance__key", distinct=True, help_text="Key of a substance."
    )
    declaration = django_filters.NumberFilter(
        "acquisitions__declaration", distinct=True, help_text="Id of a version."
    )

    class Meta:
        model = ReagentBasket
        fields: list[str] = []
