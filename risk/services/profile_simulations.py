"""Simulations of the risk profile: what a version would have selected of stored declarations.

Facts are kept with every assessment, so nothing is looked up anew and nothing is stored but the
answer. A chunk is one of the office's days; ``targeting.pipeline`` orders them.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from risk.domain.errors import ProfileRefused
from risk.domain.profile import RiskProfile as Profile
from risk.domain.profile import profile_from_data
from risk.domain.profile_edits import faults_of
from risk.domain.replays import Kept, OfficeLoad, ReplayResult, merged, replay, result_of
from risk.models import ProfileSimulation, RiskProfile, SimulatedLoad
from risk.selectors.lane_days import Plan, plans_in_force
from risk.selectors.office import office_day
from risk.selectors.profiles import stored_profile
from risk.selectors.replays import kept_of_day
from shipments.models import StageRun
from shipments.models.choices import JobKind, JobStage
from shipments.services.bulk import copy_rows
from shipments.services.jobs import start_job

_COUNTS = (
    *("declarations", "red", "yellow", "blue", "random_arm", "topped_up", "over_capacity"),
    *("red_before", "yellow_before", "blue_before", "topped_up_before", "over_capacity_before"),
)


def open_simulation(
    *,
    profile: RiskProfile,
    since: date,
    until: date,
    actor: str,
    now: datetime,
    plan_day: date | None = None,
) -> ProfileSimulation:
    """A simulation of the version as it stands, held against the one in use, under the limits of
    offices that hold on ``plan_day``, today without it.

    The caller holds the transaction. Raises ProfileRefused for a version that is not whole, and
    DoesNotExist where no profile is in use.
    """
    if faults := faults_of(profile.content, {}):
        raise ProfileRefused(faults=[one._asdict() for one in faults])
    return ProfileSimulation.objects.create(
        job=start_job(kind=JobKind.PROFILE_SIMULATION, actor=actor, now=now),
        profile=profile,
        revision=profile.revision,
        content=profile.content,
        compared_with=RiskProfile.objects.get(is_active=True),
        since=since,
        until=until,
        plan_day=plan_day or office_day(now),
    )


def period_of(*, days: int, now: datetime) -> tuple[date, date]:
    """First and last of as many of the office's days, today included."""
    today = office_day(now)
    return today - timedelta(days=days - 1), today


def day_count(simulation: ProfileSimulation) -> int:
    """How many chunks it has: one a day."""
    return (simulation.until - simulation.since).days + 1


def replay_day(simulation: ProfileSimulation, *, chunk: int) -> Mapping[str, Any]:
    """Replay the declarations of the chunk's day; stores the load of each office on it.

    The caller holds the transaction; twice is as once. A fixed number of queries for each two
    thousand declarations.
    """
    day = simulation.since + timedelta(days=chunk)
    result, loads = replayed_day(
        day,
        tried=profile_from_data(simulation.content),
        in_use=stored_profile(simulation.compared_with),
        plans=plans_in_force(simulation.plan_day) if simulation.plan_day else {},
    )
    simulation.loads.filter(day=day).delete()
    copy_rows(
        SimulatedLoad,
        ("simulation", "customs_office", "day", *_COUNTS),
        (
            (simulation.pk, office, day, *(getattr(load, name) for name in _COUNTS))
            for office, load in loads.items()
        ),
    )
    return {
        "declaration": result.declarations,
        "result": msgspec.to_builtins(result, builtin_types=()),
    }


def replayed_day(
    day: date, *, tried: Profile, in_use: Profile, plans: Mapping[str, Plan]
) -> tuple[ReplayResult, dict[str, OfficeLoad]]:
    """What both versions make of the declarations accepted on the office's day, and the load of
    each office; nothing is stored."""
    kept = _Read(day)
    replayed = (replay(one, profile=tried, in_use=in_use) for one in kept)
    result, loads = result_of(day, replayed, plans=plans)
    return msgspec.structs.replace(result, unreadable=kept.unreadable), loads


def store_result(simulation: ProfileSimulation) -> None:
    """Put together what the days came to; the caller holds the transaction."""
    runs = StageRun.objects.filter(job=simulation.job_id, stage=JobStage.REPLAY).order_by("chunk")
    parts = (
        msgspec.convert(counts["result"], ReplayResult)
        for counts in runs.values_list("counts", flat=True)
    )
    simulation.result = msgspec.to_builtins(merged(parts), builtin_types=())
    simulation.save(update_fields=["result"])


class _Read:
    """The declarations of a day, and how many of them had facts that nobody can read."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.unreadable = 0

    def __iter__(self) -> Iterator[Kept]:
        for kept in kept_of_day(self.day):
            if kept is None:
                self.unreadable += 1
            else:
                yield kept
