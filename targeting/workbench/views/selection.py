"""What the selection works under: limits of lanes by office, and learned models."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.domain.errors import LimitRefused, RiskError
from risk.domain.lanes import Lane
from risk.models import LaneLimit, RiskModel
from risk.models.choices import LaneChoice, RiskModelState
from risk.models.lane_days import LIMITED_LANES
from risk.selectors.risk_models import list_risk_models
from risk.services.lane_days import record_limit
from risk.services.risk_models import approve_model, propose_model, retire_model
from targeting.domain.errors import AccessError
from targeting.domain.policy import POLICIES
from targeting.selectors.scope import in_scope
from targeting.services.accounts import check_offices
from targeting.workbench.faults import ToldForm, cannot_be
from targeting.workbench.refusals import refused
from targeting.workbench.views.base import Page

ON_A_PAGE = 50
MOST_A_DAY = 1_000_000
_LONGEST = 2_000


class LimitForm(ToldForm):
    """Neither capacity nor rate: from the day on nothing holds for the lane."""

    customs_office = forms.CharField(label=_("Customs office"), max_length=20)
    lane = forms.ChoiceField(
        label=_("Lane"), choices=[one for one in LaneChoice.choices if one[0] in LIMITED_LANES]
    )
    capacity = forms.IntegerField(
        label=_("Capacity"), required=False, min_value=0, max_value=MOST_A_DAY,
        help_text=_("How many declarations the office works off in a day."),
    )  # fmt: skip
    rate = forms.DecimalField(
        label=_("Expected share"), required=False, min_value=Decimal(0), max_value=Decimal(1),
        max_digits=5, decimal_places=4,
        help_text=_("Of all its declarations, from 0 to 1. Leave both blank to end a limit."),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Tomorrow or later: a day that began is not decided anew."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=_LONGEST)


class RetireForm(ToldForm):
    reason = forms.CharField(label=_("Reason"), max_length=_LONGEST)


class LimitsPage(Page):
    """Capacity and expected share of lanes, the newest first; rows are only added."""

    needed = {
        "GET": POLICIES["lane-limits"]["list"],
        "POST": POLICIES["lane-limits"]["create"],
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(LimitForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.scope.is_central:
            raise PermissionDenied
        form = LimitForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data | {"lane": Lane(form.cleaned_data["lane"])}
            try:
                check_offices(person=None, offices=[given["customs_office"]])
                record_limit(**given, actor=self.reader.as_actor().account, now=timezone.now())
            except AccessError as error:
                told = refused(AccessError(error.code, value=given["customs_office"]))[1]
                form.add_error("customs_office", told)
            except LimitRefused as error:
                params = error.params
                form.add_error("valid_from", cannot_be(params["value"], str(params["allowed"])))
            else:
                messages.success(request, gettext("The limit was recorded."))
                return redirect("workbench:limits")
        return self._page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _page(self, form: LimitForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
        rows = LaneLimit.objects.filter(in_scope(self.scope)).order_by("-id")
        may_set = self.scope.is_central and self.may(POLICIES["lane-limits"]["create"])
        context = {
            "page": Paginator(rows, ON_A_PAGE).get_page(self.request.GET.get("page")),
            "form": form if may_set else None,
            "section": "figures",
        }
        return render(self.request, "workbench/limits.html", context, status=status)


class ModelsPage(Page):
    """Every learned model with what it was trained on, its metrics and where it stands."""

    needed = {"GET": POLICIES["risk-models"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page({})

    def page(self, typed: dict[int, RetireForm], *, status: int = HTTPStatus.OK) -> HttpResponse:
        """The page, with the form of a step that was refused, by its model."""
        given = self.request.GET.get("page")
        page = Paginator(list_risk_models(), ON_A_PAGE).get_page(given)
        may_step = self.may(POLICIES["risk-models"]["retire"])
        context = {
            "page": page,
            "models": [
                (
                    row,
                    _metrics(row.quality),
                    _steps(row) if may_step else (),
                    typed.get(row.pk) or RetireForm(auto_id=f"id_%s_{row.number}"),
                )
                for row in page
            ],
            "section": "figures",
        }
        return render(self.request, "workbench/models.html", context, status=status)


class ModelStepPage(ModelsPage):
    """A step with a model: proposed, approved by a second person, retired with a reason."""

    needed = {"POST": POLICIES["risk-models"]["retire"]}

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        row = get_object_or_404(list_risk_models(), pk=pk)
        by, now = self.reader.as_actor(), timezone.now()
        form = RetireForm(request.POST, auto_id=f"id_%s_{row.number}")
        try:
            if step == "propose":
                propose_model(model_id=row.pk, by=by, now=now)
            elif step == "approve":
                approve_model(model_id=row.pk, by=by, now=now)
            elif step == "retire" and form.is_valid():
                retire_model(model_id=row.pk, reason=form.cleaned_data["reason"], by=by, now=now)
            elif step == "retire":
                return self.page({row.pk: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            else:
                raise Http404
        except RiskError as error:
            status, sentence = refused(error)
            messages.error(request, sentence)
            return self.page({row.pk: form} if step == "retire" else {}, status=status)
        messages.success(request, gettext("Done."))
        return redirect("workbench:models")


def _steps(row: RiskModel) -> tuple[str, ...]:
    """What may be done with it next."""
    if row.state == RiskModelState.RETIRED:
        return ()
    if row.state == RiskModelState.ACTIVE:
        return ("retire",)
    return ("approve" if row.proposed_by else "propose", "retire")


def _metrics(quality: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Names and numbers, those of a group with its name before them."""
    found = []
    for name, value in quality.items():
        if isinstance(value, dict):
            found += _metrics(value, f"{before}{name} · ")
        elif isinstance(value, float):
            found.append((before + name, f"{value:.3f}"))
        elif not isinstance(value, list):
            found.append((before + name, str(value)))
    return found
