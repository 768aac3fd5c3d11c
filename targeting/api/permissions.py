"""Enforces the table of :mod:`targeting.domain.policy` on the API, and says who the caller is."""

from typing import TYPE_CHECKING, Any

from oauth2_provider.models import AccessToken
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from risk.domain.four_eyes import Actor
from shipments.models import Submitter
from targeting.domain.errors import PurposeRequired
from targeting.domain.policy import NOBODY, POLICIES, Grants, Policy, allows
from targeting.domain.purposes import PURPOSE_ASKED
from targeting.models import ApiClient, User
from targeting.selectors.scope import NOTHING, Scope, scope_of

if TYPE_CHECKING:  # the framework's settings name this module while that one is imported
    from rest_framework.views import APIView

__all__ = ["POLICIES", "PURPOSE", "DeclaredPolicy", "DenyAll", "Policy"]

PURPOSE = "X-Purpose"


class DenyAll(BasePermission):
    """The default: a view that declares no policy answers nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class DeclaredPolicy(BasePermission):
    """Whether the caller holds one of the roles or scopes that ``view.policy`` names.

    A method the view does not have is let through to its 405, for those who may use the
    view at all; OPTIONS likewise. Raises PurposeRequired where the policy asks what for.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        policy: Policy = view.policy  # type: ignore[attr-defined]
        action: str | None = view.action  # type: ignore[attr-defined]
        if action is None or action == "metadata":
            return allows(grants_of(request), frozenset[str]().union(*policy.values()))
        allowed = allows(grants_of(request), policy.get(action, NOBODY))
        match = request.resolver_match
        if allowed and match is not None:
            check_purpose(request, match.view_name)
        return allowed


def check_purpose(request: Request, route: str) -> None:
    """Raises PurposeRequired where the route asks what for, and the request does not say it."""
    if route in PURPOSE_ASKED and not request.headers.get(PURPOSE, "").strip():
        raise PurposeRequired(header=PURPOSE)


def grants_of(request: Request) -> Grants:
    """The roles of a person, or the scopes of a client's token that the client still has."""
    token: Any = request.auth
    if isinstance(token, AccessToken):
        return grants_of_token(token)
    user = request.user
    return user.grants if isinstance(user, User) else NOBODY


def grants_of_token(token: AccessToken) -> Grants:
    """The scopes of the token that its client still has."""
    return frozenset(token.scope.split()) & frozenset(token.application.scopes)


def scope_of_caller(request: Request | None) -> Scope:
    """Whose declarations the caller may see; nobody's for strangers."""
    if request is None:
        return NOTHING
    caller = client_of(request) or request.user
    return scope_of(caller) if isinstance(caller, ApiClient | User) else NOTHING


def client_of(request: Request) -> ApiClient | None:
    """The client whose token came with the request; None for people and strangers."""
    token: Any = request.auth
    return token.application if isinstance(token, AccessToken) else None


def own_account(request: Request) -> User:
    """The account of the calling person; only people get past the policies that need it."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def actor_of(request: Request) -> str:
    """The opaque string of whoever calls, a person or a machine."""
    client = client_of(request)
    return client.actor if client else own_account(request).actor


def acting_person(request: Request) -> Actor:
    """Account and person of the caller."""
    return own_account(request).as_actor()


def own_submitter(request: Request) -> Submitter:
    """The submitter for which the calling client acts; only clients get past the policy."""
    client = client_of(request)
    if client is None or client.submitter is None:
        raise PermissionDenied
    return client.submitter
