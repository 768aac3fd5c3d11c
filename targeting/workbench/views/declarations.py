"""A declaration that an evidence leads to, and parts of a dossier with their own addresses."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from risk.domain.facts import DeclarationFacts
from risk.domain.network.exports.formats import NetworkFormat, write_network
from risk.domain.permits.four_way import Row
from risk.models import InspectionOutcome
from risk.selectors.four_way import four_way_check_of
from shipments.models import Declaration
from targeting.domain.policy import CASE_READERS, POLICIES
from targeting.selectors.alerts import list_alerts
from targeting.selectors.dossiers import (
    facts_known,
    get_case,
    matches_of,
    near_importer,
    scoped_cases,
    scoped_declarations_in_full,
)
from targeting.selectors.importer_cards import importer_card
from targeting.selectors.network_views import view_of_network
from targeting.selectors.outcomes import list_outcomes_of
from targeting.selectors.scope import Scope, in_scope
from targeting.selectors.sentences import reader_language, sentence_language
from targeting.selectors.substances import NO_NAMES, substance_names
from targeting.workbench.dossier import shown_dossier
from targeting.workbench.importers import shown_card
from targeting.workbench.views.base import Page


class DeclarationPage(Page):
    """Its alert where there is one, else its dossier: what was not flagged is not decided."""

    needed = {"GET": CASE_READERS}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = get_object_or_404(scoped_cases(self.scope), pk=pk)
        number = declaration.registration_number
        alert = list_alerts(self.scope).filter(registration_number=number).first()
        if alert:
            return redirect("workbench:alert", pk=alert.pk)
        dossier = shown_dossier(get_case(declaration, self.scope))
        context = {"dossier": dossier, "section": "queue"}
        return render(request, "workbench/declaration.html", context)


class PartPage(Page):
    """A part of a dossier: a page of its own, which scripts put into the dossier's."""

    part = ""
    needed = {"GET": CASE_READERS}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = get_object_or_404(self.declarations(), pk=pk)
        context = {"declaration": declaration, "part": self.part, "section": "queue"}
        context |= self.shown(declaration)
        return render(request, "workbench/part.html", context)

    def declarations(self) -> QuerySet[Declaration]:
        """Every version in the reader's scope, with what the part reads of it."""
        return Declaration.objects.filter(in_scope(self.scope))

    def shown(self, declaration: Declaration) -> dict[str, Any]:
        """What its template needs."""
        raise NotImplementedError


class CheckPage(PartPage):
    """The four sides of the check."""

    part = "check"

    def shown(self, declaration: Declaration) -> dict[str, Any]:
        return shown_checks(declaration, self.scope)


class ImporterPage(PartPage):
    """The importer: history, authorisations, who is near, and similar declarations."""

    part = "importer"

    def declarations(self) -> QuerySet[Declaration]:
        return scoped_declarations_in_full(self.scope)

    def shown(self, declaration: Declaration) -> dict[str, Any]:
        card = importer_card(declaration, matches_of(declaration), self.scope)
        return {"shown": shown_card(card, declaration, NO_NAMES) if card else None}


class NearPicturePage(Page):
    """Who is one link from the importer, as a picture."""

    needed = {"GET": POLICIES["parties"]["network_file"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = get_object_or_404(scoped_declarations_in_full(self.scope), pk=pk)
        content = near_picture(declaration, self.scope)
        if content is None:
            raise Http404
        return HttpResponse(content, content_type="image/svg+xml")


def shown_checks(declaration: Declaration, scope: Scope) -> dict[str, Any]:
    """Of each controlled substance what notice, permit, declaration and return say, by the
    registers as its assessment knew them: a change of a register that concerns it has it assessed
    again. Nothing until it is assessed."""
    facts = facts_known(declaration)
    acts = list(list_outcomes_of(scope, declaration.registration_number)) if facts else []
    return {"checks": checks_by(declaration, facts, acts, NO_NAMES), "is_known": facts is not None}


def checks_by(
    declaration: Declaration,
    facts: DeclarationFacts | None,
    acts: Sequence[InspectionOutcome],
    known: Mapping[str, str],
) -> Sequence[tuple[Row, str]]:
    """The same by facts that were read already, one query. ``acts`` are about any version of the
    declaration, ``known`` names that were read already, by key."""
    if facts is None:
        return ()
    own = declaration.pk
    current = [
        act for act in acts if act.declaration_id == own and not hasattr(act, "superseded_by")
    ]
    return _named(four_way_check_of(facts, current), known)


def _named(rows: Sequence[Row], known: Mapping[str, str]) -> Sequence[tuple[Row, str]]:
    keys = {row.substance_key for row in rows}
    names = substance_names(keys, lang=reader_language(), known=known)
    return [(row, names.get(row.substance_key, row.substance_key)) for row in rows]


def near_picture(declaration: Declaration, scope: Scope) -> bytes | None:
    """SVG of the network round the importer; None until it is resolved."""
    near = near_importer(declaration, scope, is_found_read=False)
    if near is None:
        return None
    view = view_of_network(near, as_of=timezone.now())
    return write_network(view, NetworkFormat.SVG, sentence_language()).content
