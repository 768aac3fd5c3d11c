"""Substances, names, identifiers and cover names in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from risk.domain.errors import SubstanceChanged
from risk.domain.four_eyes import Actor
from risk.domain.lists.identifiers import read_identifier
from risk.domain.lists.names_csv import NAME_KINDS
from risk.domain.substances import SubstanceName as Name
from risk.models import (
    CoverName,
    ListEntry,
    Substance,
    SubstanceIdentifier,
    SubstanceName,
)
from risk.services import cover_names, substances
from shipments.admin import ReadOnlyInline
from shipments.domain.errors import InvalidValue, TargetingError
from shipments.domain.values import parse_commodity_code
from targeting.admin.base import SearchedAdmin, ServiceAdmin, ServiceForm, actor_of, told
from targeting.selectors.substances import (
    matching_substances,
    substances_named,
    substances_numbered,
)
from targeting.services.history import explain_history

_NAME_CHOICES = [(kind, kind) for kind in sorted(NAME_KINDS)]


class SubstanceNameInline(ReadOnlyInline):
    model = SubstanceName
    fields = ["name", "lang", "kind", "source", "verification"]
    ordering = ["lang", "name"]


class SubstanceIdentifierInline(ReadOnlyInline):
    model = SubstanceIdentifier
    fields = ["kind", "value", "form_name"]
    ordering = ["form_name", "kind"]


class SubstanceEntryInline(ReadOnlyInline):
    model = ListEntry
    fields = ["edition", "schedule", "form_name", "cas_rn", "hs6", "concentration_min_pct"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("edition__control_list")


class SeenForm(ServiceForm):
    """A form of something of a substance. ``seen`` is how the substance was when the page was
    shown: of two who change what it has the second is told."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = _mark_of(self.instance.substance)

    def locked(self, substance: Substance) -> Substance:
        """The substance locked; as it was seen, if the form changes what it has."""
        if not self.instance.pk:
            return substances.lock_substance(substance.key)
        return _locked_as_seen(substance, self.cleaned_data["seen"])


class SubstanceForm(ServiceForm):
    class Meta:
        model = Substance
        fields = ["key", "preferred_name"]

    def apply(self) -> Substance:
        return substances.register_substance(**self.cleaned_data, now=timezone.now())


@admin.register(Substance)
class SubstanceAdmin(SearchedAdmin, ServiceAdmin):
    form = SubstanceForm
    fields = ["key", "preferred_name"]
    list_display = ["preferred_name", "key"]
    list_filter = ["entries__edition__control_list", "entries__kind"]
    search_fields = ["preferred_name", "key", "names__name", "identifiers__value"]
    search_help_text = "A name in any language, or a CAS number."
    inlines = [SubstanceNameInline, SubstanceIdentifierInline, SubstanceEntryInline]

    def matching(self, term: str) -> Q:
        return matching_substances(term)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_inlines(request, obj) if obj else []


class SubstanceNameForm(SeenForm):
    kind = forms.ChoiceField(choices=_NAME_CHOICES)
    source = forms.CharField(help_text="Where the name is from.")

    class Meta:
        model = SubstanceName
        fields = ["substance", "name", "lang", "kind", "source", "verification"]

    def apply(self) -> SubstanceName:
        given = {name: self.cleaned_data.get(name) for name in ("substance", "name", "lang")}
        row = self.instance
        substance = given["substance"] or row.substance
        name = Name(
            substance_key=substance.key,
            name=given["name"] or row.name,
            lang=given["lang"] or row.lang,
            kind=self.cleaned_data["kind"],
            source=self.cleaned_data["source"],
            verification=self.cleaned_data["verification"],
        )
        explain_history(reason=name.source)
        return substances.store_name(
            substance=self.locked(substance), name=name, now=timezone.now()
        )


@admin.register(SubstanceName)
class SubstanceNameAdmin(SearchedAdmin, ServiceAdmin):
    form = SubstanceNameForm
    list_display = ["name", "lang", "kind", "substance", "source", "verification"]
    list_filter = ["lang", "kind"]
    list_select_related = ["substance"]
    search_fields = ["name", "substance__identifiers__value"]
    search_help_text = "A name in any language, or a CAS number."
    autocomplete_fields = ["substance"]
    fields = ["substance", "name", "lang", "kind", "source", "verification", "seen"]
    show_full_result_count = False

    def matching(self, term: str) -> Q:
        return Q(name__icontains=term) | Q(substance__in=substances_numbered(term))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["substance", "name", "lang"] if obj else []

    def mark_of(self, row: SubstanceName) -> str:
        return _mark_of(row.substance)

    def remove(self, row: SubstanceName, *, seen: str, actor: Actor) -> None:
        substance = _locked_as_seen(row.substance, seen)
        substances.remove_name(substance=substance, name_id=row.pk, now=timezone.now())


class SubstanceIdentifierForm(SeenForm):
    reason = forms.CharField(
        required=False, help_text="Why: needed where a reference contradicts it."
    )

    class Meta:
        model = SubstanceIdentifier
        fields = ["substance", "kind", "value", "form_name"]
        widgets = dict.fromkeys(("value", "form_name"), forms.TextInput)

    def apply(self) -> SubstanceIdentifier:
        given, row = self.cleaned_data, self.instance
        substance = given.get("substance") or row.substance
        identifier = read_identifier(
            given.get("kind") or row.kind, given.get("value") or row.value, given["form_name"]
        )
        explain_history(reason=given.get("reason") or "")
        return substances.store_identifier(
            substance=self.locked(substance),
            identifier=identifier,
            actor=self.actor,
            now=timezone.now(),
            reasons={"*": given.get("reason") or ""},
        )


@admin.register(SubstanceIdentifier)
class SubstanceIdentifierAdmin(SearchedAdmin, ServiceAdmin):
    """Checked as over the API; what is wrong is taken away and another is added."""

    form = SubstanceIdentifierForm
    list_display = ["value", "kind", "form_name", "substance", "is_by_hand", "is_acknowledged"]
    list_filter = ["kind", "is_by_hand"]
    list_select_related = ["substance"]
    search_fields = ["value", "form_name", "substance__names__name"]
    search_help_text = "A number, a structure, or a name in any language."
    autocomplete_fields = ["substance"]
    fields = ["substance", "kind", "value", "form_name", "reason", "seen"]
    show_full_result_count = False

    def matching(self, term: str) -> Q:
        return (
            Q(value__icontains=term)
            | Q(form_name__icontains=term)
            | Q(substance__in=substances_named(term))
        )

    @admin.display(boolean=True, description="kept with a reason")
    def is_acknowledged(self, row: SubstanceIdentifier) -> bool:
        return bool(row.acknowledged)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields, "is_by_hand", "acknowledged"] if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["substance", "kind", "value", "is_by_hand", "acknowledged"] if obj else []

    def mark_of(self, row: SubstanceIdentifier) -> str:
        return _mark_of(row.substance)

    def remove(self, row: SubstanceIdentifier, *, seen: str, actor: Actor) -> None:
        substance = _locked_as_seen(row.substance, seen)
        substances.remove_identifier(substance=substance, identifier_id=row.pk, now=timezone.now())


class CoverNameForm(ServiceForm):
    class Meta:
        model = CoverName
        fields = ["substance", "name", "lang", "commodity_code", "source"]
        widgets = {"name": forms.TextInput, "lang": forms.TextInput}

    def clean_commodity_code(self) -> str:
        try:
            return parse_commodity_code(self.cleaned_data["commodity_code"])
        except InvalidValue as error:
            raise forms.ValidationError(told(error)) from None

    def apply(self) -> CoverName:
        given = self.cleaned_data
        return cover_names.add_cover_name(**given, actor=self.actor, now=timezone.now())


@admin.register(CoverName)
class CoverNameAdmin(ServiceAdmin):
    """Added here; what one says never changes: it is taken up or withdrawn."""

    form = CoverNameForm
    list_display = ["name", "lang", "commodity_code", "substance", "state", "source"]
    list_filter = ["state", "lang"]
    list_select_related = ["substance"]
    search_fields = ["name", "commodity_code", "substance__names__name", "source"]
    autocomplete_fields = ["substance"]
    actions = ["activate", "withdraw"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["substance", "name", "lang", "commodity_code", "source"]
        return [field.name for field in CoverName._meta.fields if field.name != "id"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("risk.decide_covername"))

    @admin.action(description="Take up: match with it from now on", permissions=["decide"])
    def activate(self, request: HttpRequest, queryset: QuerySet[CoverName]) -> None:
        for row in queryset:
            try:
                cover_names.activate_cover_name(
                    cover_name=row, actor=actor_of(request), now=timezone.now()
                )
            except TargetingError as error:
                self.message_user(request, f"{row}: {told(error)}", messages.ERROR)

    @admin.action(description="Withdraw: match with it no longer …", permissions=["decide"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[CoverName]) -> HttpResponse | None:
        """Asks first why."""
        reason = request.POST.get("text", "").strip()
        if not reason:
            return self.ask(
                request,
                queryset,
                action="withdraw",
                title="Withdraw cover names",
                lead="Goods are no longer matched with:",
                label="Why",
                button="Withdraw",
            )
        explain_history(reason=reason)
        for row in queryset:
            try:
                cover_names.withdraw_cover_name(
                    cover_name=row,
                    reason=reason,
                    actor=actor_of(request),
                    now=timezone.now(),
                )
            except TargetingError as error:
                self.message_user(request, f"{row}: {told(error)}", messages.ERROR)
        return None


def _mark_of(substance: Substance) -> str:
    return substance.changed_at.isoformat()


def _locked_as_seen(substance: Substance, seen: str) -> Substance:
    locked = substances.lock_substance(substance.key)
    if _mark_of(locked) != seen:
        raise SubstanceChanged(given=seen[:100])
    return locked
