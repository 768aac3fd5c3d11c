"""Judging declarations: what a profile says of their facts, and what criteria and draw decide."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from risk.domain.draws import day_key, draw, draw_day, key_digest
from risk.domain.facts import DeclarationFacts
from risk.domain.lanes import LaneDecision, decide_lane
from risk.domain.profile import RiskProfile
from risk.domain.scoring import Assessment, assess
from risk.selectors.draws import first_came


class Assessed(NamedTuple):
    """One declaration's facts, what the profile says of them, and the lane.

    ``day`` is the office's day of acceptance, ``draw_day`` the one whose key drew.
    """

    declaration_id: int
    facts: DeclarationFacts
    assessment: Assessment
    decision: LaneDecision
    day: date
    draw_day: date
    key_digest: str


class Draws(NamedTuple):
    """The secret of the random draw, the office's zone, by whose day it is drawn, and for how
    many days after its own a key stays secret."""

    secret: bytes
    office_time_zone: str
    key_days: int


def judge(
    found: Iterable[tuple[int, DeclarationFacts]], profile: RiskProfile, draws: Draws
) -> list[Assessed]:
    """What the profile says of (declaration id, facts); nothing is stored. One query."""
    found = list(found)
    came = first_came([pk for pk, _ in found])
    return [_assess(pk, facts, profile, came[pk], draws) for pk, facts in found]


def _assess(
    declaration_id: int,
    facts: DeclarationFacts,
    profile: RiskProfile,
    came: datetime,
    draws: Draws,
) -> Assessed:
    zone = ZoneInfo(draws.office_time_zone)
    accepted = facts.accepted_at.astimezone(zone).date()
    day = draw_day(accepted, came.astimezone(zone).date(), draws.key_days)
    key = day_key(draws.secret, day)
    assessment = assess(facts, profile)
    decision = decide_lane(assessment, profile, draw(key, facts.registration_number))
    return Assessed(declaration_id, facts, assessment, decision, accepted, day, key_digest(key))
