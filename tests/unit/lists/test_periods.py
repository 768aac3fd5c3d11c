"""Edition dates: no gap, no overlap, and the flattened list of a day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from risk.domain.lists.periods import (
    EditionInForce,
    Period,
    change_days,
    changes_after,
    flattened,
    period_of,
    succession,
    upcoming,
)
from risk.domain.substances import EntryCode, ListEntry, Nomenclature, SubstanceKind

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=n) for n in range(-2, 14)]
days = st.sampled_from(DAYS)


def entry(key: str, **values: object) -> ListEntry:
    plain = {"list_code": "A", "schedule": "I", "form": "base", "kind": SubstanceKind.PRECURSOR}
    return ListEntry(**{**plain, "form_name": key, **values}, substance_key=key)  # type: ignore[arg-type]


entries = st.builds(
    entry,
    st.sampled_from(["acetone", "toluene", "anpp"]),
    effective_from=st.none() | days,
    effective_to=st.none() | days,
    codes=st.lists(
        st.builds(
            EntryCode,
            nomenclature=st.just(Nomenclature.HS),
            code=st.just("291411"),
            valid_from=st.none() | days,
            valid_to=st.none() | days,
        ),
        max_size=2,
    ).map(tuple),
)


@st.composite
def editions(draw: st.DrawFn) -> list[EditionInForce]:
    starts = draw(st.lists(st.none() | days, min_size=1, max_size=5))
    return [
        EditionInForce(
            list_code="A",
            number=number,
            period=period,
            entries=tuple({e.key: e for e in draw(st.lists(entries, max_size=3))}.values()),
        )
        for number, period in enumerate(succession(starts), start=1)
    ]


@given(st.lists(st.none() | days, min_size=1, max_size=8))
def test_succession_when_editions_follow_then_every_day_has_exactly_one(
    starts: list[date | None],
) -> None:
    periods = succession(starts)

    first = min((start or date.min) for start in starts)
    for day in DAYS:
        held = [i for i, period in enumerate(periods) if period.holds(day)]
        assert len(held) == (1 if day >= first else 0)


@given(st.lists(st.none() | days, min_size=1, max_size=8))
def test_succession_when_two_begin_on_a_day_then_the_last_approved_is_law(
    starts: list[date | None],
) -> None:
    for index, period in enumerate(succession(starts)):
        is_replaced = starts[index] in starts[index + 1 :]
        assert period.is_empty == is_replaced
        assert period.is_empty or period.since == starts[index]


@given(editions(), days)
def test_flattened_when_the_day_is_in_a_period_then_it_is_that_of_its_first_day(
    found: list[EditionInForce], day: date
) -> None:
    period = period_of(day, change_days(found))

    assert period.holds(day)
    assert flattened(found, day) == flattened(found, period.since or date.min)


@given(editions(), days, st.integers(0, 10))
def test_upcoming_when_days_pass_then_each_entry_becomes_law_and_was_not_before(
    found: list[EditionInForce], day: date, within: int
) -> None:
    now = {e.substance_key for e in flattened(found, day)}
    later = {
        e.substance_key
        for n in range(1, within + 1)
        for e in flattened(found, day + timedelta(days=n))
    }

    changes = changes_after(day, change_days(found), within_days=within)
    coming = {e.substance_key for e in upcoming(found, day, changes=changes)}

    assert coming == later - now


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 1, 5)))
def test_local_day_when_time_is_utc_then_the_edition_changes_at_the_office_midnight(
    moment: datetime,
) -> None:
    zone = ZoneInfo("Asia/Almaty")
    change = date(2026, 1, 3)
    before, after = Period(None, change), Period(change, None)

    local = moment.replace(tzinfo=UTC).astimezone(zone)

    midnight = datetime(2026, 1, 3, tzinfo=zone)
    assert after.holds(local.date()) == (local >= midnight)
    assert before.holds(local.date()) != after.holds(local.date())
