"""What referrals can be narrowed by."""

import django_filters

from targeting.models import Referral
from targeting.models.choices import REFERRAL_KINDS, REFERRAL_STATES


class ReceivedReferralFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=REFERRAL_STATES)

    class Meta:
        model = Referral
        fields: list[str] = []


class ReferralFilter(ReceivedReferralFilter):
    kind = django_filters.ChoiceFilter(choices=REFERRAL_KINDS)
    agency = django_filters.CharFilter("agency__code", help_text="Code of an agency.")
    alert = django_filters.NumberFilter("alert")
