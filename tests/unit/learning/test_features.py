"""Rows of features from frozen facts, training on what inspections found, and its words."""

import doctest
import math
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from risk import model_words
from risk.domain.learning import priority as priorities
from risk.domain.learning.drift import SCORE, Profile
from risk.domain.learning.features import FEATURES, RISING, Scorer, as_numbers, feature_rows
from risk.domain.learning.outcome_training import (
    LEAST_CLEAN,
    LEAST_FOUND,
    MOST_RANDOM_WEIGHT,
    TooFewOutcomes,
    learn,
)
from risk.domain.learning.trees import ArtefactRefused, TreeEnsemble
from risk.domain.scoring import assess, decode_facts, encode_facts
from tests.unit.learning.samples import labelled, small_model
from tests.unit.risk.builders import PROFILE, declaration_facts, item_facts
from tests.unit.risk.samples import FIRED


def row_of(facts, item: int = 0) -> dict[str, float]:
    return dict(zip(FEATURES, feature_rows(facts, assess(facts, PROFILE))[item], strict=True))


def test_every_feature_has_words_and_a_sign_only_if_it_is_one() -> None:
    assert set(model_words.FEATURE_WORDS) == set(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES)
    assert set(RISING) < set(FEATURES)
    for name in FEATURES:
        english = model_words.explain_contribution(name, 1.0, 0.5)
        russian = model_words.explain_contribution(name, 1.0, 0.5, "ru")
        assert "raises" in english
        assert "повышает" in russian


def test_words_when_documented_then_true() -> None:
    for module in (model_words, priorities):
        assert doctest.testmod(module).failed == 0


def test_a_value_nobody_knows_is_told_as_unknown() -> None:
    assert "(unknown): lowers" in model_words.explain_contribution("log_net_mass", math.nan, -1)


def test_priority_when_a_model_is_sure_then_bounded_and_never_below_the_score() -> None:
    for score in (0, 30, 99.5):
        lifted = [priorities.priority(score, raw) for raw in (-700.0, -3.0, 0.0, 3.0, 700.0)]
        assert lifted == sorted(lifted)
        assert score <= lifted[0]
        assert lifted[-1] <= score + priorities.MOST_POINTS


@pytest.mark.parametrize("code", FIRED)
def test_strength_when_an_indicator_fired_then_in_its_column(code) -> None:
    facts = FIRED[code]
    told = assess(facts, PROFILE)
    strengths = [fired.strength for fired in told.items[0].contributions if fired.code == code]
    assert strengths == [row_of(facts)[code]]
    assert strengths[0] > 0


def test_unknown_when_a_fact_is_missing_then_nan_and_quiet_is_zero() -> None:
    row = row_of(declaration_facts(item_facts(net_mass_kg=None, unit_price=None), leads=None))
    for name in ("log_net_mass", "price_beside_peers", "mass_beside_own", "lead_count"):
        assert math.isnan(row[name])
    assert math.isnan(row["watchlist_met"])
    assert row["precursor_recognised"] == 0


def test_rows_when_facts_are_read_from_storage_then_the_same() -> None:
    for facts in FIRED.values():
        again = decode_facts(encode_facts(facts))
        np.testing.assert_array_equal(
            feature_rows(again, assess(again, PROFILE)), feature_rows(facts, assess(facts, PROFILE))
        )


def test_row_of_each_item_when_they_stand_in_any_order_then_by_their_numbers() -> None:
    items = [item_facts(item_number=n, net_mass_kg=Decimal(10 * n)) for n in (3, 1, 2)]
    rows = feature_rows(facts := declaration_facts(*items), assess(facts, PROFILE))
    masses = [row[FEATURES.index("log_net_mass")] for row in rows]
    assert masses == [pytest.approx(math.log1p(10 * n)) for n in (1, 2, 3)]


def test_learning_when_rows_come_in_another_order_then_the_same_bytes() -> None:
    rows = labelled()
    window = [one.row for one in rows]
    first = small_model()
    second = learn(rows[::-1], window, passed_by=100)
    assert first.ensemble.packed() == second.ensemble.packed()
    assert first.quality == second.quality
    assert first.quality.auc.value > 0.8
    assert (first.found, first.clean, first.random) == (40, 200, 20)
    assert set(first.profiles) == {*FEATURES, SCORE}


def test_random_arm_when_it_stands_for_many_then_it_weighs_more_but_not_without_end() -> None:
    rows = labelled()
    window = [one.row for one in rows]
    models = [learn(rows, window, passed_by=n) for n in (0, 100, 10**6)]
    assert [one.random_weight for one in models] == [1.0, 5.0, MOST_RANDOM_WEIGHT]
    scores = [one.ensemble.raw_scores(as_numbers(window)).mean() for one in models]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < scores[0]


@pytest.mark.parametrize(
    ("found", "clean"), [(LEAST_FOUND - 1, LEAST_CLEAN), (LEAST_FOUND, LEAST_CLEAN - 1)]
)
def test_learning_when_there_are_few_outcomes_then_refused(found, clean) -> None:
    rows = labelled(found, clean, random=0)
    with pytest.raises(TooFewOutcomes):
        learn(rows, [one.row for one in rows], passed_by=1)


def test_score_when_a_strength_rises_then_it_never_falls() -> None:
    rows, scorer = labelled(), Scorer(small_model().ensemble)
    every = as_numbers([one.row for one in rows])
    for name, sign in RISING.items():
        moved = np.repeat(every[:20], 21, axis=0)
        moved[:, FEATURES.index(name)] = np.tile(np.linspace(0, 8, 21), 20)
        steps = np.diff(scorer.raw_scores(moved).reshape(20, 21), axis=1)
        assert (steps * sign >= -1e-12).all()


def test_contributions_when_added_then_the_score_of_the_row() -> None:
    rows, scorer = labelled(), Scorer(small_model().ensemble)
    expected, added = scorer.contributions(rows[0].row)
    (score,) = scorer.raw_scores(as_numbers([rows[0].row]))
    assert expected + math.fsum(added.values()) == pytest.approx(score, abs=1e-10)
    assert added["precursor_recognised"] + added["licence_missing"] + added["match_score"] > 0


def test_scorer_when_a_feature_is_gone_then_refused() -> None:
    ensemble = small_model().ensemble
    names = ("gone", *ensemble.features[1:])
    older = TreeEnsemble(names, ensemble.baseline, ensemble.roots, ensemble.nodes)
    with pytest.raises(ArtefactRefused, match="gone"):
        Scorer(older)


def test_profiles_when_stored_as_json_then_read_again() -> None:
    profiles = small_model().profiles
    stored = msgspec.json.decode(msgspec.json.encode(profiles))
    assert msgspec.convert(stored, dict[str, Profile]) == profiles
