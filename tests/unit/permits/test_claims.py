"""Claims of exemption: what counts as one, and whose are unusual."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.errors import InvalidList
from risk.domain.indicators.base import Outcome
from risk.domain.matching.evidence import ListVerdict, Verdict
from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.claimants import Counted, compare_claimants
from risk.domain.permits.claims import (
    DOUBTFUL,
    ClaimHistory,
    ClaimKind,
    ExemptionClaim,
    claims_of,
    near_limit,
    read_claim_codes,
)
from risk.domain.permits.item_claims import item_claims
from tests.unit.risk.builders import declaration_facts, evaluate, item_facts, match_facts

CODES = {"01071": ClaimKind.OTHER_CONCLUSION}
MARK = ExemptionClaim(kind="restrictions_denied", stated="С")


def verdict(limit: object, code: str = "KZ", said: Verdict = Verdict.BELOW) -> ListVerdict:
    return ListVerdict(list_code=code, verdict=said, limit_pct=Decimal(str(limit)))


@pytest.mark.parametrize("mark", ["", " ", "0", "false", "Нет", "-", "NO"])
def test_a_mark_that_denies_nothing_is_no_claim(mark):
    assert claims_of(mark, ["03011"], [], CODES) == ()


def test_claims_come_in_one_order_each_once():
    near = [("toluene", Decimal("59.50"), Decimal(60))]
    found = claims_of(" С ", ["01071", "01011", "01071"], near * 2, CODES)
    assert [(one.kind, one.stated, one.substance_key) for one in found] == [
        ("restrictions_denied", "С", ""),
        ("other_conclusion", "01071", ""),
        ("just_under_limit", "59.5", "toluene"),
    ]


@pytest.mark.parametrize(
    ("percent", "found"),
    [(None, None), ("56.9", None), ("57", 60), ("59.99", 60), ("44.9", 45), ("30", None)],
)
def test_a_percent_is_near_the_lowest_limit_that_it_stays_under(percent, found):
    pct = None if percent is None else Decimal(percent)
    limits = [
        verdict(limit, said=Verdict.BELOW if pct is not None and pct < limit else Verdict.ABOVE)
        for limit in (60, 45)
    ]
    abroad = verdict(30.1, code="UZ")
    assert near_limit(pct, [*limits, abroad], {"KZ"}) == found


def test_limits_of_neighbours_count_while_nobody_knows_those_of_the_law():
    abroad = verdict(60, code="RU")
    unknown = ListVerdict(list_code="KZ", verdict=Verdict.NOT_STATED, is_limit_known=False)
    unlimited = ListVerdict(list_code="KZ", verdict=Verdict.ABOVE)
    near = Decimal("59.5")
    assert near_limit(near, [abroad, unknown], {"KZ"}) == 60
    assert near_limit(near, iter([unknown, abroad]), {"KZ"}) == 60
    assert near_limit(near, [abroad, unlimited], {"KZ"}) is None
    assert near_limit(near, [abroad], {"KZ"}) is None


def claims(*matches: object, hs6: str = "291411", mark: str = "С", documents: object = ()):
    found = item_claims(matches, hs6=hs6, mark=mark, documents=documents, codes=CODES)
    return [one.kind for one in found]


def test_what_percents_bear_out_is_told_apart_from_what_is_doubtful():
    weak = match_facts(verdict="below", concentration_pct=Decimal(20))
    near = match_facts(verdict="below", concentration_pct=Decimal(59), near_limit_pct=Decimal(60))
    assert claims(weak) == ["borne_out"]
    assert claims(weak, mark="", documents=["01071"]) == ["borne_out"]
    assert claims(weak, match_facts(substance_key="toluene")) == ["restrictions_denied"]
    assert claims(near) == ["restrictions_denied", "just_under_limit"]
    assert claims() == ["restrictions_denied"]
    assert claims(hs6="610910") == []
    unsure = match_facts(verdict="below", is_above_alert_point=False)
    assert claims(unsure) == ["restrictions_denied"]


def test_often_when_what_is_said_is_borne_out_then_quiet():
    borne_out = ExemptionClaim(kind="borne_out", stated="С")
    assert often(claimed(9, 9), claims=(borne_out,)).outcome == Outcome.QUIET
    assert often(claimed(9, 9), claims=(borne_out, MARK)).outcome == Outcome.FIRED


def test_claim_codes_when_twice_or_without_a_source_then_refused(tmp_path):
    path = tmp_path / "claim_codes.csv"
    head = "code,claim,meaning,source,confidence\n"
    for rows, line, column in (
        ("1,other_conclusion,x,s,c\n1,other_conclusion,x,s,c\n", 3, "code"),
        (",other_conclusion,x,s,c\n", 2, "code"),
        ("1,other_conclusion,x,,c\n", 2, "source"),
        ("1,just_under_limit,x,s,c\n", 2, "claim"),
    ):
        path.write_text(head + rows, encoding="utf-8")
        with pytest.raises(InvalidList) as refusal:
            read_claim_codes(path)
        assert (refusal.value.params["line"], refusal.value.params["column"]) == (line, column)


def test_every_kind_of_claim_is_doubtful_or_borne_out():
    assert {kind.value for kind in ClaimKind} - DOUBTFUL == {"borne_out"}


def often(history: ClaimHistory, **item: object):
    values = {"matches": (match_facts(verdict="below"),), "claims": (MARK,)} | item
    facts = declaration_facts(item_facts(**values), claim_histories=(history,))
    return evaluate("exemptions_claimed_often", facts)


def claimed(items: int, of: int, peers: int = 0, others: int = 100) -> ClaimHistory:
    return ClaimHistory(
        claimant="importer", items=of, claimed=items, peer_items=others, peer_claimed=peers
    )


def test_often_wants_three_claims_chance_that_does_not_explain_them_and_somebody_to_compare():
    assert often(claimed(2, 2)).outcome == Outcome.FIRED
    assert often(claimed(1, 1)).outcome == Outcome.QUIET
    assert often(claimed(2, 2, peers=90)).outcome == Outcome.QUIET
    assert often(claimed(2, 2, others=0)).outcome == Outcome.QUIET
    assert often(claimed(2, 150, peers=1)).outcome == Outcome.QUIET
    assert often(claimed(2, 2), claims=()).outcome == Outcome.QUIET


def test_often_when_permits_cover_the_item_then_quiet():
    permit = PermitFacts(
        method="document", number="KZ1", document="01011", line=1, substance_key="acetone"
    )
    covered = {"matches": (match_facts(),), "permits": (permit,)}
    assert often(claimed(9, 9), **covered).outcome == Outcome.QUIET
    facts = declaration_facts(item_facts(**covered, claims=(MARK,)))
    assert evaluate("exemption_contradicted", facts).outcome == Outcome.QUIET


@given(st.integers(2, 40), st.integers(0, 40), st.integers(0, 99))
def test_often_never_weakens_with_one_claim_more_of_as_many_items(before, quiet, peers):
    strengths = [
        often(claimed(count, 41 + quiet, peers)).strength for count in (before, before + 1)
    ]
    assert strengths[0] <= strengths[1]


def test_contradicted_tells_the_claim_and_the_substance():
    facts = declaration_facts(item_facts(matches=(match_facts(),), claims=(MARK,)))
    result = evaluate("exemption_contradicted", facts)
    assert result.params == {"substance": "acetone", "claim": "restrictions_denied", "stated": "С"}
    under = ExemptionClaim(kind="just_under_limit", stated="59", substance_key="acetone")
    facts = declaration_facts(item_facts(matches=(match_facts(),), claims=(under,)))
    assert evaluate("exemption_contradicted", facts).outcome == Outcome.QUIET


def test_claimants_are_compared_with_all_others_and_chance_names_nobody():
    usual = {party: Counted(50, 2) for party in range(40)}
    first, *others = compare_claimants(usual | {99: Counted(20, 15)})
    assert (first.party_id, first.is_unusual) == (99, True)
    assert first.elsewhere == pytest.approx(80 / 2000)
    assert not any(one.is_unusual for one in others)
    (alone,) = compare_claimants({1: Counted(5, 5)})
    assert (alone.elsewhere, alone.is_unusual) == (None, False)
    assert compare_claimants({}) == []
