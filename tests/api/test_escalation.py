"""Nobody gets more rights than they were given: through forms, extra fields or old sessions."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from targeting.models import ApiClient, User
from tests.api.conftest import signed_in
from tests.factories.shipments import SubmitterFactory
from tests.factories.targeting import (
    CLIENT_FORM,
    AgencyFactory,
    CustomsOfficeFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts"
OF_KIND = {"int": "1", "str": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}
ADD = "admin:targeting_user_add"


def form(**changes):
    return {
        "username": "bolat",
        "first_name": "Bolat",
        "last_name": "Example",
        "email": "bolat@customs.example",
        "roles": ["analyst"],
        "reach": "offices",
        "offices": "",
        "is_active": "on",
        **changes,
    }


def change(caller, account, **changes):
    url = reverse("admin:targeting_user_change", args=[account.pk])
    given = form(
        username=account.username,
        person=account.person_id or "",
        roles=account.roles,
        reach=account.reach,
        email=account.email or "a@customs.example",
    )
    return caller.post(url, {**given, **changes}, format="multipart")


def error_in(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.context["adminform"].form.errors.as_json()


@pytest.mark.parametrize(
    "changes",
    [{"roles": ["analyst"]}, {"roles": ["administrator", "analyst"]}, {"reach": "offices"}],
)
def test_administrator_when_changing_own_rights_then_refused(changes):
    caller = signed_in(roles=["administrator"])
    assert "own_rights" in error_in(change(caller, caller.user, **changes))
    caller.user.refresh_from_db()
    assert (caller.user.roles, caller.user.reach) == (["administrator"], "central")


def test_administrator_when_moving_to_another_person_then_refused(administrator):
    """Another person's identity would let the account approve its own proposals."""
    answer = change(administrator, administrator.user, person=PersonFactory().pk)
    assert "own_rights" in error_in(answer)


@pytest.mark.parametrize("alone", ["auditor", "administrator"])
def test_roles_when_one_is_held_alone_then_not_beside_another(administrator, alone):
    answer = administrator.post(reverse(ADD), form(roles=[alone, "analyst"]), format="multipart")
    assert "user_role_held_alone" in error_in(answer)
    with pytest.raises(IntegrityError, match="user_role_held_alone"), transaction.atomic():
        UserFactory(roles=[alone, "list_approver"])


def test_roles_when_unknown_then_refused_by_the_database():
    with pytest.raises(IntegrityError, match="user_roles_known"), transaction.atomic():
        UserFactory(roles=["superuser"])


@pytest.fixture
def near():
    """The administrator of one agency."""
    return signed_in(roles=["administrator"], reach="agency")


def test_administrator_of_an_agency_when_giving_more_reach_then_refused(near):
    own = PersonFactory(agency=near.user.person.agency)
    answer = near.post(reverse(ADD), form(reach="central", person=own.pk), format="multipart")
    assert "reach_too_far" in error_in(answer)


def test_administrator_of_an_agency_when_for_a_person_of_another_then_refused(near):
    foreign = PersonFactory(agency=AgencyFactory(code="police"))
    answer = near.post(reverse(ADD), form(person=foreign.pk), format="multipart")
    assert "agency_foreign" in error_in(answer)
    answer = near.post(reverse(ADD), form(), format="multipart")
    assert "agency_foreign" in error_in(answer)


def test_administrator_of_an_agency_sees_no_account_of_another(near):
    foreign = UserFactory(person__agency=AgencyFactory(code="police"))
    listed = near.get(reverse("admin:targeting_user_changelist")).context["cl"].queryset
    assert set(listed) == {near.user}
    page = near.get(reverse("admin:targeting_user_change", args=[foreign.pk]))
    assert page.status_code == 302
    assert near.get(reverse("admin:targeting_apiclient_changelist")).status_code == 403


def test_offices_when_not_of_the_agency_then_refused(administrator):
    CustomsOfficeFactory(agency=AgencyFactory(code="police"), code="50000")
    person = PersonFactory(agency=AgencyFactory(code="customs"))
    answer = administrator.post(
        reverse(ADD), form(person=person.pk, offices="50000"), format="multipart"
    )
    assert "office_unknown" in error_in(answer)


def test_extra_fields_when_posted_then_they_change_nothing(administrator):
    extra = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}
    account = UserFactory(roles=["analyst"])
    assert change(administrator, account, **extra).status_code == 302
    account.refresh_from_db()
    assert (account.is_superuser, account.is_staff, account.roles) == (False, False, ["analyst"])


@pytest.mark.parametrize("role", ["list_editor", "auditor", "analyst"])
def test_account_when_changed_by_no_administrator_then_refused(role):
    caller = signed_in(roles=[role])
    answer = change(caller, caller.user, roles=["administrator"])
    assert answer.status_code in {302, 403}
    caller.user.refresh_from_db()
    assert caller.user.roles == [role]


def test_role_when_taken_away_then_the_open_session_loses_it_at_once(analyst):
    assert analyst.get(ALERTS).status_code == 200
    User.objects.update(roles=["list_editor"])
    assert analyst.get(ALERTS).status_code == 403


def test_client_when_given_a_scope_of_another_kind_then_refused(administrator):
    given = {"name": "New", "submitter": SubmitterFactory().pk, **CLIENT_FORM}
    answer = administrator.post(
        reverse("admin:targeting_apiclient_add"),
        {**given, "scopes": ["lanes:read"]},
        format="multipart",
    )
    assert "client_scopes_of_kind" in error_in(answer)
    assert not ApiClient.objects.exists()


def test_declaration_when_it_names_another_submitter_then_the_token_decides(client_system):
    SubmitterFactory(key="rival")
    body = {"registration_number": "55301/010326/0000001", "submitter": "rival"}
    answer = client_system.post("/api/v1/declarations", body, format="json")
    assert answer.status_code == 422
    me = client_system.get("/api/v1/me").json()
    assert me["submitter"] != "rival"


OWN = ("notices", "subscriptions", "exports")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_auditor_changes_nothing_but_the_own_notices_and_exports(auditor, method):
    from targeting.management.access import api_routes

    for route in api_routes():
        if route.path.removeprefix("api/v1/").startswith(OWN):
            continue
        url = "/" + re.sub(r"<(\w+):\w+>", lambda part: OF_KIND[part[1]], route.path)
        assert getattr(auditor, method)(url).status_code in {403, 405}
