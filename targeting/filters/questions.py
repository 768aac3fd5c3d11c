"""How questions to operators are searched, by people and by the operators themselves."""

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from risk.selectors.office import office_day
from targeting.domain.questions import QuestionState
from targeting.models import OperatorQuestion
from targeting.models.choices import QUESTION_KINDS, QUESTION_STATES, SATISFACTIONS

_Rows = QuerySet[OperatorQuestion]


class _QuestionFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=QUESTION_KINDS)
    is_overdue = django_filters.BooleanFilter(
        method="by_day", help_text="Nobody answered, and the last day is over."
    )
    due_to = django_filters.DateFilter("due_on", "lte", help_text="Last day of the answer.")

    class Meta:
        model = OperatorQuestion
        fields = ["registration_number"]

    def by_day(self, rows: _Rows, name: str, value: bool) -> _Rows:
        today = office_day(timezone.now())
        overdue = {"state": QuestionState.OPEN.value, "due_on__lt": today}
        return rows.filter(**overdue) if value else rows.exclude(**overdue)


class OperatorQuestionFilter(_QuestionFilter):
    state = django_filters.ChoiceFilter(choices=QUESTION_STATES)
    satisfaction = django_filters.ChoiceFilter(choices=SATISFACTIONS)
    office = django_filters.CharFilter("customs_office", help_text="Code of the customs office.")
    submitter = django_filters.CharFilter("submitter__key", help_text="Its key.")
    asked_by = django_filters.CharFilter(help_text="`user:7`.")


class QuestionFilter(_QuestionFilter):
    is_open = django_filters.BooleanFilter(
        method="by_end", help_text="It may be answered; false: it is closed."
    )
    receipt = django_filters.UUIDFilter(
        "declaration__batch__public_id", help_text="On declarations of this receipt."
    )

    def by_end(self, rows: _Rows, name: str, value: bool) -> _Rows:
        return rows.filter(closed_at__isnull=value)
