"""The matrix of access: every address of the project × method × kind of caller, from the code.

``manage.py document_access`` writes it into docs, ``tests/api/test_access_matrix.py`` asks
every cell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.urls import URLResolver, get_resolver

from targeting.domain.client_scopes import CLIENT_SCOPES, ClientKind
from targeting.domain.pages import PAGES, PAGES_BY_SETTING, Opening
from targeting.domain.policy import (
    ADMIN,
    NOBODY,
    SUBMITTER_PEOPLE,
    SUBMITTER_PERSON,
    Grants,
    Role,
    allows,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ANONYMOUS, NO_ROLE, NO_SCOPE = "anonymous", "person without role", "client without scope"

# Who asks, and what they hold.
CALLERS: Mapping[str, Grants] = {
    ANONYMOUS: NOBODY,
    NO_ROLE: NOBODY,
    **{role.value: frozenset({role.value}) for role in Role},
    **{kind.value: CLIENT_SCOPES[kind] for kind in ClientKind},
    NO_SCOPE: NOBODY,
    SUBMITTER_PERSON: SUBMITTER_PEOPLE,
}
# The one page of an account that Django names after its own model.
_ACCOUNT_PAGE = "auth_user_password_change"
_VERBS = {
    "changelist": "view",
    "history": "view",
    "difference": "view",
    "sheet": "view",
    "export": "view",
    "file": "view",
    "add": "add",
    "delete": "delete",
}
_READ_ONLY = ("history", "sheet", "file")


@dataclass(frozen=True, slots=True)
class Route:
    """An address. ``needed`` are the grants by method, ``anyone`` those with which some method
    of its view is allowed; a page has an ``opening`` instead."""

    name: str
    path: str
    needed: Mapping[str, Grants] = field(default_factory=dict)
    anyone: Grants = NOBODY
    opening: Opening | None = None
    model: str = ""


def may(route: Route, method: str, caller: str) -> bool:
    """Whether the table opens a method of an address of the API or admin to a caller.

    HEAD is as GET; a method that is not served, and OPTIONS, go to whoever may use another.
    """
    method = "GET" if method == "HEAD" else method
    return allows(CALLERS[caller], route.needed.get(method, route.anyone))


def api_routes() -> list[Route]:
    """Every address of the API by name."""
    return [
        Route(
            name=pattern.name or "",
            path=path,
            needed={
                method.upper(): pattern.callback.cls.policy.get(action, NOBODY)
                for method, action in pattern.callback.actions.items()
                if method != "head"  # the framework adds it with the first request
            },
            anyone=frozenset[str]().union(*pattern.callback.cls.policy.values()),
        )
        for path, _, pattern in patterns()
        if hasattr(pattern.callback, "actions")
    ]


def admin_routes() -> list[Route]:
    """Every named address of a model in the admin; the nameless one only leads to "change"."""
    return [
        Route(f"admin:{pattern.name}", path, _admin_needs(model, pattern.name or ""), model=model)
        for path, namespace, pattern in patterns()
        if namespace == "admin" and pattern.name and (model := _model_of(pattern))
    ]


def workbench_routes() -> list[Route]:
    """Every page of the workbench by name; its view says what opens it, or its line in the table
    of addresses does."""
    return [
        Route(
            name=f"{namespace}:{pattern.name}",
            path=path,
            needed=needed,
            anyone=frozenset[str]().union(*needed.values()),
        )
        for path, namespace, pattern in patterns()
        if (needed := _page_needs(pattern)) is not None
    ]


def page_routes() -> list[Route]:
    """Every other address; one that the table does not name has no ``opening``."""
    found = []
    for path, namespace, pattern in patterns():
        if hasattr(pattern.callback, "actions") or _page_needs(pattern) is not None:
            continue
        if namespace == "admin" and (_model_of(pattern) or not pattern.name):
            continue
        name = ":".join(part for part in (namespace, pattern.name or path) if part)
        found.append(Route(name, path, opening=(PAGES | PAGES_BY_SETTING).get(name)))
    return found


def patterns(
    entries: list[Any] | None = None, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Path, namespace and pattern of every address of the project."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, path, entry.namespace or namespace)
        else:
            yield path, namespace, entry


def _page_needs(pattern: Any) -> Mapping[str, Grants] | None:
    """What opens a page of the workbench, by method; None for what is none."""
    view = getattr(pattern.callback, "view_class", None)
    own: Mapping[str, Grants] | None = getattr(view, "needed", None)
    return own if own is None else pattern.callback.view_initkwargs.get("needed", own)


def _model_of(pattern: Any) -> str:
    """The label of the model whose page in the admin this is; empty for the admin's own."""
    if pattern.name == _ACCOUNT_PAGE:
        return "targeting.user"
    owner = getattr(pattern.callback, "model_admin", None)
    if owner is None:
        return ""
    return str(owner.model._meta.label_lower)


def _admin_needs(model: str, name: str) -> Mapping[str, Grants]:
    policy = ADMIN.get(model, {})
    page = name.rpartition("_")[2]
    if page == "change" and name != _ACCOUNT_PAGE:
        return {"GET": policy.get("view", NOBODY), "POST": policy.get("change", NOBODY)}
    needed = policy.get(_VERBS.get(page, "change"), NOBODY)
    return {"GET": needed} if page in _READ_ONLY else {"GET": needed, "POST": needed}


def registered_models() -> set[str]:
    """Labels of every model that has pages in the admin."""
    return {model._meta.label_lower for model in admin.site._registry}
