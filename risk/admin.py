"""Matches and assessments in the admin, to look at; who may says ``User.has_perm``.

Lists, substances and profiles, which are written through services, are in ``targeting.admin``.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from risk.models import (
    IndicatorRow,
    InspectionOutcome,
    LaneDecision,
    Reassessment,
    RegisterChange,
    Rescreening,
    RiskAssessment,
    SubstanceMatch,
)
from shipments.admin import ReadOnlyInline
from shipments.models import StageRun
from shipments.models.choices import StageState


class IndicatorRowInline(ReadOnlyInline):
    model = IndicatorRow
    fields = ["item_number", "code", "strength", "contribution", "params"]


class LaneDecisionInline(ReadOnlyInline):
    model = LaneDecision


@admin.register(SubstanceMatch)
class SubstanceMatchAdmin(admin.ModelAdmin):
    list_display = ["substance", "matched_text", "method", "match_score", "verdict", "is_flagged"]
    list_filter = ["method", "verdict", "is_flagged"]
    list_select_related = ["substance"]
    search_fields = ["substance__preferred_name", "matched_text"]
    raw_id_fields = ["goods_item"]
    show_full_result_count = False


@admin.register(Rescreening)
class RescreeningAdmin(admin.ModelAdmin):
    """Look-backs and simulations: counts and progress, no case."""

    list_display = [
        "edition", "kind", "day", "state", "progress", "hit_count", "match_count", "alert_count",
    ]  # fmt: skip
    readonly_fields = ["state", "progress"]
    list_filter = ["kind", "job__state"]
    list_select_related = ["edition__control_list", "job"]
    exclude = ["result"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rescreening]:
        runs = StageRun.objects.filter(job=OuterRef("job")).order_by().values("job")
        done = runs.filter(state=StageState.DONE)
        return (
            super()
            .get_queryset(request)
            .annotate(
                _chunks=Subquery(runs.annotate(count=Count("pk")).values("count")),
                _done=Subquery(done.annotate(count=Count("pk")).values("count")),
            )
        )

    @admin.display(description="state")
    def state(self, rescreening: Rescreening) -> str:
        return rescreening.job.get_state_display()

    @admin.display(description="chunks done")
    def progress(self, rescreening: Any) -> str:
        return f"{rescreening._done or 0} / {rescreening._chunks or 0}"


@admin.register(Reassessment)
class ReassessmentAdmin(admin.ModelAdmin):
    """What changes of the registers led to: counts and progress, no case."""

    list_display = ["key", "state", "declaration_count", "assessment_count", "alert_count"]
    list_filter = ["job__state"]
    list_select_related = ["job"]

    @admin.display(description="state")
    def state(self, reassessment: Reassessment) -> str:
        return reassessment.job.get_state_display()


@admin.register(RegisterChange)
class RegisterChangeAdmin(admin.ModelAdmin):
    list_display = ["register", "entry", "actor", "changed_at", "reassessment"]
    list_filter = ["register"]
    list_select_related = ["reassessment"]
    search_fields = ["entry"]
    # Whose goods it concerns is of cases.
    exclude = ["registration_number", "party"]
    raw_id_fields = ["authorisation", "notification"]
    show_full_result_count = False


@admin.register(InspectionOutcome)
class InspectionOutcomeAdmin(admin.ModelAdmin):
    list_display = ["act_number", "registration_number", "item_number", "result", "inspected_at"]
    list_filter = ["result", "measure", "selected_by"]
    search_fields = ["act_number", "registration_number"]
    raw_id_fields = ["declaration", "assessment", "found_substance", "supersedes"]
    show_full_result_count = False


@admin.register(RiskAssessment)
class RiskAssessmentAdmin(admin.ModelAdmin):
    list_display = ["declaration", "trigger", "score", "confidence", "basis"]
    list_select_related = ["declaration"]
    search_fields = ["declaration__registration_number"]
    exclude = ["facts"]
    inlines = [LaneDecisionInline, IndicatorRowInline]
    show_full_result_count = False
