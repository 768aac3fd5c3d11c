"""Tokens for machines: who may have one, for what, for how long."""

import base64
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes
from oauth2_provider.settings import oauth2_settings
from oauth2_provider.views import TokenView
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error

from targeting.api.throttling import failures_from, is_guessing
from targeting.domain.addresses import caller_address, is_inside
from targeting.domain.audit import clean
from targeting.models import ApiClient
from targeting.services.clients import use_secret


class ClientValidator(OAuth2Validator):
    """A client is known by one of its valid secrets, and from its own networks only."""

    def authenticate_client(self, request: Request, *args: object, **kwargs: object) -> bool:
        client_id, secret = basic_credentials(request.headers.get("HTTP_AUTHORIZATION", ""))
        if not client_id:
            client_id, secret = request.client_id or "", request.client_secret or ""
        client = ApiClient.objects.filter(client_id=clean(client_id), is_active=True).first()
        if client is None or not use_secret(client=client, secret=secret, now=timezone.now()):
            return False
        # Said to holders of a right secret only: nobody else learns that the client exists.
        if not may_call_from(client, address_of(request.headers)):
            raise CustomOAuth2Error(
                error="unauthorized_client",
                description="This client may not call from this address.",
                status_code=403,
            )
        request.client = client
        return True


@method_decorator(csrf_exempt, name="dispatch")
class LimitedTokenView(TokenView):
    """An address that sends wrong secrets waits until the window of its failures is over.

    By address, not by client: who knows the name of a client must not shut it out.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        failures = failures_from(address_of(request.META))
        if is_guessing(failures):
            wait = failures.seconds_left
            text = f"Too many failures from this address; wait {wait} seconds."
            body = {"error": "temporarily_unavailable", "error_description": text}
            return JsonResponse(body, status=429, headers={"Retry-After": str(wait)})
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            failures.count()
        return response


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


def basic_credentials(authorization: str) -> tuple[str, str]:
    """Id and secret of an ``Authorization: Basic`` header (RFC 6749, 2.3.1); empty without."""
    scheme, _, word = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(word, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def address_of(meta: dict[str, object]) -> str:
    """The caller's address, by the number of proxies that this installation trusts."""
    return caller_address(meta, trusted_proxies=settings.TARGETING["TRUSTED_PROXIES"])


def may_call_from(client: ApiClient, address: str) -> bool:
    return is_inside(address, client.allowed_networks)
