"""How somebody's notices are filtered."""

import django_filters
from django.db.models import QuerySet

from targeting.domain.outbox import list_topic
from targeting.models import Notice
from targeting.models.choices import TOLD_KINDS


class NoticeFilter(django_filters.FilterSet):
    unread = django_filters.BooleanFilter("read_at", "isnull", help_text="Only unread, or read.")
    kind = django_filters.ChoiceFilter(field_name="event__kind", choices=TOLD_KINDS)
    list = django_filters.CharFilter(method="of_list", help_text="Code of a list.")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()

    def of_list(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return rows.filter(event__topic=list_topic(value))
