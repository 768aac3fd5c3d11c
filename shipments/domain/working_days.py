"""Working days: weekdays that are no holiday. Holidays are data, a file a country."""

import csv
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shipments.domain.errors import UnreadableFile

_SATURDAY = 5
# No clock is longer; without a bound a wrong calendar would never end.
_MOST_DAYS = 3_660


class Calendar(NamedTuple):
    """When nobody works beside Saturday and Sunday."""

    holidays: frozenset[date] = frozenset()


@lru_cache(maxsize=8)
def read_calendar(path: Path) -> Calendar:
    """The holidays of a file with the columns day, name, source, confidence.

    Raises UnreadableFile ``calendar_invalid`` with the line.
    """
    days: set[date] = set()
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            try:
                day = date.fromisoformat(row["day"])
                is_told = bool(row["name"] and row["source"])
            except (KeyError, ValueError) as error:
                raise UnreadableFile("calendar_invalid", reason=str(error), line=line) from None
            if day in days or not is_told:
                reason = "each day once, with name and source"
                raise UnreadableFile("calendar_invalid", reason=reason, line=line)
            days.add(day)
    return Calendar(frozenset(days))


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether offices work on the day.

    >>> is_working_day(date(2026, 3, 20), Calendar())
    True
    """
    return day.weekday() < _SATURDAY and day not in calendar.holidays


def after_working_days(start: date, count: int, calendar: Calendar) -> date:
    """The last of ``count`` working days after ``start``, which itself does not count.

    ``count`` 0 is ``start``. Raises ValueError below 0 or when the calendar has no such day.

    >>> after_working_days(date(2026, 3, 20), 1, Calendar())  # a Friday
    datetime.date(2026, 3, 23)
    """
    if count < 0:
        raise ValueError(count)
    day, left = start, count
    for _ in range(_MOST_DAYS):
        if not left:
            return day
        day += timedelta(days=1)
        left -= is_working_day(day, calendar)
    raise ValueError(count)
