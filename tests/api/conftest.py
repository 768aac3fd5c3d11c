"""Callers of every kind, each as a client that is already signed in."""

import time

import pytest
from django.core.cache import cache
from django.db import connection
from rest_framework.test import APIClient

from risk.models import RiskProfile
from targeting.models import User
from targeting.models.choices import Role
from tests.factories.targeting import AccessTokenFactory, ApiClientFactory, UserFactory

CUSTOMS_SCOPES = ["lanes:read", "lanes:acknowledge", "outcomes:write"]
LEAD_SCOPES = ["leads:write", "leads:read"]


@pytest.fixture(autouse=True)
def _fresh_throttles():
    cache.clear()


@pytest.fixture(autouse=True)
def _no_reference_data(request):
    """What integration tests in the same process have loaded and committed is not there."""
    asked = set(request.fixturenames)
    if "reference_data" in asked or not (
        "db" in asked or request.node.get_closest_marker("django_db")
    ):
        return
    request.getfixturevalue("db")
    if RiskProfile.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE risk_riskprofile, risk_controllist, risk_substance CASCADE")
            # No trigger sees that: what this process remembers of lists would pass for stored.
            cursor.execute("UPDATE risk_listsrevision SET revision = gen_random_uuid()")


@pytest.fixture(autouse=True)
def _no_scan_of_static_files(settings):
    """Every test client starts the middleware anew; its scan would take most of the time."""
    settings.WHITENOISE_USE_FINDERS = False


def signed_in(**user: object) -> APIClient:
    """Somebody who sees every office and says what for, unless told otherwise."""
    caller = APIClient(headers={"X-Purpose": "test"})
    caller.user = UserFactory(**user)
    return sign_in(caller, caller.user)


def sign_in(caller: APIClient, user: User, *, method: str = "mfa") -> APIClient:
    """As the sign-in pages leave a session behind, second factor included."""
    caller.force_login(user)
    session = caller.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return caller


def with_token(**token: object) -> APIClient:
    made = AccessTokenFactory(**token)
    caller = APIClient(headers={"Authorization": f"Bearer {made.token}"})
    caller.token = made
    return caller


@pytest.fixture
def anonymous():
    return APIClient()


def _role(role: Role):
    @pytest.fixture(name=role.value)
    def caller(db):
        return signed_in(roles=[role.value])

    return caller


(
    analyst,
    senior_analyst,
    examiner,
    list_editor,
    list_approver,
    auditor,
    administrator,
    partner,
) = map(_role, Role)


@pytest.fixture
def person_without_role(db):
    return signed_in(roles=[])


@pytest.fixture
def submitter_person(db):
    """A person of a submitter that has a program."""
    submitter = ApiClientFactory().submitter
    return signed_in(roles=[], reach="offices", person=None, submitter=submitter)


@pytest.fixture
def client_system(db):
    return with_token()


@pytest.fixture
def customs_system(db):
    return with_token(
        application__kind="customs_system",
        application__scopes=CUSTOMS_SCOPES,
        application__reach="central",
        scope=" ".join(CUSTOMS_SCOPES),
    )


@pytest.fixture
def lead_system(db):
    return with_token(
        application__kind="lead_system",
        application__scopes=LEAD_SCOPES,
        scope=" ".join(LEAD_SCOPES),
    )


@pytest.fixture
def client_without_scope(db):
    return with_token(scope="")
