"""Referring an alert: parts are chosen, shown exactly as they go out, and sent."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from shipments.domain.errors import TargetingError
from targeting.domain.lifecycle import Move, ReferralStep
from targeting.domain.policy import POLICIES
from targeting.domain.referrals import ReferredPart, content_digest
from targeting.models import Alert
from targeting.selectors.alerts import mark_of
from targeting.selectors.referrals import content_of, list_referrals
from targeting.services.referrals import refer_alert, step_referral
from targeting.workbench.case_forms import PART_WORDS, ReferralForm
from targeting.workbench.refusals import refused
from targeting.workbench.views.base import Page
from targeting.workbench.views.case_pages import CasePage
from targeting.workbench.views.queue import hold


class ReferPage(CasePage):
    """First what is chosen, then what would go out; only that can be sent."""

    needed = dict.fromkeys(("GET", "POST"), POLICIES["alerts"]["refer"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self.alert(pk), self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert, form = self.alert(pk), self._form(request.POST)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if not form.is_valid():
            return self._page(alert, form, status=status)
        if request.POST.get("step") != "send":
            return self._page(alert, form, sent=self._content(alert, form))
        try:
            row = refer_alert(
                alert=alert,
                # Without what was shown nothing goes out.
                asked=form.asked(request.POST.get("digest") or "-"),
                by=self.reader,
                now=timezone.now(),
                hold=hold(),
                mark=request.POST.get("mark", ""),
            )
        except TargetingError as error:
            status, sentence = refused(error)
            messages.error(request, sentence)
            alert = self.alert(pk)
            return self._page(alert, form, sent=self._content(alert, form), status=status)
        messages.success(request, gettext("It was referred."))
        return self.back(request, pk, done=Move.REFER.value, referral=row.pk)

    def _form(self, given: Any = None) -> ReferralForm:
        person = self.reader.person
        return ReferralForm(given, own_agency=person.agency_id if person else None)

    def _content(self, alert: Alert, form: ReferralForm) -> dict[str, Any]:
        return content_of(alert, [ReferredPart(part) for part in form.cleaned_data["parts"]])

    def _page(
        self,
        alert: Alert,
        form: ReferralForm,
        *,
        sent: dict[str, Any] | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        context = {
            "alert": alert,
            "mark": mark_of(alert),
            "form": form,
            "sent": shown_content(sent) if sent is not None else None,
            "digest": content_digest(sent) if sent is not None else "",
            "query": self.request.GET.urlencode(),
            "section": "queue",
        }
        return render(self.request, "workbench/refer.html", context, status=status)


class WithdrawPage(Page):
    """A referral taken back: its receiver sees it no more."""

    needed = {"POST": POLICIES["referrals"]["withdraw"]}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(list_referrals(self.scope), pk=pk)
        try:
            step_referral(
                referral=row, step=ReferralStep.WITHDRAW, by=self.reader, now=timezone.now()
            )
        except TargetingError as error:
            messages.error(request, refused(error)[1])
        else:
            messages.success(request, gettext("The referral was taken back."))
        place = reverse("workbench:alert", args=[row.alert_id])
        return redirect(f"{place}?{request.GET.urlencode()}")


def shown_content(content: dict[str, Any]) -> list[tuple[Any, list[dict[str, Any]] | str]]:
    """Word and content of each part, in the order of the table: a text, or rows of named values."""
    rows = []
    for part, word in PART_WORDS.items():
        if part.value in content:
            given = content[part.value]
            as_rows = [given] if isinstance(given, dict) else given or []
            rows.append((word, given if isinstance(given, str) else as_rows))
    return rows
