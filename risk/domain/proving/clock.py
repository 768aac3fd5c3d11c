"""When declarations are accepted: a smooth, monotone map from a slot to a moment."""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate
from typing import NamedTuple

ALMATY = timezone(timedelta(hours=5))
_WEEKDAYS = (1.0, 1.08, 1.1, 1.05, 1.0, 0.28, 0.12)
# Share of a year's declarations by month against the mean: autumn is heavy, January light.
_MONTHS = (0.72, 0.86, 1.0, 1.02, 0.96, 0.97, 0.99, 1.02, 1.08, 1.12, 1.13, 1.13)
# Share of a day's declarations by hour: offices work by day, electronic filing goes on.
_HOURS = (
    0.4, 0.3, 0.25, 0.2, 0.2, 0.3, 0.6, 1.2, 3.5, 7.5, 10.0, 10.5,
    8.5, 6.5, 9.0, 10.0, 9.5, 8.5, 5.5, 2.8, 1.8, 1.2, 0.8, 0.5,
)  # fmt: skip
_HOUR_ENDS = tuple(end / sum(_HOURS) for end in accumulate(_HOURS))


class Moment(NamedTuple):
    """A slot's acceptance: the day (``short_day`` as registration numbers print it), the
    second of the day, the serial of the day."""

    day: date
    iso_day: str
    short_day: str
    second: int
    serial: int

    @property
    def at(self) -> datetime:
        """The moment with the zone of the offices."""
        return datetime.combine(self.day, time(), ALMATY) + timedelta(seconds=self.second)

    @property
    def text(self) -> str:
        """The moment as a declaration writes it. Formatting by hand: this is a hot path."""
        minutes, seconds = divmod(self.second, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{self.iso_day}T{hours:02d}:{minutes:02d}:{seconds:02d}+05:00"


class Clock:
    """Acceptance moments of ``count`` slots from ``first`` to ``last``, both days included.

    Later slots are never earlier. The number of slots a day follows weekday and season.
    """

    def __init__(self, first: date, last: date, count: int) -> None:
        self.count = count
        self.days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
        self._texts = tuple((day.isoformat(), f"{day:%d%m%y}") for day in self.days)
        weights = [_WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1] for day in self.days]
        total = sum(weights)
        self._starts = (0, *(round(count * end / total) for end in accumulate(weights)))

    def moment(self, slot: int) -> Moment:
        """When slot ``slot`` (from 0) is accepted."""
        index = min(bisect_right(self._starts, slot), len(self.days)) - 1
        start = self._starts[index]
        size = self._starts[index + 1] - start
        second = second_of_day((slot - start + 0.5) / size)
        return Moment(self.days[index], *self._texts[index], second, slot - start + 1)

    def share(self, slot: int) -> float:
        """How far slot ``slot`` lies in the whole run, 0 to 1."""
        return slot / self.count


def second_of_day(share: float) -> int:
    """The second at which ``share`` of a day's declarations are in; monotone."""
    hour = min(bisect_right(_HOUR_ENDS, share), 23)
    start = _HOUR_ENDS[hour - 1] if hour else 0.0
    within = (share - start) / (_HOUR_ENDS[hour] - start)
    return min(int(3600 * (hour + within)), 86_399)
