"""How lines are made and judged."""

from decimal import Decimal
from random import Random

import pytest

from risk.domain.matching.evidence import Method, SubstanceEvidence, Verdict
from risk.domain.matching_cases.case import Draft, numbered
from risk.domain.matching_cases.damage import Neighbours, doubled, keyboard, swapped
from risk.domain.matching_cases.evaluate import (
    ClassResult,
    by_class,
    flagged_per_thousand,
    judge,
    wilson,
)
from risk.domain.matching_cases.floor import Floor, breaches, floor_of, losses
from risk.domain.matching_cases.forms import (
    case_forms_kk,
    case_forms_ru,
    in_cyrillic,
    in_other_alphabet,
    in_traditional,
    reordered,
)
from risk.domain.matching_cases.ranking import Guess, rank, reliability
from risk.domain.matching_cases.truth import expected_verdict
from risk.domain.substances import ListEntry, SubstanceKind


@pytest.mark.parametrize("slip", [keyboard, swapped, doubled])
def test_damaged_name_when_another_is_as_near_then_it_is_left_out(slip: object) -> None:
    neighbours = Neighbours([("a", "methylamine"), ("b", "methylamone")], ["ethylamine"])
    for seed in range(200):
        found = neighbours.damaged(Random(seed), slip, "methylamine", "a")  # type: ignore[arg-type]
        assert found is None or neighbours.owners_within(found, 1) == {"a"}


def test_damaged_name_when_an_edit_makes_another_morpheme_then_it_is_left_out() -> None:
    neighbours = Neighbours([("a", "allyl benzene")], [])
    assert (
        neighbours.damaged(Random(1), lambda _d, _n: "alkyl benzene", "allyl benzene", "a") is None
    )
    assert neighbours.damaged(Random(1), lambda _d, _n: "allyl bnzene", "allyl benzene", "a")


def test_russian_case_forms_when_the_adjective_follows_then_both_are_declined() -> None:
    assert case_forms_ru("кислота серная")["gen"] == "кислоты серной"
    assert case_forms_ru("ангидрид уксусной кислоты")["ins"] == "ангидридом уксусной кислоты"


def test_kazakh_case_forms_follow_vowels_and_last_letter() -> None:
    assert case_forms_kk("ацетон")["acc"] == "ацетонны"
    assert case_forms_kk("тұз қышқылы")["gen"] == "тұз қышқылының"


def test_other_spellings() -> None:
    assert in_cyrillic("methyl ethyl ketone") == "метил етил кетон"
    assert in_traditional("高锰酸钾") == "高錳酸鉀"
    assert reordered(Random(1), "серная кислота", "ru") == "кислота серная"
    assert reordered(Random(1), "бутиловый спирт х", "ru") is None
    mixed = in_other_alphabet(Random(1), "ацетон", "ru")
    assert mixed is not None
    assert mixed != "ацетон"
    assert len(mixed) == len("ацетон")


def _entry(list_code: str, limit: str | None, *, is_known: bool = True) -> ListEntry:
    return ListEntry(
        list_code=list_code,
        substance_key="x",
        schedule="",
        kind=SubstanceKind.PRECURSOR,
        form="base",
        form_name="x",
        concentration_min_pct=None if limit is None else Decimal(limit),
        is_limit_known=is_known,
    )


@pytest.mark.parametrize(
    ("entries", "percent", "is_reached", "verdict"),
    [
        ([_entry("A", "60")], "60", True, "above"),
        ([_entry("A", "60")], "60", False, "below"),
        ([_entry("A", "60")], "59.9", True, "below"),
        ([_entry("A", "60")], None, True, "not_stated"),
        ([_entry("A", "60"), _entry("B", None)], "5", True, "above"),
        ([_entry("A", "60"), _entry("B", None, is_known=False)], "5", True, "below"),
        ([_entry("B", None, is_known=False)], "5", True, "not_limited"),
        ([_entry("B", None)], None, True, "not_limited"),
    ],
)
def test_expected_verdict_by_the_table(
    entries: list[ListEntry], percent: str | None, is_reached: bool, verdict: str
) -> None:
    stated = None if percent is None else Decimal(percent)
    assert expected_verdict(entries, stated, is_reached=is_reached) == verdict


def _evidence(key: str, *, flagged: bool, verdict: Verdict) -> SubstanceEvidence:
    return SubstanceEvidence(
        substance_key=key,
        matched_text="x",
        start=0,
        end=1,
        name="x",
        lang="en",
        method=Method.EXACT,
        match_score=0.9,
        concentration_pct=Decimal(5),
        concentration_span=None,
        verdict=verdict,
        list_verdicts=(),
        is_above_alert_point=True,
        flagged=flagged,
    )


def _case(keys: tuple[str, ...], flagged: str, verdict: str = "", percent: str = "") -> Draft:
    return Draft(
        lang="en", text="x", about=("x",), source="", keys=keys, flagged=flagged,
        verdicts=(verdict,) if verdict else (), concentrations=(percent,) if percent else (),
    )  # fmt: skip


def test_judge_when_flagged_as_expected_then_found_with_its_verdict() -> None:
    case = numbered(_case(("a|b",), "1", "above", "5"), "c", "frozen")
    one = judge(case, (_evidence("b", flagged=True, verdict=Verdict.ABOVE),))
    assert (one.found, one.missed, one.false_alarms) == (("a|b",), (), ())
    assert (one.verdicts, one.concentrations) == ((1, 1), (1, 1))


def test_judge_when_it_should_be_cleared_but_is_flagged_then_a_false_alarm() -> None:
    case = numbered(_case(("a",), "0", "below"), "c", "frozen")
    one = judge(case, (_evidence("a", flagged=True, verdict=Verdict.ABOVE),))
    assert (one.found, one.false_alarms, one.verdicts) == (("a",), ("a",), (0, 1))


def test_judge_when_another_substance_is_flagged_then_missed_and_a_false_alarm() -> None:
    case = numbered(_case(("a",), "1"), "c", "frozen")
    one = judge(case, (_evidence("z", flagged=True, verdict=Verdict.NOT_LIMITED),))
    assert (one.missed, one.false_alarms, one.flagged_right) == (("a",), ("z",), 0)
    results = by_class([one])
    assert results["c"].recall == 0
    assert flagged_per_thousand([one], ["c"]) == 1000


def test_wilson_when_nothing_was_tried_then_anything_is_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(100, 100)
    assert low == pytest.approx(0.963, abs=0.001)
    assert high == 1.0


def test_floor_when_worse_then_it_is_said_and_when_better_then_it_rises() -> None:
    worse = {"c": ClassResult(cases=2, expected=2, found=1, lines_with_false_alarm=1)}
    floors = {"c": Floor(found=2, verdicts_right=0, false_alarms=0)}
    assert len(breaches(worse, floors)) == 2
    assert losses(floor_of(worse), floors) == [
        "found: 1 now, 2 before",
        "false_alarms: 1 now, 0 before",
    ]
    better = {"c": ClassResult(cases=2, expected=3, found=3)}
    assert losses(floor_of(better), floors) == []
    assert floor_of(better)["c"].found == 3


def test_rank_when_a_wrong_name_outranks_then_recall_at_99_percent_is_what_stands_above() -> None:
    cases = [numbered(_case(("a",), "1"), "c", "frozen") for _ in range(3)]
    cases.append(numbered(_case((), "0"), "c", "frozen"))
    guesses = [Guess(0.9, "a"), Guess(0.7, "a"), Guess(0.6, "z"), Guess(0.8, "a")]
    ranked = rank(cases, guesses)
    assert ranked.recall_at_99 == pytest.approx(1 / 3)
    assert (ranked.precision, ranked.recall) == pytest.approx((2 / 3, 2 / 3))


def test_rank_when_scores_are_equal_then_they_pass_together() -> None:
    cases = [numbered(_case(("a",), "1"), "c", "frozen"), numbered(_case((), "0"), "c", "frozen")]
    assert rank(cases, [Guess(0.9, "a"), Guess(0.9, "a")]).recall_at_99 == 0


def test_reliability_counts_right_evidence_by_its_score() -> None:
    right = judge(
        numbered(_case(("a",), "1"), "c", "frozen"),
        (_evidence("a", flagged=True, verdict=Verdict.ABOVE),),
    )
    wrong = judge(
        numbered(_case((), "0"), "c", "frozen"),
        (_evidence("a", flagged=True, verdict=Verdict.ABOVE),),
    )
    (one,) = reliability([right, wrong], (0.0, 0.5, 1.0))
    assert (one.pieces, one.mean_score, one.share_right) == (2, 0.9, 0.5)
