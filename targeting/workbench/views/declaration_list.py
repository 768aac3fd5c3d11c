"""Declarations as they are narrowed: the rows behind figures, flagged or not."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime

from risk.models import LaneDecision
from risk.services.assessments import INTAKE
from shipments.models import Declaration
from shipments.selectors.declarations import importer_roles
from targeting.domain.policy import POLICIES
from targeting.filters.declarations import DeclarationFilter
from targeting.selectors.dossiers import scoped_declarations
from targeting.workbench.filter_words import worded
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

ON_A_PAGE = 50
_LANE = LaneDecision.objects.filter(
    assessment__declaration=OuterRef("pk"), assessment__trigger=INTAKE
)


class DeclarationsPage(Page):
    """Current declarations in scope, the latest accepted first, with the lane of the intake.

    ``before`` is where the page before ended: among millions a page is found by it as fast as the
    first one, and none is counted.
    """

    needed = {"GET": POLICIES["declarations"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = DeclarationFilter(
            request.GET, queryset=scoped_declarations(self.scope), request=request
        )
        is_valid = filters.form.is_valid()
        rows = filters.qs if is_valid else filters.queryset.none()
        found = list(_after(rows, request.GET.get("before", ""))[: ON_A_PAGE + 1])
        shown, more = found[:ON_A_PAGE], found[ON_A_PAGE:]
        importers = importer_roles(declaration_ids=[row.pk for row in shown])
        context: dict[str, Any] = {
            "form": worded(filters.form),
            "is_valid": is_valid,
            "rows": [(row, importers.get(row.pk)) for row in shown],
            "is_first": not request.GET.get("before"),
            "following": _place(shown[-1]) if more else "",
            "query": without(request.GET, "before").urlencode(),
            "may_export": self.may(POLICIES["exports"]["create"]),
            "section": "declarations",
        }
        return render(request, "workbench/declarations.html", context)


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
