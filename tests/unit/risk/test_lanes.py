"""Lanes: order of grounds, the keyed draw, verified lists before red."""

import hashlib
import hmac
import inspect
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.draws import day_key, draw, key_digest
from risk.domain.facts import DeclarationFacts
from risk.domain.lanes import Ground, Lane, decide_lane, is_more_severe
from risk.domain.profile import RiskProfile
from risk.domain.scoring import Assessment, assess
from tests.unit.risk.builders import (
    PERMITS,
    PROFILE,
    declaration_facts,
    item_facts,
    match_facts,
    party_facts,
)
from tests.unit.risk.samples import FIRED

SECRET = b"a secret of the tests"
NEVER_DRAWN, ALWAYS_DRAWN = 0.999, 0.0

INNOCENT = declaration_facts()
ODD_BUT_NOTHING_CONTROLLED = declaration_facts(
    item_facts(unit_price=900, importer_hs6_count=0, importer_chemical_share=0.0),
    party=party_facts(
        is_importer_identified=False,
        declaration_count=0,
        shared_identifier_count=9,
    ),
    country_of_dispatch="TR",
)
PERMITTED = declaration_facts(item_facts(matches=(match_facts(),), document_codes=PERMITS))
HALF_PERMITTED = declaration_facts(item_facts(matches=(match_facts(),), document_codes=PERMITS[:1]))
WITHOUT_PERMITS = declaration_facts(item_facts(matches=(match_facts(),)))
UNVERIFIED = declaration_facts(
    item_facts(matches=(match_facts(is_verified=False),)),
    party=party_facts(declaration_count=0),
)


def _with_lanes(**changes: object) -> RiskProfile:
    lanes = msgspec.structs.replace(PROFILE.lanes, **changes)
    return msgspec.structs.replace(PROFILE, lanes=lanes)


@pytest.mark.parametrize(
    ("facts", "lane", "ground"),
    [
        (INNOCENT, Lane.GREEN, Ground.NONE),
        (ODD_BUT_NOTHING_CONTROLLED, Lane.GREEN, Ground.NONE),
        (PERMITTED, Lane.BLUE, Ground.CRITERIA),
        (HALF_PERMITTED, Lane.YELLOW, Ground.CRITERIA),
        (WITHOUT_PERMITS, Lane.RED, Ground.CRITERIA),
    ],
    ids=["innocent", "odd", "permitted", "half permitted", "without permits"],
)
def test_lane_by_criteria(facts: DeclarationFacts, lane: Lane, ground: Ground) -> None:
    decision = decide_lane(assess(facts, PROFILE), PROFILE, NEVER_DRAWN)
    assert (decision.lane, decision.ground, decision.is_drawn) == (lane, ground, False)
    assert decision.criteria_lane is lane


def test_unverified_lists_alone_never_make_red() -> None:
    assessment = assess(UNVERIFIED, PROFILE)
    decision = decide_lane(assessment, PROFILE, NEVER_DRAWN)
    assert assessment.score >= PROFILE.lanes.red
    assert (decision.lane, decision.is_held_below_red) == (Lane.YELLOW, True)


def test_unverified_list_does_not_hold_back_a_verified_one() -> None:
    facts = declaration_facts(item_facts(matches=(match_facts(is_verified=False), match_facts())))
    decision = decide_lane(assess(facts, PROFILE), PROFILE, NEVER_DRAWN)
    assert (decision.lane, decision.is_held_below_red) == (Lane.RED, False)


@pytest.mark.parametrize("facts", [INNOCENT, PERMITTED], ids=["green", "blue"])
def test_draw_raises_lighter_lanes_and_is_marked(facts: DeclarationFacts) -> None:
    decision = decide_lane(assess(facts, PROFILE), PROFILE, ALWAYS_DRAWN)
    assert decision.lane is PROFILE.lanes.random_lane
    assert (decision.ground, decision.is_random_arm) == (Ground.RANDOM, True)


def test_draw_never_lowers_a_lane_but_is_still_told() -> None:
    decision = decide_lane(assess(WITHOUT_PERMITS, PROFILE), PROFILE, ALWAYS_DRAWN)
    assert (decision.lane, decision.ground) == (Lane.RED, Ground.CRITERIA)
    assert (decision.is_drawn, decision.is_random_arm) == (True, False)


@pytest.mark.parametrize(("rate", "is_drawn"), [(0.0, False), (1.0, True)])
def test_rate_of_nothing_draws_none_and_of_one_draws_all(rate: float, is_drawn: bool) -> None:
    profile = _with_lanes(random_rate=rate)
    for number in (0.0, 0.5, 1 - 2**-53):
        assert decide_lane(assess(INNOCENT, profile), profile, number).is_drawn is is_drawn


def test_random_share_is_near_the_rate_over_many_numbers() -> None:
    key = day_key(SECRET, date(2025, 11, 12))
    numbers = [draw(key, f"55301/121125/{serial:07}") for serial in range(20_000)]
    assert all(0.0 <= number < 1.0 for number in numbers)
    for rate in (0.01, 0.1, 0.5):
        share = sum(number < rate for number in numbers) / len(numbers)
        # Four standard deviations; the key is fixed, so this never flickers.
        assert abs(share - rate) < 4 * (rate * (1 - rate) / len(numbers)) ** 0.5


def test_draw_can_be_recomputed_from_what_is_published() -> None:
    day = date(2025, 11, 12)
    key = day_key(SECRET, day)
    assert hashlib.sha256(key).hexdigest() == key_digest(key)
    bits = hmac.new(key, b"55301/121125/0001234", "sha256").hexdigest()[:16]
    assert draw(key, "55301/121125/0001234") == (int(bits, 16) >> 11) / 2**53
    assert day_key(SECRET, day) == key
    assert day_key(SECRET, date(2025, 11, 13)) != key


def test_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        day_key(b"", date(2025, 11, 12))


def test_lanes_are_ordered_by_severity() -> None:
    assert is_more_severe(Lane.RED, Lane.YELLOW)
    assert is_more_severe(Lane.BLUE, Lane.GREEN)
    assert not is_more_severe(Lane.BLUE, Lane.BLUE)


@given(
    score=st.decimals(0, 100, places=2),
    verified=st.decimals(0, 100, places=2),
    share=st.floats(0, 1, exclude_max=True),
    other=st.sampled_from(sorted(FIRED)),
)
def test_lane_is_a_function_of_score_draw_and_profile_alone(score, verified, share, other) -> None:
    """Whatever else an assessment says: of two that agree on the score both get the same lane. A
    learned model's score is not even in what the decision is given (ADR 28)."""
    decided = []
    for facts in (declaration_facts(), FIRED[other]):
        told = msgspec.structs.replace(
            assess(facts, PROFILE), score=score, verified_score=min(score, verified)
        )
        decided.append(decide_lane(told, PROFILE, share))
    assert decided[0] == decided[1]
    assert list(inspect.signature(decide_lane).parameters) == ["assessment", "profile", "draw"]
    assert not [name for name in Assessment.__struct_fields__ if "model" in name]
