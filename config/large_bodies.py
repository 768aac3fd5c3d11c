"""Which requests may be larger than others, asked before anything of their body is read."""

import re
from collections.abc import Callable, MutableMapping
from importlib import import_module
from io import BytesIO
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connection
from django.urls import Resolver404, ResolverMatch, resolve

from config.second_factor import is_complete
from targeting.api.authentication import may_submit
from targeting.api.uploads import FORM_BYTES, SheetFormParser
from targeting.domain.policy import NOBODY, POLICIES, SUBMITTER_PEOPLE, Grants, admin_grants, allows
from targeting.domain.questions import MOST_DOCUMENT_BYTES, MOST_DOCUMENTS
from targeting.models import User

Message = MutableMapping[str, Any]

FILES = "/api/v1/batches"
# Pages of a submitter's person: where files are sent, and where questions are answered.
OWN_FILES = "/workbench/submissions"
_ANSWERS = re.compile(r"/workbench/submissions/questions/[0-9a-f-]{36}/?$")
_CLIENT_ANSWERS = re.compile(r"/api/v1/questions/[0-9a-f-]{36}/answer/?$")
MAX_ANSWER_BYTES = MOST_DOCUMENTS * MOST_DOCUMENT_BYTES + FORM_BYTES
_SHEETS = re.compile(r"/(imports?|attachments)/?$")
# A page of the workbench with a file, and who may send it.
_FILES_OF_PAGES = {"workbench:attach": POLICIES["alerts"]["attach"]}
# The admin's own page for sheets, and the right that it asks for.
_ADMIN_SHEETS = {"admin:risk_listedition_import": "risk.change_listedition"}


def brings_file(scope: Message, headers: dict[bytes, bytes]) -> bool:
    """Whether somebody who shows a token sends a file of declarations."""
    shows_token = headers.get(b"authorization", b"").lower().startswith(b"bearer ")
    return scope["path"].rstrip("/") == FILES and shows_token


def brings_own_file(scope: Message, headers: dict[bytes, bytes], *, least: int) -> bool:
    """Whether this may be a file of more than ``least`` bytes sent on a submitter's pages."""
    is_there = scope["path"].rstrip("/") == OWN_FILES or _ANSWERS.fullmatch(scope["path"])
    return bool(is_there) and _is_larger(scope, headers, least)


def brings_answer(scope: Message) -> bool:
    """Whether the address is one where a question is answered, with documents."""
    return _ANSWERS.fullmatch(scope["path"]) is not None


def brings_client_answer(scope: Message, headers: dict[bytes, bytes], *, least: int) -> bool:
    """Whether this may be a client's answer with documents of more than ``least`` bytes."""
    return bool(_CLIENT_ANSWERS.fullmatch(scope["path"])) and _is_larger(scope, headers, least)


def brings_sheet(scope: Message, headers: dict[bytes, bytes], *, least: int) -> bool:
    """Whether this may be a sheet of more than ``least`` bytes."""
    return bool(_SHEETS.search(scope["path"])) and _is_larger(scope, headers, least)


def _is_larger(scope: Message, headers: dict[bytes, bytes], least: int) -> bool:
    declared = headers.get(b"content-length", b"")
    is_large = not declared.isdigit() or int(declared) > least
    return scope.get("method") == "POST" and is_large


async def may_submit_file(scope: Message) -> bool:
    """Whether the token is one of a client that may submit."""
    return await _asked(scope, lambda request: may_submit(request.META))


async def may_bring_own_file(scope: Message) -> bool:
    """Whether the session is one of a submitter's person."""
    return await _asked(scope, lambda request: _holds(request, SUBMITTER_PEOPLE))


async def may_bring_sheet(scope: Message) -> bool:
    """Whether the session is one of a person whose role may bring a sheet to this address."""
    return await _asked(scope, lambda request: _holds(request, _who_may(request.path)))


def _holds(request: ASGIRequest, needed: Grants) -> bool:
    """Whether the session is complete and its person holds one of the grants."""
    sessions = import_module(settings.SESSION_ENGINE)
    request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return isinstance(user, User) and is_complete(request, user) and allows(user.grants, needed)


def _who_may(path: str) -> Grants:
    """The roles that may bring a sheet to this address; nobody's where none is expected."""
    # As it was asked for first: the admin answers any address of its own, without a slash as well.
    match = _resolved(path) or _resolved(path.rstrip("/"))
    if match is None:
        return NOBODY
    if match.view_name in _ADMIN_SHEETS:
        return admin_grants(_ADMIN_SHEETS[match.view_name])
    if match.view_name in _FILES_OF_PAGES:
        return _FILES_OF_PAGES[match.view_name]
    view: Any = getattr(match.func, "cls", None)
    if view is None or SheetFormParser not in view.parser_classes:
        return NOBODY
    actions: dict[str, str] = getattr(match.func, "actions", {})
    grants: Grants = view.policy.get(actions.get("post", ""), NOBODY)
    return grants


def _resolved(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


async def _asked(scope: Message, question: Callable[[ASGIRequest], bool]) -> bool:
    def answer() -> bool:
        try:
            return question(ASGIRequest(scope, BytesIO()))
        except DatabaseError:
            return False  # the application will meet it again, and say so
        finally:
            connection.close()

    async with ThreadSensitiveContext():
        return await sync_to_async(answer)()
