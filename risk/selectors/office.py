"""The office's calendar: which day a moment falls on where the administration is."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def office_day(moment: datetime) -> date:
    """The local day of an aware moment in the office's time zone."""
    return moment.astimezone(ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"])).date()


def midnight(day: date) -> datetime:
    """The moment at which the office's local day begins."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"]))
