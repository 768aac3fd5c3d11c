"""Figures as pages show them: a table, a bar in each of its rows, and the rows behind each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from risk.domain.intervals import Share

Text = str | Promise


class Bar(NamedTuple):
    """From 0 to ``length`` of 100; ``low`` and ``high`` are the ends of its interval, None
    without one; ``kind`` is a class of the style sheet."""

    length: float
    low: float | None = None
    high: float | None = None
    kind: str = ""


class Cell(NamedTuple):
    """A number of a row that has rows of its own behind it."""

    value: Text
    href: str

    def __str__(self) -> str:
        return str(self.value)


class Line(NamedTuple):
    """A row of a figure: what it is of, its numbers, its bar, the address of the rows behind."""

    label: Text
    cells: Sequence[Text | Cell]
    bar: Bar | None = None
    href: str = ""


class Fact(NamedTuple):
    """A single number above the table, with the address of the rows behind it."""

    name: Text
    value: Text
    href: str = ""


class Segment(NamedTuple):
    """A part of a column, in units of the picture: 0 is the top."""

    kind: str
    top: float
    height: float
    told: str


class Column(NamedTuple):
    """One step of time."""

    left: float
    width: float
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``columns`` head the label, the cells and the bar; ``told`` says what is counted of what.

    ``over_time`` is a picture above the table, in a field of 1000 by 200.
    """

    key: str
    title: Text
    told: Text
    columns: Sequence[Text]
    lines: Sequence[Line]
    empty: Text
    over_time: Sequence[Column] = ()
    highest: int = 0
    span: tuple[date, date] | None = None
    facts: Sequence[Fact] = field(default_factory=tuple)

    def sheet(self) -> tuple[list[str], list[list[str]]]:
        """Heading and rows as texts, what stands above the table in the last ones."""
        rows = [[str(line.label), *map(str, line.cells)] for line in self.lines]
        rows += [[str(fact.name), str(fact.value)] for fact in self.facts]
        return [str(name) for name in self.columns], rows


WIDTH, HEIGHT = 1000.0, 200.0


def share_bar(share: Share) -> Bar | None:
    """A share with its interval; none where nothing was counted."""
    if share.value is None or share.low is None or share.high is None:
        return None
    return Bar(100 * share.value, 100 * share.low, 100 * share.high)


def percent(value: float | None) -> str:
    """A share for people; a dash for none."""
    return "—" if value is None else f"{100 * value:.1f} %"


def interval(share: Share) -> str:
    """The ends of an interval in percent."""
    if share.low is None or share.high is None:
        return "—"
    return f"{100 * share.low:.1f} – {100 * share.high:.1f} %"


def of_most(value: float, most: float, kind: str = "") -> Bar:
    """A bar as long as its part of the longest one."""
    return Bar(100 * float(value) / float(most) if most else 0.0, kind=kind)


def columns_of(
    steps: Sequence[tuple[str, dict[str, int]]], kinds: Sequence[str]
) -> tuple[list[Column], int]:
    """Columns of stacked segments, the first kind at the bottom, and what the highest stands for.

    A step is what it is called and its counts by kind.
    """
    highest = max((sum(counts.values()) for _, counts in steps), default=0)
    width = WIDTH / max(1, len(steps))
    columns = []
    for number, (name, counts) in enumerate(steps):
        bottom, segments = HEIGHT, []
        for kind in kinds:
            height = HEIGHT * counts.get(kind, 0) / highest if highest else 0.0
            bottom -= height
            if height:
                segments.append(Segment(kind, bottom, height, f"{name}: {counts[kind]}"))
        columns.append(Column(number * width, max(0.5, width - 1), segments))
    return columns, highest


def rows_behind(name: str, **query: object) -> str:
    """The address of the page ``name`` narrowed so; what is None is left out."""
    given = {key: value for key, value in query.items() if value is not None}
    return f"{reverse(f'workbench:{name}')}?{urlencode(given, doseq=True)}"
