"""Legal holds and retention runs in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from shipments.domain.errors import TargetingError
from targeting.admin.base import ServiceAdmin, ServiceForm, actor_of, told
from targeting.models import LegalHold, RetentionRun
from targeting.services import legal_holds

_SET = ("registration_number", "party", "first_day", "last_day", "reason")


class LegalHoldForm(ServiceForm):
    """A new hold, or the reason for which an old one may end."""

    class Meta:
        model = LegalHold
        fields = [*_SET, "lifting_reason"]

    def apply(self) -> LegalHold:
        given, now = self.cleaned_data, timezone.now()
        if self.instance.pk:
            return legal_holds.propose_lifting(
                hold=self.instance, reason=given["lifting_reason"], actor=self.actor, now=now
            )
        return legal_holds.set_hold(
            **{name: given[name] for name in _SET}, actor=self.actor, now=now
        )

    def _post_clean(self) -> None:
        """The service builds the row; the form's own would lack the kind while it is checked."""


@admin.register(LegalHold)
class LegalHoldAdmin(ServiceAdmin):
    """Set one here, or open one and write why it may end; another person then lifts it."""

    form = LegalHoldForm
    list_display = ["__str__", "reason", "set_by", "set_at", "proposed_by", "lifted_at"]
    list_filter = ["kind"]
    list_select_related = ["party"]
    search_fields = ["registration_number", "party__name", "reason"]
    raw_id_fields = ["party"]
    actions = ["lift"]
    _TOLD = ("set_by", "set_at", "proposed_by", "approved_by", "lifted_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*_SET, "lifting_reason", *self._TOLD] if obj else _SET

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*_SET, *self._TOLD] if obj else ()

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("targeting.lift_legalhold"))

    @admin.action(description="Lift what another person proposed to lift", permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> None:
        for hold in queryset:
            try:
                legal_holds.lift_hold(hold=hold, actor=actor_of(request), now=timezone.now())
            except TargetingError as error:
                self.message_user(request, f"{hold}: {told(error)}", messages.ERROR)
            else:
                self.message_user(request, f"{hold}: lifted.")


@admin.register(RetentionRun)
class RetentionRunAdmin(admin.ModelAdmin):
    list_display = ["kept", "first_kept_day", "started_at", "finished_at", "removed_count"]
    list_filter = ["kept"]
