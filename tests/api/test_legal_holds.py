"""Legal holds over the API and in the admin: one person sets them, two lift them."""

import pytest
from django.urls import reverse

from targeting.models import LegalHold
from targeting.models.choices import Role
from tests.api.conftest import signed_in
from tests.factories.shipments import DeclarationFactory, PartyRoleFactory
from tests.factories.targeting import LegalHoldFactory

pytestmark = pytest.mark.django_db

HOLDS = "/api/v1/legal-holds"
SENIOR = [Role.SENIOR_ANALYST.value]
LONG_AGO = "1999-01-01T00:00:00Z"
PRIVILEGED = {
    "id": 987654,
    "kind": "period",
    "set_by": "user:1",
    "set_at": LONG_AGO,
    "proposed_by": "user:1",
    "proposed_person": "person:1",
    "approved_by": "user:2",
    "approved_person": "person:2",
    "lifted_by": "user:2",
    "lifted_at": LONG_AGO,
    "lifting_reason": "nothing",
    "lifting_proposed_at": LONG_AGO,
}


@pytest.fixture
def senior():
    return signed_in(roles=SENIOR)


@pytest.fixture
def other_senior():
    return signed_in(roles=SENIOR)


@pytest.fixture
def held(senior):
    number = DeclarationFactory().registration_number
    body = {"registration_number": number, "reason": "a court asked"}
    answer = senior.post(HOLDS, body)
    assert answer.status_code == 201
    return f"{HOLDS}/{answer.json()['id']}"


def test_hold_when_two_people_agree_then_lifted_and_everything_is_told(senior, other_senior, held):
    senior.post(f"{held}/propose-lifting", {"reason": "the court decided"})
    lifted = other_senior.post(f"{held}/lift").json()
    assert (lifted["reason"], lifted["lifting_reason"]) == ("a court asked", "the court decided")
    assert lifted["set_by"] == lifted["lifting_proposed_by"] == senior.user.actor
    assert lifted["lifted_by"] == other_senior.user.actor
    assert lifted["lifted_at"]
    assert [event.pgh_label for event in LegalHold.objects.get().events.order_by("pgh_id")] == [
        "insert",
        "update",
        "update",
    ]


def test_hold_when_the_proposer_would_lift_it_then_409(senior, held):
    senior.post(f"{held}/propose-lifting", {"reason": "enough"})
    answer = senior.post(f"{held}/lift")
    assert (answer.status_code, answer.json()["code"]) == (409, "same_person")
    assert LegalHold.objects.get().lifted_at is None


def test_hold_when_another_account_of_the_proposer_would_lift_it_then_409(senior, held):
    senior.post(f"{held}/propose-lifting", {"reason": "enough"})
    twin = signed_in(roles=SENIOR, person=senior.user.person)
    assert twin.post(f"{held}/lift").status_code == 409


def test_hold_when_nobody_proposed_or_already_lifted_then_409(senior, other_senior, held):
    assert other_senior.post(f"{held}/lift").json()["code"] == "wrong_state"
    senior.post(f"{held}/propose-lifting", {"reason": "enough"})
    other_senior.post(f"{held}/lift")
    for step in ("lift", "propose-lifting"):
        answer = other_senior.post(f"{held}/{step}", {"reason": "again"})
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"registration_number": "unknown"},
        {"party": 987654},
        {"first_day": "2026-03-02"},
        {"first_day": "2026-03-02", "last_day": "2026-03-01"},
        {"registration_number": "declared", "first_day": "2026-03-01", "last_day": "2026-03-02"},
    ],
)
def test_hold_when_of_nothing_or_of_two_things_then_422(senior, body):
    DeclarationFactory(registration_number="declared")
    answer = senior.post(HOLDS, {**body, "reason": "a court asked"})
    assert (answer.status_code, LegalHold.objects.count()) == (422, 0)
    assert answer.json()["params"]["allowed"]


def test_hold_when_it_brings_privileged_fields_then_none_is_set(senior, other_senior):
    number = DeclarationFactory().registration_number
    body = {**PRIVILEGED, "registration_number": number, "reason": "a court asked"}
    made = senior.post(HOLDS, body).json()
    row = LegalHold.objects.get()
    assert (row.kind, row.set_by, row.lifted_at) == ("declaration", senior.user.actor, None)
    assert (row.approved_by, row.proposed_by, row.lifting_reason) == ("", "", "")
    assert (row.pk != PRIVILEGED["id"], row.set_at.year > 2000) == (True, True)
    body = {**PRIVILEGED, "reason": "enough"}
    senior.post(f"{HOLDS}/{made['id']}/propose-lifting", body)
    row.refresh_from_db()
    assert (row.proposed_by, row.approved_by, row.lifted_at) == (senior.user.actor, "", None)


def test_hold_when_of_another_office_then_neither_seen_nor_set():
    here = signed_in(roles=SENIOR, reach="offices", offices=["55301"])
    own, foreign = DeclarationFactory(), DeclarationFactory(customs_office="57502")
    holds = [LegalHoldFactory(registration_number=d.registration_number) for d in (own, foreign)]
    party = PartyRoleFactory(declaration=foreign).party
    shown = here.get(HOLDS).json()["results"]
    assert [row["id"] for row in shown] == [holds[0].pk]
    assert here.get(f"{HOLDS}/{holds[1].pk}").status_code == 404
    for body in ({"registration_number": foreign.registration_number}, {"party": party.pk}):
        assert here.post(HOLDS, {**body, "reason": "r"}).status_code == 422
    days = {"first_day": "2026-03-01", "last_day": "2026-03-02", "reason": "r"}
    assert here.post(HOLDS, days).status_code == 403


def test_admin_when_a_hold_is_set_and_lifted_then_as_over_the_api(senior, other_senior):
    add = reverse("admin:targeting_legalhold_add")
    page = senior.post(add, {"first_day": "2026-03-01", "reason": "r"}, format="multipart")
    assert "last_day" in page.content.decode()
    form = {"first_day": "2026-03-01", "last_day": "2026-03-31", "reason": "a court asked"}
    assert senior.post(add, form, format="multipart").status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.kind, hold.set_by) == ("period", senior.user.actor)
    change = reverse("admin:targeting_legalhold_change", args=[hold.pk])
    answer = senior.post(change, {"lifting_reason": "over", "reason": "x"}, format="multipart")
    assert answer.status_code == 302
    lifting = {"action": "lift", "_selected_action": [hold.pk]}
    listed = reverse("admin:targeting_legalhold_changelist")
    senior.post(listed, lifting, format="multipart")
    hold.refresh_from_db()
    assert (hold.lifted_at, hold.reason) == (None, "a court asked")
    other_senior.post(listed, lifting, format="multipart")
    hold.refresh_from_db()
    assert hold.approved_by == other_senior.user.actor
