"""Clocks: working days over weekends and holidays, windows of notices."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.domain.errors import UnreadableFile
from shipments.domain.notifications import (
    STEPS,
    Clocks,
    NotificationRecord,
    NotificationState,
    deadlines,
    may_proceed,
    months_after,
    reachable,
    read_clocks,
)
from shipments.domain.working_days import (
    Calendar,
    after_working_days,
    is_working_day,
    read_calendar,
)

FIXTURES = Path(__file__).parents[3] / "fixtures"
KZ = read_calendar(FIXTURES / "calendars" / "kz.csv")
SATURDAY = 5
DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 1))


@given(DAYS, st.integers(0, 120), st.sets(DAYS, max_size=40))
def test_after_working_days_when_counted_again_then_as_many(start, count, holidays):
    calendar = Calendar(frozenset(holidays))
    end = after_working_days(start, count, calendar)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    working = [day for day in between if day.weekday() < SATURDAY and day not in holidays]
    assert len(working) == count
    assert count == 0 or working[-1] == end
    assert [day for day in between if is_working_day(day, calendar)] == working


@given(DAYS, st.integers(1, 60), DAYS)
def test_after_working_days_when_one_more_holiday_then_never_sooner(start, count, holiday):
    without = after_working_days(start, count, Calendar())
    assert after_working_days(start, count, Calendar(frozenset({holiday}))) >= without


def test_after_working_days_when_nauryz_lies_between_then_it_does_not_count():
    # Friday 20 March 2026; 21 to 23 March are Nauryz, two of them a weekend that is made up for.
    assert after_working_days(date(2026, 3, 20), 1, Calendar()) == date(2026, 3, 23)
    assert after_working_days(date(2026, 3, 20), 1, KZ) > date(2026, 3, 23)


def test_after_working_days_when_everything_is_a_holiday_then_refused():
    always = Calendar(frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4_000)))
    with pytest.raises(ValueError, match="1"):
        after_working_days(date(2026, 1, 1), 1, always)


@pytest.mark.parametrize("row", ["2026-02-30,x,y,u", "2026-02-02,,y,u", "2026-02-02,x,,u"])
def test_calendar_when_a_row_is_wrong_then_told_with_its_line(tmp_path, row):
    path = tmp_path / "calendar.csv"
    path.write_text(f"day,name,source,confidence\n{row}\n", encoding="utf-8")
    with pytest.raises(UnreadableFile) as refusal:
        read_calendar(path)
    assert (refusal.value.code, refusal.value.params["line"]) == ("calendar_invalid", 2)


@given(DAYS, st.sampled_from([6, 12]))
def test_months_after_when_counted_then_the_same_day_or_the_last(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def record(**changes):
    values = {
        "authority": "CN",
        "number": "PEN1",
        "substance_key": "acetone",
        "direction": "import",
        "exporter_name": "A",
        "exporter_country": "CN",
        "importer_name": "B",
        "importer_country": "KZ",
        "amount": Decimal(1),
        "notified_kg": Decimal(1),
        "sent_on": date(2026, 3, 2),
    }
    return NotificationRecord(**{**values, **changes})


CLOCKS = Clocks(reply_working_days=15, arrival_days=60, early_days=5)


def test_deadlines_when_of_one_consignment_then_around_its_dispatch():
    found = deadlines(record(dispatch_on=date(2026, 4, 1)), CLOCKS, Calendar())
    assert found.reply_due_on == date(2026, 3, 23)
    assert (found.opens_on, found.closes_on) == (date(2026, 3, 27), date(2026, 5, 31))


@pytest.mark.parametrize(("months", "last"), [(6, date(2026, 8, 31)), (12, date(2027, 2, 28))])
def test_deadlines_when_simplified_then_over_all_its_months(months, last):
    simplified = record(valid_from=date(2026, 3, 1), period_months=months)
    assert simplified.valid_to == last
    found = deadlines(simplified, CLOCKS, Calendar())
    assert found.closes_on == last + timedelta(days=60)


def test_deadlines_when_the_notice_names_the_day_then_that_one():
    found = deadlines(record(reply_due_on=date(2026, 3, 9)), CLOCKS, KZ)
    assert found.reply_due_on == date(2026, 3, 9)


def test_may_proceed_when_nobody_replied_then_only_past_the_day():
    due = date(2026, 3, 23)
    for state in (NotificationState.RECEIVED, NotificationState.ACKNOWLEDGED):
        assert not may_proceed(state, due, due)
        assert may_proceed(state, due, due + timedelta(days=1))
    assert may_proceed(NotificationState.NO_OBJECTION, due, due - timedelta(days=9))
    assert not may_proceed(NotificationState.OBJECTED, due, due + timedelta(days=99))


@pytest.mark.parametrize("state", NotificationState)
def test_steps_when_followed_then_never_back_to_where_nothing_was_sent(state):
    assert {NotificationState.DRAFT, NotificationState.SENT}.isdisjoint(
        reachable(state) - STEPS[NotificationState.DRAFT]
    )


def test_clocks_when_shipped_then_read():
    clocks = read_clocks(FIXTURES / "notifications" / "clocks.csv")
    assert clocks.reply_working_days == 15
