"""Cells of a mapped CSV file: how their text becomes what the readers of fields expect."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import fields
from shipments.domain.formats.mapping import ISO_FORMAT, ColumnSource, CsvMapping
from shipments.domain.formats.table_habits import BLANKS, Habits, is_ambiguous_number
from shipments.domain.formats.written_dates import is_ambiguous_date

Convert = Callable[[str], object]


def converter(
    target: str, source: ColumnSource, mapping: CsvMapping, habits: Habits
) -> Convert | None:
    """What to do with the cells of a target; None when the text is taken as it is.

    A cell that cannot be converted becomes the fault itself, which the reader of the
    field then reports at its place; one that could be read otherwise becomes the doubt.
    """
    field = target.rpartition(".")[2]
    steps: list[Convert] = []
    if table := mapping.values.get(target):
        steps.append(_translator(table))
    if field in fields.NUMBER_FIELDS:
        steps.append(_number(habits, fields.reader_of(target)))
    elif field == "accepted_at":
        steps.append(_moment(habits))
    elif field == "issued_on":
        steps.append(_day(habits))
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


def _number(found: Habits, read: fields.Reader) -> Convert:
    habits = found.file
    mark, thousands = habits.decimal_mark, habits.thousands_mark
    other = "," if mark == "." else "."
    blanks = str.maketrans("", "", BLANKS) if thousands in tuple(BLANKS) else None

    def convert(cell: str) -> object:
        text = cell.translate(blanks) if blanks else cell
        text = text.replace(thousands, "") if thousands else text
        # "1.234" must not be read as a little more than one where the comma is the mark.
        if other in text:
            return InvalidValue("number_invalid", value=cell, allowed=f"a number with {mark}")
        number = text.replace(mark, ".", 1)
        if found.is_decimal_mark_assumed and is_ambiguous_number(cell):
            doubt = InvalidValue("decimal_mark_assumed", value=cell, allowed=mark)
            return _doubtful(doubt, number, read)
        return number

    return convert


def _doubtful(doubt: InvalidValue, value: object, read: fields.Reader) -> object:
    """The doubt with what the field's reader makes of the value; its fault if it refuses it."""
    try:
        return fields.Doubtful(doubt, read(value))
    except InvalidValue as fault:
        return fault


def _parsed(cell: str, patterns: tuple[str, ...]) -> datetime | None:
    for pattern in patterns:
        try:
            if pattern == ISO_FORMAT:
                return datetime.fromisoformat(cell)
            return datetime.strptime(cell, pattern)
        except ValueError:
            continue
    return None


def _date_doubt(found: Habits, cell: str) -> InvalidValue | None:
    """Where day and month could be exchanged and nothing in the file tells which is which."""
    if not found.is_date_order_assumed or not is_ambiguous_date(cell):
        return None
    return InvalidValue("date_order_assumed", value=cell, allowed=found.file.date_formats[0])


def _moment(found: Habits) -> Convert:
    habits = found.file
    zone = ZoneInfo(habits.time_zone) if habits.time_zone else None

    @lru_cache(maxsize=4_096)
    def convert(cell: str) -> object:
        moment = _parsed(cell, habits.date_formats)
        if moment is None:
            allowed = ", ".join(habits.date_formats)
            return InvalidValue("time_invalid", value=cell, allowed=allowed)
        moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        doubt = _date_doubt(found, cell)
        return _doubtful(doubt, moment, fields.reader_of("accepted_at")) if doubt else moment

    return convert


def _day(found: Habits) -> Convert:
    habits = found.file

    @lru_cache(maxsize=4_096)
    def convert(cell: str) -> object:
        moment = _parsed(cell, habits.date_formats)
        if moment is None:
            allowed = ", ".join(habits.date_formats)
            return InvalidValue("date_invalid", value=cell, allowed=allowed)
        doubt = _date_doubt(found, cell)
        return _doubtful(doubt, moment.date(), fields.read_day) if doubt else moment.date()

    return convert
