"""Any text, pasted by a person: what would be recognised in it, what not, and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from risk.domain.matching.evidence import Dismissal, SubstanceEvidence
from risk.selectors.lists import ListsInForce, lists_in_force
from risk.selectors.office import office_day
from targeting.domain.audit import Verb
from targeting.domain.policy import POLICIES
from targeting.selectors.sentences import reader_language
from targeting.selectors.substances import substance_names
from targeting.workbench.faults import ToldForm
from targeting.workbench.highlights import Piece, Place, cut
from targeting.workbench.labels import label
from targeting.workbench.verdicts import ShownVerdict
from targeting.workbench.views.base import Page

MOST_CHARACTERS = 20_000


class TextForm(ToldForm):
    text = forms.CharField(
        label=_("Goods description"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    commodity_code = forms.CharField(label=_("Commodity code"), max_length=32, required=False)
    day = forms.DateField(
        label=_("Law of the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Today, if blank."),
    )


class Recognised(NamedTuple):
    evidence: SubstanceEvidence
    name: str
    verdicts: Sequence[ShownVerdict]


class Dismissed(NamedTuple):
    dismissal: Dismissal
    name: str


class Answer(NamedTuple):
    """``pieces`` are the text with its marks; ``editions`` are list codes with their numbers."""

    pieces: Sequence[Piece]
    recognised: Sequence[Recognised]
    dismissed: Sequence[Dismissed]
    editions: Mapping[str, int]
    day: date


class ScreenPage(Page):
    """An oracle for disguises, so for few and on record: every text asked is an audit event."""

    needed = dict.fromkeys(("GET", "POST"), POLICIES["screen"]["create"])
    audit_verb = Verb.SEARCH

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(TextForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TextForm(request.POST)
        # On record before it is checked: a refused question was asked all the same.
        asked = [(name, [request.POST.get(name, "")]) for name in form.fields]
        request.audit_terms = asked  # type: ignore[attr-defined] # the middleware reads it
        if not form.is_valid():
            return self._page(form, status=422)
        given = form.cleaned_data
        day = given["day"] or office_day(timezone.now())
        answer = answer_of(given["text"], given["commodity_code"], lists_in_force(day), day)
        return self._page(form, answer=answer)

    def _page(self, form: TextForm, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {"form": form, "section": "screen", **more}
        return render(self.request, "workbench/screen.html", context, status=status)


def answer_of(text: str, code: str, lists: ListsInForce, day: date) -> Answer:
    """What the engine says of the text by the lists of the day; two queries for names."""
    screening = lists.screener.explain(text, code)
    keys = {one.substance_key for one in screening.evidence}
    keys |= {one.substance_key for one in screening.dismissed}
    names = substance_names(keys, lang=reader_language())
    recognised = [
        Recognised(one, names[one.substance_key], _verdicts(one, lists))
        for one in screening.evidence
    ]
    dismissed = [Dismissed(one, names[one.substance_key]) for one in screening.dismissed]
    return Answer(
        pieces=cut(text, [*map(_seen, recognised), *map(_passed_by, dismissed)]),
        recognised=recognised,
        dismissed=dismissed,
        editions=lists.editions,
        day=day,
    )


def _verdicts(one: SubstanceEvidence, lists: ListsInForce) -> list[ShownVerdict]:
    return [
        ShownVerdict(
            list_code=found.list_code,
            verdict=found.verdict.value,
            limit_pct=None if found.limit_pct is None else str(found.limit_pct),
            is_limit_known=found.is_limit_known,
            is_limit_exclusive=found.is_limit_exclusive,
            is_unverified=found.list_code not in lists.verified,
        )
        for found in one.list_verdicts
    ]


def _seen(one: Recognised) -> Place:
    kind = "flagged" if one.evidence.flagged else "seen"
    return Place(one.evidence.start, one.evidence.end, kind, one.name)


def _passed_by(one: Dismissed) -> Place:
    why = label(one.dismissal.reason, "reason")
    return Place(one.dismissal.start, one.dismissal.end, "against", f"{one.name}: {why}")
