"""Where a declaration stands: its lane, what inspections found, of which channels it is.

Each is a condition for lists and a key for counts, so that the rows behind a count are the rows
that were counted. ``NONE`` is the key of what has nothing of the kind.
"""

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from risk.domain.network.channel_states import ChannelLevel, ChannelState
from risk.domain.outcomes import Result
from risk.models import Channel, ChannelConsignment, InspectionOutcome, LaneDecision, SubstanceMatch
from risk.services.assessments import INTAKE

NONE = "none"
# What several acts on one declaration come to together: the first of these that one of them says.
RESULTS = (
    Result.OFFENCE.value,
    Result.CLEAN.value,
    Result.INCONCLUSIVE.value,
    Result.NOT_APPLIED.value,
)
LEVELS = (ChannelLevel.INTERNATIONAL.value, ChannelLevel.REGIONAL.value)
HELD = (ChannelState.SUSPECTED, ChannelState.CONFIRMED, ChannelState.LIQUIDATED)
"""States of channels that are held to be there, or were."""


def flagged_matches(substance: str | None = None) -> QuerySet[SubstanceMatch]:
    """Matches at the alert operating point, of one substance or of any."""
    flagged = SubstanceMatch.objects.filter(is_flagged=True)
    return flagged.filter(substance__key=substance) if substance else flagged


def has_flagged(substance: str | None = None) -> Exists:
    """Declarations with a goods item in which the substance, or any, was flagged."""
    return Exists(flagged_matches(substance).filter(goods_item__declaration=OuterRef("pk")))


def has_lane(lane: str) -> Q:
    """Declarations to which intake gave the lane, or none at all."""
    given = LaneDecision.objects.filter(
        assessment__declaration=OuterRef("pk"), assessment__trigger=INTAKE
    )
    return ~Q(Exists(given)) if lane == NONE else Q(Exists(given.filter(lane=lane)))


def has_criteria_lane(lane: str) -> Q:
    """Declarations to which the criteria gave the lane at intake, whatever the random draw added:
    those in green met no criterion."""
    given = LaneDecision.objects.filter(
        assessment__declaration=OuterRef("pk"), assessment__trigger=INTAKE, criteria_lane=lane
    )
    return Q(Exists(given))


def has_result(result: str) -> Q:
    """Declarations whose acts that hold come to this result together."""
    above = RESULTS if result == NONE else RESULTS[: RESULTS.index(result)]
    wanted = Q() if result == NONE else Q(_acts(result))
    for other in above:
        wanted &= ~Q(_acts(other))
    return wanted


def result_key() -> Case:
    """What the acts on a declaration that hold come to together."""
    said = [When(Q(_acts(result)), then=Value(result)) for result in RESULTS]
    return Case(*said, default=Value(NONE))


def held_channels(channels: QuerySet[Channel]) -> QuerySet[Channel]:
    """Of these, the ones that are held to be there, or were until they were cut."""
    return channels.filter(state__in=[state.value for state in HELD]).order_by()


def has_level(level: str, channels: QuerySet[Channel]) -> Q:
    """Suspect declarations of one of the channels, of this level and of none of a higher one."""
    above = LEVELS if level == NONE else LEVELS[: LEVELS.index(level)]
    wanted = Q() if level == NONE else Q(_suspect(level, channels))
    for other in above:
        wanted &= ~Q(_suspect(other, channels))
    return wanted


def level_key(channels: QuerySet[Channel]) -> Case:
    """The highest level of the channels that a declaration is a suspect consignment of."""
    said = [When(Q(_suspect(level, channels)), then=Value(level)) for level in LEVELS]
    return Case(*said, default=Value(NONE))


def _acts(result: str) -> Exists:
    acts = InspectionOutcome.objects.current().filter(declaration=OuterRef("pk"))
    return Exists(acts.filter(result=result))


def _suspect(level: str, channels: QuerySet[Channel]) -> Exists:
    of_level = held_channels(channels).filter(level=level)
    return Exists(
        ChannelConsignment.objects.filter(
            declaration=OuterRef("pk"), is_suspect=True, channel__in=of_level.values("pk")
        )
    )
