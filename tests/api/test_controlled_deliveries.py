"""Silent watch: whoever is not named never learns of it, whatever role they hold."""

import pytest

from targeting.domain.errors import ExportRefused
from targeting.domain.exports import ExportResource
from targeting.domain.referrals import ReferredPart
from targeting.models import ControlledDelivery, Delivery, OutboxEvent
from targeting.selectors.referrals import content_of
from targeting.services.exportable import EXPORTABLE
from tests.api.conftest import signed_in
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

PLACE, ALERTS = "/api/v1/controlled-deliveries", "/api/v1/alerts"


@pytest.fixture
def alert():
    return flagged_shipment()


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


@pytest.fixture
def named():
    return signed_in(roles=["analyst"])


def mark(senior, alert, *people, **more):
    body = {"alert": alert.pk, "named": [one.user.username for one in people], "ground": "act 7"}
    return senior.post(PLACE, body | more)


def ids(caller, **narrowed):
    return [row["id"] for row in caller.get(ALERTS, narrowed).json()["results"]]


def test_watch_when_marked_then_those_named_see_it_everywhere(senior, named, alert):
    answer = mark(senior, alert, named)
    assert answer.status_code == 201
    pk = answer.json()["id"]
    for caller in (senior, named):
        (row,) = caller.get(PLACE).json()["results"]
        assert (row["alert"], row["ground"]) == (alert.pk, "act 7")
        assert set(row["named"]) == {senior.user.username, named.user.username}
        assert caller.get(f"{PLACE}/{pk}").status_code == 200
        assert caller.get(f"{ALERTS}/{alert.pk}").json()["controlled_delivery"] == pk
        assert ids(caller, controlled_delivery="true") == [alert.pk]
        assert ids(caller, controlled_delivery="false") == []


@pytest.mark.parametrize("role", ["analyst", "senior_analyst", "auditor"])
def test_watch_when_not_named_then_nothing_is_different(senior, named, alert, role):
    stranger = signed_in(roles=[role])
    before = stranger.get(ALERTS).content, stranger.get(f"{ALERTS}/{alert.pk}").content
    pk = mark(senior, alert, named).json()["id"]
    assert (stranger.get(ALERTS).content, stranger.get(f"{ALERTS}/{alert.pk}").content) == before
    assert ids(stranger, controlled_delivery="true") == []
    assert ids(stranger, controlled_delivery="false") == [alert.pk]
    if role != "auditor":
        assert stranger.get(PLACE).json()["results"] == []
        unknown = stranger.get(f"{PLACE}/{pk + 1}")
        for answer in (stranger.get(f"{PLACE}/{pk}"), stranger.post(f"{PLACE}/{pk}/end")):
            assert (answer.status_code, answer.json()) == (404, unknown.json())
    assert ControlledDelivery.objects.get().ended_at is None


def test_watch_when_another_circle_watches_too_then_neither_learns_of_the_other(senior, alert):
    other = signed_in(roles=["senior_analyst"])
    first, second = mark(senior, alert), mark(other, alert)
    assert (first.status_code, second.status_code) == (201, 201)
    for caller, own in ((senior, first), (other, second)):
        rows = caller.get(PLACE).json()["results"]
        assert [row["id"] for row in rows] == [own.json()["id"]]
        shown = caller.get(f"{ALERTS}/{alert.pk}").json()
        assert shown["controlled_delivery"] == own.json()["id"]


def test_watch_when_ended_by_one_of_those_named_then_over_for_all(senior, named, alert):
    pk = mark(senior, alert, named).json()["id"]
    first = named.post(f"{PLACE}/{pk}/end").json()
    assert first["ended_by"] == named.user.actor
    assert senior.post(f"{PLACE}/{pk}/end").json() == first
    assert senior.get(f"{ALERTS}/{alert.pk}").json()["controlled_delivery"] is None
    assert ids(senior, controlled_delivery="true") == []


def test_watch_when_somebody_may_not_see_the_alert_then_they_cannot_be_named(senior, alert):
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    editor = signed_in(roles=["list_editor"])
    for wrong in (far, editor):
        answer = mark(senior, alert, wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "named_unknown")
    answer = mark(senior, alert, named=["nobody"])
    assert answer.json()["params"]["value"] == "nobody"
    assert not ControlledDelivery.objects.exists()


def test_watch_when_the_alert_is_of_another_office_then_404(alert):
    near = signed_in(roles=["senior_analyst"], reach="offices", offices=["50000"])
    assert mark(near, alert).status_code == 404


def test_watch_when_the_office_is_taken_away_then_it_is_gone(senior, alert):
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    pk = mark(senior, alert, near).json()["id"]
    assert near.get(f"{PLACE}/{pk}").status_code == 200
    near.user.offices = ["50000"]
    near.user.save()
    assert near.get(f"{PLACE}/{pk}").status_code == 404
    assert near.get(PLACE).json()["results"] == []


def test_watch_when_it_brings_privileged_fields_then_none_is_set(senior, alert):
    more = {"marked_by": "user:1", "marked_at": "2000-01-01T00:00:00Z", "ended_by": "x", "id": 99}
    assert mark(senior, alert, **more).status_code == 201
    row = ControlledDelivery.objects.get()
    assert (row.marked_by, row.ended_by) == (senior.user.actor, "")
    assert row.marked_at.year > 2000


# Committed: what changed is told by transactions; the alert is of an earlier one than the watch.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["analyst", "senior_analyst"])
def test_watch_when_not_named_then_counts_events_and_webhooks_are_as_before(
    senior, named, alert, role
):
    """What it would show in: figures, the queue's changes, the outbox that webhooks are made of,
    what is referred, and what others do with the alert."""
    stranger = signed_in(roles=[role])
    places = (
        "/api/v1/statistics/outcomes",
        "/api/v1/statistics/regions",
        "/api/v1/overdue-lanes/count",
        "/api/v1/referrals",
        f"{ALERTS}/{alert.pk}/timeline",
        f"/api/v1/declarations/{alert.declaration_id}",
    )
    cursor = stranger.get("/api/v1/events").json()["next"]
    before = [stranger.get(place).content for place in places]
    assert mark(senior, alert, named).status_code == 201
    assert [stranger.get(place).content for place in places] == before
    told = stranger.get("/api/v1/events", {"since": cursor}).json()
    assert (told["changes"], told["is_complete"]) == ([], True)
    assert not OutboxEvent.objects.exists()
    assert not Delivery.objects.exists()


def test_watch_when_the_alert_is_referred_then_no_part_tells_of_it(senior, alert):
    mark(senior, alert)
    content = content_of(alert, ReferredPart)
    with_it = str(content)
    ControlledDelivery.objects.all().delete()
    assert str(content_of(alert, ReferredPart)) == with_it
    assert "act 7" not in with_it


@pytest.mark.parametrize("resource", ExportResource)
def test_watch_when_something_is_exported_then_nothing_that_can_be_holds_it(
    resource, senior, alert
):
    """Neither in what is written, nor among what is narrowed by."""
    if resource is ExportResource.LIST_ENTRIES:
        return

    def written(parameters):
        rows = EXPORTABLE[resource].rows(parameters, senior.user)
        return rows.columns, list(rows.read())

    before = written({})
    mark(senior, alert)
    assert written({}) == before
    with pytest.raises(ExportRefused):
        written({"controlled_delivery": "true"})
