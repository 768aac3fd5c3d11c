"""People, agencies, clients, alerts and the audit in the admin.

Who may do what says ``User.has_perm``, from the table of ``targeting.domain.policy``.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from axes.utils import reset
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken
from oauth2_provider.settings import oauth2_settings

from shipments.admin import ReadOnlyInline
from shipments.domain.errors import InvalidValue, TargetingError
from targeting.domain.addresses import networks_of
from targeting.models import (
    Agency,
    Alert,
    ApiClient,
    AuditEvent,
    ClientSecret,
    CustomsOffice,
    Person,
    User,
)
from targeting.models.choices import ROLES
from targeting.selectors.scope import actor_in_scope, agency_in_scope, scope_of
from targeting.services.accounts import RIGHTS, check_offices, check_rights
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


class RightsForm(forms.ModelForm):
    """Roles and reach of an account, held against what the administrator may give."""

    administrator: User
    roles = forms.MultipleChoiceField(
        choices=ROLES, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        try:
            check_rights(
                by=self.administrator,
                account=self.instance if self.instance.pk else None,
                person=given.get("person"),
                reach=given.get("reach", ""),
                submitter=given.get("submitter"),
                is_changed=bool(set(RIGHTS) & set(self.changed_data)),
            )
            check_offices(person=given.get("person"), offices=given.get("offices") or [])
        except TargetingError as error:
            raise forms.ValidationError(str(error), code=error.code) from None
        return given


class AccountForm(RightsForm, UserChangeForm):
    pass


class InvitationForm(RightsForm):
    """A new account has no password: its owner chooses one by the link in the mail."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", *RIGHTS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


class ScopedAdmin(admin.ModelAdmin):
    """Rows of the agency of whoever looks, unless they see everything."""

    agency_path: str

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        scope = scope_of(request.user)  # type: ignore[arg-type]
        return super().get_queryset(request).filter(agency_in_scope(scope, self.agency_path))


@admin.register(User)
class UserAdmin(ScopedAdmin, DjangoUserAdmin):
    form = AccountForm
    add_form = InvitationForm
    agency_path = "person__agency"
    list_display = ["username", "roles", "reach", "person", "is_active", "last_login"]
    list_filter = ["reach", "is_active"]
    list_select_related = ["person__agency"]
    filter_horizontal = []
    autocomplete_fields = ["person"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["person", "submitter", "first_name", "last_name", "email"]}),
        ("Rights", {"fields": ["roles", "reach", "offices", "is_active"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email"]}),
        ("Rights", {"fields": ["person", "submitter", "roles", "reach", "offices"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["invite", "remove_second_factor", "unlock"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            self._invite(request, obj)

    @admin.action(
        description="Invite again: mail a link to choose a password",
        permissions=["change"],
    )
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self._invite(request, user)

    @admin.action(
        description="Remove the second factor (lost phone); ends the sessions",
        permissions=["change"],
    )
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            remove_second_factor(user=user)
            self.message_user(request, f"{user}: a new second factor is set up at sign-in.")

    @admin.action(
        description="Unlock after too many failed sign-ins",
        permissions=["change"],
    )
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

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **more)
        form.administrator = request.user  # type: ignore[attr-defined]
        return form


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_ru", "name_kk"]
    search_fields = ["code", "name", "name_ru", "name_kk"]


@admin.register(CustomsOffice)
class CustomsOfficeAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "agency", "region"]
    list_filter = ["agency"]
    list_select_related = ["agency"]
    search_fields = ["code", "name", "name_ru", "name_kk"]


@admin.register(Person)
class PersonAdmin(ScopedAdmin):
    agency_path = "agency"
    list_display = ["number", "agency"]
    list_filter = ["agency"]
    list_select_related = ["agency"]
    search_fields = ["number"]


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
        fields = ["name", "kind", "submitter", "scopes", "reach", "offices"]
        fields += ["allowed_networks", "token_seconds", "is_active"]

    def clean_allowed_networks(self) -> list[str]:
        try:
            return networks_of(self.cleaned_data["allowed_networks"])
        except InvalidValue as error:
            raise forms.ValidationError(str(error)) from error


class ClientSecretInline(ReadOnlyInline):
    """When each secret was made, was last used and ends; never the secret."""

    model = ClientSecret
    readonly_fields = ["created_at", "expires_at", "last_used_at"]
    exclude = ["digest"]
    ordering = ["-created_at"]


@admin.register(ApiClient)
class ApiClientAdmin(admin.ModelAdmin):
    form = ApiClientForm
    inlines = [ClientSecretInline]
    list_display = ["name", "kind", "client_id", "submitter", "scopes", "is_active", "created"]
    list_select_related = ["submitter"]
    search_fields = ["name", "client_id", "submitter__key"]
    readonly_fields = ["client_id"]
    actions = ["rotate_secret", "revoke_secrets"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any):
        form = super().get_form(request, obj, change, **kw)
        if "submitter" in form.base_fields:
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
            kind=obj.kind,
            reach=obj.reach,
            offices=obj.offices,
        )
        obj.pk = client.pk
        obj.refresh_from_db()
        self._show_once(request, client, secret)

    @admin.action(
        description="Rotate the secret: a new one, the old one stays for 14 days",
        permissions=["change"],
    )
    def rotate_secret(self, request: HttpRequest, queryset: QuerySet[ApiClient]) -> None:
        for client in queryset:
            self._show_once(request, client, rotate_secret(client=client, now=timezone.now()))

    @admin.action(description="Revoke: end all secrets and tokens at once", permissions=["change"])
    def revoke_secrets(self, request: HttpRequest, queryset: QuerySet[ApiClient]) -> None:
        for client in queryset:
            ended = revoke_secrets(client=client, now=timezone.now())
            text = f"Client {client.client_id}: {ended} secrets and all tokens ended."
            self.message_user(request, text, messages.WARNING)

    def _show_once(self, request: HttpRequest, client: ApiClient, secret: str) -> None:
        text = f"Client {client.client_id}: the secret is {secret} and is not shown again."
        self.message_user(request, text, messages.WARNING)


@admin.register(Alert)
class AlertAdmin(admin.ModelAdmin):
    list_display = ["registration_number", "lane", "score", "state", "customs_office", "raised_at"]
    list_filter = ["state", "lane", "is_random_arm"]
    search_fields = ["registration_number"]
    show_full_result_count = False


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):
    list_display = ["at", "actor", "role", "verb", "resource", "object_key", "status", "address"]
    list_filter = ["verb", "status"]
    search_fields = ["=actor", "=object_key", "=request_id"]
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        scope = scope_of(request.user)  # type: ignore[arg-type]
        return super().get_queryset(request).filter(actor_in_scope(scope))
