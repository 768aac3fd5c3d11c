"""Who may do what: the one table of the API, and the two classes that enforce it."""

from typing import TYPE_CHECKING, Any

from oauth2_provider.models import AccessToken
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from shipments.models import Submitter
from targeting.models import ApiClient, User
from targeting.models.choices import Role

if TYPE_CHECKING:  # the framework's settings name this module while that one is imported
    from rest_framework.views import APIView

ANALYST = Role.ANALYST.value
LIST_ADMINISTRATOR = Role.LIST_ADMINISTRATOR.value
SUBMIT = "declarations:write"
READ_RECEIPTS = "receipts:read"

PEOPLE = frozenset({ANALYST, LIST_ADMINISTRATOR})
ANALYSTS = frozenset({ANALYST})
SUBMITTERS = frozenset({SUBMIT})
RECEIPT_READERS = frozenset({READ_RECEIPTS})

Policy = dict[str, frozenset[str]]

# Resource → action → the roles (of people) and scopes (of clients) that may do it.
# A superuser holds every role and no scope: receipts belong to clients alone.
POLICIES: dict[str, Policy] = {
    "alerts": {"list": ANALYSTS, "retrieve": ANALYSTS},
    "batches": {"create": SUBMITTERS},
    "declarations": {"create": SUBMITTERS, "list": ANALYSTS, "retrieve": ANALYSTS},
    "lists": {"list": PEOPLE, "retrieve": PEOPLE},
    "me": {"retrieve": PEOPLE | SUBMITTERS | RECEIPT_READERS},
    "parties": {"list": ANALYSTS, "retrieve": ANALYSTS, "network": ANALYSTS},
    "receipts": {
        "list": RECEIPT_READERS,
        "retrieve": RECEIPT_READERS,
        "issues": RECEIPT_READERS,
    },
}


class DenyAll(BasePermission):
    """The default: a view that declares no policy answers nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class DeclaredPolicy(BasePermission):
    """Whether the caller holds one of the roles or scopes that ``view.policy`` names.

    A method the view does not have is let through to its 405, for those who may use the
    view at all; OPTIONS likewise.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        policy: Policy = view.policy  # type: ignore[attr-defined]
        action: str | None = view.action  # type: ignore[attr-defined]
        if action is None or action == "metadata":
            allowed = frozenset().union(*policy.values())
        else:
            allowed = policy.get(action, frozenset())
        return not allowed.isdisjoint(grants_of(request))


def grants_of(request: Request) -> frozenset[str]:
    """The role of a person, or the scopes of a client's token that the client still has."""
    token: Any = request.auth
    if isinstance(token, AccessToken):
        return frozenset(token.scope.split()) & frozenset(token.application.scopes)
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return PEOPLE if user.is_superuser else frozenset({user.role} - {""})


def client_of(request: Request) -> ApiClient | None:
    """The client whose token came with the request; None for people and strangers."""
    token: Any = request.auth
    return token.application if isinstance(token, AccessToken) else None


def own_submitter(request: Request) -> Submitter:
    """The submitter for which the calling client acts; only clients get past the policy."""
    client = client_of(request)
    if client is None or client.submitter is None:
        raise PermissionDenied
    return client.submitter
