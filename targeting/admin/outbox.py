"""Deliveries in the admin: what was sent, what was given up, and trying again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from targeting.models import Delivery
from targeting.models.choices import DeliveryState
from targeting.services.outbox import deliver_again


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["event", "channel", "recipient", "state", "attempts", "due_at", "failure"]
    list_filter = ["state", "channel", "failure"]
    list_select_related = ["event"]
    search_fields = ["recipient", "event__key"]
    ordering = ["-id"]
    show_full_result_count = False
    actions = ["deliver_again"]

    def has_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("targeting.again_delivery"))

    @admin.action(description="Deliver again what was given up", permissions=["again"])
    def deliver_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        dead = queryset.filter(state=DeliveryState.DEAD)
        for delivery in dead:
            deliver_again(delivery=delivery, now=timezone.now())
        self.message_user(request, "They are sent within half a minute.")
