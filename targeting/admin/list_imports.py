"""Long sheets for drafts in the admin: each one's own, how far they are, shown and confirmed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from shipments.domain.errors import TargetingError
from targeting import jobs
from targeting.admin.base import told
from targeting.api.list_imports import progress_of
from targeting.domain.list_imports import MOST_SHOWN, ImportState
from targeting.models import ListImport, User
from targeting.selectors.list_imports import own_imports, state_of
from targeting.services.list_imports import TOLD_AFTER_ROWS, remove_import

_RUNNING = (ImportState.READING, ImportState.WRITING)


@admin.register(ListImport)
class ListImportAdmin(admin.ModelAdmin):
    """My long sheets. The page of one that is being read or written loads itself again."""

    list_display = ["file_name", "edition", "state", "progress", "started_at", "expires_at"]
    readonly_fields = fields = (
        "file_name", "edition", "state", "progress", "row_count", "refused", "started_at",
        "confirmed_at", "written_at", "expires_at",
    )  # fmt: skip
    show_full_result_count = False
    change_form_template = "admin/list_imports/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListImport]:
        user = request.user
        return own_imports(user) if isinstance(user, User) else ListImport.objects.none()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """How far it is, and what it would change; what is sent confirms that."""
        imported = self.get_object(request, object_id)
        if imported is None or not self.has_change_permission(request, imported):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method == "POST":
            return self._confirmed(request, imported)
        state = state_of(imported)
        shown = {
            **imported.head,
            "most": MOST_SHOWN,
            "is_running": state in _RUNNING,
            "is_shown": bool(imported.digest) and state != ImportState.WRITTEN,
            "may_confirm": bool(imported.digest)
            and not imported.written_at
            and state not in _RUNNING,
        }
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "found": shown}
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As ever, but refused before it is told whether there is such a row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def _confirmed(self, request: HttpRequest, imported: ListImport) -> HttpResponse:
        given = request.POST
        try:
            jobs.confirm_list_import(
                imported=imported,
                digest=given.get("confirm", ""),
                reason=given.get("reason", "")[:1000],
                now=timezone.now(),
            )
        except TargetingError as error:
            self.message_user(request, told(error), messages.ERROR)
        place = reverse("admin:targeting_listimport_change", args=[imported.pk])
        return HttpResponseRedirect(place)

    def delete_model(self, request: HttpRequest, obj: ListImport) -> None:
        remove_import(imported=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ListImport]) -> None:
        for imported in queryset:
            remove_import(imported=imported)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The sheet alone is named: its job goes with it."""
        return [str(one) for one in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    @admin.display(description="state")
    def state(self, imported: ListImport) -> str:
        return _STATES[state_of(imported)]()

    @admin.display(description="progress")
    def progress(self, imported: ListImport) -> str:
        """In percent of the rows read; what comes after them cannot be counted, and is named."""
        done = progress_of(imported)
        read: Any = getattr(imported, "rows_read", 0)
        is_read = bool(imported.row_count) and read + TOLD_AFTER_ROWS > (imported.row_count or 0)
        if is_read and (words := _AFTER_READING.get(state_of(imported))):
            return format_html("<progress></progress> {}", words())
        return format_html('<progress max="100" value="{}"></progress> {} %', done, done)

    @admin.display(description="asked for", ordering="job__started_at")
    def started_at(self, imported: ListImport) -> Any:
        return imported.job.started_at

    @admin.display(description="why it failed")
    def refused(self, imported: ListImport) -> str:
        refusal = imported.refusal
        if refusal:
            return told(TargetingError(refusal["code"], **refusal["params"]))
        return imported.job.failure or "–"


_AFTER_READING = {
    ImportState.READING: lambda: _("is being compared with the draft"),
    ImportState.WRITING: lambda: _("is being written into the draft"),
}
_STATES = {
    ImportState.READING: lambda: _("the sheet is being read"),
    ImportState.PREVIEWED: lambda: _("waits for the confirmation"),
    ImportState.WRITING: lambda: _("is being written into the draft"),
    ImportState.WRITTEN: lambda: _("is in the draft"),
    ImportState.FAILED: lambda: _("failed"),
}
