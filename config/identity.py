"""How people sign in: what differs from the defaults of django-allauth and django-axes."""

import unicodedata
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from targeting.api.tokens import address_of
from targeting.services.sealing import SECOND_FACTOR, cipher

SECURITY_KEY = "webauthn"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What proves more than a password does: the mailed link, or an identity provider's word.
_PROOFS = frozenset({"password_reset", "socialaccount"})


class InvitedOnly(DefaultAccountAdapter):
    """Nobody signs up: an administrator makes the accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Where no second factor is set up, a password alone opens nothing, not even the way to it.

        Otherwise whoever learned the password first would set up theirs.
        """
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refusal or not settings.SECOND_FACTOR["REQUIRED"] or is_mfa_enabled(user, FACTORS):
            return refusal
        if may_set_up(get_authentication_records(request, user)):
            return None
        return render(request, "account/invitation_needed.html", status=HTTPStatus.FORBIDDEN)


class KnownPeopleOnly(DefaultSocialAccountAdapter):
    """An identity provider vouches for people who have an account; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False


class SealedFactors(DefaultMFAAdapter):
    """Keys of authenticator apps are stored encrypted under a key derived from SECRET_KEY.

    A copy of the database alone makes no codes. With another SECRET_KEY (and without the
    old one in SECRET_KEY_FALLBACKS) everybody sets the second factor up again.
    """

    def encrypt(self, text: str) -> str:
        return cipher(SECOND_FACTOR).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher(SECOND_FACTOR).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one: an administrator takes it away (targeting/admin/accounts.py)."""
        if not settings.SECOND_FACTOR["REQUIRED"]:
            return True
        held = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return bool(held.exclude(pk=authenticator.pk).exists())


def may_set_up(records: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a session that began so may set up a first second factor."""
    return any(record["method"] in _PROOFS for record in records)


def client_address(request: HttpRequest) -> str:
    """The caller's address; for the libraries, which refuse to count by an unknown one."""
    return address_of(request.META) or "0.0.0.0"  # noqa: S104 - a mark, nothing listens there


def account_that_was_tried(request: HttpRequest | None, credentials: Mapping[str, Any]) -> str:
    """One name for all ways to write it, so that a new spelling is not a new set of tries."""
    typed = (credentials or {}).get("username")
    if typed is None and request is not None:
        typed = request.POST.get("login", "")
    return unicodedata.normalize("NFKC", str(typed or "")).strip().casefold()[:150]


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: Mapping[str, Any]
) -> HttpResponse:
    """The answer to every attempt on a locked account, right or wrong."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    answer = render(request, "account/locked_out.html", {"minutes": seconds // 60}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
