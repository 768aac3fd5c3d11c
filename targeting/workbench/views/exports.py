"""Files of many rows: asked for at a list, written in the background, taken away by who asked."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat
from risk.models import ListEdition
from shipments.domain.errors import TargetingError
from shipments.models.choices import JobState
from targeting import jobs
from targeting.domain.audit import Verb
from targeting.domain.errors import PurposeRequired
from targeting.domain.exports import ExportResource, percent_done
from targeting.domain.policy import POLICIES, allows
from targeting.domain.purposes import PURPOSE_ASKED
from targeting.models import Export
from targeting.models.choices import EXPORT_RESOURCES
from targeting.selectors.exports import own_exports
from targeting.services.exportable import EXPORTABLE, LISTS
from targeting.services.exports import remove_export
from targeting.workbench.forms import PurposeForm
from targeting.workbench.refusals import refused
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

ON_A_PAGE = 25
RESOURCES = dict(EXPORT_RESOURCES)
# Their order is the file's own; what silent watches are found by stands in no stored request.
_NOT_KEPT = ("ordering", "controlled_delivery", "page", "size")


def _editions() -> list[str]:
    """Every edition as the code of its list and its number, a list's newest first."""
    rows = ListEdition.objects.order_by("control_list__code", "-number")
    return [f"{code}/{number}" for code, number in rows.values_list("control_list__code", "number")]


def _edition_number(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) < 9):
        raise Http404
    return int(given)


class FilesPage(Page):
    """A page with one's own files on it."""

    def page(self, typed: dict[int, PurposeForm], *, status: int = HTTPStatus.OK) -> HttpResponse:
        """The page, with the form of a file that was refused, by its export."""
        given = self.request.GET.get("page")
        page: Any = Paginator(own_exports(self.reader), ON_A_PAGE).get_page(given)
        rows = [
            (
                row,
                percent_done(row.rows_written, row.row_count, is_done=bool(row.file)),
                (typed.get(row.pk) or _form(row)) if row.file and _is_purpose_asked(row) else None,
            )
            for row in page
        ]
        context = {
            "page": page,
            "rows": rows,
            "resources": [
                (one, RESOURCES[one]) for one in map(ExportResource, LISTS) if self._may_take(one)
            ],
            "editions": _editions() if self._may_take(ExportResource.LIST_ENTRIES) else [],
            "formats": [one.value for one in SheetFormat],
            "is_going": any(row.job.state == JobState.RUNNING for row, *_ in rows),
            "section": "exports",
        }
        return render(self.request, "workbench/exports.html", context, status=status)

    def _may_take(self, resource: ExportResource) -> bool:
        return self.may(EXPORTABLE[resource].grants)


class ExportsPage(FilesPage):
    """One's own files and how far each is; a new one of a list, as the page of the list narrows
    it, or of all of it."""

    needed = {"GET": POLICIES["exports"]["list"], "POST": POLICIES["exports"]["create"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page({})

    def post(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("query")
        wanted = request.POST.get("as", SheetFormat.CSV.value)
        named = request.POST.get("resource", "")
        is_of_entries = named == ExportResource.LIST_ENTRIES
        if query is None or wanted not in frozenset(SheetFormat):
            raise Http404
        if is_of_entries:
            code, _, number = request.POST.get("edition", "").rpartition("/")
            edition = get_object_or_404(
                ListEdition, control_list__code=code, number=_edition_number(number)
            )
            parameters = {"list_code": code, "number": edition.number}
            self._begin(ExportResource.LIST_ENTRIES, parameters, wanted)
            return redirect("workbench:exports")
        if named not in LISTS:
            raise Http404
        resource = ExportResource(named)
        asked = without(QueryDict(query), *_NOT_KEPT)
        known = LISTS[resource].base_filters
        self._begin(resource, {k: v for k, v in asked.lists() if k in known}, wanted)
        return redirect("workbench:exports")

    def _begin(self, resource: ExportResource, parameters: dict[str, Any], wanted: str) -> None:
        """Have it written, or say why it is not."""
        if not self._may_take(resource):
            raise PermissionDenied
        try:
            jobs.export(
                owner=self.reader,
                resource=resource,
                parameters=parameters,
                sheet_format=SheetFormat(wanted),
                now=timezone.now(),
            )
        except TargetingError as error:
            messages.error(self.request, refused(error)[1])
        else:
            told = gettext("The file is being written. It stays here.")
            messages.success(self.request, told)


class OwnExport(FilesPage):
    """One of the reader's own files; another one there is not."""

    def own(self, id: UUID) -> Export:
        """The export. Raises Http404."""
        return get_object_or_404(own_exports(self.reader), public_id=id)


class ExportFilePage(OwnExport):
    """The file, once it is written, for who may still take such rows away.

    Where the list of the resource asks what for, a form does, too: its words stand in the audit
    as those of the API's header.
    """

    needed = dict.fromkeys(("GET", "POST"), POLICIES["exports"]["file"])
    audit_verb = Verb.READ

    def get(self, request: HttpRequest, id: UUID) -> HttpResponseBase:
        export = self._written(id)
        return self._unsaid() if _is_purpose_asked(export) else self._file(export)

    def post(self, request: HttpRequest, id: UUID) -> HttpResponseBase:
        export = self._written(id)
        form = _form(export, request.POST)
        if not form.is_valid():
            messages.error(request, refused(PurposeRequired())[1])
            return self.page({export.pk: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        said = form.cleaned_data["purpose"]
        request.audit_purpose = said  # type: ignore[attr-defined] # the middleware reads it
        return self._file(export)

    def _written(self, id: UUID) -> Export:
        export = self.own(id)
        if not allows(self.reader.grants, EXPORTABLE[ExportResource(export.resource)].grants):
            raise PermissionDenied
        if not export.file:
            raise Http404
        return export

    def _unsaid(self) -> HttpResponse:
        messages.error(self.request, refused(PurposeRequired())[1])
        return redirect("workbench:exports")

    def _file(self, export: Export) -> FileResponse:
        return FileResponse(
            export.file.open("rb"),
            as_attachment=True,
            filename=export.file_name,
            content_type=MEDIA_TYPES[SheetFormat(export.sheet_format)],
        )


def _is_purpose_asked(export: Export) -> bool:
    return EXPORTABLE[ExportResource(export.resource)].route in PURPOSE_ASKED


def _form(export: Export, given: QueryDict | None = None) -> PurposeForm:
    """With an id of its own among the others of the page."""
    return PurposeForm(given, auto_id=f"id_%s_{export.public_id}")


class ExportEndPage(OwnExport):
    """A file that is deleted, or not written any further."""

    needed = {"POST": POLICIES["exports"]["destroy"]}

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse:
        remove_export(export=self.own(id))
        messages.success(request, gettext("The file was deleted."))
        return redirect("workbench:exports")
