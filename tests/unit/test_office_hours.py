"""The business clock: working minutes across nights, weekends, holidays and zones."""

from datetime import UTC, datetime

import pytest

from targeting.domain.errors import InvalidSetting
from targeting.domain.office_hours import due_after, read_minutes, read_office_hours

WEEK = "mon-fri 09:00-18:00"


def due(start: str, minutes: int, text: str = WEEK, **more: object) -> str:
    hours = read_office_hours(text, **{"zone": "UTC", **more})  # type: ignore[arg-type]
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    return due_after(moment, minutes=minutes, hours=hours).isoformat()[:16]


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-04T10:00", 60, "2026-03-04T11:00"),  # a Wednesday
        ("2026-03-04T17:00", 60, "2026-03-04T18:00"),  # to the last minute
        ("2026-03-04T17:30", 60, "2026-03-05T09:30"),  # over night
        ("2026-03-04T03:00", 60, "2026-03-04T10:00"),  # before opening
        ("2026-03-04T22:00", 60, "2026-03-05T10:00"),  # after closing
        ("2026-03-06T17:30", 60, "2026-03-09T09:30"),  # over the weekend
        ("2026-03-07T12:00", 1200, "2026-03-11T11:00"),  # Saturday; two days and two hours
    ],
)
def test_due_counts_working_minutes_only(start: str, minutes: int, expected: str) -> None:
    assert due(start, minutes) == expected


def test_a_holiday_is_no_working_day() -> None:
    assert due("2026-03-04T17:30", 60, holidays=["2026-03-05"]) == "2026-03-06T09:30"


def test_hours_are_those_of_the_office() -> None:
    # 09:00 in Almaty is 04:00 in UTC.
    assert due("2026-03-04T01:00", 60, zone="Asia/Almaty") == "2026-03-04T05:00"


def test_round_the_clock_is_the_plain_clock() -> None:
    assert due("2026-03-07T23:30", 1500, "mon-sun 00:00-24:00") == "2026-03-09T00:30"


@pytest.mark.parametrize(
    "text", ["", "fri-mon 09:00-18:00", "mon-fri 18:00-09:00", "mon-fri 09:00-25:00", "mon-xyz"]
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(InvalidSetting):
        read_office_hours(text, zone="UTC")


@pytest.mark.parametrize("text", ["purple=3", "red", "red=0", "red=-1", "red=x"])
def test_minutes_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(InvalidSetting):
        read_minutes(text, names=["red"])


def test_no_minutes_no_time_set() -> None:
    assert read_minutes("", names=["red"]) == {}
