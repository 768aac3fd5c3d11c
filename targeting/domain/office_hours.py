"""The business clock: when something is due that an office has so many working minutes for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from targeting.domain.errors import InvalidSetting

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([a-z]{3})-([a-z]{3}) (\d{2}):(\d{2})-(\d{2}):(\d{2})")
_ALLOWED = "mon-fri 09:00-18:30 for example; round the clock is mon-sun 00:00-24:00"
# Nobody is on holiday for longer; without a bound a wrong calendar would never end.
_MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When somebody is there, by local time: the same hours on each of the ``weekdays``
    (Monday is 0) but for ``holidays``. ``opens`` and ``closes`` are minutes of the day."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    opens: int
    closes: int
    holidays: frozenset[date] = frozenset()

    def of_day(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when the office works on the day, in UTC; None when it does not."""
        if day.weekday() not in self.weekdays or day in self.holidays:
            return None
        return self._moment(day, self.opens), self._moment(day, self.closes)

    def _moment(self, day: date, minutes: int) -> datetime:
        days, minute = divmod(minutes, 24 * 60)
        local = datetime.combine(day + timedelta(days), time(*divmod(minute, 60)), tzinfo=self.zone)
        return local.astimezone(UTC)


def read_office_hours(text: str, *, zone: str, holidays: Iterable[str] = ()) -> OfficeHours:
    """The hours as a setting says them. Raises InvalidSetting.

    >>> read_office_hours("mon-fri 09:00-18:30", zone="Asia/Almaty").opens
    540
    """
    found = _HOURS.fullmatch(text.strip().lower())
    if not found or not {found[1], found[2]} <= set(WEEKDAYS):
        raise InvalidSetting(value=text, allowed=_ALLOWED)
    first, last = WEEKDAYS.index(found[1]), WEEKDAYS.index(found[2])
    opens, closes = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    if first > last or not opens < closes <= 24 * 60:
        raise InvalidSetting(value=text, allowed=_ALLOWED)
    try:
        days = frozenset(date.fromisoformat(day) for day in holidays)
    except ValueError:
        raise InvalidSetting(value=", ".join(holidays), allowed="dates: 2026-12-16") from None
    return OfficeHours(ZoneInfo(zone), frozenset(range(first, last + 1)), opens, closes, days)


def read_minutes(text: str, *, names: Iterable[str]) -> dict[str, int]:
    """Working minutes by name, as a setting says them; a name left out has no time set.

    >>> read_minutes("red=60, yellow=240", names=["red", "yellow", "blue"])
    {'red': 60, 'yellow': 240}
    """
    known = list(names)
    minutes: dict[str, int] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = pair.partition("=")
        if name not in known or not number.isascii() or not number.isdigit() or int(number) < 1:
            raise InvalidSetting(value=pair, allowed=f"minutes of {', '.join(known)}: red=60")
        minutes[name] = int(number)
    return minutes


def due_after(start: datetime, *, minutes: int, hours: OfficeHours) -> datetime:
    """The moment at which the office has worked so many minutes since ``start``.

    >>> hours = read_office_hours("mon-fri 09:00-18:00", zone="UTC")
    >>> due_after(datetime(2026, 3, 6, 17, 30, tzinfo=UTC), minutes=60, hours=hours).isoformat()
    '2026-03-09T09:30:00+00:00'
    """
    left = timedelta(minutes=minutes)
    first = start.astimezone(hours.zone).date()
    for days in range(_MOST_DAYS):
        worked = hours.of_day(first + timedelta(days))
        if worked is None:
            continue
        since = max(start.astimezone(UTC), worked[0])
        if since + left <= worked[1]:
            return since + left
        left -= max(timedelta(0), worked[1] - since)
    raise InvalidSetting(value="holidays", allowed="a working day within ten years")


def due_times(
    start: datetime, *, minutes: Mapping[str, int], hours: OfficeHours
) -> dict[str, datetime]:
    """When each of them is due that begins at ``start``."""
    return {name: due_after(start, minutes=most, hours=hours) for name, most in minutes.items()}
