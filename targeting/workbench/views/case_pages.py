"""Pages of one alert beside its dossier."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from targeting.models import Alert
from targeting.selectors.alerts import list_alerts
from targeting.workbench.views.base import Page


class CasePage(Page):
    """A page about an alert in the reader's scope; another one does not exist for it."""

    def alert(self, pk: int) -> Alert:
        """The alert. Raises Http404."""
        return get_object_or_404(list_alerts(self.scope), pk=pk)

    def back(self, request: HttpRequest, alert_id: int, **said: Any) -> HttpResponse:
        """To the alert, in the queue that the reader came from; ``said`` goes into the address."""
        query = request.GET.copy()
        for name, value in said.items():
            query[name] = str(value)
        place = reverse("workbench:alert", args=[alert_id])
        return redirect(f"{place}?{query.urlencode()}")
