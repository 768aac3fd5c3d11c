"""Which slots belong to which case: planned for a segment of the run from the seed alone.

A segment is the reach of a case: its declarations may lie in different blocks, and every
block computes the same plan. Memory depends on the segment, not on the run.
"""

from random import Random
from typing import NamedTuple

from risk.domain.proving.clock import Clock
from risk.domain.proving.kinds import PLANTED, TRAP, Kind

SEGMENT = 100_000
# Slots that a case chooses from for each of its declarations, at least.
_ROOM, _ROOM_OF_ONE = 4, 200
# So often a case may find no room before the segment counts as full.
_FAILURES = 20


class Part(NamedTuple):
    """What one slot is: declaration ``ordinal`` of case number ``case`` of ``kind``, whose slots
    are ``slots`` in order."""

    label: str
    kind: Kind
    case: int
    ordinal: int
    slots: tuple[int, ...]


class Rates(NamedTuple):
    """The share of declarations that belong to planted cases, and to traps."""

    planted: float
    traps: float


class Kinds(NamedTuple):
    """The kinds that take turns."""

    plants: tuple[Kind, ...]
    traps: tuple[Kind, ...]


def plan_segment(
    seed: int, segment: int, clock: Clock, rates: Rates, kinds: Kinds
) -> dict[int, Part]:
    """The parts by slot of segment ``segment``; kinds take turns so that all are as frequent.

    Cases start anywhere; the later declarations of a case follow within the days of its
    kind, as far as the segment reaches.
    """
    draw = Random(f"{seed}:plan:{segment}")  # noqa: S311 - data, not a secret
    first = segment * SEGMENT
    end = min(first + SEGMENT, clock.count)
    stride = int(SEGMENT * (rates.planted + rates.traps)) + 2
    plan: dict[int, Part] = {}
    index = segment * stride
    for label, listed, rate in (
        (PLANTED, kinds.plants, rates.planted),
        (TRAP, kinds.traps, rates.traps),
    ):
        wanted = round(end * rate) - round(first * rate)
        turn = draw.randrange(len(listed)) if listed else 0
        failures = 0
        while listed and wanted > 0 and failures < _FAILURES:
            kind = listed[turn % len(listed)]
            turn += 1
            least, most = kind.sizes
            if least > wanted and any(other.sizes[0] <= wanted for other in listed):
                continue
            size = min(draw.randint(least, most), end - first)
            slots = _slots(draw, plan, (first, end), size, _reach(clock, kind, end - first))
            if not slots:
                failures += 1
                continue
            for ordinal, slot in enumerate(slots):
                plan[slot] = Part(label, kind, index, ordinal, slots)
            index += 1
            wanted -= size
    return plan


def _reach(clock: Clock, kind: Kind, size: int) -> int:
    """How many slots ``kind.days`` are; in a thin run so many that the case finds room.

    Where one declaration is the whole case its days say nothing.
    """
    most = kind.sizes[1]
    room = _ROOM_OF_ONE if most == 1 else _ROOM * most
    return max(room, min(size, clock.count * kind.days // len(clock.days)))


def _slots(
    draw: Random, plan: dict[int, Part], bounds: tuple[int, int], size: int, reach: int
) -> tuple[int, ...]:
    """``size`` free slots within ``reach`` of each other; none when there is no room."""
    first, end = bounds
    start = draw.randrange(first, end)
    low = max(first, min(start, end - reach))
    high = min(end, low + reach)
    found: set[int] = set()
    for _ in range(50 * size):
        slot = start if not found else draw.randrange(low, high)
        if slot in plan or slot in found:
            start = draw.randrange(low, high)
            continue
        found.add(slot)
        if len(found) == size:
            return tuple(sorted(found))
    return ()
