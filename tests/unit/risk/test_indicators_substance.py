"""Families substance and authorisation: what a recognised substance stands for."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.indicators.base import Outcome
from risk.domain.indicators.standing import standing_of
from risk.domain.matching.evidence import Method
from risk.domain.permits.checks import PermitFacts, PermitFinding
from tests.unit.risk.builders import (
    PROFILE,
    declaration_facts,
    evaluate,
    item_facts,
    match_facts,
)

PARAMS = PROFILE.parameters["precursor_recognised"]


@pytest.mark.parametrize("method", list(Method))
def test_standing_is_known_for_every_method(method: Method) -> None:
    assert 0.0 < standing_of(match_facts(method=method.value), PARAMS) <= 1.0


@pytest.mark.parametrize(
    "doubt",
    [
        {"method": "fuzzy"},
        {"is_above_alert_point": False},
        {"verdict": "below"},
        {"verdict": "not_stated"},
        {"is_verified": False},
        {"kinds": ("surveillance",)},
    ],
    ids=str,
)
def test_standing_is_less_with_each_doubt(doubt: dict[str, object]) -> None:
    assert standing_of(match_facts(**doubt), PARAMS) < standing_of(match_facts(), PARAMS)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2).map(sorted), st.sampled_from(Method))
def test_standing_never_falls_with_the_match_score(scores: list[float], method: Method) -> None:
    low, high = (standing_of(match_facts(match_score=s, method=method), PARAMS) for s in scores)
    assert low <= high


def test_standing_below_a_limit_falls_with_the_distance_to_it() -> None:
    def standing(percent: str) -> float:
        below = match_facts(
            verdict="below", concentration_pct=Decimal(percent), lowest_limit_pct=Decimal(60)
        )
        return standing_of(below, PARAMS)

    assert standing("59.9") > standing("59") > standing("58") > standing("57") == standing("5") == 0
    assert standing("59.9") < standing_of(match_facts(verdict="not_stated"), PARAMS)


@pytest.mark.parametrize("finding", [None, "expired"])
def test_recognised_when_permits_cover_it_without_a_finding_then_hardly_counts(
    finding: str | None,
) -> None:
    permit = PermitFacts(
        method="document",
        number="KZ1",
        document="01011",
        substance_key=match_facts().substance_key,
        line=1,
        findings=(PermitFinding(code=finding),) if finding else (),
    )
    matches = (match_facts(),)
    alone = evaluate("precursor_recognised", declaration_facts(item_facts(matches=matches)))
    covered = declaration_facts(item_facts(matches=matches, permits=(permit,)))
    found = evaluate("precursor_recognised", covered)

    share = 1.0 if finding else PARAMS["permitted"]
    assert found.strength == pytest.approx(share * alone.strength)


def test_recognised_reports_the_strongest_match_whatever_the_order() -> None:
    weak = match_facts(substance_key="toluene", match_score=0.7)
    strong = match_facts(substance_key="piperonal", method="cas")
    as_strong = match_facts(substance_key="piperonal", method="exact")
    results = [
        evaluate("precursor_recognised", declaration_facts(item_facts(matches=matches)))
        for matches in permutations((weak, strong, as_strong))
    ]
    assert all(result == results[0] for result in results)
    assert results[0].params["substance"] == "piperonal"


def test_recognised_is_quiet_when_only_the_code_speaks() -> None:
    facts = declaration_facts(item_facts(matches=(match_facts(method="code"),)))
    assert evaluate("precursor_recognised", facts).outcome is Outcome.QUIET


@pytest.mark.parametrize(
    ("concentration", "outcome"),
    [("59.9", Outcome.QUIET), ("60", Outcome.FIRED), ("99.5", Outcome.FIRED)],
)
def test_concentration_fires_at_the_limit(concentration: str, outcome: Outcome) -> None:
    match = match_facts(
        verdict="above" if outcome is Outcome.FIRED else "below",
        concentration_pct=Decimal(concentration),
        lowest_limit_pct=Decimal(60),
    )
    facts = declaration_facts(item_facts(matches=(match,)))
    assert evaluate("concentration_above_limit", facts).outcome is outcome


def test_contradiction_is_weaker_outside_the_chapters_of_pure_chemicals() -> None:
    match = match_facts(has_code_support=False)
    pure, mixture = (
        evaluate(
            "code_contradiction",
            declaration_facts(item_facts(matches=(match,), commodity_code=code)),
        )
        for code in ("2915320000", "3402900000")
    )
    assert pure.strength > mixture.strength > 0.0


@pytest.mark.parametrize(
    "changes", [{"verdict": "below"}, {"has_listed_code": False}], ids=["below limit", "no code"]
)
def test_contradiction_is_quiet_without_ground(changes: dict[str, object]) -> None:
    match = match_facts(has_code_support=False, **changes)
    facts = declaration_facts(item_facts(matches=(match,)))
    assert evaluate("code_contradiction", facts).outcome is Outcome.QUIET


def test_code_only_is_quiet_when_the_text_names_a_substance_too() -> None:
    facts = declaration_facts(item_facts(matches=(match_facts(), match_facts(method="code"))))
    assert evaluate("controlled_code_only", facts).outcome is Outcome.QUIET


@pytest.mark.parametrize(
    ("code", "other"),
    [("licence_missing", "01332"), ("export_permission_missing", "01011")],
)
def test_one_permit_does_not_stand_for_the_other(code: str, other: str) -> None:
    facts = declaration_facts(item_facts(matches=(match_facts(),), document_codes=(other,)))
    assert evaluate(code, facts).outcome is Outcome.FIRED


@pytest.mark.parametrize(
    "changes",
    [{"verdict": "below"}, {"kinds": ("equipment",)}, {"kinds": ("surveillance",)}],
    ids=str,
)
def test_licence_is_not_asked_for_what_needs_none(changes: dict[str, object]) -> None:
    facts = declaration_facts(item_facts(matches=(match_facts(**changes),)))
    assert evaluate("licence_missing", facts).outcome is Outcome.QUIET


@pytest.mark.parametrize("kind", ["preliminary", "transit", "express", "postal", "mutual_trade"])
def test_licence_is_undecided_for_papers_that_need_not_carry_it(kind: str) -> None:
    named = item_facts(matches=(match_facts(),))
    facts = declaration_facts(named, document_kind=kind)
    assert evaluate("licence_missing", facts).outcome is Outcome.MISSING


def test_export_permission_is_asked_of_imports_only() -> None:
    facts = declaration_facts(
        item_facts(matches=(match_facts(),)), document_kind="export", direction="export"
    )
    assert evaluate("export_permission_missing", facts).outcome is Outcome.QUIET
    assert evaluate("licence_missing", facts).outcome is Outcome.FIRED
