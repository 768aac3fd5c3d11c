"""What the audit can be narrowed by: who, what, when, on which object."""

import django_filters

from targeting.domain.audit import Verb
from targeting.filters.instants import InstantFilter
from targeting.models import AuditEvent


class AuditEventFilter(django_filters.FilterSet):
    actor = django_filters.CharFilter(help_text="`user:7` or `client:<client id>`.")
    action = django_filters.MultipleChoiceFilter(
        field_name="verb", choices=[(verb.value, verb.value) for verb in Verb]
    )
    resource = django_filters.CharFilter(help_text="Name of a route: `alert-detail`.")
    object = django_filters.CharFilter(
        "object_key", help_text="Key of the object, with `resource`."
    )
    status = django_filters.NumberFilter(help_text="Of the answer: 403 was a refusal.")
    request_id = django_filters.CharFilter()
    time_from = InstantFilter("at", "gte", help_text="From this moment on.")
    time_to = InstantFilter("at", "lt", help_text="Before this moment.")

    class Meta:
        model = AuditEvent
        fields: list[str] = []
