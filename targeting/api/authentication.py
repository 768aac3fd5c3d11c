"""Machines: an OAuth 2 bearer token whose application has a submitter."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.scopes import SettingsScopes
from oauth2_provider.settings import oauth2_settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from targeting.models import ApiClient

CHALLENGE = 'Bearer realm="api"'


class ClientAuthentication(BaseAuthentication):
    """The client is ``request.auth.application``; there is no user.

    The library's own class reads the request's body to look for a token there; this one
    looks at the header alone, so that nothing of a large upload is read for a stranger.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, AccessToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The Authorization header must be 'Bearer <token>'.")
        token = _valid_token(words[1])
        if token is None or token.application.submitter is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def _valid_token(word: bytes) -> AccessToken | None:
    tokens = AccessToken.objects.select_related("application__submitter")
    return tokens.filter(
        token_checksum=hashlib.sha256(word).hexdigest(),
        application__isnull=False,
        expires__gt=timezone.now(),
    ).first()


class ClientScopes(SettingsScopes):
    """The scopes that one client may ask for: those it was registered with."""

    def get_available_scopes(
        self, application: ApiClient | None = None, request: object = None, *args, **kwargs
    ) -> list[str]:
        every = list(oauth2_settings.SCOPES)
        return every if application is None else [s for s in every if s in application.scopes]

    def get_default_scopes(
        self, application: ApiClient | None = None, request: object = None, *args, **kwargs
    ) -> list[str]:
        return self.get_available_scopes(application, request)
