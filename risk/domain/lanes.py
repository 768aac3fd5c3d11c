"""The lane of a declaration: criteria first, then the random share (``risk.domain.draws``)."""

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
    NONE = "none"


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
    """

    lane: Lane
    ground: Ground
    criteria_lane: Lane
    draw: float
    rate: float
    is_drawn: bool
    is_held_below_red: bool = False

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
