"""A declaration that an evidence leads to: its alert where there is one, else its dossier."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from targeting.domain.policy import CASE_READERS
from targeting.selectors.alerts import list_alerts
from targeting.selectors.dossiers import get_dossier, scoped_declarations_in_full
from targeting.workbench.dossier import shown_dossier
from targeting.workbench.views.base import Page


class DeclarationPage(Page):
    """Read only: what was not flagged is not decided here."""

    needed = {"GET": CASE_READERS}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = get_object_or_404(scoped_declarations_in_full(self.scope), pk=pk)
        number = declaration.registration_number
        alert = list_alerts(self.scope).filter(registration_number=number).first()
        if alert:
            return redirect("workbench:alert", pk=alert.pk)
        dossier = shown_dossier(get_dossier(declaration, self.scope))
        context = {"dossier": dossier, "section": "queue"}
        return render(request, "workbench/declaration.html", context)
