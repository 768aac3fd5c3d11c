"""The queue of flagged shipments: narrowed, ordered, paged, and decided many at once."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat, write_sheet
from targeting.domain.lifecycle import Move
from targeting.domain.policy import CASE_WORKERS, POLICIES
from targeting.domain.saved_searches import SearchResource
from targeting.filters.alerts import AlertFilter
from targeting.filters.narrowed import filters_of
from targeting.models import Alert
from targeting.selectors.alerts import count_each, list_alerts, queued_alerts, summarise_alerts
from targeting.selectors.pages import rows_of_page
from targeting.selectors.saved_searches import own_searches
from targeting.services.alert_acts import Said
from targeting.services.alert_bulk import move_each
from targeting.services.bulk import MOST_AT_ONCE
from targeting.workbench.filter_words import OF_ALERTS, worded
from targeting.workbench.forms import AssignForm, DismissForm, SaidForm, SearchForm
from targeting.workbench.queue_sheet import COLUMNS, MOST_ROWS, sheet_rows
from targeting.workbench.refusals import refused
from targeting.workbench.rows import queue_rows
from targeting.workbench.views.base import Page

PAGE_SIZES = (25, 50, 100)
_OPEN = {"state": "open"}
VIEWS: tuple[tuple[str | Promise, dict[str, str]], ...] = (
    (_("Open"), _OPEN),
    (_("Mine"), {**_OPEN, "assignee": "me"}),
    (_("Nobody is at it"), {**_OPEN, "assignee": "none", "covered": "false"}),
    (_("Waiting for a second person"), {**_OPEN, "dismissal_proposed": "true"}),
    (_("Red lane"), {**_OPEN, "lane": "red"}),
    (_("By later law"), {**_OPEN, "retroactive": "true"}),
    (_("Covered by a dismissal"), {**_OPEN, "covered": "true"}),
    (_("Closed"), {"state": "closed"}),
)


class View(NamedTuple):
    """A named way to narrow the queue, with how many alerts it holds; ``search`` is the id of a
    kept one, 0 of those that everybody has."""

    title: str
    query: str
    total: int
    is_current: bool
    search: int = 0


class QueuePage(Page):
    needed = {"GET": POLICIES["alerts"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "workbench/queue.html", self.shown(request.GET))

    def shown(self, asked: QueryDict) -> dict[str, Any]:
        """What the page says of the rows that the query asks for; without one, of the open ones."""
        wanted = narrowed(asked)
        filters = AlertFilter(wanted, queryset=queued_alerts(self.scope), request=self.request)
        rows = queue_of(filters)
        size = _page_size(asked)
        page = Paginator(rows, size).get_page(asked.get("page"))
        alerts = list(rows_of_page(rows, cast("QuerySet[Alert]", page.object_list)))
        summaries = summarise_alerts(alerts, reader=self.reader)
        query = without(wanted, "page", "size").urlencode()
        return {
            "form": worded(filters.form, OF_ALERTS),
            "is_valid": filters.form.is_valid(),
            "page": page,
            "size": size,
            "sizes": PAGE_SIZES,
            "rows": queue_rows(summaries, now=timezone.now()),
            "query": query,
            **self._views(query),
            "dismissal": many_dismissed(),
            "assignment": many_assigned(),
            "may_assign": self.may(POLICIES["alerts"]["assign"]),
            "may_export": self.may(POLICIES["exports"]["create"]),
            "may_keep": self.may(POLICIES["saved-searches"]["create"]),
            "search_form": SearchForm(),
            "may_decide": self.may(CASE_WORKERS),
            "section": "queue",
            "sheets": [one.value for one in SheetFormat],
            "may_listen": self.may(POLICIES["events"]["list"]),
        }

    def _views(self, query: str) -> dict[str, list[View]]:
        """The views that everybody has, and the reader's own; counted in one query."""
        given = [(str(title), urlencode(asked), 0) for title, asked in VIEWS]
        own = [
            (one.name, urlencode(one.query, doseq=True), one.pk)
            for one in own_searches(self.reader, SearchResource.ALERTS)
        ]
        totals = count_each([self._found(one) for _, one, _ in given + own])
        views = [
            View(title, one, total, one == query, pk)
            for (title, one, pk), total in zip(given + own, totals, strict=True)
        ]
        return {"views": views[: len(given)], "own_views": views[len(given) :]}

    def _found(self, query: str) -> QuerySet[Alert]:
        rows, asked = list_alerts(self.scope), QueryDict(query)
        filters = filters_of(AlertFilter, asked)(asked, queryset=rows, request=self.request)
        # A kept view that a release understands no more finds nothing.
        return filters.qs if filters.form.is_valid() else rows.none()


class QueueSheetPage(QueuePage):
    """The rows of the view as a sheet, the first thousand of them."""

    needed = {"GET": POLICIES["alerts"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("as", SheetFormat.CSV.value)
        if wanted not in frozenset(SheetFormat):
            raise Http404
        asked = without(request.GET, "as")
        filters = AlertFilter(narrowed(asked), queryset=queued_alerts(self.scope), request=request)
        alerts = list(queue_of(filters)[:MOST_ROWS])
        rows = sheet_rows(alerts, reader=self.reader, now=timezone.now())
        sheet_format = SheetFormat(wanted)
        return HttpResponse(
            write_sheet(sheet_format, COLUMNS, rows),
            content_type=MEDIA_TYPES[sheet_format],
            headers={"Content-Disposition": f'attachment; filename="alerts.{wanted}"'},
        )


class ManyPage(QueuePage):
    """One step on all chosen alerts, each by itself: what is refused of one is told beside it."""

    needed = {"POST": CASE_WORKERS}

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = QueryDict(request.POST.get("query", ""))
        chosen = _chosen(request.POST.getlist("alert"))
        move, said, typed = self._asked(request)
        context: dict[str, Any] = {}
        if not chosen or len(chosen) > MOST_AT_ONCE:
            told = gettext("Choose between one and %(most)s alerts.") % {"most": MOST_AT_ONCE}
            context, status = {**typed, "told": told}, HTTPStatus.UNPROCESSABLE_ENTITY
        elif move is None or said is None:
            context, status = typed, HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            done, faults = self._move(chosen, move, said)
            messages.success(request, gettext("Done: %(done)s.") % {"done": done})
            if not faults:
                return redirect(f"{reverse('workbench:queue')}?{asked.urlencode()}")
            context, status = {**typed, "faults": faults}, HTTPStatus.CONFLICT
        shown = {**self.shown(asked), "chosen": chosen, **context}
        return render(request, "workbench/queue.html", shown, status=status)

    def _asked(self, request: HttpRequest) -> tuple[Move | None, Said | None, dict[str, Any]]:
        """The step and what was said with it, None where that cannot be; what was typed for this
        and for the other steps."""
        step, given = request.POST.get("step", ""), request.POST
        typed: dict[str, Any] = {
            "dismissal": many_dismissed(initial=given),
            "assignment": many_assigned(initial=given),
            "typed_step": step,
        }
        if step in (Move.TAKE, Move.RELEASE):
            return Move(step), Said(), typed
        if step not in (Move.DISMISS, Move.ASSIGN):
            return None, None, typed
        if not self.may(POLICIES["alerts"][step]):
            raise PermissionDenied
        form: SaidForm = many_dismissed(given) if step == Move.DISMISS else many_assigned(given)
        typed["dismissal" if step == Move.DISMISS else "assignment"] = form
        return Move(step), form.said() if form.is_valid() else None, typed

    def _move(
        self, chosen: dict[int, str], move: Move, said: Said
    ) -> tuple[int, list[tuple[Alert, str]]]:
        """How many were moved, and the others with why not."""
        moved = move_each(
            marks=chosen,
            scope=self.scope,
            move=move,
            by=self.reader,
            now=timezone.now(),
            hold=hold(),
            said=said,
        )
        faults = [(one.row, refused(one.fault)[1]) for one in moved.values() if one.fault]
        return len(moved) - len(faults), faults


def many_dismissed(given: QueryDict | None = None, initial: QueryDict | None = None) -> DismissForm:
    """The form beside the other steps: browsers ask for no reason of who only takes."""
    return DismissForm(given, initial=_first(initial), use_required_attribute=False)


def many_assigned(given: QueryDict | None = None, initial: QueryDict | None = None) -> AssignForm:
    """The same of the account that is to have the chosen ones; the comment is the dismissal's."""
    return AssignForm(given, initial=_first(initial), use_required_attribute=False)


def _first(given: QueryDict | None) -> dict[str, Any]:
    return given.dict() if given else {}


def hold() -> timedelta:
    """How long whoever works on an alert holds it."""
    return timedelta(minutes=settings.TARGETING["ALERT_HOLD_MINUTES"])


def queue_of(filters: AlertFilter) -> QuerySet[Alert]:
    """The alerts in their order; none where a filter cannot be."""
    if not filters.form.is_valid():
        return Alert.objects.none()
    rows = filters.qs
    return rows.order_by(*rows.query.order_by, "-pk")


def narrowed(asked: QueryDict) -> QueryDict:
    """What the query asks for; the open alerts where it asks for nothing."""
    if set(asked) & set(AlertFilter.base_filters):
        return asked
    return QueryDict(urlencode(_OPEN))


def without(query: QueryDict, *names: str) -> QueryDict:
    """The query without these parameters, blank ones left out."""
    left = QueryDict(mutable=True)
    for name, values in query.lists():
        kept = [value for value in values if value]
        if name not in names and kept:
            left.setlist(name, kept)
    return left


def _page_size(asked: QueryDict) -> int:
    given = asked.get("size", "")
    return int(given) if given in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def _chosen(given: list[str]) -> dict[int, str]:
    """Mark of each chosen alert as it was shown, by its id: ``12 "12-…"``."""
    pairs = (one.partition(" ") for one in given)
    return {int(pk): mark for pk, _, mark in pairs if pk.isascii() and pk.isdigit()}
