"""Nothing but the way to the second factor is open to a session that lacks it.

One door for pages, admin and API: whatever route is added later stands behind it.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from config.identity import FACTORS, SECURITY_KEY, may_set_up
from targeting.api.errors import problem_response

# What a person needs to give the second factor, or to leave.
GIVE = frozenset(
    {"account_login", "account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
)
# To set one up: only for sessions that began with proof of more than a password.
SET_UP = frozenset(
    {
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    }
)
SECOND_FACTOR = "mfa"
SEEN_AT, SEEN_SECONDS = "seen_at", 60


class SecondFactorMiddleware:
    """Ends sessions that are too old; sends those without a second factor to get one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        records = get_authentication_records(request, request.user)
        if _is_over(records):
            logout(request)
            return None
        if getattr(getattr(view, "cls", None), "is_activity", True):
            _keep_alive(request, records)
        if _has_second(records) or not settings.SECOND_FACTOR["REQUIRED"]:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in GIVE or (name in SET_UP and may_set_up(records)):
            return None
        return _refuse(request, view)


def is_complete(request: HttpRequest, user: Any) -> bool:
    """Whether the session is one that opens more than the way to the second factor."""
    records = get_authentication_records(request, user)
    return not _is_over(records) and (
        _has_second(records) or not settings.SECOND_FACTOR["REQUIRED"]
    )


def _has_second(records: list[dict[str, Any]]) -> bool:
    return any(record["method"] == SECOND_FACTOR for record in records)


def _is_over(records: list[dict[str, Any]]) -> bool:
    """Whether the first sign-in of this session is longer ago than a session may last."""
    longest = settings.SECOND_FACTOR["SESSION_HOURS"] * 3600
    return bool(records) and time.time() - records[0]["at"] > longest


def _keep_alive(request: HttpRequest, records: list[dict[str, Any]]) -> None:
    """Move the end of an idle session on, by one write a minute instead of one a request."""
    signed_in_at = records[-1]["at"] if records else 0
    if time.time() - request.session.get(SEEN_AT, signed_in_at) > SEEN_SECONDS:
        request.session[SEEN_AT] = int(time.time())


def _refuse(request: HttpRequest, view: Any) -> HttpResponse:
    if hasattr(view, "cls"):
        return problem_response(
            status=403,
            code="second_factor_required",
            title="Give your second factor first: open /accounts/2fa/ in the browser.",
        )
    if is_mfa_enabled(request.user, FACTORS):
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse(_page_to_give(request.user))}?{query}")
    if SECURITY_KEY in settings.MFA_SUPPORTED_TYPES:
        return redirect("mfa_index")
    return redirect("mfa_activate_totp")


def _page_to_give(user: Any) -> str:
    if is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn"
