"""Controlled deliveries: marked and ended on the alert, there for those named on them alone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from shipments.domain.errors import TargetingError
from targeting.domain.policy import POLICIES
from targeting.selectors.controlled_deliveries import controlled_deliveries
from targeting.services.controlled_deliveries import (
    end_controlled_delivery,
    mark_controlled_delivery,
)
from targeting.workbench.case_forms import WatchForm
from targeting.workbench.refusals import refused
from targeting.workbench.views.alerts import AlertPage


class WatchPage(AlertPage):
    """A watch that begins: the alert again, or with what stood in the way."""

    needed = {"POST": POLICIES["controlled-deliveries"]["create"]}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = self.alert(pk)
        form = WatchForm(request.POST, prefix="watch")
        if form.is_valid():
            try:
                mark_controlled_delivery(
                    alert=alert,
                    named=form.cleaned_data["named"],
                    ground=form.cleaned_data["ground"],
                    by=self.reader,
                    now=timezone.now(),
                )
            except TargetingError as error:
                form.add_error("named", refused(error)[1])
            else:
                messages.success(request, gettext("The watch began. Those named see it."))
                return self.back(request, pk)
        return self.refused_page(alert, watch=form)


class WatchEndPage(AlertPage):
    """The end of a watch on which the reader is named; of another one there is none."""

    needed = {"POST": POLICIES["controlled-deliveries"]["end"]}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mark = get_object_or_404(controlled_deliveries(self.reader, self.scope), pk=pk)
        end_controlled_delivery(mark=mark, by=self.reader, now=timezone.now())
        messages.success(request, gettext("The watch was ended."))
        return self.back(request, mark.alert_id)
