"""The countries of the world as polygons, from the vendored TopoJSON (``vendored.toml``).

Coordinates are degrees, longitude before latitude, on the plate carrée of WGS 84.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pycountry

PLACE = Path(__file__).parent / "static" / "vendor" / "countries-110m.json"

Point = tuple[float, float]


class Country(NamedTuple):
    """``alpha_2`` is empty where no code stands for it; ``point`` lies in its largest part."""

    alpha_2: str
    name: str
    rings: Sequence[Sequence[Point]]
    point: Point


@cache
def countries() -> tuple[Country, ...]:
    """All of them; read once, some hundredths of a second."""
    world = msgspec.json.decode(PLACE.read_bytes())
    arcs = _arcs(world)
    return tuple(_country(shape, arcs) for shape in world["objects"]["countries"]["geometries"])


@cache
def points() -> dict[str, Point]:
    """Where a country stands by its two letters."""
    return {one.alpha_2: one.point for one in countries() if one.alpha_2}


def _arcs(world: dict[str, Any]) -> list[list[Point]]:
    """TopoJSON 1.0: integers, each the difference to the one before, scaled and moved."""
    scale_x, scale_y = world["transform"]["scale"]
    move_x, move_y = world["transform"]["translate"]
    arcs = []
    for arc in world["arcs"]:
        steps_x, steps_y = zip(*arc, strict=True)
        places = zip(accumulate(steps_x), accumulate(steps_y), strict=True)
        arcs.append([(x * scale_x + move_x, y * scale_y + move_y) for x, y in places])
    return arcs


def _country(shape: dict[str, Any], arcs: list[list[Point]]) -> Country:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = [_ring(ring, arcs) for polygon in polygons for ring in polygon]
    known = pycountry.countries.get(numeric=shape.get("id", ""))
    return Country(
        alpha_2=known.alpha_2 if known else "",
        name=shape["properties"]["name"],
        rings=rings,
        point=_middle(max(rings, key=lambda ring: abs(_area(ring)))),
    )


def _ring(numbers: Sequence[int], arcs: list[list[Point]]) -> list[Point]:
    """Arcs joined end to end; the complement of a number is that arc backwards."""
    found: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        found += arc[1:] if found else arc
    return found


def _crosses(ring: Sequence[Point]) -> Iterator[tuple[Point, Point, float]]:
    for one, other in pairwise(ring):
        yield one, other, one[0] * other[1] - other[0] * one[1]


def _area(ring: Sequence[Point]) -> float:
    return sum(cross for *_, cross in _crosses(ring)) / 2


def _middle(ring: Sequence[Point]) -> Point:
    """The centroid of the area; a ring without one stands at its first point."""
    area = _area(ring)
    if not area:
        return ring[0]
    x = sum((one[0] + other[0]) * cross for one, other, cross in _crosses(ring))
    y = sum((one[1] + other[1]) * cross for one, other, cross in _crosses(ring))
    return x / (6 * area), y / (6 * area)
