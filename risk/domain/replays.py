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
from risk.domain.lane_days import OfficeDay, in_place
from risk.domain.lanes import (
    Ground,
    Lane,
    LaneDecision,
    LaneLimit,
    decide_lane,
    is_more_severe,
)
from risk.domain.outcomes import Result
from risk.domain.profile import RiskProfile
from risk.domain.scoring import Assessment, assess

EXAMPLES = 10
_ARMS = tuple(
    f"{name}{when}"
    for name in ("random_arm", "topped_up", "over_capacity")
    for when in ("", "_before")
)


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
        return self.decision.ground is Ground.CRITERIA


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
    """How many declarations an office has on a day in each lane, green left out; how many by the
    draw alone, by the top-up alone, and beyond what the office works off."""

    declarations: int
    red: int
    yellow: int
    blue: int
    random_arm: int
    topped_up: int
    over_capacity: int
    red_before: int
    yellow_before: int
    blue_before: int
    topped_up_before: int
    over_capacity_before: int


class ReplayResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a version would have made of the declarations of some days; ``unreadable`` ones have
    facts that this release cannot read and count nowhere else."""

    declarations: int = 0
    unreadable: int = 0
    lanes: dict[str, int] = {}
    lanes_before: dict[str, int] = {}
    random_arm: int = 0
    random_arm_before: int = 0
    topped_up: int = 0
    topped_up_before: int = 0
    over_capacity: int = 0
    over_capacity_before: int = 0
    shifts: dict[str, int] = {}
    outcomes: Outcomes = Outcomes()
    examples: tuple[Example, ...] = ()


def replay(kept: Kept, *, profile: RiskProfile, in_use: RiskProfile) -> Replayed:
    """The declaration under both versions, each with the draw that was made for it."""
    return Replayed(kept, _judged(kept, in_use), _judged(kept, profile))


def result_of(
    day: date,
    replayed: Iterable[Replayed],
    *,
    plans: Mapping[str, Mapping[str, LaneLimit]] | None = None,
) -> tuple[ReplayResult, dict[str, OfficeLoad]]:
    """What the declarations of a day come to, and the load of each office. One pass.

    They come in the order of acceptance. ``plans`` are the limits of offices: there the lanes are
    those of an office's day that begins empty.
    """
    offices: dict[str, Counter[str]] = {}
    shifts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    examples: list[Example] = []
    days = _Days(plans or {})
    for one in map(days.placed, replayed):
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
        lanes={lane.value: total[lane.value] for lane in Lane},
        lanes_before={lane.value: total[f"{lane.value}_before"] for lane in Lane},
        **{name: total[name] for name in _ARMS},
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
            **{name: getattr(whole, name) + getattr(part, name) for name in _ARMS},
            shifts=_sum(whole.shifts, part.shifts),
            outcomes=Outcomes(**_sum(asdict(whole.outcomes), asdict(part.outcomes))),
            examples=heaviest((*whole.examples, *part.examples)),
        )
    return whole


def heaviest(examples: Iterable[Example]) -> tuple[Example, ...]:
    """The examples that weigh most: chosen or left anew, with an offence, by the higher score."""
    order = sorted(examples, key=lambda one: one.registration_number)
    return tuple(sorted(order, key=lambda one: one.gravity, reverse=True)[:EXAMPLES])


class _Days:
    """The days of offices with limits, under each of the two versions."""

    def __init__(self, plans: Mapping[str, Mapping[str, LaneLimit]]) -> None:
        self._plans = plans
        self._before: dict[str, OfficeDay] = {}
        self._after: dict[str, OfficeDay] = {}

    def placed(self, one: Replayed) -> Replayed:
        office = one.kept.customs_office
        plan = self._plans.get(office)
        if not plan:
            return one
        return one._replace(
            before=_placed(one.before, self._before.setdefault(office, OfficeDay()), plan),
            after=_placed(one.after, self._after.setdefault(office, OfficeDay()), plan),
        )


def _placed(judged: Judged, day: OfficeDay, plan: Mapping[str, LaneLimit]) -> Judged:
    score = judged.assessment.score
    decision = in_place(judged.decision, day.place(score, plan))
    day.count(decision, score)
    return judged._replace(decision=decision)


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
        "topped_up": int(after.ground is Ground.TOP_UP),
        "topped_up_before": int(before.ground is Ground.TOP_UP),
        "over_capacity": int(after.is_over_capacity),
        "over_capacity_before": int(before.is_over_capacity),
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
