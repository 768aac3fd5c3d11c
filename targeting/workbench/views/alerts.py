"""One flagged shipment with everything to decide it by, and what is decided."""

from base64 import b64encode
from collections.abc import Collection
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from shipments.domain.errors import TargetingError
from shipments.selectors.declarations import importer_of
from targeting.domain.lifecycle import Move, allowed_moves
from targeting.domain.policy import POLICIES
from targeting.filters.alerts import AlertFilter
from targeting.models import Alert
from targeting.selectors.alerts import (
    AlertSummary,
    list_acts,
    list_alerts,
    mark_of,
    standing_of,
)
from targeting.selectors.controlled_deliveries import running_marks
from targeting.selectors.dossiers import Case, alerts_of_cases, get_case
from targeting.selectors.importer_cards import importer_card
from targeting.selectors.outcomes import list_outcomes_of
from targeting.selectors.questions import questions_on
from targeting.selectors.referrals import is_withdrawable, list_attachments, list_referrals
from targeting.services.alert_acts import Said, move_alert
from targeting.services.pdf import NotPrinted, print_pdf, printer
from targeting.workbench.case_forms import AttachmentForm, WatchForm
from targeting.workbench.dossier import shown_dossier
from targeting.workbench.forms import FORMS, SaidForm
from targeting.workbench.importers import keys_of, shown_card
from targeting.workbench.refusals import refused
from targeting.workbench.rows import queue_rows
from targeting.workbench.views.case_pages import CasePage
from targeting.workbench.views.declarations import checks_by, near_picture
from targeting.workbench.views.queue import hold, narrowed, queue_of, without

SHOWN_ACTS = 100
# The first of them that is possible takes the step back: in the red lane a dismissal waits.
UNDONE_BY = {
    Move.TAKE: (Move.RELEASE,),
    Move.RELEASE: (Move.TAKE,),
    Move.DISMISS: (Move.REOPEN, Move.REFUSE_DISMISSAL),
    Move.CONFIRM_DISMISSAL: (Move.REOPEN,),
}


STYLE = Path(__file__).parent.parent / "static" / "workbench" / "workbench.css"


class AlertPage(CasePage):
    needed = {"GET": POLICIES["alerts"]["retrieve"]}

    def alert(self, pk: int) -> Alert:
        """The alert with its declaration. Raises Http404."""
        return get_object_or_404(alerts_of_cases(self.scope), pk=pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "workbench/alert.html", self.shown(self.alert(pk)))

    def refused_page(
        self,
        alert: Alert,
        *,
        watch: WatchForm | None = None,
        attachment: AttachmentForm | None = None,
    ) -> HttpResponse:
        """The alert again with the form that was refused, as it was typed."""
        shown = self.shown(alert, watch=watch, attachment=attachment)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(self.request, "workbench/alert.html", shown, status=status)

    def shown(
        self,
        alert: Alert,
        said: tuple[Move, SaidForm] | None = None,
        *,
        watch: WatchForm | None = None,
        attachment: AttachmentForm | None = None,
    ) -> dict[str, Any]:
        """The page; ``said`` is a step that was refused, with what was typed, as are the forms."""
        query = without(narrowed(self.request.GET), "page", "size")
        steps = self._steps(alert, said)
        undo = self._undo([step for step, *_ in steps])
        return {
            **self.case(alert),
            "mark": mark_of(alert),
            "undo": undo,
            "undo_address": _address(undo, alert) if undo else "",
            "undo_comment": gettext("Taken back at once."),
            "has_printer": printer() is not None,
            "steps": steps,
            "refused_step": said[0].value if said else "",
            "query": query.urlencode(),
            **self._beside(alert, watch, attachment),
            **self._neighbours(alert),
        }

    def _beside(
        self, alert: Alert, watch: WatchForm | None, attachment: AttachmentForm | None
    ) -> dict[str, Any]:
        """What was sent of it, its files, acts of inspection; what the reader may add."""
        referrals = list(list_referrals(self.scope).filter(alert=alert))
        is_open = Move.REFER.value in allowed_moves(standing_of(alert))
        may_attach = self.may(POLICIES["alerts"]["attach"])
        may_watch = self.may(POLICIES["controlled-deliveries"]["create"])
        number = alert.registration_number
        return {
            "referrals": referrals,
            "may_refer": is_open and self.may(POLICIES["alerts"]["refer"]),
            "withdrawable": [one.pk for one in referrals if is_withdrawable(one)],
            "withdrawn_now": self.request.GET.get("referral", ""),
            "attachments": list_attachments(alert),
            "questions": questions_on(number, self.scope),
            "attachment_form": (attachment or AttachmentForm(prefix="attach"))
            if may_attach
            else None,
            "watch_form": (watch or WatchForm(prefix="watch")) if may_watch else None,
            "outcomes": list_outcomes_of(self.scope, number),
            "may_record": self.may(POLICIES["outcomes"]["create"]),
        }

    def case(self, alert: Alert) -> dict[str, Any]:
        """What is to be read of it, by whatever step."""
        return self.told(alert, get_case(alert.declaration, self.scope))

    def told(self, alert: Alert, case: Case, beside: Collection[str] = ()) -> dict[str, Any]:
        """The case as it is shown; ``beside`` as of :func:`shown_dossier`."""
        marks = running_marks([alert.pk], self.reader)
        summary = AlertSummary(
            alert=alert,
            importer=importer_of(list(case.declaration.party_roles.all())),
            leading_item=None,
            matches=(),
            verified=case.verified,
            reasons=(),
            controlled_delivery=marks.get(alert.pk),
        )
        return {
            "row": queue_rows([summary], now=timezone.now())[0],
            "dossier": shown_dossier(case, beside),
            "facts_digest": sha256(bytes(case.assessment.facts)).hexdigest()
            if case.assessment
            else "",
            "acts": list_acts(alert)[:SHOWN_ACTS],
        }

    def _undo(self, possible: list[Move]) -> Move | None:
        """The step that takes back the one which the page was led here by."""
        done = self.request.GET.get("done", "")
        back = UNDONE_BY.get(Move(done), ()) if done in frozenset(Move) else ()
        return next((move for move in back if move in possible), None)

    def _steps(
        self, alert: Alert, said: tuple[Move, SaidForm] | None
    ) -> list[tuple[Move, SaidForm, str]]:
        """The steps that are possible now and open to the reader, each with form and address."""
        policy = POLICIES["alerts"]
        moves = [Move(name) for name in allowed_moves(standing_of(alert))]
        typed = dict([said] if said else [])
        return [
            (move, typed.get(move) or FORMS[move](prefix=move.value), _address(move, alert))
            for move in moves
            if move in FORMS and self.may(policy[move.value])
        ]

    def _neighbours(self, alert: Alert) -> dict[str, int | None]:
        """Ids of the alerts before and behind it in the queue that the reader came from."""
        wanted = narrowed(self.request.GET)
        filters = AlertFilter(wanted, queryset=list_alerts(self.scope), request=self.request)
        rows = queue_of(filters)
        here = alert
        if not hasattr(alert, str(rows.query.order_by[0]).removeprefix("-")):
            # Ordered alike but not narrowed: it may have left the queue.
            alike = AlertFilter({"ordering": wanted.get("ordering", "")}, Alert.objects.all()).qs
            here = alike.get(pk=alert.pk)
        return {
            "previous": _beside(rows, here, following=False),
            "following": _beside(rows, here, following=True),
        }


class MovePage(AlertPage):
    """A step on the alert: the page again, or the same page with what stood in the way."""

    move: Move = Move.NOTE
    needed = {}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = self.alert(pk)
        form = FORMS[self.move](request.POST, prefix=self.move.value)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                self._make(alert, form.said())
            except TargetingError as error:
                status, sentence = refused(error)
                messages.error(request, sentence)
            else:
                messages.success(request, gettext("Done."))
                asked = without(request.GET, "done")
                asked["done"] = self.move.value
                query = asked.urlencode()
                return redirect(f"{reverse('workbench:alert', args=[pk])}?{query}")
        shown = self.shown(self.alert(pk), (self.move, form))
        return render(request, "workbench/alert.html", shown, status=status)

    def _make(self, alert: Alert, said: Said) -> None:
        move_alert(
            alert=alert,
            move=self.move,
            by=self.reader,
            now=timezone.now(),
            hold=hold(),
            mark=None if self.move is Move.NOTE else self.request.POST.get("mark", ""),
            said=said,
        )


class CaseFilePage(AlertPage):
    """The case as a file: everything of it on paper, with what it stands on."""

    needed = {"GET": POLICIES["alerts"]["retrieve"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = self.alert(pk)
        shown = {
            **self._whole(alert),
            "style": STYLE.read_text(encoding="utf-8"),
            "printed_at": timezone.now(),
            "printed_by": self.reader.username,
        }
        try:
            content = print_pdf(render_to_string("workbench/case_file.html", shown, request))
        except NotPrinted:
            messages.error(
                request, gettext("No file could be made now. Try again, or print the page.")
            )
            return redirect("workbench:alert", pk=pk)
        name = f"case-{alert.pk}.pdf"
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _whole(self, alert: Alert) -> dict[str, Any]:
        """Dossier, check, importer and who is near; what they share is read once. The check says
        what the assessment knew, as the rest of the paper does."""
        case = get_case(alert.declaration, self.scope)
        card = importer_card(case.declaration, case.matches, self.scope)
        acts = card.acts if card else list_outcomes_of(self.scope, alert.registration_number)
        keys = keys_of(card) if card else set[str]()
        told = self.told(alert, case, keys)
        names = told["dossier"].names
        picture = near_picture(case.declaration, self.scope)
        return {
            **told,
            "is_known": case.facts is not None,
            "checks": checks_by(case.declaration, case.facts, list(acts), names),
            "shown": shown_card(card, case.declaration, names) if card else None,
            "picture": b64encode(picture).decode() if picture else "",
        }


def _address(move: Move, alert: Alert) -> str:
    return reverse(f"workbench:{move.value.replace('_', '-')}", args=[alert.pk])


def _beside(rows: QuerySet[Alert], alert: Alert, *, following: bool) -> int | None:
    """The nearest alert of the queue before or behind it, also when it has left the queue."""
    order, *_ = map(str, rows.query.order_by or ("-pk",))
    name, is_falling = order.removeprefix("-"), order.startswith("-")
    # Behind means less where the order falls; ids always fall, as :func:`queue_of` orders.
    beyond = "lt" if is_falling is following else "gt"
    value = getattr(alert, name)
    later = Q(**{f"{name}__{beyond}": value})
    same = Q(**{name: value, "pk__lt" if following else "pk__gt": alert.pk})
    keys = (order, "-pk") if following else (_turned(order), "pk")
    return rows.filter(later | same).order_by(*keys).values_list("pk", flat=True).first()


def _turned(order: str) -> str:
    return order.removeprefix("-") if order.startswith("-") else f"-{order}"
