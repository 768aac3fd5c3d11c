"""What holds for the lanes of offices, how far their days are, and who has a place in them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from risk.domain.lane_days import Earlier, OfficeDay, plan_of
from risk.domain.lanes import Ground, Lane, LaneLimit, Place
from risk.models import LaneDay, LaneDecision
from risk.models import LaneLimit as LaneLimitRow
from risk.selectors.office import office_day

OfficeAndDay = tuple[str, date]
Plan = Mapping[str, LaneLimit]


class Held(NamedTuple):
    """A declaration's version with a place in the day of an office, and how it was decided."""

    declaration_id: int
    version: int
    office_and_day: OfficeAndDay
    earlier: Earlier


def plans_on(places: Collection[OfficeAndDay]) -> dict[OfficeAndDay, Plan]:
    """What holds for each office on each of the days; without those for whom nothing does.

    One query.
    """
    offices = sorted({office for office, _ in places})
    rows = LaneLimitRow.objects.filter(customs_office__in=offices)
    by_office = _by_office(rows)
    found = {place: _in_force(by_office.get(place[0], ()), place[1]) for place in places}
    return {place: plan for place, plan in found.items() if plan}


def plans_in_force(day: date) -> dict[str, Plan]:
    """What holds for every office on the day; without those for whom nothing does. One query."""
    rows = LaneLimitRow.objects.filter(valid_from__lte=day)
    found = {office: _in_force(limits, day) for office, limits in _by_office(rows).items()}
    return {office: plan for office, plan in found.items() if plan}


def counts_of(rows: Iterable[LaneDay]) -> dict[OfficeAndDay, OfficeDay]:
    """The running counts of the days, as they are reckoned with."""
    return {
        (row.customs_office, row.day): OfficeDay(
            seen=row.seen,
            given={"red": row.red, "yellow": row.yellow, "blue": row.blue},
            passed=row.passed,
            topped_up=row.topped_up,
            over_capacity=row.over_capacity,
        )
        for row in rows
    }


def held_places(registration_numbers: Sequence[str]) -> dict[str, list[Held]]:
    """The versions of these declarations that intake gave a place, oldest first. One query."""
    rows = LaneDecision.objects.filter(
        place__isnull=False,
        assessment__trigger="intake",
        assessment__declaration__registration_number__among=registration_numbers,
    ).order_by("assessment__declaration__version")
    columns = (
        "assessment__declaration__registration_number",
        "assessment__declaration_id",
        "assessment__declaration__version",
        *("assessment__declaration__customs_office", "assessment__declaration__accepted_at"),
        *("lane", "ground", "is_over_capacity", "assessment__score", "place"),
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for number, pk, version, office, accepted_at, *decided in rows.values_list(*columns):
        lane, ground, is_over, score, place = decided
        earlier = Earlier(
            lane=Lane(lane),
            ground=Ground(ground),
            is_over_capacity=is_over,
            score=score,
            place=msgspec.convert(place, Place),
        )
        found[number].append(Held(pk, version, (office, office_day(accepted_at)), earlier))
    return found


def held_for(held: Sequence[Held], declaration_id: int, version: int) -> Held | None:
    """The place that a version finds: its own, that of the version before, or of any other."""
    own = [one for one in held if one.declaration_id == declaration_id]
    before = [one for one in held if one.version < version]
    return next(iter(own or before[-1:] or held), None)


def _by_office(rows: "Iterable[LaneLimitRow]") -> dict[str, list[LaneLimitRow]]:
    found: dict[str, list[LaneLimitRow]] = defaultdict(list)
    for row in rows:
        found[row.customs_office].append(row)
    return found


def _in_force(limits: Iterable[LaneLimitRow], day: date) -> Plan:
    latest: dict[str, LaneLimitRow] = {}
    for row in sorted(limits, key=lambda row: (row.valid_from, row.pk)):
        if row.valid_from <= day:
            latest[row.lane] = row
    return plan_of((row.lane, row.capacity, row.rate) for row in latest.values())
