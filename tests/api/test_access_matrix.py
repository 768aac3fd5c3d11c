"""Every cell of the matrix of access, asked: route × method × caller, from the code itself."""

import re
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from targeting.domain import policy
from targeting.domain.pages import PAGES, Opening
from targeting.domain.policy import ADMIN
from targeting.domain.purposes import PURPOSE_ASKED
from targeting.management import access
from targeting.management.access import ANONYMOUS, CALLERS, METHODS, NO_ROLE, NO_SCOPE, may
from tests.factories import (
    authorisations,
    notifications,
    requirements,
    returns,
    risk,
    shipments,
    targeting,
)

READING = ("GET", "HEAD")
PEOPLE = {NO_ROLE, policy.SUBMITTER_PERSON, *policy.EVERY_ROLE, *policy.PARTNERS}
FIXTURES = {
    ANONYMOUS: "anonymous",
    NO_ROLE: "person_without_role",
    NO_SCOPE: "client_without_scope",
    "api_client": "client_system",
}
ARGUMENTS = {
    "day": "2026-03-01",
    "pk": 1,
    "code": "none",
    "key": "none",
    "number": 1,
    "step": "propose",
    "id": "00000000-0000-4000-8000-000000000000",
    "registration_number": "none",
}
API = {route.name: route for route in access.api_routes()}
ADMIN_PAGES = {route.name: route for route in access.admin_routes()}
WORKBENCH = {route.name: route for route in access.workbench_routes()}
PAGE_ROUTES = {route.name: route for route in access.page_routes()}

# One row of each model that has pages in the admin and that somebody may open.
ROWS = {
    "risk.controllist": risk.ControlListFactory,
    "risk.covername": risk.CoverNameFactory,
    "risk.listedition": risk.DraftFactory,
    "risk.listentry": risk.ListEntryFactory,
    "risk.substance": risk.SubstanceFactory,
    "risk.substancename": risk.SubstanceNameFactory,
    "risk.substanceidentifier": risk.SubstanceIdentifierFactory,
    "risk.inspectionoutcome": risk.InspectionOutcomeFactory,
    "risk.reassessment": risk.ReassessmentFactory,
    "risk.registerchange": risk.RegisterChangeFactory,
    "risk.rescreening": risk.RescreeningFactory,
    "risk.riskassessment": risk.RiskAssessmentFactory,
    "risk.riskprofile": risk.ProfileDraftFactory,
    "risk.substancematch": risk.SubstanceMatchFactory,
    "shipments.annuallegitimaterequirement": requirements.AnnualLegitimateRequirementFactory,
    "shipments.authorisation": authorisations.AuthorisationFactory,
    "shipments.consignmentreturn": returns.ConsignmentReturnFactory,
    "shipments.declaration": shipments.DeclarationFactory,
    "shipments.intakebatch": shipments.IntakeBatchFactory,
    "shipments.intakeissue": shipments.IntakeIssueFactory,
    "shipments.party": shipments.PartyFactory,
    "shipments.preexportnotification": notifications.PreExportNotificationFactory,
    "shipments.submitter": shipments.SubmitterFactory,
    "targeting.alert": targeting.AlertFactory,
    "targeting.agency": targeting.AgencyFactory,
    "targeting.apiclient": targeting.ApiClientFactory,
    "targeting.auditevent": targeting.AuditEventFactory,
    "targeting.customsoffice": targeting.CustomsOfficeFactory,
    "targeting.delivery": targeting.DeliveryFactory,
    "targeting.export": targeting.ExportFactory,
    "targeting.legalhold": targeting.LegalHoldFactory,
    "targeting.listimport": targeting.ListImportFactory,
    "targeting.notice": targeting.NoticeFactory,
    "targeting.operatorquestion": targeting.OperatorQuestionFactory,
    "targeting.retentionrun": targeting.RetentionRunFactory,
    "targeting.subscription": targeting.SubscriptionFactory,
    "targeting.person": targeting.PersonFactory,
    "targeting.user": targeting.UserFactory,
    "targeting.webhookendpoint": targeting.WebhookEndpointFactory,
}


@pytest.fixture
def ask(request):
    return lambda caller: request.getfixturevalue(FIXTURES.get(caller, caller))


def test_every_address_is_in_the_table():
    assert [route.name for route in PAGE_ROUTES.values() if route.opening is None] == []
    assert PAGES.keys() <= PAGE_ROUTES.keys(), "lines of addresses that are gone"


def test_every_model_of_the_admin_is_in_the_table():
    assert access.registered_models() == ADMIN.keys()
    opened = {model for model, verbs in ADMIN.items() if any(verbs.values())}
    assert opened == ROWS.keys()


def test_every_purpose_is_asked_on_a_route():
    assert API.keys() >= PURPOSE_ASKED


@pytest.mark.parametrize("name", API)
def test_every_action_of_a_route_has_a_policy(name):
    assert all(API[name].needed.values())


def test_every_view_is_guarded_by_the_policy_alone():
    guards = {
        tuple(p.__name__ for p in pattern.callback.cls.permission_classes)
        for _, _, pattern in access.patterns()
        if hasattr(pattern.callback, "actions")
    }
    assert guards == {("DeclaredPolicy",)}


def test_a_view_without_a_policy_answers_nobody():
    default = settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"]
    assert default == ["targeting.api.permissions.DenyAll"]


def test_the_document_is_what_the_code_says():
    call_command("document_access", "--check")


def test_a_secret_of_the_matrix_is_that_somebody_is_refused_everywhere():
    """No address of the API opens to everybody: a table that allowed all would pass above."""
    for route in API.values():
        for method in route.needed:
            refused = [caller for caller in CALLERS if not may(route, method, caller)]
            assert {ANONYMOUS, NO_ROLE, NO_SCOPE} <= set(refused)


@contextmanager
def undone():
    """What a request changes is gone when the next one is sent; nobody has asked too often."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("caller", CALLERS)
def test_the_api_answers_as_the_table_says(caller, ask):
    client = ask(caller)
    wrong = []
    for name, route in API.items():
        arguments = re.findall(r"<\w+:(\w+)>", route.path)
        url = reverse(name, kwargs={key: ARGUMENTS[key] for key in arguments})
        for method in METHODS:
            with undone():
                answer = client.generic(method, url)
            if not _is_as_said(answer, _statuses(route, method, caller)):
                wrong.append((name, method, answer.status_code, answer.headers))
    assert wrong == []


def _is_as_said(answer, statuses):
    if answer.status_code == 401 and not answer["WWW-Authenticate"].startswith("Bearer"):
        return False
    if answer.status_code >= 400 and answer["Content-Type"] != "application/problem+json":
        return False
    return answer.status_code in statuses


def _statuses(route, method, caller):
    if caller == ANONYMOUS:
        return {401}
    if not may(route, method, caller):
        return {403}
    is_served = method == "OPTIONS" or (method if method != "HEAD" else "GET") in route.needed
    return {200, 400, 404, 422} if is_served else {405}


@pytest.mark.django_db
@pytest.mark.parametrize("caller", CALLERS)
def test_the_admin_answers_as_the_table_says(caller, ask):
    client = ask(caller)
    rows = {model: make().pk for model, make in ROWS.items()}
    wrong = []
    for route in ADMIN_PAGES.values():
        has_key = "<" in route.path
        if has_key and route.model not in rows:
            continue
        url = reverse(route.name, args=[rows[route.model]] if has_key else [])
        for method in route.needed:
            with undone():
                answer = client.generic(method, url)
            if not _is_page_as_said(answer, route, method, caller):
                wrong.append((route.name, method, answer.status_code))
    assert wrong == []


def _is_page_as_said(answer, route, method, caller):
    to_sign_in = "/login/" in answer.headers.get("Location", "")
    if not policy.allows(CALLERS[caller], policy.ADMIN_ROLES):
        return answer.status_code == 302 and to_sign_in
    if may(route, method, caller):
        return answer.status_code in {200, 302} and not to_sign_in
    return answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("model", sorted(policy.CENTRAL_ONLY))
def test_rows_of_every_office_in_the_admin_are_for_central_eyes(model):
    label = model.replace(".", ".view_")
    for role in ("auditor", "administrator"):
        near = targeting.UserFactory(roles=[role], reach="agency")
        far = targeting.UserFactory(roles=[role])
        assert not near.has_perm(label)
        assert far.has_perm(label) == (role in ADMIN[model]["view"])


@pytest.mark.django_db
@pytest.mark.parametrize("caller", CALLERS)
def test_the_workbench_answers_as_the_table_says(caller, ask):
    client = ask(caller)
    wrong = []
    for name, route in WORKBENCH.items():
        arguments = re.findall(r"<\w+:(\w+)>", route.path)
        url = reverse(name, kwargs={key: ARGUMENTS[key] for key in arguments})
        for method in METHODS:
            with undone():
                answer = client.generic(method, url)
            if not _is_workbench_as_said(answer, route, method, caller):
                wrong.append((name, method, answer.status_code))
    assert wrong == []


def _is_workbench_as_said(answer, route, method, caller):
    if caller not in PEOPLE:
        return answer.status_code == 302 and "/login/" in answer["Location"]
    if not may(route, method, caller):
        return answer.status_code == 403
    is_served = ("GET" if method == "HEAD" else method) in route.needed
    return answer.status_code in ({200, 404, 422} if is_served else {405})


def _place(route):
    if route.name == route.path:
        return f"/{route.path}"
    return reverse(
        route.name,
        kwargs=dict.fromkeys(re.findall(r"\(?\??P?<(?:\w+:)?(\w+)>", route.path), "1")
        | ({"app_label": "risk"} if "app_label" in route.path else {}),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("caller", CALLERS)
def test_other_addresses_open_as_the_table_says(caller, ask):
    client = ask(caller)
    wrong = []
    for name, route in PAGE_ROUTES.items():
        if route.opening:
            with undone():
                answer = client.get(_place(route))
            with undone():
                is_asked = PAGES[name] is Opening.CREDENTIALS
                posted = client.post(_place(route)) if is_asked else None
            if not _opens_as_said(name, answer, posted, caller):
                wrong.append((name, answer.status_code, posted and posted.status_code))
    assert wrong == []


def _opens_as_said(name, answer, posted, caller):
    to_sign_in = answer.status_code == 302 and "/login/" in answer["Location"]
    is_staff = policy.allows(CALLERS[caller], policy.ADMIN_ROLES)
    if answer.status_code >= 500:
        return False
    if PAGES[name] is Opening.PUBLIC:
        return not to_sign_in or name == "admin:login"
    if PAGES[name] is Opening.CREDENTIALS:
        return answer.status_code == 405 and posted.status_code in {400, 401}
    if PAGES[name] is Opening.SIGNED_IN:
        is_person = caller in PEOPLE
        is_person &= name != "socialaccount_signup"  # goes on with a sign-in begun elsewhere
        return not to_sign_in if is_person else answer.status_code == 302
    if PAGES[name] is Opening.STAFF:
        return not to_sign_in if is_staff else answer.status_code in {302, 405}
    return True
