"""Files of many rows: asked for at a list, written in the background, taken away by who asked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat
from shipments.domain.errors import TargetingError
from shipments.models.choices import JobState
from targeting import jobs
from targeting.domain.exports import ExportResource, percent_done
from targeting.domain.policy import POLICIES, allows
from targeting.domain.purposes import PURPOSE_ASKED
from targeting.filters.alerts import AlertFilter
from targeting.models import Export
from targeting.selectors.exports import own_exports
from targeting.services.exportable import EXPORTABLE
from targeting.services.exports import remove_export
from targeting.workbench.refusals import refused
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

ON_A_PAGE = 25
# Their order is the file's own; what silent watches are found by stands in no stored request.
_NOT_KEPT = ("ordering", "controlled_delivery", "page", "size")


class ExportsPage(Page):
    """One's own files and how far each is; a new one of the queue as it is narrowed."""

    needed = {
        "GET": POLICIES["exports"]["list"],
        "POST": POLICIES["exports"]["create"] & POLICIES["alerts"]["list"],
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        page: Any = Paginator(own_exports(self.reader), ON_A_PAGE).get_page(request.GET.get("page"))
        rows = [
            (row, percent_done(row.rows_written, row.row_count, is_done=bool(row.file)))
            for row in page
        ]
        context = {
            "page": page,
            "rows": rows,
            "is_going": any(row.job.state == JobState.RUNNING for row, _ in rows),
            "section": "exports",
        }
        return render(request, "workbench/exports.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("query")
        wanted = request.POST.get("as", SheetFormat.CSV.value)
        if query is None or wanted not in frozenset(SheetFormat):
            raise Http404
        asked = without(QueryDict(query), *_NOT_KEPT)
        try:
            jobs.export(
                owner=self.reader,
                resource=ExportResource.ALERTS,
                parameters={k: v for k, v in asked.lists() if k in AlertFilter.base_filters},
                sheet_format=SheetFormat(wanted),
                now=timezone.now(),
            )
        except TargetingError as error:
            messages.error(request, refused(error)[1])
        else:
            messages.success(request, gettext("The file is being written. It stays here."))
        return redirect("workbench:exports")


class OwnExport(Page):
    """One of the reader's own files; another one there is not."""

    def own(self, id: UUID) -> Export:
        """The export. Raises Http404."""
        return get_object_or_404(own_exports(self.reader), public_id=id)


class ExportFilePage(OwnExport):
    """The file, once it is written, for who may still take such rows away."""

    needed = {"GET": POLICIES["exports"]["file"]}

    def get(self, request: HttpRequest, id: UUID) -> FileResponse:
        export = self.own(id)
        taken = EXPORTABLE[ExportResource(export.resource)]
        # Where the API asks what for, the file is taken away there.
        if not allows(self.reader.grants, taken.grants) or taken.route in PURPOSE_ASKED:
            raise PermissionDenied
        if not export.file:
            raise Http404
        return FileResponse(
            export.file.open("rb"),
            as_attachment=True,
            filename=export.file_name,
            content_type=MEDIA_TYPES[SheetFormat(export.sheet_format)],
        )


class ExportEndPage(OwnExport):
    """A file that is deleted, or not written any further."""

    needed = {"POST": POLICIES["exports"]["destroy"]}

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse:
        remove_export(export=self.own(id))
        messages.success(request, gettext("The file was deleted."))
        return redirect("workbench:exports")
