"""What counts as new under changed lists, and how the parts of a simulation add up."""

from decimal import Decimal

import msgspec
import pytest

from risk.domain.matching.comparison import Change
from risk.domain.matching.evidence import ListVerdict, Method, SubstanceEvidence, Verdict
from risk.domain.rescreening import (
    EXAMPLES,
    Example,
    ProfileAlerts,
    SimulationResult,
    StoredMatch,
    gravest,
    merged,
    new_evidence,
    newly_named,
    told,
)


def verdict(kind: Verdict, code: str = "A") -> ListVerdict:
    return ListVerdict(list_code=code, verdict=kind)


BOTH = (verdict(Verdict.NOT_STATED), verdict(Verdict.ABOVE, "B"))


def evidence(*verdicts: ListVerdict, key: str = "acetone", score: float = 0.9) -> SubstanceEvidence:
    return SubstanceEvidence(
        substance_key=key,
        matched_text=key,
        start=0,
        end=len(key),
        name=key,
        lang="en",
        method=Method.EXACT,
        match_score=score,
        concentration_pct=None,
        concentration_span=None,
        verdict=verdicts[0].verdict,
        list_verdicts=verdicts,
    )


@pytest.mark.parametrize(
    ("stored", "now", "is_new"),
    [
        ([], Verdict.NOT_STATED, True),
        ([[verdict(Verdict.NOT_LIMITED, "B")]], Verdict.NOT_STATED, True),
        ([[verdict(Verdict.BELOW)]], Verdict.ABOVE, True),
        ([[verdict(Verdict.ABOVE)]], Verdict.ABOVE, False),
        ([[verdict(Verdict.ABOVE)]], Verdict.BELOW, False),
        ([[verdict(Verdict.BELOW)], [verdict(Verdict.ABOVE)]], Verdict.NOT_STATED, False),
    ],
)
def test_evidence_when_the_list_says_more_than_it_did_then_it_is_new(
    stored: list[list[ListVerdict]], now: Verdict, is_new: bool
) -> None:
    found = told([evidence(verdict(now), verdict(Verdict.ABOVE, "B"))], {"acetone"})

    matches = [StoredMatch(tuple(verdicts)) for verdicts in stored]
    new = new_evidence(found, {"acetone": matches}, list_code="A")

    assert bool(new) == is_new


@pytest.mark.parametrize(
    ("stored", "is_new"),
    [
        ([], True),
        ([StoredMatch((verdict(Verdict.NOT_STATED),), flagged=True)], True),
        ([StoredMatch((verdict(Verdict.NOT_STATED, "B"),), flagged=True)], True),
        ([StoredMatch(BOTH, flagged=False)], True),
        ([StoredMatch(BOTH, flagged=True)], False),
    ],
)
def test_names_when_any_list_says_more_or_it_is_surer_then_it_is_new(
    stored: list[StoredMatch], is_new: bool
) -> None:
    found = told([msgspec.structs.replace(evidence(*BOTH), flagged=True)], {"acetone"})

    assert bool(newly_named(found, {"acetone": stored})) == is_new


def test_told_when_weak_or_of_other_substances_then_left_out() -> None:
    weak = evidence(verdict(Verdict.ABOVE), score=0.05)
    other = evidence(verdict(Verdict.ABOVE), key="toluene")

    assert told([weak, other], {"acetone"}) == {}


def example(number: int, **values: object) -> Example:
    plain = {
        "declaration_id": number,
        "registration_number": f"{number:03}",
        "customs_office": "1",
        "item_number": 1,
        "description": "x",
        "commodity_code": "",
        "net_mass_kg": None,
        "substance_key": "acetone",
        "change": Change.APPEARS,
        "matched_text": "x",
        "score": Decimal(10),
        "lane": "green",
        "raises_alert": False,
    }
    return Example(**{**plain, **values})  # type: ignore[arg-type]


def test_gravest_when_there_are_many_then_alerts_come_first_then_score_then_mass() -> None:
    plain = [example(number) for number in range(20)]
    heavy = example(30, net_mass_kg=Decimal(5))
    scored = example(31, score=Decimal(11))
    alert = example(32, score=Decimal(1), raises_alert=True)

    found = gravest([*plain, heavy, scored, alert])

    assert len(found) == EXAMPLES
    assert found[:4] == (alert, scored, heavy, plain[0])


def test_parts_when_put_together_then_they_are_as_one() -> None:
    alerts = ProfileAlerts(
        profile="default", version=1, is_active=True, new=1, gone=0, lanes={"red": 1}
    )
    part = SimulationResult(
        lines={"appears": 2},
        substances={"acetone": {"appears": 2}},
        declarations=1,
        alerts=(alerts,),
        examples=(example(1),),
    )

    both = merged([part, part])

    assert (both.lines, both.declarations) == ({"appears": 4}, 2)
    assert both.substances == {"acetone": {"appears": 4}}
    assert (both.alerts[0].new, both.alerts[0].lanes) == (2, {"red": 2})
    assert part.alerts[0].lanes == {"red": 1}
