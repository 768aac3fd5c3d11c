"""Times in the digits of the UN code list 2379, as WCO and EDIFACT messages write them."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.xml_moments import moment_of

# CCYYMMDD with or without time; a zone as letters Z, a sign and hours, or hours alone.
_CODED = re.compile(r"(\d{8})(\d{4})?(\d{2})?(?:Z|([+-]\d{2}):?(\d{2})?)?")
_SHORT = re.compile(r"(\d{6})")


def coded_moment(text: str, context: ReadingContext) -> datetime | str:
    """The moment that digits mean, else one in ISO 8601; text that is neither comes back.

    >>> coded_moment("20250731143931+01", ReadingContext()).isoformat()
    '2025-07-31T14:39:31+01:00'
    """
    written = text.strip()
    if match := _SHORT.fullmatch(written):
        written = "20" + match[1]
    match = _CODED.fullmatch(written)
    if match is None:
        return moment_of(written, context)
    day, minutes, seconds, hours, rest = match.groups()
    digits = day + (minutes or "0000") + (seconds or "00")
    try:
        moment = datetime.strptime(digits, "%Y%m%d%H%M%S")
    except ValueError:
        return text
    if hours:
        return datetime.fromisoformat(moment.isoformat() + f"{hours}:{rest or '00'}")
    zone = ZoneInfo("UTC" if written.endswith("Z") else context.time_zone)
    return moment.replace(tzinfo=zone)
