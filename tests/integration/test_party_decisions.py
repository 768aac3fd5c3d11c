"""Aliases are what active decisions say: undo gives exactly what was before."""

from random import Random

import pytest
from django.utils import timezone

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor, FourEyesViolated
from risk.domain.resolution.aliases import representatives
from risk.models import PartyAlias, PartyDecision
from risk.models.choices import DecisionState, TraderVerdict
from risk.selectors.permits import possible_holders
from risk.selectors.traders import trader_of, traders_of
from risk.services.party_decisions import approve_decision, propose_decision, withdraw_decision
from tests.factories.shipments import PartyFactory, PartyRoleFactory

pytestmark = pytest.mark.django_db

AIGUL, BOLAT = Actor("user:1", "person:1"), Actor("user:2", "person:2")
SAME, DIFFERENT = TraderVerdict.SAME, TraderVerdict.DIFFERENT


def proposed(one, other, verdict=SAME):
    return propose_decision(
        one_id=one, other_id=other, verdict=verdict, reason="seen", by=AIGUL, now=timezone.now()
    ).pk


def approved(pk):
    approve_decision(decision_id=pk, by=BOLAT, now=timezone.now())
    return pk


def withdrawn(pk):
    withdraw_decision(decision_id=pk, reason="mistaken", by=BOLAT, now=timezone.now())


def aliases():
    return dict(PartyAlias.objects.values_list("party", "representative"))


def active_pairs():
    rows = PartyDecision.objects.filter(state=DecisionState.ACTIVE, verdict=SAME)
    return list(rows.values_list("lower", "higher"))


@pytest.fixture
def parties():
    return sorted(PartyFactory(key=f"name:KZ:{n}").pk for n in range(8))


@pytest.mark.parametrize("seed", range(6))
def test_aliases_at_every_step_are_those_of_the_active_decisions(parties, seed):
    draw = Random(seed)
    standing, before = [], {}
    for _ in range(25):
        if standing and draw.random() < 0.4:
            withdrawn(standing.pop(draw.randrange(len(standing))))
        else:
            try:
                pk = proposed(*draw.sample(parties, 2), draw.choice((SAME, SAME, DIFFERENT)))
            except WrongState:
                continue
            earlier = aliases()
            assert earlier == before
            try:
                approved(pk)
            except WrongState:
                withdrawn(pk)
                assert aliases() == earlier
                continue
            standing.append(pk)
            if draw.random() < 0.3:
                withdrawn(standing.pop())
                assert aliases() == earlier
        before = aliases()
        assert before == representatives(active_pairs())


def test_a_proposal_alone_merges_nothing_and_needs_another_person(parties):
    pk = proposed(parties[0], parties[1])
    assert aliases() == {}
    with pytest.raises(FourEyesViolated):
        approve_decision(decision_id=pk, by=AIGUL, now=timezone.now())
    approved(pk)
    assert aliases() == {parties[1]: parties[0]}
    with pytest.raises(WrongState):
        approved(pk)


def test_decisions_that_contradict_are_refused_until_one_is_withdrawn(parties):
    a, b, c, d = parties[:4]
    apart = approved(proposed(a, d, DIFFERENT))
    for pair in ((a, b), (c, d)):
        approved(proposed(*pair))
    joining = proposed(b, c)
    with pytest.raises(WrongState, match=str(apart)):
        approved(joining)
    withdrawn(apart)
    approved(joining)
    assert trader_of(c) == frozenset((a, b, c, d))
    with pytest.raises(WrongState):
        approved(proposed(a, c, DIFFERENT))


def test_a_pair_has_one_decision_and_two_parties(parties):
    a, b = parties[:2]
    proposed(b, a)
    with pytest.raises(WrongState):
        proposed(a, b, DIFFERENT)
    with pytest.raises(InvalidList):
        proposed(a, a)


def test_traders_are_read_in_one_go(parties, django_assert_num_queries):
    a, b, c = parties[:3]
    approved(proposed(b, c))
    with django_assert_num_queries(1):
        assert traders_of([a, b, c]) == {b: frozenset((b, c)), c: frozenset((b, c))}


def test_a_permit_of_the_merged_party_may_be_used_by_the_other():
    role = PartyRoleFactory(role="importer", party=PartyFactory(key="name:KZ:a"))
    other = PartyFactory(key="name:KZ:b").pk
    pk = approved(proposed(role.party_id, other))
    of_import = {role.declaration_id: "import"}
    assert possible_holders(of_import)[role.declaration_id] == {role.party_id, other}
    withdrawn(pk)
    assert possible_holders(of_import)[role.declaration_id] == {role.party_id}
