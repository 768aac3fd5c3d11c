"""Deciding on flagged shipments: who holds one, two persons for red, nothing is overwritten."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from targeting.models import Alert, AlertAct
from tests.api.conftest import signed_in
from tests.factories.risk import RiskAssessmentFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts"


@pytest.fixture
def red():
    return flagged_shipment(lane="red")


@pytest.fixture
def yellow():
    return flagged_shipment(lane="yellow")


@pytest.fixture
def first():
    return signed_in(roles=["analyst"])


@pytest.fixture
def second():
    return signed_in(roles=["analyst"])


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


def read(caller, alert):
    return caller.get(f"{ALERTS}/{alert.pk}").json()


def move(caller, alert, name, etag=None, **body):
    headers = {"If-Match": etag or read(caller, alert)["etag"]}
    return caller.post(f"{ALERTS}/{alert.pk}/{name}", body, headers=headers)


def moves_of(alert):
    return list(AlertAct.objects.filter(alert=alert).order_by("pk").values_list("move", flat=True))


def test_yellow_when_dismissed_then_closed_with_its_reason(first, yellow) -> None:
    answer = move(first, yellow, "dismiss", reason="permits_in_order", comment="licence seen")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["state"], shown["disposition"]) == ("closed", "permits_in_order")
    assert shown["moves"] == ["note", "attach", "reopen"]
    assert answer["ETag"] == shown["etag"] == read(first, yellow)["etag"]
    assert first.get(ALERTS, {"state": "open"}).json()["results"] == []


def test_red_when_dismissed_then_it_waits_for_another_person(first, second, red) -> None:
    shown = move(first, red, "dismiss", reason="other_meaning").json()
    assert (shown["state"], shown["proposed_dismissal"]["reason"]) == ("open", "other_meaning")
    (row,) = second.get(ALERTS, {"dismissal_proposed": "true"}).json()["results"]
    assert row["id"] == red.pk
    refused = move(first, red, "confirm-dismissal")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    done = move(second, red, "confirm-dismissal").json()
    assert (done["state"], done["disposition"]) == ("closed", "other_meaning")
    assert second.get(ALERTS, {"dismissal_proposed": "true"}).json()["results"] == []
    assert moves_of(red) == ["dismiss", "confirm_dismissal"]


def test_red_when_one_person_has_two_accounts_then_not_confirmed(first, red) -> None:
    other_account = signed_in(roles=["analyst"], person=first.user.person)
    move(first, red, "dismiss", reason="other_meaning")
    answer = move(other_account, red, "confirm-dismissal")
    assert (answer.status_code, answer.json()["code"]) == (409, "same_person")


def test_red_when_nobody_knows_who_is_behind_the_account_then_not_even_proposed(red) -> None:
    nobody = signed_in(roles=["analyst"], person=None)
    answer = move(nobody, red, "dismiss", reason="other_meaning")
    assert (answer.status_code, answer.json()["code"]) == (409, "person_unknown")
    assert moves_of(red) == []


def test_proposal_when_refused_then_open_with_the_word_why(first, second, red) -> None:
    move(first, red, "dismiss", reason="other_meaning")
    assert move(second, red, "refuse-dismissal").status_code == 400
    shown = move(second, red, "refuse-dismissal", comment="the CAS number is right").json()
    assert (shown["state"], shown["proposed_dismissal"]) == ("open", None)
    assert "dismiss" in shown["moves"]


def test_proposal_when_the_declaration_was_assessed_anew_then_it_lapses(first, second, red) -> None:
    move(first, red, "dismiss", reason="other_meaning")
    anew = RiskAssessmentFactory(declaration=red.declaration, trigger_key="anew")
    Alert.objects.filter(pk=red.pk).update(assessment=anew)
    shown = read(second, red)
    assert shown["proposed_dismissal"] is None
    answer = move(second, red, "confirm-dismissal")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert answer.json()["params"]["allowed"] == shown["moves"]


def test_closed_when_opened_again_then_in_the_queue_with_its_past(first, second, yellow) -> None:
    move(first, yellow, "dismiss", reason="plausible_trade")
    assert move(second, yellow, "dismiss", reason="other_meaning").status_code == 409
    shown = move(second, yellow, "reopen", comment="a second consignment came").json()
    assert (shown["state"], shown["disposition"]) == ("open", "")
    rows = first.get(f"{ALERTS}/{yellow.pk}/timeline").json()["results"]
    assert [(row["move"], row["reason"], row["comment"]) for row in rows] == [
        ("reopen", "", "a second consignment came"),
        ("dismiss", "plausible_trade", ""),
    ]
    assert rows[0]["actor"] == second.user.actor
    assert rows[0]["version"] == 1


def test_closed_when_a_later_version_raised_another_then_not_opened_again(first, yellow) -> None:
    move(first, yellow, "dismiss", reason="plausible_trade")
    flagged_shipment(registration_number=yellow.registration_number)
    answer = move(first, yellow, "reopen", comment="again")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


def test_taken_when_another_wants_it_then_told_by_whom(first, second, yellow) -> None:
    shown = move(first, yellow, "take").json()
    assert shown["assignee"] == first.user.username
    for name, body in (("take", {}), ("dismiss", {"reason": "below_limit"}), ("release", {})):
        answer = move(second, yellow, name, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "alert_held")
        assert answer.json()["params"]["assignee"] == first.user.username
    assert move(second, yellow, "note", comment="seen before").status_code == 200
    assert move(first, yellow, "release").json()["assignee"] is None
    assert move(second, yellow, "take").status_code == 200


def test_taken_when_its_time_is_over_then_anybodys(first, second, yellow) -> None:
    move(first, yellow, "take")
    past = timezone.now() - timedelta(minutes=1)
    Alert.objects.filter(pk=yellow.pk).update(assigned_until=past)
    assert read(second, yellow)["assignee"] is None
    assert ids(second, assignee="none") == [yellow.pk]
    assert ids(first, assignee="me") == []
    assert move(second, yellow, "take").json()["assignee"] == second.user.username
    assert ids(second, assignee="me") == [yellow.pk]
    assert ids(first, assignee=second.user.username) == [yellow.pk]
    assert ids(first, assignee="none") == []


def ids(caller, **narrowed):
    return [row["id"] for row in caller.get(ALERTS, narrowed).json()["results"]]


def test_assigned_by_a_senior_to_who_sees_it_alone(senior, first, second, yellow) -> None:
    move(first, yellow, "take")
    assert move(senior, yellow, "assign", assignee=second.user.username).status_code == 200
    assert read(first, yellow)["assignee"] == second.user.username
    elsewhere = signed_in(roles=["analyst"], reach="offices")
    auditor = signed_in(roles=["auditor"])
    for name in (elsewhere.user.username, auditor.user.username, "nobody"):
        answer = move(senior, yellow, "assign", assignee=name)
        assert (answer.status_code, answer.json()["code"]) == (422, "assignee_unknown")
    assert move(first, yellow, "assign", assignee=first.user.username).status_code == 403


def test_move_when_the_alert_changed_since_then_nothing_is_done(first, second, yellow) -> None:
    seen = read(second, yellow)["etag"]
    move(first, yellow, "note", comment="looks like a paint maker")
    answer = move(second, yellow, "dismiss", etag=seen, reason="other_meaning")
    assert (answer.status_code, answer.json()["code"]) == (412, "alert_changed")
    bare = second.post(f"{ALERTS}/{yellow.pk}/take", {})
    assert (bare.status_code, bare.json()["code"]) == (428, "precondition_required")
    assert moves_of(yellow) == ["note"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("dismiss", {}, 400),
        ("dismiss", {"reason": "boredom"}, 400),
        ("dismiss", {"reason": "other"}, 422),
        ("dismiss", {"reason": "other", "comment": "  "}, 422),
        ("note", {"comment": " "}, 400),
        ("note", {"comment": "x" * 4001}, 400),
        ("reopen", {"comment": "why"}, 409),
        ("confirm-dismissal", {}, 409),
    ],
)
def test_move_when_it_is_not_right_then_told_and_nothing_kept(
    first, yellow, name, body, status
) -> None:
    assert move(first, yellow, name, **body).status_code == status
    assert moves_of(yellow) == []


def test_move_when_it_brings_privileged_fields_then_none_is_set(first, yellow) -> None:
    body = {
        "comment": "a note",
        "state": "closed",
        "disposition": "found_clean",
        "actor": "user:1",
        "assignee": "root",
        "score": 0,
        "lane": "green",
        "move": "dismiss",
        "acted_at": "2000-01-01T00:00:00Z",
    }
    before = Alert.objects.get(pk=yellow.pk).score
    assert move(first, yellow, "note", **body).status_code == 200
    row, act = Alert.objects.get(pk=yellow.pk), AlertAct.objects.get()
    assert (row.state, row.disposition, row.lane, row.score) == ("open", "", "yellow", before)
    assert (act.move, act.actor, act.assignee) == ("note", first.user.actor, "")
    assert act.acted_at.year > 2000


def test_alert_of_another_office_is_not_there_to_be_moved(yellow) -> None:
    elsewhere = signed_in(roles=["analyst"], reach="offices")
    for name in ("take", "note", "dismiss", "reopen"):
        answer = elsewhere.post(f"{ALERTS}/{yellow.pk}/{name}", {}, headers={"If-Match": '"x"'})
        assert answer.status_code == 404
    assert elsewhere.get(f"{ALERTS}/{yellow.pk}/timeline").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_when_both_take_then_one_has_it() -> None:
    alert = flagged_shipment(lane="yellow")
    callers = [signed_in(roles=["analyst"]) for _ in range(4)]
    etag, start, answers = read(callers[0], alert)["etag"], threading.Barrier(4), []

    def run(caller) -> None:
        start.wait()
        answers.append(move(caller, alert, "take", etag=etag).status_code)
        connection.close()

    threads = [threading.Thread(target=run, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412, 412, 412]
    assert moves_of(alert) == ["take"]
