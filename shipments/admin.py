"""What was declared, in the admin: to look at, never to change.

Who may look says ``User.has_perm`` (the table of ``targeting.domain.policy``), as Django asks it.
"""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from shipments.models import (
    Authorisation,
    AuthorisationLine,
    ConsignmentReturn,
    Declaration,
    GoodsItem,
    IntakeBatch,
    IntakeIssue,
    Party,
    PartyIdentifier,
    PartyName,
    PartyRole,
    PreExportNotification,
    StageRun,
    Submitter,
)


class ReadOnlyInline(admin.TabularInline):
    """Rows of the page they stand on: whoever sees that page sees them."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class GoodsItemInline(ReadOnlyInline):
    model = GoodsItem
    fields = ["item_number", "description", "commodity_code", "net_mass_kg", "statistical_value"]


class PartyRoleInline(ReadOnlyInline):
    model = PartyRole
    fields = ["role", "name", "country", "party"]


class PartyNameInline(ReadOnlyInline):
    model = PartyName
    fields = ["name"]


class PartyIdentifierInline(ReadOnlyInline):
    model = PartyIdentifier
    fields = ["kind", "value", "first_seen_at"]


class StageRunInline(ReadOnlyInline):
    model = StageRun
    fields = ["stage", "chunk", "state", "attempts", "finished_at", "failure"]
    ordering = ["chunk", "id"]


class AuthorisationLineInline(ReadOnlyInline):
    model = AuthorisationLine
    fields = ["line_number", "substance_key", "amount", "unit", "basis", "granted_kg"]


@admin.register(Authorisation)
class AuthorisationAdmin(admin.ModelAdmin):
    list_display = ["number", "authority", "kind", "state", "holder", "valid_from", "valid_to"]
    list_filter = ["kind", "state"]
    list_select_related = ["holder"]
    search_fields = ["number", "holder__name"]
    raw_id_fields = ["holder"]
    inlines = [AuthorisationLineInline]
    show_full_result_count = False


@admin.register(PreExportNotification)
class PreExportNotificationAdmin(admin.ModelAdmin):
    list_display = ["number", "authority", "substance_key", "state", "importer", "sent_on"]
    list_filter = ["state", "direction"]
    list_select_related = ["importer"]
    search_fields = ["number", "importer__name", "exporter__name"]
    raw_id_fields = ["exporter", "importer"]
    show_full_result_count = False


@admin.register(ConsignmentReturn)
class ConsignmentReturnAdmin(admin.ModelAdmin):
    list_display = ["registration_number", "item_number", "substance_key", "kind", "reported_kg"]
    list_filter = ["kind"]
    search_fields = ["registration_number", "number", "reported_by"]
    show_full_result_count = False


@admin.register(Submitter)
class SubmitterAdmin(admin.ModelAdmin):
    list_display = ["key", "name", "created_at"]
    search_fields = ["key", "name"]


@admin.register(IntakeBatch)
class IntakeBatchAdmin(admin.ModelAdmin):
    list_display = [
        "public_id",
        "submitter",
        "format_key",
        "state",
        "declaration_count",
        "rejected_count",
        "received_at",
    ]
    list_filter = ["state", "format_key"]
    list_select_related = ["submitter"]
    search_fields = ["public_id", "file_name", "submitter__key"]
    inlines = [StageRunInline]
    show_full_result_count = False


@admin.register(IntakeIssue)
class IntakeIssueAdmin(admin.ModelAdmin):
    list_display = ["batch", "line", "registration_number", "field", "code", "severity"]
    list_filter = ["severity"]
    list_select_related = ["batch"]
    search_fields = ["registration_number", "code"]
    show_full_result_count = False


@admin.register(Declaration)
class DeclarationAdmin(admin.ModelAdmin):
    list_display = ["registration_number", "version", "document_kind", "customs_office"]
    list_filter = ["document_kind", "direction"]
    search_fields = ["registration_number"]
    inlines = [PartyRoleInline, GoodsItemInline]
    show_full_result_count = False


@admin.register(Party)
class PartyAdmin(admin.ModelAdmin):
    list_display = ["name", "country", "key"]
    search_fields = ["key", "names__name"]
    inlines = [PartyNameInline, PartyIdentifierInline]
    show_full_result_count = False
