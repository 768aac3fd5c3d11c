"""Views of the queue that somebody keeps: the saved searches of the API, on the page."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from shipments.domain.errors import TargetingError
from targeting.domain.outbox import LANGUAGES
from targeting.domain.policy import POLICIES
from targeting.domain.saved_searches import SearchResource
from targeting.filters.alerts import AlertFilter
from targeting.selectors.saved_searches import own_searches
from targeting.services.saved_searches import Wanted, store_search
from targeting.workbench.forms import SearchForm
from targeting.workbench.refusals import refused
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import QueuePage, without


class KeepPage(QueuePage):
    """The queue as it is narrowed, kept under a name."""

    needed = {"POST": POLICIES["saved-searches"]["create"]}

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = without(QueryDict(request.POST.get("query", "")), "page", "size")
        form = SearchForm(request.POST)
        if not form.is_valid():
            told = gettext("Say under which name, in at most 100 characters.")
            return self._refused(asked, form, told)
        lang = get_language() or ""
        wanted = Wanted(
            name=form.cleaned_data["name"],
            resource=SearchResource.ALERTS,
            query={k: v for k, v in asked.lists() if k in AlertFilter.base_filters},
            is_watched=form.cleaned_data["is_watched"],
            lang=lang if lang in LANGUAGES else LANGUAGES[0],
        )
        try:
            store_search(owner=self.reader, wanted=wanted, now=timezone.now())
        except TargetingError as error:
            return self._refused(asked, form, refused(error)[1])
        messages.success(request, gettext("The view is kept, for you alone."))
        return redirect(f"{reverse('workbench:queue')}?{asked.urlencode()}")

    def _refused(self, asked: QueryDict, form: SearchForm, told: str) -> HttpResponse:
        """The queue again, with what was typed."""
        shown = {**self.shown(asked), "search_form": form, "told": told}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(self.request, "workbench/queue.html", shown, status=status)


class ForgetPage(Page):
    """A kept view that is kept no more."""

    needed = {"POST": POLICIES["saved-searches"]["destroy"]}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = own_searches(self.reader, SearchResource.ALERTS)
        get_object_or_404(rows, pk=pk).delete()
        messages.success(request, gettext("The view is kept no more."))
        return redirect("workbench:queue")
