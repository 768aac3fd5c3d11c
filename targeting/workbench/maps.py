"""A map of the ways of goods, as numbers for a template: countries, places, lines."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from targeting.workbench.world import Country, Point, countries, points

# Degrees of longitude are drawn as wide as they are at 45° north, where these ways run.
NARROWED = math.cos(math.radians(45))
LEAST_ACROSS, MARGIN = 30.0, 7.0


class Stop(NamedTuple):
    """A place on the map; ``kind`` is country, border_office or office."""

    kind: str
    code: str
    name: str
    point: Point


class ShownStop(NamedTuple):
    kind: str
    code: str
    name: str
    x: float
    y: float
    seen: int


class ShownLine(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    told: str


class Shape(NamedTuple):
    path: str
    name: str
    is_named: bool


class Map(NamedTuple):
    """``box`` is the view box; ``unit`` a hundredth of its width, for sizes."""

    box: str
    unit: float
    shapes: Sequence[Shape]
    lines: Sequence[ShownLine]
    stops: Sequence[ShownStop]


def country_stop(alpha_2: str) -> Stop | None:
    """Where a country stands; None for one that the map does not know."""
    point = points().get(alpha_2)
    return Stop("country", alpha_2, alpha_2, point) if point else None


def map_of(ways: Iterable[Sequence[Stop]]) -> Map | None:
    """The map of ways, each its stops in order; None where no stop is known."""
    legs: Counter[tuple[Stop, Stop]] = Counter()
    seen: Counter[Stop] = Counter()
    for way in ways:
        seen.update(way)
        legs.update(pairwise(way))
    if not seen:
        return None
    left, top, across, down = _frame([stop.point for stop in seen])
    named = {stop.code for stop in seen if stop.kind == "country"}
    return Map(
        box=f"{left:.2f} {top:.2f} {across:.2f} {down:.2f}",
        unit=round(across / 100, 3),
        shapes=[
            Shape(_path(one), one.name, one.alpha_2 in named)
            for one in countries()
            if _touches(one, left, top, across, down)
        ],
        lines=[
            ShownLine(*_drawn(one.point), *_drawn(other.point), _width(count, across),
                      f"{one.name} → {other.name}: {count}")
            for (one, other), count in legs.items()
        ],
        stops=[
            ShownStop(stop.kind, stop.code, stop.name, *_drawn(stop.point), count)
            for stop, count in seen.most_common()
        ],
    )  # fmt: skip


def _drawn(point: Point) -> tuple[float, float]:
    return round(point[0] * NARROWED, 2), round(-point[1], 2)


def _width(count: int, across: float) -> float:
    return round(across / 100 * min(1.2, 0.25 + 0.2 * math.log2(count)), 3)


def _frame(given: Sequence[Point]) -> tuple[float, float, float, float]:
    """Left, top, width and height round all points, twice as wide as high at least."""
    xs, ys = zip(*map(_drawn, given), strict=True)
    across = max(max(xs) - min(xs) + 2 * MARGIN, LEAST_ACROSS)
    down = max(max(ys) - min(ys) + 2 * MARGIN, across / 2)
    across = max(across, down)
    return (min(xs) + max(xs) - across) / 2, (min(ys) + max(ys) - down) / 2, across, down


def _touches(one: Country, left: float, top: float, across: float, down: float) -> bool:
    for ring in one.rings:
        xs, ys = zip(*map(_drawn, ring), strict=True)
        is_beside = max(xs) < left or min(xs) > left + across
        if not is_beside and not (max(ys) < top or min(ys) > top + down):
            return True
    return False


def _path(one: Country) -> str:
    return "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y in map(_drawn, ring)) + "Z" for ring in one.rings
    )
