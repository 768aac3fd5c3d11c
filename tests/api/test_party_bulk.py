"""Who is one trader, many at once: each by itself, told one by one, once under its key."""

import pytest

from risk.models import PartyAlias, PartyDecision, PartyLikeness
from shipments.models import Party
from targeting.services.bulk import MOST_AT_ONCE
from tests.api.conftest import signed_in
from tests.api.test_party_decisions import OURS, PRIVILEGED, THEIRS, declared

pytestmark = pytest.mark.django_db

PAIRS, DECISIONS = "/api/v1/party-pairs/bulk", "/api/v1/party-decisions/bulk"
SAME = {"verdict": "same", "reason": "one owner"}


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


def pair(number, office=OURS):
    lower, higher = declared(f"ТОО «{number}»", office), declared(f"{number} LLP", office)
    return PartyLikeness.objects.create(
        lower=lower, higher=higher, outcome="review", bits=7, coverage=0.8, grounds=[]
    )


def told(answer):
    assert answer.status_code == 200, answer.json()
    shown = answer.json()
    codes = [one["problem"] and one["problem"]["code"] for one in shown["results"]]
    return (shown["done"], shown["refused"]), codes


def test_pairs_when_some_cannot_be_decided_then_the_others_are(analyst):
    first, second, decided = pair(1), pair(2), pair(3)
    analyst.post(f"/api/v1/party-pairs/{decided.pk}/decide", SAME)
    chosen = [second.pk, decided.pk, 10**9, first.pk]
    answer = analyst.post(PAIRS, {"pairs": chosen} | SAME)
    assert told(answer) == ((2, 2), [None, "wrong_state", "not_found", None])
    results = answer.json()["results"]
    assert [(one["id"], one["status"]) for one in results] == [
        (second.pk, 201),
        (decided.pk, 409),
        (10**9, 404),
        (first.pk, 201),
    ]
    assert PartyDecision.objects.get(pk=results[0]["decision"]).lower == second.lower
    assert PartyDecision.objects.count() == 3


def test_decisions_when_approved_then_by_another_person_and_each_by_itself(analyst, senior):
    theirs, own = pair(1), pair(2)
    (made,) = analyst.post(PAIRS, {"pairs": [theirs.pk]} | SAME).json()["results"]
    (mine,) = senior.post(PAIRS, {"pairs": [own.pk]} | SAME).json()["results"]
    asked = {"decisions": [mine["decision"], made["decision"]], "move": "approve"}
    assert told(senior.post(DECISIONS, asked)) == ((1, 1), ["same_person", None])
    assert PartyAlias.objects.count() > 0
    assert told(senior.post(DECISIONS, asked)) == ((0, 2), ["same_person", "wrong_state"])


def test_decisions_when_taken_back_then_with_a_reason(analyst, senior):
    made = [pair(1), pair(2)]
    results = analyst.post(PAIRS, {"pairs": [one.pk for one in made]} | SAME).json()["results"]
    asked = {"decisions": [one["decision"] for one in results], "move": "withdraw"}
    assert senior.post(DECISIONS, asked).status_code == 400
    assert told(senior.post(DECISIONS, asked | {"reason": "mistaken"})) == ((2, 0), [None, None])
    assert set(PartyDecision.objects.values_list("withdrawal_reason", flat=True)) == {"mistaken"}


def test_pairs_when_sent_again_under_their_key_then_answered_as_the_first_time(analyst, senior):
    asked = {"pairs": [pair(1).pk]} | SAME
    headers = {"Idempotency-Key": "k-1"}
    first = analyst.post(PAIRS, asked, headers=headers)
    again = analyst.post(PAIRS, asked, headers=headers)
    assert (told(first), again.json()) == (((1, 0), [None]), first.json())
    assert (again["Idempotency-Replayed"], PartyDecision.objects.count()) == ("true", 1)
    other = analyst.post(PAIRS, asked | {"reason": "one house"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    # Another person's key is another key.
    assert told(senior.post(PAIRS, asked, headers=headers)) == ((0, 1), ["wrong_state"])
    assert told(analyst.post(PAIRS, asked)) == ((0, 1), ["wrong_state"])


def test_pairs_when_out_of_scope_then_as_if_they_were_not_there(analyst, senior):
    row = pair(1, office=THEIRS)
    limited = {"reach": "offices", "offices": [OURS]}
    near = signed_in(roles=["senior_analyst"], **limited)
    assert told(near.post(PAIRS, {"pairs": [row.pk]} | SAME)) == ((0, 1), ["not_found"])
    (made,) = analyst.post(PAIRS, {"pairs": [row.pk]} | SAME).json()["results"]
    asked = {"decisions": [made["decision"]], "move": "approve"}
    assert told(near.post(DECISIONS, asked)) == ((0, 1), ["not_found"])
    assert PartyDecision.objects.get().state == "proposed"


def test_decisions_when_by_who_may_not_then_refused(analyst, examiner):
    assert analyst.post(DECISIONS, {"decisions": [1], "move": "approve"}).status_code == 403
    assert examiner.post(PAIRS, {"pairs": [1]} | SAME).status_code == 403


@pytest.mark.parametrize("chosen", [[], [1, 1], list(range(1, MOST_AT_ONCE + 2)), [10**30], ["x"]])
def test_rows_when_none_doubled_too_many_or_no_ids_then_refused(analyst, senior, chosen):
    assert analyst.post(PAIRS, {"pairs": chosen} | SAME).status_code == 400
    assert senior.post(DECISIONS, {"decisions": chosen, "move": "approve"}).status_code == 400


def test_bulk_when_it_brings_privileged_fields_then_none_is_set(analyst, senior):
    row = pair(1)
    more = {"parties": [party.pk for party in Party.objects.all()], "decision": 999_999}
    (made,) = analyst.post(PAIRS, PRIVILEGED | more | SAME | {"pairs": [row.pk]}).json()["results"]
    stored = PartyDecision.objects.get()
    assert (stored.pk, stored.state, stored.approved_by) == (made["decision"], "proposed", "")
    assert stored.proposed_by == analyst.user.actor
    body = PRIVILEGED | {"decisions": [stored.pk], "move": "approve"}
    assert told(senior.post(DECISIONS, body)) == ((1, 0), [None])
    assert PartyDecision.objects.get().approved_by == senior.user.actor
