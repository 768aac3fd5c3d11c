"""Machines: an OAuth 2 bearer token whose application has a submitter."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.request import Request

from targeting.api.permissions import grants_of_token
from targeting.api.throttling import failures_from, is_guessing
from targeting.api.tokens import address_of, may_call_from
from targeting.domain.policy import SUBMITTERS, allows

CHALLENGE = 'Bearer realm="api"'


class AddressRefused(APIException):
    """The client's networks do not hold the address that the call came from."""

    status_code = HTTPStatus.FORBIDDEN
    default_code = "address_refused"
    default_detail = "This client may not call from this address; its administrator sets which."


class ClientAuthentication(BaseAuthentication):
    """The client is ``request.auth.application``; there is no user.

    The library's own class reads the request's body to look for a token there; this one
    looks at the header alone, so that nothing of a large upload is read for a stranger.
    A token is good only where its client may call from, whoever holds it.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, AccessToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The Authorization header must be 'Bearer <token>'.")
        address = address_of(request.META)
        failures = failures_from(address)
        if is_guessing(failures):
            raise Throttled(failures.seconds_left)
        token = _valid_token(words[1])
        if token is None or token.application.submitter is None:
            failures.count()
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        if not may_call_from(token.application, address):
            # For the audit: the framework forgets whose token a refused request carried.
            request._request.refused_client = token.application  # type: ignore[attr-defined]
            raise AddressRefused
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def may_submit(meta: Mapping[str, Any]) -> bool:
    """Whether a request with these headers may submit, by its token: asked before its body is read.

    Counts nothing and refuses nothing; :class:`ClientAuthentication` does, for the same request.
    """
    scheme, _, word = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
    address = address_of(dict(meta))
    if scheme.lower() != "bearer" or is_guessing(failures_from(address)):
        return False
    token = _valid_token(word.strip().encode())
    return (
        token is not None
        and token.application.submitter is not None
        and may_call_from(token.application, address)
        and allows(grants_of_token(token), SUBMITTERS)
    )


def _valid_token(word: bytes) -> AccessToken | None:
    tokens = AccessToken.objects.select_related("application__submitter")
    return tokens.filter(
        token_checksum=hashlib.sha256(word).hexdigest(),
        application__is_active=True,
        expires__gt=timezone.now(),
    ).first()
