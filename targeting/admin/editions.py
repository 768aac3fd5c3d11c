"""Editions and their entries in the admin: drafts edited, steps taken, differences shown."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from risk.domain.errors import EditionChanged, WrongState
from risk.domain.four_eyes import Actor
from risk.models import ListEdition, ListEntry
from risk.models.choices import EditionState
from risk.selectors.entries import first_differences
from risk.services import drafts
from risk.services.editions import return_edition, verify_entries
from shipments.domain.errors import TargetingError
from targeting import jobs
from targeting.admin.base import SearchedAdmin, ServiceAdmin, ServiceForm, actor_of, told
from targeting.admin.edition_sheets import EditionSheets
from targeting.admin.entry_form import ENTRY_FIELDSETS, EntryForm
from targeting.selectors.rescreenings import is_current, latest_simulation
from targeting.selectors.substances import substances_named
from targeting.services.editions import approve_edition
from targeting.services.history import explain_history

MOST_SHOWN = 500
# Step, as the policy calls it → the states from which it goes.
STEPS = {
    "simulate": (EditionState.DRAFT, EditionState.PROPOSED),
    "propose": (EditionState.DRAFT,),
    "approve": (EditionState.PROPOSED,),
    "return": (EditionState.PROPOSED,),
}

STEP_WORDS = {
    "simulate": "what it would change is being found out.",
    "propose": "proposed. A second person approves it.",
    "approve": "approved.",
    "return": "given back, a draft again.",
}


class EditionForm(ServiceForm):
    """When a draft is to be law, and why. ``version`` is the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ListEdition
        fields = ["in_force_from", "change_note", "provenance", "version"]

    def apply(self) -> ListEdition:
        given = self.cleaned_data
        explain_history(reason=given["change_note"])
        return drafts.describe_draft(
            edition=self.instance,
            version=given["version"],
            in_force_from=given["in_force_from"],
            change_note=given["change_note"],
            provenance=given["provenance"],
            actor=self.actor,
        )


@admin.register(ListEdition)
class ListEditionAdmin(EditionSheets, ServiceAdmin):
    form = EditionForm
    list_display = [
        "control_list", "number", "state", "in_force_from", "in_force_to", "entries_count",
        "unverified_count", "verified",
    ]  # fmt: skip
    list_filter = ["state", "control_list", ("verified_by", admin.EmptyFieldListFilter)]
    list_select_related = ["control_list"]
    search_fields = ["control_list__code", "control_list__title", "change_note"]
    ordering = ["control_list__code", "-number"]
    actions = ["look_at_step"]
    change_form_template = "admin/lists/edition_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListEdition]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                _entries=Count("entries"),
                _unverified=Count("entries", filter=Q(entries__verified_by="")),
            )
        )

    @admin.display(description="entries")
    def entries_count(self, edition: Any) -> int:
        return int(edition._entries)

    @admin.display(description="to compare with the gazette")
    def unverified_count(self, edition: Any) -> int:
        return int(edition._unverified)

    @admin.display(boolean=True, description="verified by a person")
    def verified(self, edition: ListEdition) -> bool:
        return edition.is_verified

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return EditionForm.Meta.fields
        return [f.name for f in ListEdition._meta.fields if f.name not in ("id", "source_digest")]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state == EditionState.DRAFT
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state == EditionState.DRAFT
        return is_open and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Counted and not named one by one: a draft may have tens of thousands of entries."""
        counts = {
            ListEdition._meta.verbose_name_plural: len(objs),
            ListEntry._meta.verbose_name_plural: sum(one.entries.count() for one in objs),
        }
        return [str(one) for one in objs], counts, set(), []

    def mark_of(self, row: ListEdition) -> str:
        return str(row.version)

    def remove(self, row: ListEdition, *, seen: str, actor: Actor) -> None:
        drafts.discard_draft(edition=row, version=_version(seen, row))

    @admin.action(description="Propose, approve or give back (shows the difference first)")
    def look_at_step(
        self, request: HttpRequest, queryset: QuerySet[ListEdition]
    ) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, "Choose one edition.", messages.ERROR)
            return None
        place = reverse("admin:risk_listedition_difference", args=[queryset.get().pk])
        return HttpResponseRedirect(place)

    def get_urls(self) -> list[Any]:
        view: Any = self.admin_site.admin_view(self.difference_view)
        view.model_admin = self
        place = path("<path:object_id>/difference/", view, name="risk_listedition_difference")
        return [place, *super().get_urls()]

    def difference_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How the edition differs from any other of its list, and the steps it may take."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        edition = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method == "POST" and request.POST.get("step") in STEPS:
            return self._take_step(request, edition, request.POST["step"])
        simulation = latest_simulation(edition)
        others = list(edition.control_list.editions.exclude(pk=edition.pk).order_by("-number"))
        wanted = request.GET.get("from") or str(edition.based_on.number if edition.based_on else "")
        before = next((one for one in others if str(one.number) == wanted), None)
        found = first_differences(before, edition, most=MOST_SHOWN)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{edition.control_list.code}: edition {edition.number}",
            "opts": self.opts,
            "edition": edition,
            "before": before,
            "others": others,
            "added": found.shown.added,
            "removed": found.shown.removed,
            "changed": found.shown.changed,
            "counts": (found.added, found.removed, found.changed),
            "unchanged_count": found.unchanged,
            "most": MOST_SHOWN,
            "simulation": simulation,
            "is_current": simulation is not None and is_current(simulation),
            "steps": [step for step in STEPS if self._may(request, edition, step)],
        }
        return TemplateResponse(request, "admin/lists/difference.html", context)

    def _may(self, request: HttpRequest, edition: ListEdition, step: str) -> bool:
        has_perm: Callable[[str], bool] = request.user.has_perm
        return edition.state in STEPS[step] and has_perm(f"risk.{step}_listedition")

    def _take_step(self, request: HttpRequest, edition: ListEdition, step: str) -> HttpResponse:
        if not request.user.has_perm(f"risk.{step}_listedition"):
            raise PermissionDenied
        actor, now = actor_of(request), timezone.now()
        try:
            version = _version(request.POST.get("version", ""), edition)
            explain_history(reason=edition.change_note)
            if step == "simulate":
                _simulate(edition, actor, now)
            elif step == "propose":
                jobs.propose(edition=edition, version=version, actor=actor, now=now)
            elif step == "approve":
                approve_edition(edition=edition, version=version, actor=actor, now=now)
            else:
                return_edition(edition=edition, version=version)
        except TargetingError as error:
            self.message_user(request, told(error), messages.ERROR)
        else:
            self.message_user(request, f"{edition}: {STEP_WORDS[step]}")
        return HttpResponseRedirect(request.get_full_path())


def _simulate(edition: ListEdition, actor: Actor, now: datetime) -> None:
    if edition.state not in STEPS["simulate"]:
        raise WrongState(state=edition.state, number=edition.number, allowed="draft, proposed")
    days = settings.TARGETING["SIMULATION_DAYS"]
    jobs.simulate(edition=edition, days=days, actor=actor.account, now=now)


class VerifiedFilter(admin.SimpleListFilter):
    """To do: compare with the gazette."""

    title = "compared with the gazette"
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "to do"), ("yes", "verified")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "no":
            return queryset.filter(verified_by="").exclude(edition__state=EditionState.SUPERSEDED)
        return queryset.exclude(verified_by="") if self.value() == "yes" else queryset


@admin.register(ListEntry)
class ListEntryAdmin(SearchedAdmin, ServiceAdmin):
    form = EntryForm
    list_display = [
        "form_name", "substance", "edition", "schedule", "cas_rn", "concentration_min_pct",
        "verified",
    ]  # fmt: skip
    list_filter = [VerifiedFilter, "edition__state", "edition__control_list", "kind",
                   "is_limit_known"]  # fmt: skip
    list_select_related = ["substance", "edition__control_list"]
    search_fields = ["form_name", "cas_rn", "substance__names__name", "hs6"]
    search_help_text = "A name in any language, a CAS number or a code."
    show_full_result_count = False
    actions = ["compare_with_the_gazette"]

    def matching(self, term: str) -> Q:
        return (
            Q(form_name__icontains=term)
            | Q(cas_rn=term)
            | Q(hs6__startswith=term)
            | Q(substance__in=substances_named(term))
        )

    @admin.display(boolean=True, description="verified")
    def verified(self, entry: ListEntry) -> bool:
        return bool(entry.verified_by)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListEntry]:
        return super().get_queryset(request).select_related("substance", "edition__control_list")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj) or obj is None:
            return ENTRY_FIELDSETS
        return [(None, {"fields": [f.name for f in ListEntry._meta.fields if f.name != "id"]})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("risk.verify_listentry"))

    def mark_of(self, row: ListEntry) -> str:
        return str(row.edition.version)

    def remove(self, row: ListEntry, *, seen: str, actor: Actor) -> None:
        version = _version(seen, row.edition)
        drafts.remove_entry(edition=row.edition, version=version, entry_id=row.pk, actor=actor)

    @admin.action(description="Compared with the gazette …", permissions=["verify"])
    def compare_with_the_gazette(
        self, request: HttpRequest, queryset: QuerySet[ListEntry]
    ) -> HttpResponse | None:
        """Asks first with which text; then records who compared the entries, and when."""
        by_edition: dict[ListEdition, list[int]] = {}
        for entry in queryset.order_by("edition", "form_name"):
            by_edition.setdefault(entry.edition, []).append(entry.pk)
        note = request.POST.get("text", "").strip()
        if not note:
            return self.ask(
                request,
                queryset.order_by("edition", "form_name"),
                action="compare_with_the_gazette",
                title="Compare with the gazette",
                lead="These entries were compared with the text of the act:",
                label="Which text (gazette, date)",
                button="Verified by me",
                seen=" ".join(f"{one.pk}.{one.version}" for one in by_edition),
            )
        seen = dict(pair.split(".", 1) for pair in request.POST.get("seen", "").split())
        explain_history(reason=note)
        for edition, pks in by_edition.items():
            is_draft = edition.state == EditionState.DRAFT
            try:
                verify_entries(
                    edition=edition,
                    entry_ids=pks,
                    actor=actor_of(request),
                    note=note,
                    now=timezone.now(),
                    version=_version(seen.get(str(edition.pk), ""), edition) if is_draft else None,
                )
            except TargetingError as error:
                self.message_user(request, f"{edition}: {told(error)}", messages.ERROR)
            else:
                self.message_user(request, f"{edition}: {len(pks)} entries verified.")
        return None


def _is_draft(entry: Any) -> bool:
    return entry is None or entry.edition.state == EditionState.DRAFT


def _version(text: str, edition: ListEdition) -> int:
    if not text.isdigit():
        raise EditionChanged(version=edition.version, given=text[:20])
    return int(text)
