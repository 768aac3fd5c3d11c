"""The lane's way out: told to systems, acknowledged once, overdue as a work item."""

from datetime import timedelta

import pytest
from django.utils import timezone

from risk.models import LaneDecision
from targeting.models import LaneTask, OutboxEvent
from targeting.services.lanes import give_lanes
from tests.api.conftest import CUSTOMS_SCOPES, signed_in, with_token
from tests.factories.shipments import DeclarationFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

LANES, OVERDUE = "/api/v1/lanes", "/api/v1/overdue-lanes"
OTHER_NUMBER = "50000/010326/0000001"


def given(*, now=None, **shipment):
    """A flagged shipment whose lane the pipeline gave."""
    alert = flagged_shipment(**shipment)
    give(alert.declaration, now=now)
    return alert


def give(declaration, *, now=None):
    moment = now or timezone.now()
    return give_lanes(batch_id=declaration.batch_id, chunk=declaration.chunk, now=moment)


def acknowledge(caller, alert, **said):
    body = {"version": alert.declaration.version, "lane": alert.lane, **said}
    return caller.post(f"{LANES}/{alert.registration_number}/acknowledge", body)


def long_ago():
    return timezone.now() - timedelta(days=30)


def near(offices, role="analyst"):
    return signed_in(roles=[role], reach="offices", offices=offices)


def test_lane_when_given_twice_then_one_task_and_one_event_with_nothing_of_the_rules():
    alert = given()
    assert give(alert.declaration)["lane_task"] == 0
    task, event = LaneTask.objects.get(), OutboxEvent.objects.get()
    assert (task.lane, task.acknowledged_at, task.due_at > task.given_at) == ("red", None, True)
    assert (event.kind, event.topic) == ("lane_given", "office:55301")
    assert set(event.payload) == {
        "registration_number", "version", "customs_office", "lane", "due_at",
    }  # fmt: skip
    assert event.payload["lane"] == "red"
    assert not event.notices.exists()


def test_lane_when_green_then_given_only_to_take_back_an_earlier_one():
    alert = flagged_shipment(lane="green")
    assert give(alert.declaration)["lane_task"] == 0
    first = given(lane="red", assessment__declaration__registration_number=OTHER_NUMBER)
    amended = DeclarationFactory(
        registration_number=OTHER_NUMBER, version=2, supersedes=first.declaration
    )
    flagged_shipment(assessment__declaration=amended, lane="green", state="closed")
    give(amended)
    assert list(LaneTask.objects.order_by("pk").values_list("lane", flat=True)) == ["red", "green"]
    assert OutboxEvent.objects.count() == 2


def test_lane_when_acknowledged_again_then_who_was_first_stays(customs_system, examiner):
    alert = given()
    first = acknowledge(customs_system, alert)
    again = acknowledge(examiner, alert)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["acknowledged_by"] == customs_system.token.application.actor
    assert first.json()["acknowledged_at"]
    rows = [
        customs_system.get(LANES, {"acknowledged": said}).json()["results"]
        for said in ("true", "false")
    ]
    assert [len(found) for found in rows] == [1, 0]


def test_lane_when_another_one_holds_now_then_409_with_that(customs_system):
    alert = given()
    for said in ({"lane": "green"}, {"version": 7}):
        answer = acknowledge(customs_system, alert, **said)
        assert (answer.status_code, answer.json()["code"]) == (409, "lane_changed")
        assert answer.json()["params"] == {"version": 1, "lane": "red"}
    assert LaneTask.objects.get().acknowledged_at is None


def test_lane_when_stored_before_lanes_were_given_then_it_can_be_acknowledged(customs_system):
    alert = flagged_shipment()
    assert acknowledge(customs_system, alert).json()["due_at"] is None
    assert LaneTask.objects.get().acknowledged_at


def test_lane_when_of_another_office_then_404_and_nothing_is_acknowledged():
    alert = given()
    system = with_token(
        application__kind="customs_system",
        application__scopes=CUSTOMS_SCOPES,
        application__offices=["50000"],
        scope=" ".join(CUSTOMS_SCOPES),
    )
    for caller in (system, near(["50000"]), near([], "examiner")):
        assert acknowledge(caller, alert).status_code == 404
    assert LaneTask.objects.get().acknowledged_at is None


def test_acknowledgement_when_it_brings_more_then_only_that_is_set(customs_system):
    alert = given()
    more = {"acknowledged_by": "user:1", "acknowledged_at": "2000-01-01T00:00:00Z", "id": 999}
    assert acknowledge(customs_system, alert, **more, due_at=None).status_code == 200
    task = LaneTask.objects.get()
    assert task.acknowledged_by == customs_system.token.application.actor
    assert (task.acknowledged_at.year > 2000, task.due_at is None, task.pk) == (
        True,
        False,
        task.pk,
    )
    assert LaneDecision.objects.get().lane == "red"


def test_lane_when_nobody_acknowledged_in_time_then_a_work_item_until_somebody_does(
    analyst, customs_system
):
    alert = given(now=long_ago())
    given(assessment__declaration__registration_number=OTHER_NUMBER)  # in time still
    (row,) = analyst.get(OVERDUE).json()["results"]
    assert (row["registration_number"], row["lane"]) == (alert.registration_number, "red")
    assert analyst.get(f"{OVERDUE}/count").json() == [
        {"customs_office": "55301", "lane": "red", "count": 1}
    ]
    assert acknowledge(customs_system, alert).status_code == 200
    assert analyst.get(OVERDUE).json()["results"] == []
    assert analyst.get(f"{OVERDUE}/count").json() == []


def test_overdue_lane_when_the_declaration_was_superseded_then_gone(analyst):
    alert = given(now=long_ago())
    DeclarationFactory(
        registration_number=alert.registration_number,
        version=2,
        is_cancelled=True,
        supersedes=alert.declaration,
    )
    assert analyst.get(OVERDUE).json()["results"] == []


def test_overdue_lane_when_of_another_office_then_neither_listed_nor_counted():
    given(now=long_ago())
    ours, theirs = near(["55301"]), near(["50000"])
    assert len(ours.get(OVERDUE).json()["results"]) == 1
    assert theirs.get(OVERDUE).json()["results"] == []
    assert theirs.get(OVERDUE, {"office": "55301"}).json()["results"] == []
    assert theirs.get(f"{OVERDUE}/count").json() == []


def test_lane_when_no_time_is_set_for_it_then_never_overdue(settings, analyst):
    settings.TARGETING = settings.TARGETING | {"ACKNOWLEDGE_MINUTES": "yellow=1"}
    given(now=long_ago())
    assert LaneTask.objects.get().due_at is None
    assert analyst.get(OVERDUE).json()["results"] == []


@pytest.mark.parametrize("count", [2, 9])
def test_overdue_lanes_cost_the_same_number_of_queries(count, django_assert_num_queries):
    caller = signed_in(roles=["analyst"])
    for _ in range(count):
        given(now=long_ago())
    with django_assert_num_queries(4):  # session, account, page, audit
        assert len(caller.get(OVERDUE).json()["results"]) == count
