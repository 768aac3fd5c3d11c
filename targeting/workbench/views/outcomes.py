"""Acts of inspection: the rows behind the figures of findings."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from targeting.domain.policy import POLICIES
from targeting.filters.outcomes import OutcomeFilter
from targeting.selectors.outcomes import scoped_outcomes
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

ON_A_PAGE = 50


class OutcomesPage(Page):
    """What inspections found at the offices in scope, the latest first."""

    needed = {"GET": POLICIES["outcomes"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = OutcomeFilter(request.GET, queryset=scoped_outcomes(self.scope))
        is_valid = filters.form.is_valid()
        rows = filters.qs if is_valid else filters.queryset.none()
        context = {
            "form": filters.form,
            "is_valid": is_valid,
            "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
            "query": without(request.GET, "page").urlencode(),
            "section": "figures",
        }
        return render(request, "workbench/outcomes.html", context)
