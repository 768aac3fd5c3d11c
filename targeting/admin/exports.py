"""Files of many rows in the admin: each one's own, how far they are, and to be taken away."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from shipments.models.choices import JobState
from targeting.api.exports import file_answer
from targeting.domain.exports import percent_done
from targeting.models import Export, User
from targeting.selectors.exports import own_exports
from targeting.services.exports import remove_export


@admin.register(Export)
class ExportAdmin(admin.ModelAdmin):
    """My files. The page of one that is being written loads itself again until it is done."""

    list_display = ["file_name", "state", "progress", "size", "started_at", "expires_at", "take"]
    readonly_fields = fields = (
        "file_name", "state", "progress", "size", "started_at", "expires_at", "take", "row_count",
        "failure",
    )  # fmt: skip
    list_filter = ["job__state"]
    show_full_result_count = False
    change_form_template = "admin/exports/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        user = request.user
        return own_exports(user) if isinstance(user, User) else Export.objects.none()

    def get_urls(self) -> list[Any]:
        view: Any = self.admin_site.admin_view(require_safe(self.file_view))
        view.model_admin = self
        place = path("<path:object_id>/file/", view, name="targeting_export_file")
        return [place, *super().get_urls()]

    def file_view(self, request: HttpRequest, object_id: str) -> Any:
        """The file; to the caller's own where it is none of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        export = self.get_object(request, object_id)
        if export is None:
            return HttpResponseRedirect(reverse("admin:targeting_export_changelist"))
        if not export.file:
            place = reverse("admin:targeting_export_change", args=[export.pk])
            return HttpResponseRedirect(place)
        return file_answer(export)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As ever, but refused before it is told whether there is such a row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Export) -> None:
        remove_export(export=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        for export in queryset:
            remove_export(export=export)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The file alone is named: its job goes with it."""
        return [str(one) for one in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    @admin.display(description="state", ordering="job__state")
    def state(self, export: Export) -> str:
        return export.job.get_state_display()

    @admin.display(description="progress")
    def progress(self, export: Any) -> str:
        is_done = export.job.state == JobState.DONE
        done = percent_done(export.rows_written, export.row_count, is_done=is_done)
        return format_html('<progress max="100" value="{}"></progress> {} %', done, done)

    @admin.display(description="size")
    def size(self, export: Export) -> str:
        return "–" if export.size_bytes is None else filesizeformat(export.size_bytes)

    @admin.display(description="asked for", ordering="job__started_at")
    def started_at(self, export: Export) -> Any:
        return export.job.started_at

    @admin.display(description="why it failed")
    def failure(self, export: Export) -> str:
        return export.job.failure or "–"

    @admin.display(description="file")
    def take(self, export: Export) -> str:
        if not export.file:
            return "–"
        place = reverse("admin:targeting_export_file", args=[export.pk])
        return format_html('<a href="{}">Take it away</a>', place)
