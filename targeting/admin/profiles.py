"""Versions of the risk profile in the admin: drafts edited, steps taken, differences shown."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from risk.domain.errors import ProfileChanged
from risk.domain.four_eyes import Actor
from risk.domain.profile_edits import differences
from risk.models import RiskProfile
from risk.models.choices import ProfileState
from risk.services import profile_drafts
from risk.services.profile_simulations import period_of
from shipments.domain.errors import TargetingError
from targeting import jobs
from targeting.admin.base import ServiceAdmin, ServiceForm, actor_of, told
from targeting.selectors.profiles import latest_profile_simulation
from targeting.services.history import explain_history

# Step, as the policy calls it → the states from which it goes.
STEPS = {
    "draft": (ProfileState.APPROVED,),
    "simulate": tuple(ProfileState),
    "propose": (ProfileState.DRAFT,),
    "approve": (ProfileState.PROPOSED,),
    "return": (ProfileState.PROPOSED,),
}


class _IndentedField(forms.JSONField):
    """JSON that a person reads and edits."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False, indent=1)
        return super().prepare_value(value)


class ProfileForm(ServiceForm):
    """What a draft says, as JSON, and why it is made. ``revision`` is the one that was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    content = _IndentedField(
        widget=forms.Textarea(attrs={"rows": 40, "cols": 100}),
        help_text="As in a profile file: weights, parameters, thresholds, rules and notes.",
    )

    class Meta:
        model = RiskProfile
        fields = ["change_note", "content", "revision"]

    def clean_content(self) -> dict[str, Any]:
        content = self.cleaned_data["content"]
        if not isinstance(content, dict):
            raise forms.ValidationError("A JSON object.")
        return content

    def apply(self) -> RiskProfile:
        given = self.cleaned_data
        explain_history(reason=given["change_note"])
        return profile_drafts.edit_draft(
            profile_id=self.instance.pk,
            revision=given["revision"],
            content=given["content"],
            change_note=given["change_note"],
            actor=self.actor,
        )


@admin.register(RiskProfile)
class RiskProfileAdmin(ServiceAdmin):
    form = ProfileForm
    list_display = ["code", "version", "state", "is_active", "valid_from", "change_note"]
    list_filter = ["state", "is_active"]
    ordering = ["-id"]
    change_form_template = "admin/profiles/profile_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A draft is a copy: it is started from the version that it is to be like."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return ProfileForm.Meta.fields
        return [field.name for field in RiskProfile._meta.fields if field.name != "id"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The simulations of a draft go with it."""
        counts = {RiskProfile._meta.verbose_name_plural: len(objs)}
        return [str(one) for one in objs], counts, set(), []

    def mark_of(self, row: RiskProfile) -> str:
        return str(row.revision)

    def remove(self, row: RiskProfile, *, seen: str, actor: Actor) -> None:
        profile_drafts.discard_draft(
            profile_id=row.pk, revision=_revision(seen, row), actor=actor, now=timezone.now()
        )

    def get_urls(self) -> list[Any]:
        view: Any = self.admin_site.admin_view(self.difference_view)
        view.model_admin = self
        place = path("<path:object_id>/difference/", view, name="risk_riskprofile_difference")
        return [place, *super().get_urls()]

    def difference_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How the version differs from any other, and the steps it may take."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        profile = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method == "POST" and request.POST.get("step") in STEPS:
            return self._take_step(request, profile, request.POST["step"])
        others = list(self.get_queryset(request).exclude(pk=profile.pk))
        wanted = request.GET.get("from") or str(profile.based_on_id or "")
        before = next((one for one in others if str(one.pk) == wanted), None)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{profile}: {profile.get_state_display()}",
            "opts": self.opts,
            "profile": profile,
            "before": before,
            "others": others,
            "changes": differences(before.content if before else {}, profile.content),
            "faults": profile_drafts.faults_in(profile) if _is_draft(profile) else [],
            "simulation": latest_profile_simulation(profile),
            "steps": [step for step in STEPS if self._may(request, profile, step)],
        }
        return TemplateResponse(request, "admin/profiles/difference.html", context)

    def _may(self, request: HttpRequest, profile: RiskProfile, step: str) -> bool:
        has_perm: Callable[[str], bool] = request.user.has_perm
        return profile.state in STEPS[step] and has_perm(f"risk.{step}_riskprofile")

    def _take_step(self, request: HttpRequest, profile: RiskProfile, step: str) -> HttpResponse:
        if not request.user.has_perm(f"risk.{step}_riskprofile"):
            raise PermissionDenied
        shown = profile
        try:
            revision = _revision(request.POST.get("revision", ""), profile)
            explain_history(reason=profile.change_note)
            shown = _step(step, profile, revision, actor_of(request), timezone.now())
        except TargetingError as error:
            self.message_user(request, told(error), messages.ERROR)
        else:
            begun = "Begun: load the page again to see how far it is."
            self.message_user(request, begun if step == "simulate" else f"Done: {step}.")
        return HttpResponseRedirect(reverse("admin:risk_riskprofile_difference", args=[shown.pk]))


def _step(
    step: str, profile: RiskProfile, revision: int, actor: Actor, now: datetime
) -> RiskProfile:
    """Take the step; the version to show after it."""
    if step == "draft":
        return profile_drafts.start_draft(based_on=profile, actor=actor, now=now)
    if step == "simulate":
        since, until = period_of(days=settings.TARGETING["SIMULATION_DAYS"], now=now)
        jobs.simulate_profile(
            profile=profile, since=since, until=until, actor=actor.account, now=now
        )
        return profile
    if step == "return":
        return profile_drafts.return_profile(profile_id=profile.pk, revision=revision)
    act = jobs.propose_profile if step == "propose" else profile_drafts.approve_profile
    return act(profile_id=profile.pk, revision=revision, actor=actor, now=now)


def _is_draft(profile: Any) -> bool:
    return profile is None or profile.state == ProfileState.DRAFT


def _revision(text: str, profile: RiskProfile) -> int:
    if not text.isdigit():
        raise ProfileChanged(revision=profile.revision, given=text[:20])
    return int(text)
