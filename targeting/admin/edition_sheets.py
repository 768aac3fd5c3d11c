"""Sheets of editions in the admin: taken away as files, and put into drafts after a preview."""

import base64
import binascii
import zlib
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from risk.domain.errors import EditionChanged, InvalidList
from risk.domain.lists.sheets import MAX_FILE_BYTES, MEDIA_TYPES, SheetFormat
from risk.models import ListEdition
from risk.models.choices import SUBSTANCE_KINDS
from risk.selectors.contradictions import contradictions_in
from risk.services import drafts
from shipments.domain.errors import TargetingError
from targeting import jobs
from targeting.admin.base import actor_of, told
from targeting.domain.errors import ExportNeeded, ImportNeeded
from targeting.domain.exports import ExportResource
from targeting.models import User
from targeting.selectors.edition_sheets import SheetPreview, edition_sheet, preview_import

MOST_SHOWN = 500
# A larger file is not carried along in the preview: it is chosen again to confirm it.
MOST_CARRIED = 1_500_000

Sheet = tuple[str, bytes]


class EditionSheets(admin.ModelAdmin):
    """The pages of an edition that take a sheet away or bring one in."""

    def get_urls(self) -> list[Any]:
        pages = []
        views = {
            "sheet": require_safe(self.sheet_view),
            "export": self.export_view,
            "import": self.import_view,
        }
        for name, view in views.items():
            page: Any = self.admin_site.admin_view(view)
            page.model_admin = self
            place = f"<path:object_id>/{name}/"
            pages.append(path(place, page, name=f"risk_listedition_{name}"))
        return [*pages, *super().get_urls()]

    def sheet_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The entries as a file; ``as`` is csv, xlsx or json. What takes long is asked for on the
        page of :meth:`export_view`."""
        edition = self._seen(request, object_id)
        wanted = _format_of(request.GET)
        try:
            name, content = edition_sheet(edition, wanted)
        except ExportNeeded:
            place = reverse("admin:risk_listedition_export", args=[edition.pk])
            return HttpResponseRedirect(f"{place}?as={wanted}")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, MEDIA_TYPES[wanted], headers=headers)

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks whether a file that takes long shall be written, and has it written."""
        edition = self._seen(request, object_id)
        if request.method == "POST" and isinstance(request.user, User):
            code = edition.control_list.code
            try:
                export = jobs.export(
                    owner=request.user,
                    resource=ExportResource.LIST_ENTRIES,
                    parameters={"list_code": code, "number": edition.number},
                    sheet_format=_format_of(request.POST),
                    now=timezone.now(),
                )
            except TargetingError as error:
                self.message_user(request, told(error), messages.ERROR)
                return HttpResponseRedirect(reverse("admin:targeting_export_changelist"))
            place = reverse("admin:targeting_export_change", args=[export.pk])
            return HttpResponseRedirect(place)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{edition}: a file",
            "opts": self.opts,
            "edition": edition,
            "rows": edition.entries.count(),
            "formats": [one.value for one in SheetFormat],
            "wanted": _format_of(request.GET),
            "hours": settings.TARGETING["EXPORT_HOURS"],
        }
        return TemplateResponse(request, "admin/lists/export.html", context)

    def _seen(self, request: HttpRequest, object_id: str) -> ListEdition:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        found = ListEdition.objects.select_related("control_list")
        return get_object_or_404(found, pk=object_id)

    def import_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A sheet is chosen, what it would change is shown, and then it is confirmed."""
        edition = get_object_or_404(
            ListEdition.objects.select_related("control_list"), pk=object_id
        )
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        shown: dict[str, Any] = {}
        if request.method == "POST":
            try:
                sheet = _sheet_of(request)
                try:
                    found = self._previewed(request, edition, sheet)
                except ImportNeeded:
                    return self._begun(request, edition, sheet)
                if request.POST.get("confirm"):
                    return self._confirmed(request, edition, found)
                shown = _shown(found, sheet)
            except TargetingError as error:
                edition.refresh_from_db()
                shown = {"error": told(error)}
        context = {
            **self.admin_site.each_context(request),
            "title": f"{edition.control_list.code}: a sheet into edition {edition.number}",
            "opts": self.opts,
            "edition": edition,
            "kinds": SUBSTANCE_KINDS,
            "kind": request.POST.get("kind", ""),
            "most": MOST_SHOWN,
            **shown,
        }
        return TemplateResponse(request, "admin/lists/import.html", context)

    def _previewed(self, request: HttpRequest, edition: ListEdition, sheet: Sheet) -> SheetPreview:
        given = request.POST.get("version", "")
        if not given.isdigit():
            raise EditionChanged(version=edition.version, given=given[:20])
        kind = request.POST.get("kind", "")
        if kind and kind not in dict(SUBSTANCE_KINDS):
            raise InvalidList(
                column="kind", value=kind[:50], allowed=", ".join(dict(SUBSTANCE_KINDS))
            )
        name, content = sheet
        return preview_import(
            edition, version=int(given), content=content, file_name=name, kind=kind
        )

    def _begun(self, request: HttpRequest, edition: ListEdition, sheet: Sheet) -> HttpResponse:
        """What takes long to read is read in the background, and shown on a page of its own."""
        name, content = sheet
        if not isinstance(request.user, User):
            raise PermissionDenied
        opened = jobs.import_sheet(
            owner=request.user,
            edition=edition,
            version=int(request.POST["version"]),
            content=content,
            file_name=name[:200],
            kind=request.POST.get("kind", ""),
            now=timezone.now(),
        )
        place = reverse("admin:targeting_listimport_change", args=[opened.pk])
        return HttpResponseRedirect(place)

    def _confirmed(
        self, request: HttpRequest, edition: ListEdition, found: SheetPreview
    ) -> HttpResponse:
        if request.POST["confirm"] != found.digest:
            raise EditionChanged(version=edition.version, given=request.POST["confirm"][:100])
        drafts.apply_comparison(
            edition=edition,
            version=edition.version,
            comparison=found.preview.comparison,
            names=found.preview.names,
            actor=actor_of(request),
            now=timezone.now(),
            reasons={"*": request.POST.get("reason", "")},
        )
        self.message_user(request, f"{edition}: the sheet is in the draft.")
        place = reverse("admin:risk_listedition_difference", args=[edition.pk])
        return HttpResponseRedirect(place)


def _format_of(given: QueryDict) -> SheetFormat:
    wanted = given.get("as", SheetFormat.XLSX.value)
    if wanted not in frozenset(SheetFormat):
        raise Http404
    return SheetFormat(wanted)


def _sheet_of(request: HttpRequest) -> Sheet:
    """Name and bytes of the sheet: the chosen file, else the one that the preview carries."""
    chosen = request.FILES.get("file")
    if chosen is not None:
        return chosen.name or "sheet", chosen.read(MAX_FILE_BYTES + 1)
    carried = request.POST.get("carried", "")
    if not carried:
        raise InvalidList(column="file", value="", allowed="a CSV, XLSX or JSON file")
    try:
        packed = base64.b64decode(carried, validate=True)
        content = zlib.decompressobj().decompress(packed, MAX_FILE_BYTES + 1)
    except (binascii.Error, zlib.error):
        raise InvalidList(column="file", value="", allowed="the file, chosen again") from None
    return request.POST.get("name", "sheet")[:200], content


def _shown(found: SheetPreview, sheet: Sheet) -> dict[str, Any]:
    comparison = found.preview.comparison
    packed = base64.b64encode(zlib.compress(sheet[1])).decode()
    return {
        "found": found,
        "name": sheet[0],
        "carried": packed if len(packed) <= MOST_CARRIED else "",
        "added": comparison.added[:MOST_SHOWN],
        "removed": comparison.removed[:MOST_SHOWN],
        "changed": comparison.changed[:MOST_SHOWN],
        "rejected": found.preview.rejected[:MOST_SHOWN],
        "contradictions": contradictions_in(comparison.touched)[:MOST_SHOWN],
        "counts": (len(comparison.added), len(comparison.removed), len(comparison.changed)),
        "rejected_count": len(found.preview.rejected),
        "unchanged_count": comparison.unchanged_count,
    }
