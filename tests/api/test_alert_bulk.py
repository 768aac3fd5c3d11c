"""Many alerts moved at once: each by itself, told one by one, once however often it is sent."""

import pytest

from targeting.models import Alert, AlertAct
from targeting.services.bulk import MOST_AT_ONCE
from tests.api.conftest import signed_in
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

BULK = "/api/v1/alerts/bulk"
DISMISSED = {"move": "dismiss", "reason": "permits_in_order", "comment": "licence seen"}


@pytest.fixture
def first():
    return signed_in(roles=["analyst"])


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


@pytest.fixture
def yellow():
    return flagged_shipment(lane="yellow")


def chosen(*alerts, **more):
    return {"alerts": [{"id": alert.pk} | more for alert in alerts]}


def etag_of(caller, alert):
    return caller.get(f"/api/v1/alerts/{alert.pk}").json()["etag"]


def test_bulk_when_some_cannot_be_moved_then_the_others_are_and_each_is_told(first, yellow) -> None:
    held, stale, gone = (flagged_shipment(lane="yellow") for _ in range(3))
    other = signed_in(roles=["analyst"])
    other.post(f"/api/v1/alerts/{held.pk}/take", headers={"If-Match": etag_of(other, held)})
    asked = {
        "alerts": [
            {"id": held.pk},
            {"id": yellow.pk, "etag": etag_of(first, yellow)},
            {"id": stale.pk, "etag": '"1-1-1"'},
            {"id": gone.pk + 1},
        ]
    }
    answer = first.post(BULK, asked | DISMISSED)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["done"], told["refused"]) == (1, 3)
    assert [(one["id"], one["status"]) for one in told["results"]] == [
        (held.pk, 409),
        (yellow.pk, 200),
        (stale.pk, 412),
        (gone.pk + 1, 404),
    ]
    codes = [one["problem"] and one["problem"]["code"] for one in told["results"]]
    assert codes == ["alert_held", None, "alert_changed", "not_found"]
    assert told["results"][1]["etag"] == etag_of(first, yellow)
    assert list(Alert.objects.filter(state="closed")) == [yellow]


def test_bulk_when_sent_again_under_its_key_then_nothing_is_done_twice(first, yellow) -> None:
    marked = chosen(yellow, etag=etag_of(first, yellow)) | {"move": "note", "comment": "asked"}
    for _ in range(2):
        answer = first.post(BULK, marked, headers={"Idempotency-Key": "k-1"})
        assert answer.json()["done"] == 1
    assert AlertAct.objects.filter(alert=yellow).count() == 1
    other = first.post(BULK, marked | {"comment": "more"}, headers={"Idempotency-Key": "k-1"})
    (told,) = other.json()["results"]
    assert (told["status"], told["problem"]["code"]) == (422, "idempotency_key_reused")
    again = first.post(BULK, marked, headers={"Idempotency-Key": "k-2"}).json()["results"]
    assert again[0]["problem"]["code"] == "alert_changed"


def test_bulk_when_another_person_has_the_same_key_then_it_is_another_move(first, yellow) -> None:
    asked = chosen(yellow) | {"move": "note", "comment": "asked"}
    for caller in (first, signed_in(roles=["analyst"])):
        assert caller.post(BULK, asked, headers={"Idempotency-Key": "k"}).json()["done"] == 1
    assert AlertAct.objects.filter(alert=yellow).count() == 2


def test_move_of_one_when_sent_again_under_its_key_then_made_once(first, yellow) -> None:
    headers = {"If-Match": etag_of(first, yellow), "Idempotency-Key": "k"}
    body = {"reason": "permits_in_order"}
    answers = [
        first.post(f"/api/v1/alerts/{yellow.pk}/dismiss", body, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert AlertAct.objects.filter(alert=yellow).count() == 1


def test_bulk_when_assigning_then_only_by_who_may(first, senior, yellow) -> None:
    asked = chosen(yellow) | {"move": "assign", "assignee": first.user.username}
    assert first.post(BULK, asked).status_code == 403
    assert senior.post(BULK, asked, headers={"Idempotency-Key": "k"}).json()["done"] == 1
    asked["assignee"] = senior.user.username
    (told,) = senior.post(BULK, asked, headers={"Idempotency-Key": "k"}).json()["results"]
    assert told["problem"]["code"] == "idempotency_key_reused"


def test_bulk_when_red_is_dismissed_then_proposed_for_a_second_person(first) -> None:
    red = flagged_shipment(lane="red")
    assert first.post(BULK, chosen(red) | DISMISSED).json()["done"] == 1
    second = signed_in(roles=["analyst"])
    asked = chosen(red) | {"move": "confirm_dismissal"}
    assert first.post(BULK, asked).json()["results"][0]["problem"]["code"] == "same_person"
    assert second.post(BULK, asked).json()["done"] == 1
    assert Alert.objects.get().state == "closed"


def test_bulk_when_an_alert_is_out_of_scope_then_as_if_it_were_not_there(yellow) -> None:
    elsewhere = signed_in(roles=["analyst"], reach="offices", offices=["00001"])
    (told,) = elsewhere.post(BULK, chosen(yellow) | DISMISSED).json()["results"]
    assert told["status"] == 404
    assert not AlertAct.objects.exists()


@pytest.mark.parametrize(
    "alerts",
    [
        [],
        [{"id": 1}, {"id": 1}],
        [{"id": n + 1} for n in range(MOST_AT_ONCE + 1)],
        [{"etag": "x"}],
        [{"id": 10**30}],
    ],
)
def test_bulk_when_alerts_are_none_doubled_or_too_many_then_refused(first, alerts) -> None:
    assert first.post(BULK, {"alerts": alerts} | DISMISSED).status_code == 400


def test_bulk_when_it_brings_privileged_fields_then_none_is_set(first, yellow) -> None:
    body = chosen(yellow, state="closed", score=0, assignee="x") | {
        "move": "note",
        "comment": "seen",
        "actor": "user:1",
        "state": "closed",
        "lane": "green",
    }
    assert first.post(BULK, body).json()["done"] == 1
    alert, act = Alert.objects.get(), AlertAct.objects.get()
    assert (alert.state, alert.lane, alert.assignee) == ("open", "yellow", None)
    assert act.actor == first.user.actor
