"""Dates with slashes, whose order of day and month only the message itself can tell."""

import re
from collections.abc import Iterable
from datetime import date, datetime

_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[T ].*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ].*)?")


class DateHabit:
    """How the dates of one message are written, learnt from all of them together.

    ``evidence`` says which: ``day_first`` or ``month_first`` when some date allows only
    that; ``near`` when none does but one reading keeps the dates much nearer together;
    ``assumed`` when nothing decides and the day is taken to stand first.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        found = [match for text in texts if (match := _SLASHED.fullmatch(text.strip()))]
        pairs = [(int(match[1]), int(match[2])) for match in found]
        day_first = sum(first > 12 for first, _ in pairs)
        month_first = sum(second > 12 for _, second in pairs)
        self.is_ambiguous = any(a <= 12 and b <= 12 and a != b for a, b in pairs)
        if day_first or month_first:
            self.is_month_first = month_first > day_first
            self.evidence = "month_first" if self.is_month_first else "day_first"
            return
        self.is_month_first = False
        self.evidence = "assumed"
        as_day, as_month = (_span(found, is_month_first=order) for order in (False, True))
        if as_day is None or as_month is None:
            return
        if 3 * min(as_day, as_month) < max(as_day, as_month):
            self.is_month_first = as_month < as_day
            self.evidence = "near"

    def read(self, text: str) -> date | str:
        """The date, or the text when it is none: ``31/02/25`` stays what it is."""
        stripped = text.strip()
        if match := _SLASHED.fullmatch(stripped):
            return _date_of(match, is_month_first=self.is_month_first) or text
        if match := _YEAR_FIRST.fullmatch(stripped):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                return text
        if len(stripped) == 8 and stripped.isdigit():
            try:
                return datetime.strptime(stripped, "%Y%m%d").date()
            except ValueError:
                return text
        return text


def is_ambiguous_date(text: str) -> bool:
    """Whether day and month of a date could be exchanged and it would be another date."""
    match = _SLASHED.fullmatch(text.strip())
    return match is not None and 12 >= int(match[1]) != int(match[2]) <= 12


def _date_of(match: re.Match[str], *, is_month_first: bool) -> date | None:
    first, second, year = (int(match[number]) for number in (1, 2, 3))
    day, month = (second, first) if is_month_first else (first, second)
    # Two digits: no declaration in this form is older than the format, of the 1990s.
    if len(match[3]) == 2:
        year += 1900 if year >= 80 else 2000
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _span(found: list[re.Match[str]], *, is_month_first: bool) -> int | None:
    """Days between the first and the last date; None when that needs two dates."""
    days = [_date_of(match, is_month_first=is_month_first) for match in found]
    known = sorted({day for day in days if day is not None})
    return (known[-1] - known[0]).days if len(known) > 1 else None
