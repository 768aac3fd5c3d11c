"""Who asks: two people of each role, so that four eyes exist, and machines of each kind."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.urls import Resolver404, ResolverMatch, resolve

from shipments.models import Submitter
from targeting.domain.client_scopes import CLIENT_SCOPES, ClientKind
from targeting.domain.policy import Grants, Role, allows
from tests.api.conftest import signed_in
from tests.factories.targeting import AccessTokenFactory, NoticeFactory

CSRF = "c" * 32
# What stands in a path while its view is looked up.
ANY = {"day": "2026-03-01", "code": "none", "key": "none", "registration_number": "none"}
UUID = "00000000-0000-4000-8000-000000000000"


class Caller(NamedTuple):
    name: str
    headers: Mapping[str, str]
    grants: Grants


def all_callers(submitter: Submitter) -> list[Caller]:
    """The machine that may submit does so for the submitter."""
    made = [_person(role, number) for number in (1, 2) for role in Role]
    for kind in ClientKind:
        scopes = sorted(CLIENT_SCOPES[kind])
        token = AccessTokenFactory(
            application__kind=kind.value,
            application__scopes=scopes,
            application__reach="central",
            application__submitter=submitter,
            scope=" ".join(scopes),
        )
        headers = {"Authorization": f"Bearer {token.token}"}
        made.append(Caller(kind.value, headers, frozenset(scopes)))
    return made


def _person(role: Role, number: int) -> Caller:
    agency = {"person__agency__code": "police"} if role is Role.PARTNER else {}
    client = signed_in(roles=[role.value], username=f"{role.value}-{number}", **agency)
    NoticeFactory(user=client.user)
    headers = {
        "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
        "X-Purpose": "contract",
    }
    return Caller(f"{role.value} {number}", headers, frozenset({role.value}))


def allowed(callers: list[Caller], path: str, method: str) -> list[Caller]:
    """Those whom the policy lets do it."""
    view = _resolved(path).func
    needed = view.cls.policy[view.actions[method.lower()]]
    return [one for one in callers if allows(one.grants, needed)]


def _resolved(path: str) -> ResolverMatch:
    """An id is a number or, where that is none, a UUID."""
    try:
        return resolve(re.sub(r"{(\w+)}", lambda name: ANY.get(name[1], "1"), path))
    except Resolver404:
        return resolve(re.sub(r"{(\w+)}", lambda name: ANY.get(name[1], UUID), path))
