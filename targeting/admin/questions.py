"""Questions to operators in the admin, to look at: they are asked and settled over the API."""

from django.contrib import admin

from shipments.admin import ReadOnlyInline
from targeting.models import OperatorQuestion, QuestionAnswer, QuestionReminder


class AnswerInline(ReadOnlyInline):
    model = QuestionAnswer
    fields = ["text", "answered_by", "answered_at", "is_late"]


class ReminderInline(ReadOnlyInline):
    model = QuestionReminder
    fields = ["kind", "due_on", "reminded_at"]


@admin.register(OperatorQuestion)
class OperatorQuestionAdmin(admin.ModelAdmin):
    list_display = ["registration_number", "kind", "state", "asked_by", "asked_at", "due_on"]
    list_filter = ["state", "kind", "satisfaction", "customs_office"]
    search_fields = ["registration_number", "text", "reason"]
    raw_id_fields = ["declaration", "submitter"]
    inlines = [AnswerInline, ReminderInline]
    show_full_result_count = False
