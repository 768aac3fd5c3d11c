"""Auditors read the audit over the API: narrowed, page by page, and not unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.factories.targeting import AgencyFactory, AuditEventFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/audit-events"


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [event["id"] for event in answer.json()["results"]]


def test_event_when_read_then_who_what_why_from_where_and_what_became_of_it(auditor):
    event = AuditEventFactory(
        actor="client:broker",
        role="client",
        verb="search",
        resource="receipt-list",
        object_key="7",
        terms={"cursor": ["a"]},
        status=403,
        purpose="case 7",
        address="198.51.100.7",
        request_id="r-1",
    )
    assert auditor.get(f"{EVENTS}/{event.pk}").json() == {
        "id": event.pk,
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "actor": "client:broker",
        "role": "client",
        "action": "search",
        "resource": "receipt-list",
        "object": "7",
        "terms": {"cursor": ["a"]},
        "status": 403,
        "purpose": "case 7",
        "address": "198.51.100.7",
        "request_id": "r-1",
        "is_sealed": False,
    }


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        ({"actor": "user:7"}, {"actor": "user:7"}),
        ({"verb": "sign_in_failed"}, {"action": "sign_in_failed"}),
        (
            {"resource": "party-detail", "object_key": "9"},
            {"resource": "party-detail", "object": "9"},
        ),
        ({"status": 403}, {"status": 403}),
        ({"request_id": "r-9"}, {"request_id": "r-9"}),
    ],
)
def test_events_when_narrowed_then_only_those(auditor, wanted, query):
    AuditEventFactory()
    events = [AuditEventFactory(**wanted).pk for _ in range(2)]
    assert ids(auditor.get(EVENTS, query)) == events[::-1]


def test_events_when_narrowed_by_time_then_from_a_moment_to_before_another(auditor):
    start = timezone.now() - timedelta(days=1)
    events = [AuditEventFactory(at=start + timedelta(hours=hour)).pk for hour in range(4)]
    query = {"time_from": start + timedelta(hours=1), "time_to": start + timedelta(hours=3)}
    found = auditor.get(EVENTS, {name: moment.isoformat() for name, moment in query.items()})
    assert ids(found) == [events[2], events[1]]


@pytest.mark.parametrize(
    "query", [{"action": "guess"}, {"time_from": "yesterday"}, {"status": "x"}, {"who": "user:7"}]
)
def test_events_when_asked_in_a_way_nobody_knows_then_400(auditor, query):
    assert auditor.get(EVENTS, query).status_code == 400


def test_events_when_there_are_many_then_page_by_page_without_loss(auditor):
    wanted = [AuditEventFactory(actor="user:7").pk for _ in range(5)]
    found, link = [], f"{EVENTS}?actor=user:7&page_size=2"
    while link:
        page = auditor.get(link)
        found += ids(page)
        link = page.json()["next"]
    assert found == wanted[::-1]


def test_reading_the_audit_is_an_event_with_its_terms(auditor):
    auditor.get(EVENTS, {"actor": "user:7"})
    event = AuditEvent.objects.get()
    assert (event.actor, event.resource) == (auditor.user.actor, "audit-event-list")
    assert (event.verb, event.terms) == ("search", {"actor": ["user:7"]})
    auditor.get(f"{EVENTS}/{event.pk}")
    assert AuditEvent.objects.filter(verb="read", object_key=str(event.pk)).count() == 1


def test_auditor_of_an_agency_when_reading_then_only_of_accounts_of_the_agency():
    ours, theirs = AgencyFactory(code="ours"), AgencyFactory(code="theirs")
    watched = UserFactory(person=PersonFactory(agency=ours))
    other = UserFactory(person=PersonFactory(agency=theirs))
    auditor = signed_in(roles=["auditor"], person=PersonFactory(agency=ours), reach="agency")
    seen = AuditEventFactory(actor=watched.actor)
    unseen = [AuditEventFactory(actor=who).pk for who in (other.actor, "client:broker")]
    assert ids(auditor.get(EVENTS)) == [seen.pk]
    assert ids(auditor.get(EVENTS, {"actor": other.actor})) == []
    assert [auditor.get(f"{EVENTS}/{pk}").status_code for pk in unseen] == [404, 404]


def test_events_when_more_of_them_then_not_more_queries(auditor, django_assert_max_num_queries):
    for _ in range(30):
        AuditEventFactory()
    with django_assert_max_num_queries(5):
        auditor.get(EVENTS)
