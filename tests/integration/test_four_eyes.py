"""A second person approves: compared by person, in the services and in the database."""

import pytest
from django.db import IntegrityError, transaction

from risk.domain.errors import ProfileChanged, WrongState
from risk.domain.four_eyes import FourEyesViolated
from risk.services import editions
from risk.services.profile_drafts import approve_profile, propose_profile
from tests.factories.risk import DraftFactory, ListEditionFactory, RiskProfileFactory
from tests.factories.shipments import START
from tests.factories.targeting import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def own_profile(**columns):
    """Beside the profile that ships with the project, which other tests may have loaded."""
    today = START.date()
    draft = {"state": "draft", "loaded_from": "", "is_active": False, "valid_from": today}
    return RiskProfileFactory(code="own", change_note="why", **draft, **columns)


def draft():
    return DraftFactory(in_force_from=START.date(), change_note="decree", verified_by="")


@pytest.fixture
def aigul():
    return PersonFactory()


def propose_edition(*, edition_id, by):
    edition = editions.ListEdition.objects.get(pk=edition_id)
    return editions.propose_edition(edition=edition, version=edition.version, actor=by, now=START)


def approve_edition(*, edition_id, by):
    edition = editions.ListEdition.objects.get(pk=edition_id)
    return editions.approve_edition(edition=edition, version=edition.version, actor=by, now=START)


@pytest.fixture
def proposed(aigul):
    edition = draft()
    return propose_edition(edition_id=edition.pk, by=UserFactory(person=aigul).as_actor())


def test_edition_when_another_person_approves_then_the_one_before_ends(proposed):
    before = ListEditionFactory(control_list=proposed.control_list, state="approved")
    approver = UserFactory().as_actor()
    approved = approve_edition(edition_id=proposed.pk, by=approver)
    before.refresh_from_db()
    assert (approved.state, before.in_force_to) == ("approved", START.date())
    assert (approved.approved_by, approved.approved_person) == (approver.account, approver.person)


def test_edition_when_the_same_person_approves_from_a_second_account_then_refused(proposed, aigul):
    second = UserFactory(person=aigul, roles=["list_approver"]).as_actor()
    assert second.account != proposed.proposed_by
    with pytest.raises(FourEyesViolated) as caught:
        approve_edition(edition_id=proposed.pk, by=second)
    assert caught.value.code == "same_person"
    proposed.refresh_from_db()
    assert (proposed.state, proposed.approved_by) == ("proposed", "")


def test_edition_when_nobody_knows_who_approves_then_refused(proposed):
    with pytest.raises(FourEyesViolated) as caught:
        approve_edition(edition_id=proposed.pk, by=UserFactory(person=None).as_actor())
    assert caught.value.code == "person_unknown"


def test_edition_when_nobody_knows_who_proposes_then_refused():
    edition = draft()
    with pytest.raises(FourEyesViolated):
        propose_edition(edition_id=edition.pk, by=UserFactory(person=None).as_actor())


def test_edition_when_not_proposed_then_not_approved(proposed):
    other = DraftFactory(control_list__code="other")
    with pytest.raises(WrongState):
        approve_edition(edition_id=other.pk, by=UserFactory().as_actor())
    with pytest.raises(WrongState):
        propose_edition(edition_id=proposed.pk, by=UserFactory().as_actor())


@pytest.mark.parametrize(
    "columns",
    [
        {"approved_by": "user:2", "approved_person": "person:1"},
        {"approved_by": "user:1", "approved_person": "person:2"},
        {"approved_by": "user:2", "approved_person": ""},
        {"approved_by": "", "approved_person": "person:2"},
        {"proposed_person": "", "approved_by": "user:2", "approved_person": "person:2"},
    ],
)
@pytest.mark.parametrize("factory", [DraftFactory, own_profile])
def test_database_when_a_service_is_passed_by_then_it_refuses(factory, columns):
    row = factory(proposed_by="user:1", proposed_person="person:1")
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**columns)
    approved = {"approved_by": "user:2", "approved_person": "person:2"}
    type(row).objects.filter(pk=row.pk).update(**approved)


def test_profile_when_approved_then_by_another_person_and_once(aigul):
    profile = own_profile()
    proposer = UserFactory(person=aigul).as_actor()
    with pytest.raises(WrongState):
        approve_profile(
            profile_id=profile.pk, revision=1, actor=UserFactory().as_actor(), now=START
        )
    propose_profile(profile_id=profile.pk, revision=1, actor=proposer, now=START)
    same = UserFactory(person=aigul).as_actor()
    with pytest.raises(FourEyesViolated):
        approve_profile(profile_id=profile.pk, revision=2, actor=same, now=START)
    other = UserFactory().as_actor()
    with pytest.raises(ProfileChanged):
        approve_profile(profile_id=profile.pk, revision=1, actor=other, now=START)
    approved = approve_profile(profile_id=profile.pk, revision=2, actor=other, now=START)
    assert (approved.approved_person, approved.is_active) == (other.person, True)
    for act in (approve_profile, propose_profile):
        with pytest.raises(WrongState):
            act(profile_id=profile.pk, revision=2, actor=other, now=START)


@pytest.mark.parametrize(
    "changes",
    [{"content": {}}, {"valid_from": "2020-01-01"}, {"state": "draft"}, {"approved_by": ""}],
)
def test_database_when_an_approved_profile_would_change_then_it_refuses(changes):
    profile = RiskProfileFactory(code="own", is_active=False)
    rows = type(profile).objects.filter(pk=profile.pk)
    if "approved_by" in changes:
        changes = {"approved_by": "user:2", "approved_person": "person:2", "proposed_person": "p:1"}
    with pytest.raises(IntegrityError, match="was approved"), transaction.atomic():
        rows.update(**changes)
    with pytest.raises(IntegrityError, match="was approved"), transaction.atomic():
        rows.delete()
    rows.update(activated_at=START)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"state": "approved"}, "approved_by_somebody"),
        ({"is_active": True}, "used_is_approved"),
        (
            {"approved_by": "user:2", "approved_person": "person:2", "authors": ["user:2"]},
            "author_not_approver",
        ),
    ],
)
def test_database_when_a_draft_would_be_more_then_it_refuses(columns, constraint):
    profile = own_profile(proposed_by="user:1", proposed_person="person:1")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(profile).objects.filter(pk=profile.pk).update(**columns)
