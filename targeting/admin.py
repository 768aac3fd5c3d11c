"""People, clients and alerts in the admin. Only superusers manage accounts."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from axes.utils import reset
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken
from oauth2_provider.settings import oauth2_settings

from shipments.admin import RoleAdmin
from shipments.domain.errors import InvalidValue
from targeting.domain.addresses import networks_of
from targeting.models import Alert, ApiClient, AuditEvent, ClientSecret, User
from targeting.services.clients import register_client, revoke_secrets, rotate_secret
from targeting.services.users import invite_user, remove_second_factor

# Rights come from roles, and tokens, keys and what people typed are nobody's to read; the
# packages' pages for them close.
for _model in (
    *(Group, ApiClient, AccessToken, Grant, IDToken, RefreshToken),
    *(Authenticator, UserSession, SocialAccount, SocialApp, SocialToken),
    *(AccessAttempt, AccessLog),
):
    admin.site.unregister(_model)


class SuperuserAdmin(RoleAdmin):
    """Managed by superusers, invisible to everybody else."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)


class InvitationForm(forms.ModelForm):
    """A new account has no password: its owner chooses one by the link in the mail."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "role", "is_staff"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


@admin.register(User)
class UserAdmin(SuperuserAdmin, DjangoUserAdmin):
    list_display = ["username", "role", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["role", "is_active", "is_superuser"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Rights", {"fields": ["role", "is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_form = InvitationForm
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email"]}),
        ("Rights", {"fields": ["role", "is_staff"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["invite", "remove_second_factor", "unlock"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            self._invite(request, obj)

    @admin.action(description="Invite again: mail a link to choose a password")
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self._invite(request, user)

    @admin.action(description="Remove the second factor (lost phone); ends the sessions")
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            remove_second_factor(user=user)
            self.message_user(request, f"{user}: a new second factor is set up at sign-in.")

    @admin.action(description="Unlock after too many failed sign-ins")
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            reset(username=user.username.casefold())
            self.message_user(request, f"{user} may try again.")

    def _invite(self, request: HttpRequest, user: User) -> None:
        try:
            invite_user(user=user, site=request.build_absolute_uri("/"))
        except InvalidValue as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.message_user(request, f"{user}: a link was sent to {user.email}.")


class ApiClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=lambda: list(oauth2_settings.SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    allowed_networks = SimpleArrayField(
        forms.CharField(),
        delimiter="\n",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One network a line, 198.51.100.0/24; 0.0.0.0/0 and ::/0 are everywhere.",
    )

    class Meta:
        model = ApiClient
        fields = ["name", "submitter", "scopes", "allowed_networks", "token_seconds", "is_active"]

    def clean_allowed_networks(self) -> list[str]:
        try:
            return networks_of(self.cleaned_data["allowed_networks"])
        except InvalidValue as error:
            raise forms.ValidationError(str(error)) from error


class ClientSecretInline(admin.TabularInline):
    """When each secret was made, was last used and ends; never the secret."""

    model = ClientSecret
    readonly_fields = ["created_at", "expires_at", "last_used_at"]
    exclude = ["digest"]
    ordering = ["-created_at"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ApiClient)
class ApiClientAdmin(SuperuserAdmin):
    form = ApiClientForm
    inlines = [ClientSecretInline]
    list_display = ["name", "client_id", "submitter", "scopes", "is_active", "created"]
    list_select_related = ["submitter"]
    search_fields = ["name", "client_id", "submitter__key"]
    readonly_fields = ["client_id"]
    actions = ["rotate_secret", "revoke_secrets"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any):
        form = super().get_form(request, obj, change, **kw)
        form.base_fields["submitter"].required = True
        return form

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        client, secret = register_client(
            name=obj.name,
            submitter_key=form.cleaned_data["submitter"].key,
            scopes=obj.scopes,
            networks=obj.allowed_networks,
            token_seconds=obj.token_seconds,
            now=timezone.now(),
        )
        obj.pk = client.pk
        obj.refresh_from_db()
        self._show_once(request, client, secret)

    @admin.action(description="Rotate the secret: a new one, the old one stays for 14 days")
    def rotate_secret(self, request: HttpRequest, queryset: QuerySet[ApiClient]) -> None:
        for client in queryset:
            self._show_once(request, client, rotate_secret(client=client, now=timezone.now()))

    @admin.action(description="Revoke: end all secrets and tokens at once")
    def revoke_secrets(self, request: HttpRequest, queryset: QuerySet[ApiClient]) -> None:
        for client in queryset:
            ended = revoke_secrets(client=client, now=timezone.now())
            text = f"Client {client.client_id}: {ended} secrets and all tokens ended."
            self.message_user(request, text, messages.WARNING)

    def _show_once(self, request: HttpRequest, client: ApiClient, secret: str) -> None:
        text = f"Client {client.client_id}: the secret is {secret} and is not shown again."
        self.message_user(request, text, messages.WARNING)


@admin.register(Alert)
class AlertAdmin(RoleAdmin):
    list_display = ["registration_number", "lane", "score", "state", "customs_office", "raised_at"]
    list_filter = ["state", "lane", "is_random_arm"]
    search_fields = ["registration_number"]
    show_full_result_count = False


@admin.register(AuditEvent)
class AuditEventAdmin(RoleAdmin):
    list_display = ["at", "actor", "role", "verb", "resource", "object_key", "status", "address"]
    list_filter = ["verb", "status"]
    search_fields = ["=actor", "=object_key", "=request_id"]
    ordering = ["-id"]
    show_full_result_count = False
