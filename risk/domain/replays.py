"""Replaying kept facts under another version of the profile: what it would have selected.

Pure: a declaration's kept facts, its stored draw and what inspections found come in; what two
versions make of it goes out, and adds up over days and offices.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec
from msgspec.structs import asdict

from risk.domain.facts import DeclarationFacts
from risk.domain.lanes import Ground, Lane, LaneDecision, decide_lane, is_more_severe
from risk.domain.outcomes import Result
from risk.domain.profile import RiskProfile
from risk.domain.scoring import Assessment, assess

EXAMPLES = 10


class Shift(StrEnum):
    """What becomes of a declaration; selected is what the rules chose, not the draw."""

    APPEARS = "appears"
    DISAPPEARS = "disappears"
    HEAVIER = "heavier"
    LIGHTER = "lighter"
    SAME = "same"


class Kept(NamedTuple):
    """What is kept of a declaration; ``found`` is what inspections found, None without any."""

    declaration_id: int
    customs_office: str
    facts: DeclarationFacts
    draw: float
    found: Result | None


class Judged(NamedTuple):
    """What one version makes of a declaration."""

    assessment: Assessment
    decision: LaneDecision

    @property
    def is_selected(self) -> bool:
        return self.decision.lane is not Lane.GREEN and self.decision.ground is not Ground.RANDOM


class Replayed(NamedTuple):
    """A declaration under the version that is tried, and under the one in use."""

    kept: Kept
    before: Judged
    after: Judged

    @property
    def shift(self) -> Shift:
        if self.before.is_selected != self.after.is_selected:
            return Shift.APPEARS if self.after.is_selected else Shift.DISAPPEARS
        before, after = self.before.decision.lane, self.after.decision.lane
        if before is after:
            return Shift.SAME
        return Shift.HEAVIER if is_more_severe(after, before) else Shift.LIGHTER


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration for which the version makes a difference; scores 0 to 100. ``found`` is what
    inspections found, empty without any."""

    declaration_id: int
    registration_number: str
    customs_office: str
    accepted_on: date
    shift: Shift
    score: Decimal
    score_before: Decimal
    lane: Lane
    lane_before: Lane
    found: str

    @property
    def gravity(self) -> tuple[bool, bool, Decimal]:
        is_choice = self.shift in (Shift.APPEARS, Shift.DISAPPEARS)
        return is_choice, self.found == Result.OFFENCE, max(self.score, self.score_before)


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """Inspected declarations with an offence (``offences``) and without (``clean``), and how many
    of each the rules select: the version tried, and the one in use (``…_before``).

    ``gained`` offences only the version tried selects, ``lost`` only the one in use does.
    """

    offences: int = 0
    caught: int = 0
    caught_before: int = 0
    gained: int = 0
    lost: int = 0
    clean: int = 0
    clean_selected: int = 0
    clean_selected_before: int = 0

    @property
    def missed(self) -> int:
        return self.offences - self.caught


class OfficeLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How many declarations an office has on a day in each lane, green left out."""

    declarations: int
    red: int
    yellow: int
    blue: int
    random_arm: int
    red_before: int
    yellow_before: int
    blue_before: int


class ReplayResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a version would have made of the declarations of some days; ``unreadable`` ones have
    facts that this release cannot read and count nowhere else."""

    declarations: int = 0
    unreadable: int = 0
    lanes: dict[str, int] = {}
    lanes_before: dict[str, int] = {}
    random_arm: int = 0
    random_arm_before: int = 0
    shifts: dict[str, int] = {}
    outcomes: Outcomes = Outcomes()
    examples: tuple[Example, ...] = ()


def replay(kept: Kept, *, profile: RiskProfile, in_use: RiskProfile) -> Replayed:
    """The declaration under both versions, each with the draw that was made for it."""
    return Replayed(kept, _judged(kept, in_use), _judged(kept, profile))


def result_of(
    day: date, replayed: Iterable[Replayed], *, unreadable: int = 0
) -> tuple[ReplayResult, dict[str, OfficeLoad]]:
    """What the declarations of a day come to, and the load of each office. One pass."""
    offices: dict[str, Counter[str]] = {}
    shifts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    examples: list[Example] = []
    for one in replayed:
        offices.setdefault(one.kept.customs_office, Counter()).update(_counts(one))
        shifts[one.shift.value] += 1
        outcomes.update(_outcome(one))
        if one.shift is not Shift.SAME:
            examples.append(_example(day, one))
            if len(examples) > 50 * EXAMPLES:
                examples = list(heaviest(examples))
    total = sum(offices.values(), Counter())
    result = ReplayResult(
        declarations=total["declarations"],
        unreadable=unreadable,
        lanes={lane.value: total[lane.value] for lane in Lane},
        lanes_before={lane.value: total[f"{lane.value}_before"] for lane in Lane},
        random_arm=total["random_arm"],
        random_arm_before=total["random_arm_before"],
        shifts=dict(shifts),
        outcomes=Outcomes(**outcomes),
        examples=heaviest(examples),
    )
    return result, {office: _load(counts) for office, counts in sorted(offices.items())}


def merged(parts: Iterable[ReplayResult]) -> ReplayResult:
    """The result of all days, with the heaviest examples of all."""
    whole = ReplayResult()
    for part in parts:
        whole = ReplayResult(
            declarations=whole.declarations + part.declarations,
            unreadable=whole.unreadable + part.unreadable,
            lanes=_sum(whole.lanes, part.lanes),
            lanes_before=_sum(whole.lanes_before, part.lanes_before),
            random_arm=whole.random_arm + part.random_arm,
            random_arm_before=whole.random_arm_before + part.random_arm_before,
            shifts=_sum(whole.shifts, part.shifts),
            outcomes=Outcomes(**_sum(asdict(whole.outcomes), asdict(part.outcomes))),
            examples=heaviest((*whole.examples, *part.examples)),
        )
    return whole


def heaviest(examples: Iterable[Example]) -> tuple[Example, ...]:
    """The examples that weigh most: chosen or left anew, with an offence, by the higher score."""
    order = sorted(examples, key=lambda one: one.registration_number)
    return tuple(sorted(order, key=lambda one: one.gravity, reverse=True)[:EXAMPLES])


def _judged(kept: Kept, profile: RiskProfile) -> Judged:
    assessment = assess(kept.facts, profile)
    return Judged(assessment, decide_lane(assessment, profile, kept.draw))


def _counts(one: Replayed) -> dict[str, int]:
    before, after = one.before.decision, one.after.decision
    return {
        "declarations": 1,
        after.lane.value: 1,
        f"{before.lane.value}_before": 1,
        "random_arm": int(after.is_random_arm),
        "random_arm_before": int(before.is_random_arm),
    }


def _outcome(one: Replayed) -> dict[str, int]:
    was, now = one.before.is_selected, one.after.is_selected
    if one.kept.found is Result.OFFENCE:
        return {
            "offences": 1,
            "caught": int(now),
            "caught_before": int(was),
            "gained": int(now and not was),
            "lost": int(was and not now),
        }
    if one.kept.found is None:
        return {}
    return {"clean": 1, "clean_selected": int(now), "clean_selected_before": int(was)}


def _load(counts: Mapping[str, int]) -> OfficeLoad:
    return OfficeLoad(**{name: counts.get(name, 0) for name in OfficeLoad.__struct_fields__})


def _example(day: date, one: Replayed) -> Example:
    return Example(
        declaration_id=one.kept.declaration_id,
        registration_number=one.kept.facts.registration_number,
        customs_office=one.kept.customs_office,
        accepted_on=day,
        shift=one.shift,
        score=one.after.assessment.score,
        score_before=one.before.assessment.score,
        lane=one.after.decision.lane,
        lane_before=one.before.decision.lane,
        found=one.kept.found.value if one.kept.found else "",
    )


def _sum(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    names = {**counts, **more}
    return {name: counts.get(name, 0) + more.get(name, 0) for name in names}
