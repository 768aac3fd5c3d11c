"""What controlled deliveries can be narrowed by, of those on which the caller is named."""

import django_filters

from targeting.filters.fields import FromOfficeDay, ToOfficeDay
from targeting.models import ControlledDelivery


class ControlledDeliveryFilter(django_filters.FilterSet):
    marked_from = FromOfficeDay("marked_at", help_text="First day, the offices' own.")
    marked_to = ToOfficeDay("marked_at", help_text="Last day.")

    class Meta:
        model = ControlledDelivery
        fields: list[str] = []
