"""Control lists in the admin: their labels, their editions, and new drafts."""

from typing import Any

import msgspec
from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from risk.domain.errors import WrongState
from risk.models import ControlList, ListEdition
from risk.services.control_lists import (
    ListLabel,
    label_of,
    register_control_list,
    relabel_control_list,
)
from risk.services.drafts import start_draft
from shipments.admin import ReadOnlyInline
from shipments.domain.errors import TargetingError
from targeting.admin.base import ServiceAdmin, ServiceForm, actor_of, told
from targeting.services.history import explain_history


class EditionInline(ReadOnlyInline):
    model = ListEdition
    fields = ["number", "state", "in_force_from", "in_force_to", "verified_by", "verified_on"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("control_list")


class ControlListForm(ServiceForm):
    """The list's label. ``seen`` is what it said when the page was shown."""

    why = forms.CharField(help_text="Why it is changed: kept in the history.")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ControlList
        fields = ["code", *ListLabel.__struct_fields__]
        widgets = dict.fromkeys(fields, forms.TextInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = msgspec.json.encode(label_of(self.instance)).decode()

    def apply(self) -> ControlList:
        given = self.cleaned_data
        label = ListLabel(**{name: given[name] for name in ListLabel.__struct_fields__})
        explain_history(reason=given["why"])
        if not self.instance.pk:
            return register_control_list(code=given["code"], label=label)
        try:
            before = msgspec.json.decode(given["seen"], type=ListLabel)
        except msgspec.MsgspecError:
            raise WrongState(state="unknown", allowed="a change of what it says now") from None
        return relabel_control_list(control_list=self.instance, label=label, before=before)


@admin.register(ControlList)
class ControlListAdmin(ServiceAdmin):
    form = ControlListForm
    fields = ["code", *ListLabel.__struct_fields__, "why", "seen"]
    list_display = ["code", "title", "authority", "jurisdiction", "editions_count"]
    list_filter = ["jurisdiction"]
    search_fields = ["code", "title", "authority", "legal_act"]
    inlines = [EditionInline]
    actions = ["start_draft"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[ControlList]:
        return super().get_queryset(request).annotate(_editions=Count("editions"))

    @admin.display(description="editions")
    def editions_count(self, row: Any) -> int:
        return int(row._editions)

    def has_draft_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("risk.draft_controllist"))

    @admin.action(description="Start a draft as a copy of the last edition", permissions=["draft"])
    def start_draft(
        self, request: HttpRequest, queryset: QuerySet[ControlList]
    ) -> HttpResponse | None:
        for control_list in queryset:
            try:
                draft = start_draft(control_list=control_list, actor=actor_of(request))
            except TargetingError as error:
                self.message_user(request, f"{control_list}: {told(error)}", messages.ERROR)
                continue
            self.message_user(request, f"{control_list}: edition {draft.number} is a draft.")
            if queryset.count() == 1:
                place = reverse("admin:risk_listedition_change", args=[draft.pk])
                return HttpResponseRedirect(place)
        return None
