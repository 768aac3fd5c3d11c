"""Dates and times as XML messages write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shipments.domain.formats.base import ReadingContext


def moment_of(text: str, context: ReadingContext) -> datetime | str:
    """An ISO date or time; where it states no zone, in that of the administration.

    Text that is neither comes back as it is, for the reader of the field to refuse.

    >>> moment_of("2019-02-14", ReadingContext(time_zone="Asia/Almaty")).isoformat()
    '2019-02-14T00:00:00+06:00'
    """
    day, _, zone = text.partition("+") if "T" not in text else (text, "", "")
    if zone or (text.endswith("Z") and "T" not in text):
        # XML allows a zone behind a date: midnight there.
        text = day.removesuffix("Z") + "T00:00:00" + ("+" + zone if zone else "Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.replace(tzinfo=ZoneInfo(context.time_zone)) if moment.tzinfo is None else moment


def day_of(text: str) -> str:
    """The date in an XML date or time, whatever zone or time stands behind it."""
    return text[:10] if len(text) > 10 and text[4:5] == "-" else text
