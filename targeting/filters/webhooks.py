"""What a webhook's deliveries can be narrowed by."""

import django_filters

from targeting.models import Delivery
from targeting.models.choices import WEBHOOK_KINDS, DeliveryState


class WebhookDeliveryFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=DeliveryState.choices, help_text="`dead`: what was given up."
    )
    kind = django_filters.ChoiceFilter(field_name="event__kind", choices=WEBHOOK_KINDS)
    subject = django_filters.CharFilter(
        "subject", help_text="Number of a declaration, or of a receipt."
    )

    class Meta:
        model = Delivery
        fields: list[str] = []
