"""Who is one trader over the API: a pair waits, two people decide, a third takes it back."""

import pytest
from django.utils import timezone

from risk.models import FoldedParty, PartyAlias, PartyDecision, PartyLikeness, WatchlistEntry
from risk.selectors.office import office_day
from risk.services.party_likenesses import compare_parties
from risk.services.resolution import fold_parties
from shipments.models import PartyIdentifier, PartyName
from targeting.models import AuditEvent
from tests.api.conftest import signed_in
from tests.factories.shipments import DeclarationFactory, PartyFactory, PartyRoleFactory

pytestmark = pytest.mark.django_db

PHONE, OURS, THEIRS = "+77272580000", "55301", "50000"
PAIRS, DECISIONS = "/api/v1/party-pairs", "/api/v1/party-decisions"
PRIVILEGED = {
    "id": 999_999,
    "state": "active",
    "proposed_by": "user:999999",
    "approved_by": "user:999999",
    "approved_at": "2000-01-01T00:00:00Z",
}


def declared(name, office=OURS):
    made = PartyFactory(key=f"name:KZ:{name}", name=name, country="KZ")
    PartyName.objects.create(party=made, name=name)
    PartyIdentifier.objects.create(
        party=made, kind="phone", value=PHONE, first_seen_at=timezone.now()
    )
    PartyRoleFactory(party=made, declaration=DeclarationFactory(customs_office=office))
    return made


@pytest.fixture
def senior():
    return signed_in(roles=["senior_analyst"])


@pytest.fixture
def two():
    found = declared("ТОО «Химпром Севертас»"), declared("KHIMPROM SEVERTAS LLP")
    fold_parties()
    compare_parties()
    return found


def waiting(caller):
    return caller.get(f"{PAIRS}?is_decided=false").json()["results"]


def decided(analyst, senior, verdict="same"):
    (pair,) = waiting(analyst)
    body = {**PRIVILEGED, "verdict": verdict, "reason": "one owner"}
    answer = analyst.post(f"{PAIRS}/{pair['id']}/decide", body)
    assert answer.status_code == 201, answer.json()
    pk = answer.json()["id"]
    assert senior.post(f"{DECISIONS}/{pk}/approve").status_code == 200
    return pk


def trader(caller, party):
    shown = caller.get(f"/api/v1/parties/{party.pk}").json()
    return [one["id"] for one in shown["trader"]], [one["value"] for one in shown["leads"]]


def test_a_pair_is_decided_by_two_and_taken_back(analyst, senior, two):
    one, other = two
    PartyIdentifier.objects.create(
        party=other, kind="email", value="a@b.example", first_seen_at=timezone.now()
    )
    WatchlistEntry.objects.create(
        kind="email", value="a@b.example", reason="r", source="s", state="active",
        valid_from=office_day(timezone.now()), proposed_by="user:1", proposed_person="person:1",
        approved_by="user:2", approved_person="person:2", proposed_at=timezone.now(),
    )  # fmt: skip
    assert trader(analyst, one) == ([one.pk], [])
    pk = decided(analyst, senior)
    row = PartyDecision.objects.get(pk=pk)
    assert (row.proposed_by, row.approved_by) == (analyst.user.actor, senior.user.actor)
    assert waiting(analyst) == []
    assert trader(analyst, one) == ([one.pk, other.pk], ["a@b.example"])
    edges = analyst.get(f"/api/v1/parties/{one.pk}/network").json()["edges"]
    assert "one_trader" in {edge["kind"] for edge in edges}
    refused = analyst.post(f"{DECISIONS}/{pk}/withdraw", {"reason": "x"})
    assert refused.status_code == 403
    assert senior.post(f"{DECISIONS}/{pk}/withdraw", {"reason": "mistaken"}).status_code == 200
    assert trader(analyst, one) == ([one.pk], [])
    assert not PartyAlias.objects.exists()
    assert [pair["outcome"] for pair in waiting(analyst)] == ["same"]
    history = PartyDecision.objects.get(pk=pk).events.order_by("pgh_id")
    assert [event.state for event in history] == ["proposed", "active", "withdrawn"]
    assert AuditEvent.objects.filter(resource="party-decision-approve").count() == 1


def test_who_proposed_does_not_approve(senior, two):
    body = {"one": two[0].pk, "other": two[1].pk, "verdict": "same", "reason": "one owner"}
    pk = senior.post(DECISIONS, {**PRIVILEGED, **body}).json()["id"]
    refused = senior.post(f"{DECISIONS}/{pk}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_person")
    assert senior.post(DECISIONS, body).json()["code"] == "wrong_state"
    assert PartyDecision.objects.get(pk=pk).state == "proposed"


def test_parties_out_of_scope_are_in_no_pair_and_no_decision(analyst, senior):
    caller = signed_in(reach="offices", offices=[OURS], roles=["senior_analyst"])
    ours, theirs = declared("Химпром Севертас"), declared("HIMPROM SEVERTAS", office=THEIRS)
    fold_parties()
    compare_parties()
    assert waiting(caller) == []
    body = {"one": ours.pk, "other": theirs.pk, "verdict": "same", "reason": "one owner"}
    assert caller.post(DECISIONS, body).status_code == 404
    pk = decided(analyst, senior)
    assert caller.get(DECISIONS).json()["results"] == []
    assert caller.post(f"{DECISIONS}/{pk}/withdraw", {"reason": "x"}).status_code == 404
    assert trader(caller, ours)[0] == [ours.pk]


def test_pairs_follow_what_is_declared_later(two):
    assert compare_parties() == 0
    PartyLikeness.objects.update(outcome="review", bits=0)
    PartyName.objects.create(party=two[0], name="Химпром Севертас ЛТД")
    assert (fold_parties(), compare_parties()) == (1, 1)
    pair = PartyLikeness.objects.get()
    assert (pair.outcome, pair.bits > 0, pair.grounds[0][0]) == ("same", True, "name")
    FoldedParty.objects.update(keys_version=0)
    assert (fold_parties(), compare_parties()) == (2, 2)
    assert PartyLikeness.objects.count() == 1
