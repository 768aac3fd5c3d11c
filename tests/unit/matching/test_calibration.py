"""Strength becomes a score that means what it says, and never crosses the alert point."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.matching.calibration import (
    ALERT_SCORE,
    Calibration,
    fit,
    read_calibration,
    write_calibration,
)
from risk.domain.matching.combine import ALERT_POINT, SHOW_POINT
from risk.domain.matching.evidence import Method
from risk.domain.matching_cases.case import FILES, FROZEN, TUNED, read_cases
from risk.domain.matching_cases.engines import ShippedLists
from risk.domain.matching_cases.evaluate import evaluate
from risk.domain.matching_cases.ranking import named_evidence, reliability

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
SHIPPED = read_calibration(FIXTURES / "matching" / "calibration.csv")
strengths = st.floats(0, 1, allow_nan=False)


@given(st.sampled_from(Method), strengths, strengths)
def test_score_never_falls_with_strength(method: Method, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert SHIPPED.score(method, low) <= SHIPPED.score(method, high) + 1e-9


@given(st.sampled_from([m for m in Method if m is not Method.CODE]), strengths)
def test_score_is_at_the_alert_point_exactly_when_strength_is(
    method: Method, strength: float
) -> None:
    calibration = Calibration(fit([(method, 0.8, True)] * 20 + [(method, 0.5, True)] * 20))
    is_alert = calibration.score(method, strength) >= ALERT_SCORE
    assert is_alert is (strength >= ALERT_POINT)


def test_code_alone_keeps_its_strength() -> None:
    assert SHIPPED.score(Method.CODE, 0.3) == 0.3
    assert SHIPPED.score(Method.EXACT, SHOW_POINT) == SHOW_POINT


def test_fit_when_few_are_seen_then_no_point_and_when_all_are_right_then_not_certain() -> None:
    assert fit([(Method.UN, 0.82, True)] * 9) == []
    (point,) = fit([(Method.UN, 0.82, True)] * 10)
    assert (point.evidence, point.right) == (10, 10)
    assert point.score == pytest.approx(10.5 / 11, abs=1e-4)


def test_fit_when_the_alert_point_is_wrong_too_often_then_refused() -> None:
    evidence = [(Method.FUZZY, 0.8, n % 2 == 0) for n in range(40)]
    with pytest.raises(ValueError, match="fuzzy: 20 of 40 right"):
        fit(evidence)


def test_shipped_calibration_is_what_the_tuned_part_gives(tmp_path: Path) -> None:
    cases = read_cases(FIXTURES / "matching" / FILES[TUNED])
    judged = evaluate(cases, ShippedLists(FIXTURES, is_calibrated=False))
    write_calibration(tmp_path / "c.csv", fit(named_evidence(judged)))
    fitted = {(one.method, one.strength >= ALERT_POINT) for one in SHIPPED.points}
    again = read_calibration(tmp_path / "c.csv")
    # The engine moves on between two fits; what it says may drift by this much.
    for method, is_alert in fitted:
        for strength in (0.75, 0.85, 0.95) if is_alert else (0.3, 0.5, 0.65):
            drift = abs(again.score(method, strength) - SHIPPED.score(method, strength))
            assert drift < 0.1, f"{method} {strength}: run manage.py fit_calibration"


def test_score_of_nine_tenths_on_the_frozen_part_is_right_nine_times_in_ten() -> None:
    cases = read_cases(FIXTURES / "matching" / FILES[FROZEN])
    judged = evaluate(cases[::3], ShippedLists(FIXTURES))
    for one in reliability(judged, (ALERT_SCORE, 0.97, 1.01)):
        assert one.share_right >= one.mean_score - 0.02
        assert one.share_right >= ALERT_SCORE
