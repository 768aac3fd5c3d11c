"""Whoever receives a referral is told of it, and nobody else; of one taken back nobody any more."""

import json

import pytest
from django.utils import timezone

from targeting.domain.client_scopes import READ_LANES
from targeting.domain.outbox import FOR_PEOPLE, EventKind
from targeting.models import Delivery, Notice, OutboxEvent, Referral, Subscription, User
from targeting.selectors.referrals import received_referrals, receivers_of
from targeting.services.outbox import deliver_due, record_event
from targeting.services.webhook_routing import route_events
from tests.api.conftest import signed_in
from tests.api.test_referrals import RECEIVED, SENT, refer
from tests.factories.targeting import (
    AgencyFactory,
    ApiClientFactory,
    CustomsOfficeFactory,
    PersonFactory,
    UserFactory,
    WebhookEndpointFactory,
    flagged_shipment,
)

pytestmark = pytest.mark.django_db

NOTICES = "/api/v1/notices"


@pytest.fixture
def police():
    return AgencyFactory(code="police")


@pytest.fixture
def officer(police):
    person = PersonFactory(agency=police)
    email = "officer@police.example"
    return signed_in(roles=["partner"], person=person, reach="agency", email=email)


@pytest.fixture
def alert():
    return flagged_shipment(lane="red")


@pytest.fixture
def first():
    return signed_in(roles=["analyst"])


def told(caller, **query):
    return caller.get(NOTICES, query).json()["results"]


def test_referral_when_sent_then_its_agency_is_told_and_finds_it(
    first, officer, alert, mailoutbox, settings
):
    settings.TARGETING = settings.TARGETING | {"WEB_URL": "https://targeting.example/"}
    others = [
        signed_in(roles=["partner"], person=PersonFactory(), email="other@tax.example"),
        signed_in(roles=["partner"], person=None),
        signed_in(roles=["examiner"], email="examiner@customs.example"),
        first,
    ]
    refer(first, alert, "goods", "substances")
    (notice,) = told(officer)
    number = str(Referral.objects.get().public_id)
    assert (notice["kind"], notice["referral"]) == ("referral_sent", number)
    assert notice["sentence"] == f"Referral {number} waits for you"
    assert officer.get(f"{RECEIVED}/{notice['referral']}").status_code == 200
    assert [told(caller) for caller in others] == [[]] * 4
    assert deliver_due(clock=timezone.now) == 1
    (mail,) = mailoutbox
    assert mail.to == ["officer@police.example"]
    assert f"https://targeting.example/api/v1/received-referrals/{number}" in mail.body
    assert "goods, substances" in mail.body
    assert officer.post(f"{NOTICES}/{notice['id']}/read").json() == {"marked": 1}
    assert told(officer, unread="true") == []


def test_referral_when_told_then_nothing_but_its_number_and_parts_goes_out(first, officer, alert):
    refer(first, alert, "registration", "importer", "goods")
    event = OutboxEvent.objects.get()
    number = str(Referral.objects.get().public_id)
    parts = ["registration", "goods", "importer"]
    assert event.payload == {"referral": number, "parts": parts}
    said = json.dumps([event.key, event.topic, event.payload, told(officer)])
    (importer,) = alert.declaration.party_roles.filter(role="importer")
    for secret in (alert.registration_number, importer.name, first.user.actor, "please look"):
        assert secret not in said


def test_referral_when_sent_then_no_system_and_no_subscriber_is_told(first, officer, alert):
    every = [kind.value for kind in EventKind]
    system = ApiClientFactory(
        kind="customs_system", submitter=None, reach="central", scopes=[READ_LANES]
    )
    WebhookEndpointFactory(client=system, kinds=every, created_at=alert.raised_at)
    curious = UserFactory(roles=["auditor"], email="auditor@customs.example")
    Subscription.objects.create(user=curious, topic="", kinds=every, by_email=True)
    refer(first, alert, "goods")
    assert route_events(now=timezone.now()) == 1
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {officer.user.actor}
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.user.pk}


def test_referral_when_taken_back_then_nobody_is_told_any_more(first, officer, alert, mailoutbox):
    refer(first, alert, "goods")
    refer(first, alert, "route")
    pk = Referral.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert first.post(f"{SENT}/{pk}/withdraw").status_code == 200
    kept = str(Referral.objects.get(state="sent").public_id)
    assert [notice["referral"] for notice in told(officer)] == [kept]
    assert deliver_due(clock=timezone.now) == 1
    assert kept in mailoutbox[0].subject


def test_inspection_when_referred_then_told_are_those_who_see_it(first, officer, alert):
    office = CustomsOfficeFactory(code=alert.customs_office)
    own = PersonFactory(agency=office.agency)
    other = PersonFactory(agency=AgencyFactory(code="elsewhere"))
    examiners = {
        "at the office": {"reach": "offices", "offices": [office.code]},
        "at another": {"reach": "offices", "offices": ["50000"]},
        "at none": {"reach": "offices"},
        "of its agency": {"reach": "agency", "person": own},
        "of another agency": {"reach": "agency", "person": other},
        "central": {"reach": "central"},
        "gone": {"reach": "central", "is_active": False},
    }
    for name, given in examiners.items():
        UserFactory(username=name, roles=["examiner"], email="a@customs.example", **given)
    assert refer(first, alert, "goods", kind="inspection", agency="").status_code == 201
    refer(first, alert, "goods")
    for row in Referral.objects.all():
        seers = {one for one in User.objects.all() if row in received_referrals(one)}
        assert set(receivers_of(row)) == seers
    inspection = Notice.objects.filter(user__roles=["examiner"]).values_list("user__username")
    assert set(inspection) == {("at the office",), ("of its agency",), ("central",)}
    # Who works here reads it here; a mail is for the other agency.
    assert list(Delivery.objects.values_list("recipient", flat=True)) == [officer.user.actor]


def test_partner_when_once_of_the_house_then_told_of_nothing_else(officer):
    was = {"key": "k", "kind": EventKind.EDITION_IN_FORCE, "topic": "list:A", "payload": {}}
    kinds = [kind.value for kind in FOR_PEOPLE]
    Subscription.objects.create(user=officer.user, topic="list:A", kinds=kinds, by_email=True)
    event = record_event(now=timezone.now(), **was)
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()
    Notice.objects.create(event=event, user=officer.user)
    assert told(officer) == []


@pytest.mark.parametrize(("lang", "word"), [("en", "waits"), ("ru", "ждёт")])
def test_notice_when_read_then_in_the_language_of_the_reader(first, officer, alert, lang, word):
    refer(first, alert, "goods")
    (notice,) = officer.get(NOTICES, headers={"Accept-Language": lang}).json()["results"]
    assert word in notice["sentence"]
