"""Lists and assessments in the admin, to look at; who may says ``User.has_perm``."""

from django.contrib import admin

from risk.models import (
    ControlList,
    IndicatorRow,
    LaneDecision,
    ListEdition,
    ListEntry,
    RiskAssessment,
    RiskProfile,
    Substance,
    SubstanceIdentifier,
    SubstanceMatch,
    SubstanceName,
)
from shipments.admin import ReadOnlyInline


class EditionInline(ReadOnlyInline):
    model = ListEdition
    fields = ["number", "state", "in_force_from", "in_force_to", "verified_by", "verified_on"]


class SubstanceNameInline(ReadOnlyInline):
    model = SubstanceName
    fields = ["name", "lang", "kind", "source", "verification"]


class SubstanceIdentifierInline(ReadOnlyInline):
    model = SubstanceIdentifier
    fields = ["kind", "value", "form_name"]


class SubstanceEntryInline(ReadOnlyInline):
    model = ListEntry
    fields = ["edition", "schedule", "form_name", "cas_rn", "hs6", "concentration_min_pct"]


class IndicatorRowInline(ReadOnlyInline):
    model = IndicatorRow
    fields = ["item_number", "code", "strength", "contribution", "params"]


class LaneDecisionInline(ReadOnlyInline):
    model = LaneDecision


@admin.register(ControlList)
class ControlListAdmin(admin.ModelAdmin):
    list_display = ["code", "title", "authority", "jurisdiction"]
    search_fields = ["code", "title", "authority"]
    inlines = [EditionInline]


@admin.register(ListEdition)
class ListEditionAdmin(admin.ModelAdmin):
    list_display = ["control_list", "number", "state", "in_force_from", "verified"]
    list_filter = ["state"]
    list_select_related = ["control_list"]
    search_fields = ["control_list__code", "control_list__title"]

    @admin.display(boolean=True, description="verified by a person")
    def verified(self, edition: ListEdition) -> bool:
        return edition.is_verified


@admin.register(ListEntry)
class ListEntryAdmin(admin.ModelAdmin):
    list_display = ["form_name", "substance", "edition", "schedule", "cas_rn", "hs6"]
    list_filter = ["kind", "edition__control_list"]
    list_select_related = ["substance", "edition"]
    search_fields = ["form_name", "cas_rn", "substance__names__name", "hs6"]


@admin.register(Substance)
class SubstanceAdmin(admin.ModelAdmin):
    list_display = ["preferred_name", "key"]
    search_fields = ["preferred_name", "names__name", "identifiers__value"]
    inlines = [SubstanceNameInline, SubstanceIdentifierInline, SubstanceEntryInline]


@admin.register(SubstanceName)
class SubstanceNameAdmin(admin.ModelAdmin):
    list_display = ["name", "lang", "kind", "substance", "verification"]
    list_filter = ["lang", "kind"]
    list_select_related = ["substance"]
    search_fields = ["name", "substance__identifiers__value"]


@admin.register(SubstanceMatch)
class SubstanceMatchAdmin(admin.ModelAdmin):
    list_display = ["substance", "matched_text", "method", "match_score", "verdict", "is_flagged"]
    list_filter = ["method", "verdict", "is_flagged"]
    list_select_related = ["substance"]
    search_fields = ["substance__preferred_name", "matched_text"]
    raw_id_fields = ["goods_item"]
    show_full_result_count = False


@admin.register(RiskProfile)
class RiskProfileAdmin(admin.ModelAdmin):
    list_display = ["code", "version", "is_active", "valid_from"]


@admin.register(RiskAssessment)
class RiskAssessmentAdmin(admin.ModelAdmin):
    list_display = ["declaration", "trigger", "score", "confidence", "basis"]
    list_select_related = ["declaration"]
    search_fields = ["declaration__registration_number"]
    exclude = ["facts"]
    inlines = [LaneDecisionInline, IndicatorRowInline]
    show_full_result_count = False
