"""Charts as numbers for a template: where each point stands in a box of fixed size."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

WIDTH, HEIGHT, MARGIN = 560, 150, 8


class Point(NamedTuple):
    """What is shown of one moment; ``is_here`` marks what the page is about."""

    at: datetime
    value: Decimal
    told: str
    is_here: bool


class Dot(NamedTuple):
    x: float
    y: float
    told: str
    is_here: bool


class Chart(NamedTuple):
    """Dots from left to right by time and upwards by value from zero to ``top``."""

    dots: Sequence[Dot]
    top: Decimal
    first: datetime
    last: datetime
    width: int = WIDTH
    height: int = HEIGHT


def chart(points: Sequence[Point]) -> Chart | None:
    """The chart of points in the order of their time; none of nothing.

    >>> from datetime import UTC
    >>> one = Point(datetime(2026, 1, 1, tzinfo=UTC), Decimal(5), "five", True)
    >>> chart([one]).dots
    [Dot(x=552.0, y=8.0, told='five', is_here=True)]
    """
    if not points:
        return None
    top = max(point.value for point in points)
    first, last = points[0].at, points[-1].at
    span = (last - first).total_seconds()
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return Chart(
        dots=[
            Dot(
                x=round(
                    MARGIN + wide * ((one.at - first).total_seconds() / span if span else 1), 1
                ),
                y=round(MARGIN + high * (1 - float(one.value / top if top else 0)), 1),
                told=one.told,
                is_here=one.is_here,
            )
            # What the page is about lies above what it covers.
            for one in sorted(points, key=lambda point: point.is_here)
        ],
        top=top,
        first=first,
        last=last,
    )
