"""Cells of a mapped CSV file: how their text becomes what the readers of fields expect."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import fields
from shipments.domain.formats.mapping import ISO_FORMAT, ColumnSource, CsvMapping, FileHabits

Convert = Callable[[str], object]


def converter(target: str, source: ColumnSource, mapping: CsvMapping) -> Convert | None:
    """What to do with the cells of a target; None when the text is taken as it is.

    A cell that cannot be converted becomes the fault itself, which the reader of the
    field then reports at its place.
    """
    field = target.rpartition(".")[2]
    steps: list[Convert] = []
    if table := mapping.values.get(target):
        steps.append(_translator(table))
    if field in fields.NUMBER_FIELDS:
        steps.append(_number(mapping.file))
    elif field == "accepted_at":
        steps.append(_moment(mapping.file))
    elif field == "issued_on":
        steps.append(_day(mapping.file))
    elif field == "containers":
        steps.append(lambda cell: cell.replace(";", ",").replace("|", ",").split(","))
    if source.prefix:
        steps.append(lambda cell: source.prefix + cell)
    return _chain(steps)


def _chain(steps: list[Convert]) -> Convert | None:
    if not steps:
        return None
    if len(steps) == 1:
        return steps[0]

    def convert(cell: str) -> object:
        value: object = cell
        for step in steps:
            if isinstance(value, str):
                value = step(value)
        return value

    return convert


def _translator(table: Mapping[str, str]) -> Convert:
    return lambda cell: table.get(cell, cell)


def _number(habits: FileHabits) -> Convert:
    mark, thousands = habits.decimal_mark, habits.thousands_mark
    other = "," if mark == "." else "."

    def convert(cell: str) -> object:
        text = cell.replace(thousands, "") if thousands else cell
        # "1.234" must not be read as a little more than one where the comma is the mark.
        if other in text:
            return InvalidValue("number_invalid", value=cell, allowed=f"a number with {mark}")
        return text.replace(mark, ".", 1)

    return convert


def _parsed(cell: str, patterns: tuple[str, ...]) -> datetime | None:
    for pattern in patterns:
        try:
            if pattern == ISO_FORMAT:
                return datetime.fromisoformat(cell)
            return datetime.strptime(cell, pattern)
        except ValueError:
            continue
    return None


def _moment(habits: FileHabits) -> Convert:
    zone = ZoneInfo(habits.time_zone) if habits.time_zone else None

    @lru_cache(maxsize=4_096)
    def convert(cell: str) -> object:
        moment = _parsed(cell, habits.date_formats)
        if moment is None:
            allowed = ", ".join(habits.date_formats)
            return InvalidValue("time_invalid", value=cell, allowed=allowed)
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment

    return convert


def _day(habits: FileHabits) -> Convert:
    @lru_cache(maxsize=4_096)
    def convert(cell: str) -> date | InvalidValue:
        moment = _parsed(cell, habits.date_formats)
        if moment is None:
            allowed = ", ".join(habits.date_formats)
            return InvalidValue("date_invalid", value=cell, allowed=allowed)
        return moment.date()

    return convert
