"""The score: sums, bounds, monotony, order, the ceiling of supporting indicators, bytes."""

import math
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.errors import RiskError
from risk.domain.facts import DeclarationFacts
from risk.domain.indicators import INDICATORS
from risk.domain.indicators.base import IndicatorResult, Outcome
from risk.domain.scoring import (
    apportion,
    assess,
    combine,
    decode_facts,
    encode_assessment,
    encode_facts,
    facts_digest,
    score_of,
    scores_without,
)
from tests.unit.risk.builders import (
    PERMITS,
    PROFILE,
    declaration_facts,
    item_facts,
    match_facts,
    party_facts,
)
from tests.unit.risk.samples import FIRED, MISSING, QUIET

CODES = [indicator.code for indicator in INDICATORS]
SUPPORTING = [code for code in CODES if code not in PROFILE.leading]

all_samples = pytest.mark.parametrize(
    "facts", [*FIRED.values(), *QUIET.values(), *MISSING.values()]
)
_strengths = st.floats(0.0001, 1.0).map(lambda value: round(value, 4))


def _results(strengths: dict[str, float]) -> list[IndicatorResult]:
    return [
        IndicatorResult(code=code, item_number=1, outcome=Outcome.FIRED, strength=strength)
        for code, strength in strengths.items()
    ]


_fired = st.dictionaries(st.sampled_from(CODES), _strengths)


@given(_fired)
def test_contributions_add_up_to_the_score_exactly(strengths: dict[str, float]) -> None:
    score, rows = score_of(_results(strengths), PROFILE)
    assert sum((row.contribution for row in rows), Decimal(0)) == score
    assert all(row.contribution >= 0 for row in rows)
    assert Decimal(0) <= score < Decimal(100)
    assert score == score.quantize(Decimal("0.01"))


@given(_fired, st.sampled_from(CODES), _strengths)
def test_score_never_falls_when_a_strength_grows(
    strengths: dict[str, float], code: str, strength: float
) -> None:
    grown = {**strengths, code: max(strength, strengths.get(code, 0.0))}
    assert score_of(_results(grown), PROFILE)[0] >= score_of(_results(strengths), PROFILE)[0]


@pytest.mark.parametrize("code", CODES)
def test_score_still_grows_when_everything_else_is_at_its_most(code: str) -> None:
    most = dict.fromkeys(CODES, 1.0)
    half = {**most, code: 0.5}
    assert score_of(_results(most), PROFILE)[0] > score_of(_results(half), PROFILE)[0]


@given(_fired, st.randoms(use_true_random=False))
def test_order_of_results_is_no_matter(strengths: dict[str, float], random: Random) -> None:
    results = _results(strengths)
    shuffled = random.sample(results, len(results))
    assert score_of(results, PROFILE) == score_of(shuffled, PROFILE)


def test_supporting_indicators_alone_stay_green_at_their_most() -> None:
    score, _ = score_of(_results(dict.fromkeys(SUPPORTING, 1.0)), PROFILE)
    assert Decimal(0) < score < PROFILE.lanes.blue


def test_likeness_to_a_closed_offender_selects_nothing_alone_and_more_beside_other_signs() -> None:
    alone, _ = score_of(_results({"closed_offender_succeeded": 1.0}), PROFILE)
    assert 0 < alone < PROFILE.lanes.blue
    others = {"importer_new": 1.0, "watchlist_met": 0.8, "commodity_new_for_importer": 1.0}
    without, _ = score_of(_results(others), PROFILE)
    beside, _ = score_of(_results(others | {"closed_offender_succeeded": 0.7}), PROFILE)
    assert without < PROFILE.lanes.blue <= PROFILE.lanes.yellow <= beside < PROFILE.lanes.red


def test_supporting_indicators_count_for_more_beside_a_leading_one() -> None:
    support = dict.fromkeys(SUPPORTING, 1.0)
    alone, _ = score_of(_results(support), PROFILE)
    leading, _ = score_of(_results({"precursor_recognised": 1.0}), PROFILE)
    both, rows = score_of(_results({**support, "precursor_recognised": 1.0}), PROFILE)
    of_support = sum(row.contribution for row in rows if row.code in support)
    assert both > alone + leading
    assert of_support > alone


def test_what_corroborates_has_no_points_without_a_leading_indicator() -> None:
    strengths = dict.fromkeys(PROFILE.corroborating, 1.0)
    score, rows = score_of(_results(strengths), PROFILE)
    assert (score, {row.contribution for row in rows}) == (0, {0})
    lead, _ = score_of(_results({"watchlist_met": 0.5}), PROFILE)
    assert score_of(_results({"watchlist_met": 0.5, **strengths}), PROFILE)[0] == lead


@pytest.mark.parametrize("code", sorted(PROFILE.corroborating))
def test_what_corroborates_counts_beside_a_leading_indicator(code: str) -> None:
    alone, _ = score_of(_results({"precursor_recognised": 1.0}), PROFILE)
    both, rows = score_of(_results({"precursor_recognised": 1.0, code: 1.0}), PROFILE)
    assert both > alone
    assert sum(row.contribution for row in rows) == both


@given(_fired)
def test_profile_without_what_corroborates_scores_as_it_did(strengths: dict[str, float]) -> None:
    """Stored assessments are computed again to the same bytes."""
    before = msgspec.structs.replace(PROFILE, corroborating=frozenset())
    leading, supporting = (
        math.fsum(
            PROFILE.weights[c] * s for c, s in strengths.items() if (c in PROFILE.leading) is leads
        )
        for leads in (True, False)
    )
    evidence = combine(leading, supporting, before)
    points = round(10_000 * evidence / (evidence + before.score.half_score_evidence))
    assert score_of(_results(strengths), before)[0] == Decimal(points) / 100


@given(st.integers(0, 10_000), st.lists(st.floats(0.0, 5.0), min_size=1, max_size=20))
def test_apportion_is_exact_and_within_one_step(steps: int, parts: list[float]) -> None:
    shares = apportion(steps, parts)
    total = sum(parts)
    assert sum(shares) == (steps if total > 0 else 0)
    if total > 0:
        assert all(
            abs(share - steps * part / total) < 1 + 1e-6
            for share, part in zip(shares, parts, strict=True)
        )


def _several_items() -> DeclarationFacts:
    return declaration_facts(
        item_facts(item_number=1),
        item_facts(item_number=2, matches=(match_facts(), match_facts(substance_key="mek"))),
        item_facts(item_number=3, matches=(match_facts(),), document_codes=PERMITS),
        party=party_facts(days_since_first_seen=10),
    )


def test_declaration_has_the_score_of_its_leading_item() -> None:
    assessment = assess(_several_items(), PROFILE)
    assert assessment.leading_item == 2
    assert assessment.score == max(item.score for item in assessment.items)
    assert sum(row.contribution for row in assessment.leading_rows) == assessment.score
    for item in assessment.items:
        assert sum(row.contribution for row in item.contributions) == item.score


def test_rows_hold_each_fired_indicator_once() -> None:
    rows = assess(_several_items(), PROFILE).rows
    keys = [(row.item_number, row.code) for row in rows]
    assert len(set(keys)) == len(keys)
    assert (0, "importer_new") in keys
    assert {number for number, _ in keys} == {0, 2, 3}


def test_order_of_items_and_matches_is_no_matter() -> None:
    facts = _several_items()
    turned = msgspec.structs.replace(
        facts,
        items=tuple(
            msgspec.structs.replace(item, matches=item.matches[::-1]) for item in facts.items[::-1]
        ),
    )
    assert encode_assessment(assess(facts, PROFILE)) == encode_assessment(assess(turned, PROFILE))


def test_declaration_without_items_is_assessed_by_its_parties() -> None:
    facts = msgspec.structs.replace(
        declaration_facts(party=party_facts(is_importer_identified=False)), items=()
    )
    assessment = assess(facts, PROFILE)
    assert assessment.leading_item == 0
    assert [row.code for row in assessment.leading_rows] == ["importer_identity_doubtful"]
    assert sum(row.contribution for row in assessment.rows) == assessment.score


def test_missing_facts_lower_confidence_and_not_the_score() -> None:
    whole = assess(declaration_facts(), PROFILE)
    partial = assess(declaration_facts(item_facts(gross_mass_kg=None)), PROFILE)
    assert whole.confidence == 1
    assert partial.confidence < 1
    assert partial.score == whole.score == 0
    assert partial.missing == ("net_gross_ratio_odd",)
    assert set(partial.quiet) | set(partial.missing) == set(CODES)


def test_verified_score_leaves_out_unverified_lists() -> None:
    unverified = match_facts(is_verified=False)
    only = assess(declaration_facts(item_facts(matches=(unverified,))), PROFILE)
    both = assess(declaration_facts(item_facts(matches=(unverified, match_facts()))), PROFILE)
    assert only.score > 0
    assert only.verified_score == 0
    assert both.verified_score == both.score


def test_verified_score_is_never_above_the_score() -> None:
    facts = declaration_facts(
        item_facts(
            description_length=5,
            matches=(
                match_facts(match_score=0.01, is_verified=False, kinds=("surveillance",)),
                match_facts(method="code"),
            ),
        )
    )
    assessment = assess(facts, PROFILE)
    assert assessment.verified_score <= assessment.score


@all_samples
def test_stored_facts_give_the_same_bytes_again(facts: DeclarationFacts) -> None:
    stored = encode_facts(facts)
    assert decode_facts(stored) == facts
    assert encode_facts(decode_facts(stored)) == stored
    assert facts_digest(decode_facts(stored)) == facts_digest(facts)
    again = assess(decode_facts(stored), PROFILE)
    assert encode_assessment(again) == encode_assessment(assess(facts, PROFILE))


def test_stored_facts_of_a_usual_declaration_fit_two_kilobytes() -> None:
    random = Random(7)  # prices with many digits: the least compressible case
    items = [
        item_facts(
            item_number=number,
            matches=(match_facts(),),
            peer_unit_prices=tuple(
                sorted(Decimal(random.randrange(10**4, 10**7)) / 10**4 for _ in range(50))
            ),
        )
        for number in range(1, 4)
    ]
    assert len(encode_facts(declaration_facts(*items))) <= 2048


@pytest.mark.parametrize("stored", [b"", b"not compressed", encode_facts(_several_items())[:-9]])
def test_damaged_facts_are_refused(stored: bytes) -> None:
    with pytest.raises(RiskError, match="facts_unreadable"):
        decode_facts(stored)


@all_samples
def test_score_without_an_indicator_is_that_of_a_profile_that_lacks_it(
    facts: DeclarationFacts,
) -> None:
    assessment = assess(facts, PROFILE)
    fired = [(row.item_number, row.code, row.strength) for row in assessment.rows]
    without = scores_without(fired, PROFILE)
    assert without.keys() == {row.code for row in assessment.rows}
    for code, score in without.items():
        weights = {other: weight for other, weight in PROFILE.weights.items() if other != code}
        lacking = msgspec.structs.replace(PROFILE, weights=weights)
        assert score == assess(facts, lacking).score
        assert score <= assessment.score
