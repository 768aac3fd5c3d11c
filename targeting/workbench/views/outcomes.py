"""Acts of inspection: the rows behind the figures of findings, and an act that is entered."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from risk.domain.errors import InvalidOutcome
from risk.models import Substance, SubstanceMatch
from risk.services.outcomes import record_outcome
from shipments.domain.errors import TargetingError
from shipments.models import Declaration
from targeting.domain.policy import POLICIES
from targeting.filters.outcomes import OutcomeFilter
from targeting.selectors.outcomes import list_outcomes_of, scoped_outcomes
from targeting.selectors.scope import in_scope
from targeting.selectors.sentences import reader_language
from targeting.selectors.substances import substance_names
from targeting.workbench.case_forms import OutcomeForm
from targeting.workbench.filter_words import OF_INSPECTIONS, worded
from targeting.workbench.refusals import refused
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
            "form": worded(filters.form, OF_INSPECTIONS),
            "is_valid": is_valid,
            "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
            "query": without(request.GET, "page").urlencode(),
            "may_export": self.may(POLICIES["exports"]["create"]),
            "section": "figures",
        }
        return render(request, "workbench/outcomes.html", context)


class RecordPage(Page):
    """An act on one version of a declaration: entered by whoever inspected it or read of it."""

    needed = dict.fromkeys(("GET", "POST"), POLICIES["outcomes"]["create"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = self._declaration(pk)
        return self._page(declaration, self._form(declaration))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = self._declaration(pk)
        form = self._form(declaration, request)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                _, is_new = record_outcome(
                    record=form.record(),
                    declaration=declaration,
                    source=f"office:{declaration.customs_office}",
                    actor=self.reader.actor,
                    now=timezone.now(),
                )
            except InvalidOutcome as error:
                form.refuse(error.params["faults"])  # type: ignore[arg-type] # its one param
            except TargetingError as error:
                status, sentence = refused(error)
                form.add_error("act_number", sentence)
            else:
                known = gettext("This act was there already.")
                messages.success(request, gettext("The act was entered.") if is_new else known)
                return redirect("workbench:record", pk=pk)
        return self._page(declaration, form, status=status)

    def _declaration(self, pk: int) -> Declaration:
        """The version that was inspected; none where it was cancelled or is out of scope."""
        rows = Declaration.objects.filter(in_scope(self.scope), is_cancelled=False)
        return get_object_or_404(rows, pk=pk)

    def _form(self, declaration: Declaration, asked: HttpRequest | None = None) -> OutcomeForm:
        items = [
            (str(item.item_number), f"{item.item_number}: {item.description[:80]}")
            for item in declaration.items.order_by("item_number")
        ]
        known = dict(Substance.objects.values_list("pk", "key"))
        names = substance_names(known.values(), lang=reader_language())
        seen = SubstanceMatch.objects.filter(goods_item__declaration=declaration)
        first = {known[pk] for pk in seen.values_list("substance_id", flat=True) if pk in known}
        ordered = sorted(names, key=lambda key: (key not in first, names[key].casefold()))
        substances = [(key, names[key]) for key in ordered]
        return OutcomeForm(asked.POST if asked else None, items=items, substances=substances)

    def _page(
        self, declaration: Declaration, form: OutcomeForm, *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        context = {
            "declaration": declaration,
            "form": form,
            "outcomes": list_outcomes_of(self.scope, declaration.registration_number),
            "may_read": self.may(POLICIES["alerts"]["retrieve"]),
            "section": "queue",
        }
        return render(self.request, "workbench/record.html", context, status=status)
