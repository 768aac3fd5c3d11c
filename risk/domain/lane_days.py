"""An office's day: capacity of the lanes, and the top-up to the expected rate, in a stream.

ASYCUDA's order is criteria, random share, top-up. Decisions do not wait for the evening, so the
top-up goes by what the office has seen of its local day so far: where fewer declarations are in a
lane than the expected rate of those seen, the next one that neither criteria nor draw selected is
raised if it is among the best of those released so far, by score and then by draw
(docs/adr/0029-lanes-by-the-day.md). Pure: counts in, lane out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from risk.domain.lanes import (
    Ground,
    Lane,
    LaneDecision,
    LaneLimit,
    Place,
    is_more_severe,
)

TOPPED_UP_LANES = (Lane.RED, Lane.YELLOW, Lane.BLUE)
SCORES = 101
# The top-up chooses among the best of so many times the expected rate: of the best of exactly
# that rate it would fall behind, for what passed by cannot be called back.
SHORTLIST = 2


def in_place(decision: LaneDecision, place: Place) -> LaneDecision:
    """The lane in its office's day: topped up where the criteria and the draw released it, and
    marked where its lane was full before it. Of equal arguments always the same.

    What criteria or draw selected stays selected, also over capacity; a top-up never exceeds it.
    """
    lane, ground = decision.lane, decision.ground
    if place.kept and is_more_severe(place.kept, lane):
        lane, ground = place.kept, Ground.TOP_UP
    elif lane is Lane.GREEN and not place.is_again:
        lane = _topped_up(decision.draw, place)
        ground = Ground.NONE if lane is Lane.GREEN else Ground.TOP_UP
    limit = place.plan.get(lane.value, LaneLimit())
    is_over = limit.capacity is not None and place.given.get(lane.value, 0) >= limit.capacity
    return msgspec.structs.replace(
        decision,
        lane=lane,
        ground=ground,
        is_over_capacity=is_over,
        place=place,
    )


def _topped_up(draw: float, place: Place) -> Lane:
    """The most severe lane that falls short and to which this declaration is good enough."""
    for lane in TOPPED_UP_LANES:
        limit, given = place.plan.get(lane.value), place.given.get(lane.value, 0)
        if limit is None or not limit.rate:
            continue
        is_short = int(limit.rate * (place.seen + 1)) > given
        has_room = limit.capacity is None or given < limit.capacity
        best = SHORTLIST * float(limit.rate) * (place.passed + 1)
        if is_short and has_room and place.above + draw * place.equal < best:
            return lane
    return Lane.GREEN


class OfficeDay:
    """The running counts of one office on one of its days; ``passed`` are those released by
    score in whole points."""

    def __init__(
        self,
        *,
        seen: int = 0,
        given: Mapping[str, int] | None = None,
        passed: Sequence[int] = (),
        topped_up: int = 0,
        over_capacity: int = 0,
    ) -> None:
        self.seen = seen
        self.given: Counter[str] = Counter(given or {})
        self.passed = list(passed) or [0] * SCORES
        self.topped_up = topped_up
        self.over_capacity = over_capacity

    def place(self, score: Decimal, plan: Mapping[str, LaneLimit]) -> Place:
        """Where the next declaration stands, which scores so many points."""
        points = int(score)
        return Place(
            seen=self.seen,
            given={lane.value: self.given[lane.value] for lane in TOPPED_UP_LANES},
            passed=sum(self.passed),
            above=sum(self.passed[points + 1 :]),
            equal=self.passed[points],
            plan=dict(plan),
        )

    def count(self, decision: LaneDecision, score: Decimal) -> None:
        """Count a declaration that was decided."""
        self.seen += 1
        self._add(decision.lane, decision.ground, decision.is_over_capacity, score, 1)

    def recount(self, before: "Earlier", decision: LaneDecision, score: Decimal) -> None:
        """Count another version instead of the one before it."""
        self._add(before.lane, before.ground, before.is_over_capacity, before.score, -1)
        self._add(decision.lane, decision.ground, decision.is_over_capacity, score, 1)

    def _add(
        self, lane: Lane, ground: Ground, is_over_capacity: bool, score: Decimal, number: int
    ) -> None:
        if lane is Lane.GREEN:
            self.passed[int(score)] += number
        else:
            self.given[lane.value] += number
        self.topped_up += number * (ground is Ground.TOP_UP)
        self.over_capacity += number * is_over_capacity


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """How the version before was decided: its place is that of every later one."""

    lane: Lane
    ground: Ground
    is_over_capacity: bool
    score: Decimal
    place: Place

    @property
    def next_place(self) -> Place:
        """The place of the version that follows."""
        kept = self.lane if self.ground is Ground.TOP_UP else self.place.kept
        return msgspec.structs.replace(self.place, is_again=True, kept=kept)


def plan_of(limits: Iterable[tuple[str, int | None, Decimal | None]]) -> dict[str, LaneLimit]:
    """The plan of an office of (lane, capacity, rate); lanes without either are left out."""
    return {
        lane: LaneLimit(capacity=capacity, rate=rate)
        for lane, capacity, rate in limits
        if capacity is not None or rate is not None
    }
