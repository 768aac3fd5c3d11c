"""The office's calendar: which day a moment falls on where the administration is."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def office_day(moment: datetime) -> date:
    """The local day of an aware moment in the office's time zone."""
    return moment.astimezone(_zone()).date()


def end_of_day(day: date) -> datetime:
    """The moment at which the office's local day is over; of the last day there is, its end."""
    if day == date.max:
        return datetime.combine(day, time.max, tzinfo=_zone())
    return midnight(day + timedelta(days=1))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"])


def midnight(day: date) -> datetime:
    """The moment at which the office's local day begins."""
    return datetime.combine(day, time(), tzinfo=_zone())
