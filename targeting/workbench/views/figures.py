"""Dashboards: figures of a period with their tables, the rows behind each, and sheets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shipments.domain.sheets import write_csv_sheet
from targeting.domain.policy import POLICIES
from targeting.selectors.scope import Scope
from targeting.workbench.figures import HEIGHT, WIDTH, Figure
from targeting.workbench.findings_figures import findings_figures
from targeting.workbench.goods_figures import channels_figure, lists_figure, substances_figure
from targeting.workbench.periods import Period, PeriodForm, usual_period
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without
from targeting.workbench.workload_figures import (
    age_figure,
    capacity_figure,
    holder_figure,
    lanes_figure,
)

Makers = Sequence[Callable[[], Figure]]
BOARDS: Mapping[str, str | Promise] = {
    "workload": _("Work"),
    "findings": _("Findings"),
    "goods": _("Goods and lists"),
}
# Of whole offices against their capacity: for those who may read limits.
_CAPACITY = POLICIES["lane-days"]["list"]


class FiguresPage(Page):
    """One board of figures; ``as=csv`` with ``figure`` takes one of them away."""

    needed = {"GET": POLICIES["statistics"]["outcomes"]}

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if code not in BOARDS:
            raise Http404
        asked = set(request.GET) - {"as", "figure"}
        now = timezone.now()
        form = PeriodForm(request.GET if asked else usual_period(now))
        period = form.period(now)
        makers = self._makers(code, period, now)
        if request.GET.get("as") == "csv":
            return self._sheet([make() for make in makers], period)
        context = {
            "board": code,
            "boards": BOARDS.items(),
            "form": form,
            "period": period,
            "figures": [make() for make in makers],
            "query": without(request.GET, "as", "figure").urlencode(),
            "width": WIDTH,
            "height": HEIGHT,
            "may_limits": self.may(POLICIES["lane-limits"]["list"]),
            "may_models": self.may(POLICIES["risk-models"]["list"]),
            "section": "figures",
        }
        status = 200 if form.is_valid() else 422
        return render(request, "workbench/figures.html", context, status=status)

    def _makers(self, code: str, period: Period, now: datetime) -> Makers:
        scope: Scope = self.scope
        if code == "findings":
            return findings_figures(scope, period, now)
        if code == "goods":
            wanted = [substances_figure, channels_figure, lists_figure]
        else:
            wanted = [age_figure, holder_figure, lanes_figure]
            wanted += [capacity_figure] if self.may(_CAPACITY) else []
        return [lambda make=make: make(scope, period, now) for make in wanted]  # type: ignore[misc]

    def _sheet(self, figures: Sequence[Figure], period: Period) -> HttpResponse:
        wanted = self.request.GET.get("figure", "")
        for figure in figures:
            if figure.key == wanted:
                name = f"{figure.key}-{period.first}-{period.last}.csv"
                headers = {"Content-Disposition": f'attachment; filename="{name}"'}
                content = b"".join(write_csv_sheet(*figure.sheet()))
                return HttpResponse(content, "text/csv; charset=utf-8", headers=headers)
        raise Http404
