"""Webhooks in the admin: added with their secret shown once, paused, given another secret."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from targeting.admin.base import HistoryAdmin, ServiceForm, actor_of
from targeting.models import WebhookEndpoint
from targeting.models.choices import WEBHOOK_KINDS
from targeting.services import webhooks


class WebhookForm(ServiceForm):
    kinds = forms.MultipleChoiceField(choices=WEBHOOK_KINDS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = WebhookEndpoint
        fields = ["client", "url", "is_active"]
        widgets = {"url": forms.URLInput(attrs={"size": 80})}

    secret = ""

    def apply(self) -> WebhookEndpoint:
        given = self.cleaned_data
        if self.instance.pk:
            return webhooks.change_endpoint(
                endpoint=self.instance,
                url=given["url"],
                kinds=given["kinds"],
                is_active=given["is_active"],
            )
        endpoint, self.secret = webhooks.register_endpoint(
            client=given["client"],
            url=given["url"],
            kinds=given["kinds"],
            actor=self.actor.account,
            now=timezone.now(),
        )
        return endpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(HistoryAdmin):
    form = WebhookForm
    list_display = ["url", "client", "kinds", "is_active", "failures", "failure", "delivered_at"]
    list_filter = ["is_active"]
    list_select_related = ["client"]
    search_fields = ["url", "client__name", "client__client_id"]
    readonly_fields = ["created_by", "created_at", "failures", "failure", "resting_until"]
    fields = ["client", "url", "kinds", "is_active", *readonly_fields]
    actions = ["rotate_secret"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, *(["client"] if obj else [])]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **more)
        form.actor = actor_of(request)  # type: ignore[attr-defined] # our form's
        return form

    def save_model(
        self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool
    ) -> None:
        stored = form.apply()
        obj.pk = stored.pk
        obj.refresh_from_db()
        if not change:
            self._show_once(request, obj, form.secret)

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        webhooks.remove_endpoint(endpoint=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in queryset:
            webhooks.remove_endpoint(endpoint=endpoint)

    @admin.action(
        description="Rotate the secret: a new one, the former one signs along for a day",
        permissions=["change"],
    )
    def rotate_secret(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in queryset:
            secret = webhooks.rotate_endpoint_secret(endpoint=endpoint, now=timezone.now())
            self._show_once(request, endpoint, secret)

    def _show_once(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> None:
        text = f"{endpoint.url}: the secret is {secret} and is not shown again."
        self.message_user(request, text, messages.WARNING)
