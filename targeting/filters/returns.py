"""How returns are searched."""

import django_filters

from shipments.models import ConsignmentReturn
from shipments.models.choices import RETURN_KINDS


class ReturnFilter(django_filters.FilterSet):
    substance = django_filters.CharFilter("substance_key", help_text="Its key.")
    kind = django_filters.ChoiceFilter(choices=RETURN_KINDS)
    reported_by = django_filters.CharFilter("reported_by", "icontains")
    reported_from = django_filters.DateFilter("reported_on", "gte")
    reported_to = django_filters.DateFilter("reported_on", "lte")

    class Meta:
        model = ConsignmentReturn
        fields = ["registration_number", "item_number", "number"]
