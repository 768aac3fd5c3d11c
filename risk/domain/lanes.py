"""The lane of a declaration: criteria first, then the random share (``risk.domain.draws``).

What an office can work off in a day, and the top-up, follow in ``risk.domain.lane_days``.
"""

from decimal import Decimal
from enum import StrEnum

import msgspec

from risk.domain.profile import Lane as Lane
from risk.domain.profile import RiskProfile
from risk.domain.scoring import Assessment


class Ground(StrEnum):
    """Why a declaration is in its lane; ``none`` is a release without any selection."""

    CRITERIA = "criteria"
    RANDOM = "random"
    TOP_UP = "top_up"
    NONE = "none"


class LaneLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of one lane of one office: how many a day it can work off, and which share of all
    declarations (0 to 1) is expected in it; None: not said."""

    capacity: int | None = None
    rate: Decimal | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an office's day held before a declaration: with it the lane can be recomputed.

    ``seen`` declarations, ``given`` of them by lane, and of those released (``passed``) how many
    scored higher (``above``) or the same in whole points (``equal``). ``plan`` is what held for
    the office. ``is_again`` marks another version of a declaration that has its place already;
    ``kept`` is the lane to which an earlier version was topped up.
    """

    seen: int = 0
    given: dict[str, int] = {}
    passed: int = 0
    above: int = 0
    equal: int = 0
    plan: dict[str, LaneLimit] = {}
    is_again: bool = False
    kept: Lane | None = None


_SEVERITY = {lane: rank for rank, lane in enumerate(reversed(Lane))}


def is_more_severe(lane: Lane, other: Lane) -> bool:
    """Whether ``lane`` asks for more control than ``other``."""
    return _SEVERITY[lane] > _SEVERITY[other]


class LaneDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A lane with everything that is needed to recompute it.

    ``criteria_lane`` is what the score alone gives. ``is_drawn`` tells that the draw was
    under the rate whatever the criteria said: drawn declarations are an unbiased sample
    of all. ``is_held_below_red`` tells that the score reached red, but not on evidence
    from verified lists.

    Where the office has limits, ``place`` is where the declaration stood in its day
    (``risk.domain.lane_days``), and ``is_over_capacity`` tells that the lane was full before it.
    """

    lane: Lane
    ground: Ground
    criteria_lane: Lane
    draw: float
    rate: float
    is_drawn: bool
    is_held_below_red: bool = False
    is_over_capacity: bool = False
    place: Place | None = None

    @property
    def is_random_arm(self) -> bool:
        """Whether the random share alone put the declaration into its lane."""
        return self.ground is Ground.RANDOM


def lane_of_score(score: Decimal, profile: RiskProfile) -> Lane:
    """The lane whose threshold the score (0–100) reaches; green below all of them."""
    for lane, threshold in (
        (Lane.RED, profile.lanes.red),
        (Lane.YELLOW, profile.lanes.yellow),
        (Lane.BLUE, profile.lanes.blue),
    ):
        if score >= threshold:
            return lane
    return Lane.GREEN


def decide_lane(assessment: Assessment, profile: RiskProfile, draw: float) -> LaneDecision:
    """The lane of one assessed declaration, in the order criteria, random share, green.

    Red needs a score that reaches red on verified lists alone; otherwise the lane is
    yellow. A draw under the profile's rate raises a lighter lane to the random lane.
    """
    criteria_lane = lane_of_score(assessment.score, profile)
    is_held = (
        criteria_lane is Lane.RED
        and lane_of_score(assessment.verified_score, profile) is not Lane.RED
    )
    if is_held:
        criteria_lane = Lane.YELLOW
    is_drawn = draw < profile.lanes.random_rate
    lane, ground = criteria_lane, Ground.CRITERIA
    if is_drawn and is_more_severe(profile.lanes.random_lane, criteria_lane):
        lane, ground = profile.lanes.random_lane, Ground.RANDOM
    elif criteria_lane is Lane.GREEN:
        ground = Ground.NONE
    return LaneDecision(
        lane=lane,
        ground=ground,
        criteria_lane=criteria_lane,
        draw=draw,
        rate=profile.lanes.random_rate,
        is_drawn=is_drawn,
        is_held_below_red=is_held,
    )
