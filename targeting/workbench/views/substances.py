"""Substances and lists: searched in any language, shown with everything that is known of them."""

from collections.abc import Sequence
from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from risk.domain.structure_drawing import Outline, structure_outlines
from risk.models import ListEdition, ListEntry, Substance
from targeting.domain.policy import POLICIES, admin_grants
from targeting.filters.substances import SubstanceFilter
from targeting.models import User
from targeting.selectors.editions import difference, list_editions, list_entries
from targeting.selectors.lists import list_control_lists
from targeting.selectors.sentences import reader_language
from targeting.selectors.substance_editions import course_of
from targeting.selectors.substances import (
    substance_names,
    substances_in_full,
    summarise_substances,
)
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

ON_A_PAGE = 50
MOST_DRAWINGS = 4


class Drawing(NamedTuple):
    """The structure of one form, as lists or editors give it."""

    name: str
    smiles: str
    outlines: Sequence[Outline]


class SubstancesPage(Page):
    """The search: part of a name in any language, or a whole number."""

    needed = {"GET": POLICIES["substances"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = SubstanceFilter(request.GET, queryset=Substance.objects.order_by("key"))
        is_valid = filters.form.is_valid()
        rows: QuerySet[Substance] = filters.qs if is_valid else Substance.objects.none()
        page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
        found = summarise_substances(list(page))
        names = substance_names([one.substance.key for one in found], lang=reader_language())
        context = {
            "form": filters.form,
            "page": page,
            "rows": [(one, names[one.substance.key]) for one in found],
            "query": without(request.GET, "page").urlencode(),
            "section": "substances",
        }
        return render(request, "workbench/substances.html", context)


class SubstancePage(Page):
    """One substance: names, identifiers, drawing, and its way through every list."""

    needed = {"GET": POLICIES["substances"]["retrieve"]}

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        substance = get_object_or_404(substances_in_full(), key=key)
        courses = course_of(substance)
        entries = [held.entry for course in courses for held in course.held]
        context = {
            "substance": substance,
            "name": substance_names([key], lang=reader_language()).get(key, key),
            "names": substance.names.all(),
            "identifiers": substance.identifiers.all(),
            "courses": courses,
            "drawings": _drawings(substance, entries),
            "may_open_admin": _may(self.reader, "risk.view_substance"),
            "section": "substances",
        }
        return render(request, "workbench/substance.html", context)


class ListsPage(Page):
    """Every list with its editions, and the ways to change one."""

    needed = {"GET": POLICIES["lists"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "lists": list_control_lists(),
            "may_open_admin": _may(self.reader, "risk.view_listedition"),
            "may_draft": _may(self.reader, "risk.draft_controllist"),
            "may_propose": _may(self.reader, "risk.propose_listedition"),
            "may_approve": _may(self.reader, "risk.approve_listedition"),
            "may_simulate": _may(self.reader, "risk.simulate_listedition"),
            "section": "lists",
        }
        return render(request, "workbench/lists.html", context)


class EditionPage(Page):
    """One edition: its entries, and how it differs from the one it follows."""

    needed = {"GET": POLICIES["editions"]["retrieve"]}

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        rows = list_editions().filter(control_list__code=code)
        edition = get_object_or_404(rows, number=number)
        before = edition.based_on or _before(edition)
        page = Paginator(list_entries(edition), ON_A_PAGE).get_page(request.GET.get("page"))
        context = {
            "edition": edition,
            "before": before,
            "found": difference(before, edition) if before else None,
            "page": page,
            "may_open_admin": _may(self.reader, "risk.view_listedition"),
            "section": "lists",
        }
        return render(request, "workbench/edition.html", context)


def _before(edition: ListEdition) -> ListEdition | None:
    rows = ListEdition.objects.filter(control_list=edition.control_list)
    return rows.filter(number__lt=edition.number).order_by("-number").first()


def _may(reader: User, permission: str) -> bool:
    """Whether the page of the admin is the reader's."""
    return bool(admin_grants(permission)) and reader.has_perm(permission)


def _drawings(substance: Substance, entries: list[ListEntry]) -> list[Drawing]:
    """What is known of structures, each once, those of entries in force first."""
    given = [(entry.smiles, entry.form_name) for entry in entries if entry.smiles]
    identifiers = [one for one in substance.identifiers.all() if one.kind == "smiles"]
    given += [(one.value, one.form_name) for one in identifiers]
    names: dict[str, str] = {}
    for smiles, name in given:
        names.setdefault(smiles, name)
    drawn = [Drawing(name, smiles, structure_outlines(smiles)) for smiles, name in names.items()]
    return [one for one in drawn if one.outlines][:MOST_DRAWINGS]
