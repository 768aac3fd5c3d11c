"""The one place where requests become audit events: every action of a known caller."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.utils import url_str_to_user_pk
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch
from django.utils import timezone
from oauth2_provider.models import AccessToken
from structlog.contextvars import bound_contextvars

from targeting.api.tokens import address_of, basic_credentials
from targeting.domain.audit import ANONYMOUS, Action, Verb, bounded_terms, clean
from targeting.models import ApiClient, User
from targeting.services.audit import record_action
from targeting.services.history import set_history_context

REQUEST_ID = "X-Request-ID"
PURPOSE = "X-Purpose"
CLIENT_ROLE = "client"

# Neither data nor an action: what anybody may see, and pages without rows.
EXEMPT = {
    *("home", "api-schema", "api-docs", "api-redoc", "admin:jsi18n"),
    *("workbench:home", "set_language"),
}
PAGES_WITHOUT_ROWS = {"admin:index", "admin:app_list"}
SIGN_IN_PAGES = {"account_login", "mfa_authenticate"}
# Where django-allauth keeps whose second factor it waits for.
PENDING_SIGN_IN = "account_login"
TOKEN, REVOKE = "oauth-token", "oauth-revoke-token"
# Here a query may hold keys and codes, and reading shows nobody's data but one's own.
IDENTITY_ROUTES = ("accounts/", "oauth/")

READING = {"GET", "HEAD"}
SAFE = {*READING, "OPTIONS"}
VERBS = {
    "POST": Verb.CREATE,
    "PUT": Verb.CHANGE,
    "PATCH": Verb.CHANGE,
    "DELETE": Verb.DELETE,
}
# Parameters that say which page of a list, not which rows.
PAGING = {"cursor", "page_size", "ordering", "fields", "p", "o", "all"}
ADMIN_ACTION = ("action", "_selected_action")

_REQUEST_ID_SHAPE = re.compile(r"[A-Za-z0-9._:-]{1,64}")

Who = tuple[str, str]  # actor and role


class AuditMiddleware:
    """Records what a person or client did, or fails the request.

    What writes runs in one transaction with its event, and a fault of ours (5xx) rolls both
    back; reads are recorded once the answer is computed. Stands behind authentication, so
    that refusals of the view, of the policy and of CSRF protection all pass here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(REQUEST_ID, "")
        request_id = given if _REQUEST_ID_SHAPE.fullmatch(given) else uuid.uuid4().hex
        with bound_contextvars(request_id=request_id):
            if request.method in SAFE:
                response = self._answer_and_record(request, request_id)
            else:
                response = self._write_and_record(request, request_id)
        response.headers[REQUEST_ID] = request_id
        return response

    def _answer_and_record(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        before = request.user
        response = self.get_response(request)
        is_fault = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        if is_fault and not connection.in_atomic_block:
            # What took too long may have lost its connection, and the event needs one.
            connection.close_if_unusable_or_obsolete()
        _record(request, response, before, request_id)
        return response

    def _write_and_record(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        before = request.user
        _ = before.pk  # now, while the session is still the one that came
        with transaction.atomic():
            set_history_context(
                actor=_person(before)[0], reason=_purpose(request), request_id=request_id
            )
            response = self.get_response(request)
            is_fault = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            if is_fault:
                transaction.set_rollback(True)
            else:
                _record(request, response, before, request_id)
        if is_fault:
            _record(request, response, before, request_id)
        return response


def _record(request: HttpRequest, response: HttpResponseBase, before: Any, request_id: str) -> None:
    match = request.resolver_match
    if match is None or match.view_name in EXEMPT:
        return
    who, verb, object_key = _told(request, response, before, match)
    if verb is None:
        return
    record_action(
        Action(
            at=timezone.now(),
            actor=who[0],
            role=who[1],
            verb=verb,
            resource=clean(match.view_name or match.route),
            object_key=clean(object_key),
            terms=_terms(request, match),
            status=response.status_code,
            purpose=_purpose(request),
            address=address_of(request.META),
            request_id=request_id,
        )
    )


def _told(
    request: HttpRequest, response: HttpResponseBase, before: Any, match: ResolverMatch
) -> tuple[Who, Verb | None, str]:
    """Who did what to which object; no verb when there is nothing to record."""
    if match.view_name in {TOKEN, REVOKE}:
        return _client_sign_in(request, response, match)
    is_api = hasattr(match.func, "cls")
    now: Any = request.user
    if not is_api and now is not before:
        if now.is_authenticated:
            return _person(now), Verb.SIGN_IN, now.actor
        return _person(before), Verb.SIGN_OUT if before.pk else None, ""
    if match.view_name in SIGN_IN_PAGES:
        # A right password leads on to the second factor: the sign-in has not ended yet.
        is_refused = request.method == "POST" and response.status_code != HTTPStatus.FOUND
        failed = Verb.SIGN_IN_FAILED if is_refused else None
        return _person(before), failed, _typed_account(request) if failed else ""
    who = _caller(request, response, before)
    verb = _verb(request, response, match) if who[0] != ANONYMOUS else None
    return who, verb, _object_key(request, response, match, verb)


def _caller(request: HttpRequest, response: HttpResponseBase, before: Any) -> Who:
    refused: ApiClient | None = getattr(request, "refused_client", None)
    if refused:
        return refused.actor, CLIENT_ROLE
    token = getattr(request, "auth", None)
    if isinstance(token, AccessToken):
        return token.application.actor, CLIENT_ROLE
    who = _person(request.user)
    if who[0] == ANONYMOUS and response.status_code == HTTPStatus.FORBIDDEN:
        return _person(before)  # the API forgets a person whose CSRF token is missing
    return who


def _person(user: Any) -> Who:
    if not isinstance(user, User):
        return ANONYMOUS, ""
    return user.actor, ",".join(sorted(user.roles)) or (CLIENT_ROLE if user.submitter_id else "")


def _verb(request: HttpRequest, response: HttpResponseBase, match: ResolverMatch) -> Verb | None:
    method = request.method or ""
    verb = _admin_verb(match) if method == "POST" and "admin" in match.app_names else None
    verb = verb or _declared_verb(match, method) or VERBS.get(method)
    if verb:
        return Verb.CHANGE if match.route.startswith(IDENTITY_ROUTES) else verb
    is_read = method in READING and _shows_data(match)
    if not is_read and response.status_code != HTTPStatus.FORBIDDEN:
        return None
    if match.kwargs:
        return Verb.READ
    return Verb.SEARCH if set(request.GET) - PAGING else Verb.LIST


def _shows_data(match: ResolverMatch) -> bool:
    if match.route.startswith(IDENTITY_ROUTES) or match.view_name in PAGES_WITHOUT_ROWS:
        return False
    return bool(getattr(getattr(match.func, "cls", None), "audit_reads", True))


def _declared_verb(match: ResolverMatch, method: str) -> Verb | None:
    """What a POST means that changes nothing: the view says it (``audit_verb``)."""
    view = getattr(match.func, "cls", None) or getattr(match.func, "view_class", None)
    return getattr(view, "audit_verb", None) if method == "POST" else None


def _admin_verb(match: ResolverMatch) -> Verb:
    by_page = {"add": Verb.CREATE, "delete": Verb.DELETE}
    return by_page.get((match.url_name or "").rpartition("_")[2], Verb.CHANGE)


def _object_key(
    request: HttpRequest, response: HttpResponseBase, match: ResolverMatch, verb: Verb | None
) -> str:
    """The key in the address; of what was just made, the key that it was given."""
    if match.kwargs or verb is not Verb.CREATE or response.status_code >= HTTPStatus.BAD_REQUEST:
        return ",".join(str(value) for value in match.kwargs.values())
    if "admin" in match.app_names:
        if response.status_code != HTTPStatus.FOUND:
            return ""
        own = LogEntry.objects.filter(user_id=cast(User, request.user).pk).order_by("-pk")
        return own.values_list("object_id", flat=True).first() or ""
    location = urlsplit(response.headers.get("Location", "")).path
    return location.rstrip("/").rpartition("/")[2]


def _client_sign_in(
    request: HttpRequest, response: HttpResponseBase, match: ResolverMatch
) -> tuple[Who, Verb | None, str]:
    if request.method != "POST":
        return (ANONYMOUS, ""), None, ""
    client_id = _client_id(request)
    client = ApiClient.objects.filter(client_id=client_id).first() if client_id else None
    actor = client.actor if client else ""
    if response.status_code != HTTPStatus.OK:
        return (ANONYMOUS, ""), Verb.SIGN_IN_FAILED, actor
    verb = Verb.SIGN_IN if match.view_name == TOKEN else Verb.SIGN_OUT
    return (actor or ANONYMOUS, CLIENT_ROLE), verb, actor


def _client_id(request: HttpRequest) -> str:
    client_id, _ = basic_credentials(request.headers.get("Authorization", ""))
    return clean(client_id or request.POST.get("client_id", ""))


def _typed_account(request: HttpRequest) -> str:
    """The account that was tried, if it exists: what else was typed may be a password."""
    typed = clean(request.POST.get("login", ""))
    user = User.objects.filter(username__iexact=typed).first() if typed else None
    pending = request.session.get(PENDING_SIGN_IN)
    if pending and not typed:  # the second page: only the code is typed there
        user = User.objects.filter(pk=url_str_to_user_pk(pending["user_pk"])).first()
    return user.actor if user else ""


def _terms(request: HttpRequest, match: ResolverMatch) -> dict[str, list[str]]:
    if match.route.startswith(IDENTITY_ROUTES) or match.view_name in SIGN_IN_PAGES:
        return {}
    pairs = [*request.GET.lists(), *getattr(request, "audit_terms", ())]
    if "admin" in match.app_names and request.method == "POST":
        pairs += [(name, request.POST.getlist(name)) for name in ADMIN_ACTION]
        pairs = [(name, values) for name, values in pairs if values]
    return bounded_terms(pairs)


def _purpose(request: HttpRequest) -> str:
    """Pages say what a form was given (``audit_purpose``). Headers arrive as Latin-1, whatever the
    caller wrote."""
    typed: str = getattr(request, "audit_purpose", "")
    if typed:
        return clean(typed)
    given = request.headers.get(PURPOSE, "")
    return clean(given.encode("latin-1", "replace").decode("utf-8", "replace"))
