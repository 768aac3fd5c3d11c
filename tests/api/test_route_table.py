"""Every route × method × caller, from the URL configuration itself."""

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from targeting.models import ApiClient, User

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READING = ("GET", "HEAD")
CALLERS = (
    "anonymous",
    "analyst",
    "list_administrator",
    "client_system",
    "client_without_scope",
    "superuser",
)

ANALYSTS = {"analyst", "superuser"}
PEOPLE = ANALYSTS | {"list_administrator"}
CLIENTS = {"client_system"}

# Who may do what, said a second time: whoever changes a policy changes it here too.
EXPECTED = {
    "alert-list": {"GET": ANALYSTS},
    "alert-detail": {"GET": ANALYSTS},
    "batch-list": {"POST": CLIENTS},
    "declaration-list": {"GET": ANALYSTS, "POST": CLIENTS},
    "declaration-detail": {"GET": ANALYSTS, "any": ANALYSTS | CLIENTS},
    "list-list": {"GET": PEOPLE},
    "list-detail": {"GET": PEOPLE},
    "me": {"GET": PEOPLE | CLIENTS},
    "party-list": {"GET": ANALYSTS},
    "party-detail": {"GET": ANALYSTS},
    "party-network": {"GET": ANALYSTS},
    "receipt-list": {"GET": CLIENTS},
    "receipt-detail": {"GET": CLIENTS},
    "receipt-issues": {"GET": CLIENTS},
}

# Open to everybody, or with a sign-in of their own (tested below and by their packages).
PUBLIC = {"home", "api-schema", "api-docs", "api-redoc"}
OWN_SIGN_IN = {"oauth-token", "oauth-revoke-token"}
OWN_SIGN_IN_BELOW = ("accounts/", "admin/")

ARGUMENTS = {"pk": 1, "code": "none", "id": "00000000-0000-4000-8000-000000000000"}


def routes(patterns=None, prefix=""):
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, entry


API_ROUTES = {entry.name: entry for route, entry in routes() if hasattr(entry.callback, "actions")}


def test_every_route_is_classified():
    unknown = [
        route
        for route, entry in routes()
        if entry.name not in PUBLIC | OWN_SIGN_IN | API_ROUTES.keys()
        and not route.startswith(OWN_SIGN_IN_BELOW)
    ]
    assert unknown == []
    assert API_ROUTES.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", API_ROUTES)
def test_every_action_of_a_route_has_a_policy(name):
    view = API_ROUTES[name].callback
    assert set(view.actions.values()) <= view.cls.policy.keys()
    assert all(view.cls.policy.values())
    assert [p.__name__ for p in view.cls.permission_classes] == ["DeclaredPolicy"]


def allowed_callers(name, method):
    expected = EXPECTED[name]
    method = "GET" if method == "HEAD" and "GET" in expected else method
    anyone = expected.get("any") or set().union(*expected.values())
    return expected.get(method, anyone)


def is_served(name, method):
    actions = API_ROUTES[name].callback.actions
    return (
        method == "OPTIONS" or method.lower() in actions or (method == "HEAD" and "get" in actions)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", API_ROUTES)
def test_a_caller_gets_what_the_table_says(name, caller, request):
    names = API_ROUTES[name].pattern.converters
    url = reverse(name, kwargs={key: ARGUMENTS[key] for key in names})
    client = request.getfixturevalue(caller)
    for method in METHODS:
        answer = client.generic(method, url)
        assert answer.status_code in expected_statuses(name, method, caller), method
        if answer.status_code == 401:
            assert answer["WWW-Authenticate"].startswith("Bearer")
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"


def expected_statuses(name, method, caller):
    if caller == "anonymous":
        return {401}
    if caller not in allowed_callers(name, method):
        return {403}
    return {200, 400, 404, 422} if is_served(name, method) else {405}


def test_a_view_without_a_policy_answers_nobody(settings):
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == [
        "targeting.api.permissions.DenyAll"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["api-schema", "api-docs", "api-redoc"])
def test_the_description_of_the_api_is_public(name, anonymous):
    assert anonymous.get(reverse(name)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label)
def test_the_admin_opens_by_role(model, anonymous, analyst, list_administrator, superuser):
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    add = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
    is_list = opts.model_name in {
        "controllist",
        "listedition",
        "listentry",
        "substance",
        "substancename",
    }
    assert anonymous.get(url).status_code == 302
    assert analyst.get(url).status_code == 302
    assert list_administrator.get(url).status_code == (200 if is_list else 403)
    assert superuser.get(url).status_code == 200
    assert superuser.get(url, {"q": "ангидрид"}).status_code in {200, 302}
    assert list_administrator.get(add).status_code == 403
    manages = model in {User, ApiClient} or opts.app_label == "account"
    assert superuser.get(add).status_code == (200 if manages else 403)
