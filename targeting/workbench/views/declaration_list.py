"""Declarations as they are narrowed: the rows behind figures, flagged or not."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime

from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat, write_sheet
from risk.models import LaneDecision
from risk.services.assessments import INTAKE
from shipments.models import Declaration, PartyRole
from shipments.selectors.declarations import importer_roles
from targeting.domain.policy import POLICIES
from targeting.filters.declarations import DeclarationFilter
from targeting.selectors.dossiers import scoped_declarations
from targeting.workbench.filter_words import worded
from targeting.workbench.queue_sheet import MOST_ROWS
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

ON_A_PAGE = 50
_LANE = LaneDecision.objects.filter(
    assessment__declaration=OuterRef("pk"), assessment__trigger=INTAKE
)


COLUMNS = (
    *("registration_number", "version", "is_cancelled", "accepted_at", "customs_office", "lane"),
    *("importer", "document_kind", "country_of_dispatch"),
)


class DeclarationsPage(Page):
    """Current declarations in scope, the latest accepted first, with the lane of the intake.

    ``before`` is where the page before ended: among millions a page is found by it as fast as the
    first one, and none is counted.
    """

    needed = {"GET": POLICIES["declarations"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = self.filters()
        found = self.found(filters, most=ON_A_PAGE + 1)
        shown, more = [row for row, _ in found[:ON_A_PAGE]], found[ON_A_PAGE:]
        context: dict[str, Any] = {
            "form": worded(filters.form),
            "is_valid": filters.form.is_valid(),
            "rows": found[:ON_A_PAGE],
            "sheets": [one.value for one in SheetFormat],
            "is_first": not request.GET.get("before"),
            "following": _place(shown[-1]) if more else "",
            "query": without(request.GET, "before").urlencode(),
            "may_export": self.may(POLICIES["exports"]["create"]),
            "section": "declarations",
        }
        return render(request, "workbench/declarations.html", context)

    def filters(self) -> DeclarationFilter:
        """What the address asks for, of what is in the reader's scope."""
        rows = scoped_declarations(self.scope)
        return DeclarationFilter(self.request.GET, queryset=rows, request=self.request)

    def found(
        self, filters: DeclarationFilter, *, most: int
    ) -> list[tuple[Declaration, PartyRole | None]]:
        """So many with their importers; none where a filter cannot be. Two queries."""
        rows = filters.qs if filters.form.is_valid() else filters.queryset.none()
        shown = list(_after(rows, self.request.GET.get("before", ""))[:most])
        importers = importer_roles(declaration_ids=[row.pk for row in shown])
        return [(row, importers.get(row.pk)) for row in shown]


class DeclarationSheetPage(DeclarationsPage):
    """The rows of the list as a sheet, the first thousand of them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("as", SheetFormat.CSV.value)
        if wanted not in frozenset(SheetFormat):
            raise Http404
        rows = [
            dict(zip(COLUMNS, _cells(row, importer), strict=True))
            for row, importer in self.found(self.filters(), most=MOST_ROWS)
        ]
        sheet_format = SheetFormat(wanted)
        return HttpResponse(
            write_sheet(sheet_format, COLUMNS, rows),
            content_type=MEDIA_TYPES[sheet_format],
            headers={"Content-Disposition": f'attachment; filename="declarations.{wanted}"'},
        )


def _cells(row: Declaration, importer: PartyRole | None) -> tuple[str, ...]:
    return (
        *(row.registration_number, str(row.version), "true" if row.is_cancelled else "false"),
        *(row.accepted_at.isoformat(), row.customs_office, vars(row)["lane"] or ""),
        *(importer.name if importer else "", row.document_kind, row.country_of_dispatch),
    )


def _after(rows: QuerySet[Declaration], before: str) -> QuerySet[Declaration]:
    """The rows behind the place, all of them where it is none."""
    ordered = rows.annotate(lane=Subquery(_LANE.values("lane")[:1])).order_by("-accepted_at", "-pk")
    moment, _, pk = before.rpartition("_")
    at = _moment(moment)
    if at is None or not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return ordered
    return ordered.filter(Q(accepted_at__lt=at) | Q(accepted_at=at, pk__lt=int(pk)))


def _moment(given: str) -> datetime | None:
    try:
        found = parse_datetime(given)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _place(row: Declaration) -> str:
    return f"{row.accepted_at.isoformat()}_{row.pk}"
