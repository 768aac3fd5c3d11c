"""The lanes of a chunk in the days of its offices: counted, topped up, marked where full.

One row for each office and day that has limits holds the running counts. A chunk locks the rows
of its offices in one order, places its declarations in the order of acceptance, and writes the
counts with its assessments: concurrent chunks follow one another, and a chunk that is done twice
finds the places that it gave and counts nothing twice.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from msgspec.structs import replace

from risk.domain.errors import LimitRefused
from risk.domain.lane_days import Earlier, OfficeDay, in_place
from risk.domain.lanes import Lane
from risk.models import LaneDay, LaneLimit
from risk.selectors.lane_days import (
    Held,
    OfficeAndDay,
    Plan,
    counts_of,
    held_for,
    held_places,
    plans_on,
)
from risk.selectors.office import office_day
from risk.services.judging import Assessed
from shipments.services.bulk import upsert_rows

_COUNTS = ("seen", "red", "yellow", "blue", "topped_up", "over_capacity", "passed")


@transaction.atomic
def record_limit(
    *,
    customs_office: str,
    lane: Lane,
    capacity: int | None,
    rate: Decimal | None,
    valid_from: date,
    reason: str,
    actor: str,
    now: datetime,
) -> LaneLimit:
    """Say what holds for a lane of an office from a day on; neither number ends what held.

    Raises LimitRefused for a day that has begun: what a day was decided by does not change under
    it.
    """
    if valid_from <= office_day(now):
        raise LimitRefused(field="valid_from", value=str(valid_from), allowed="tomorrow or later")
    return LaneLimit.objects.create(
        customs_office=customs_office,
        lane=lane.value,
        capacity=capacity,
        rate=rate,
        valid_from=valid_from,
        reason=reason.strip(),
        recorded_by=actor,
        recorded_at=now,
    )


def place_in_days(assessed: Sequence[Assessed]) -> list[Assessed]:
    """The declarations with their lanes as their offices' days have it; counts are stored.

    The caller holds the transaction and stores the decisions in it. One query where no office
    has limits, five otherwise, however many declarations there are.
    """
    places = {(one.facts.customs_office, one.day) for one in assessed}
    plans = plans_on(places)
    if not plans:
        return list(assessed)
    days = _lock(plans)
    held = held_places([one.facts.registration_number for one in assessed])
    placed = {
        one.declaration_id: _placed(one, days, plans, held) for one in sorted(assessed, key=_order)
    }
    _store(days)
    return [placed[one.declaration_id] for one in assessed]


def keep_places(assessed: Sequence[Assessed]) -> list[Assessed]:
    """Assessed once more, for another reason than intake: what was topped up stays so, and
    nothing is counted. One query."""
    held = held_places([one.facts.registration_number for one in assessed])
    return [_kept(one, held.get(one.facts.registration_number, ())) for one in assessed]


def _kept(one: Assessed, held: Sequence[Held]) -> Assessed:
    found = held_for(held, one.declaration_id, one.facts.version)
    if found is None:
        return one
    return one._replace(decision=in_place(one.decision, found.earlier.next_place))


def _placed(
    one: Assessed,
    days: Mapping[OfficeAndDay, OfficeDay],
    plans: Mapping[OfficeAndDay, Plan],
    held: dict[str, list[Held]],
) -> Assessed:
    key, score = (one.facts.customs_office, one.day), one.assessment.score
    known = held.setdefault(one.facts.registration_number, [])
    if key not in plans:
        return _kept(one, known)
    day = days[key]
    found = held_for(known, one.declaration_id, one.facts.version)
    if found and found.office_and_day == key:
        is_own = found.declaration_id == one.declaration_id
        place = found.earlier.place if is_own else found.earlier.next_place
        decision = in_place(one.decision, place)
        day.recount(found.earlier, decision, score)
    else:
        place = day.place(score, plans[key])
        if found:  # An amendment that moves it to another office or day has its place there.
            place = replace(place, is_again=True, kept=found.earlier.next_place.kept)
        decision = in_place(one.decision, place)
        day.count(decision, score)
    # The chunk may hold the version that follows.
    earlier = Earlier(
        lane=decision.lane,
        ground=decision.ground,
        is_over_capacity=decision.is_over_capacity,
        score=score,
        place=place,
    )
    others = [row for row in known if row.declaration_id != one.declaration_id]
    own = Held(one.declaration_id, one.facts.version, key, earlier)
    held[one.facts.registration_number] = sorted([*others, own], key=lambda row: row.version)
    return one._replace(decision=decision)


def _order(one: Assessed) -> tuple[datetime, str, int]:
    return one.facts.accepted_at, one.facts.registration_number, one.facts.version


def _lock(places: Iterable[OfficeAndDay]) -> dict[OfficeAndDay, OfficeDay]:
    """The running counts of these days, made where they are new, and locked in one order."""
    keys = sorted(places)
    upsert_rows(
        LaneDay,
        ("customs_office", "day", *_COUNTS),
        [(office, day, 0, 0, 0, 0, 0, 0, "[]") for office, day in keys],
        key=("customs_office", "day"),
    )
    offices, moments = {office for office, _ in keys}, {day for _, day in keys}
    rows = LaneDay.objects.select_for_update().order_by("customs_office", "day")
    found = counts_of(rows.filter(customs_office__in=offices, day__in=moments))
    return {key: found[key] for key in keys}


def _store(days: Mapping[OfficeAndDay, OfficeDay]) -> None:
    upsert_rows(
        LaneDay,
        ("customs_office", "day", *_COUNTS),
        [
            (
                office,
                day,
                counts.seen,
                *(counts.given[lane] for lane in ("red", "yellow", "blue")),
                counts.topped_up,
                counts.over_capacity,
                json.dumps(counts.passed),
            )
            for (office, day), counts in days.items()
        ],
        key=("customs_office", "day"),
        update=_COUNTS,
    )
