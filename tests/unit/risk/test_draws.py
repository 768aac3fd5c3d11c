"""The keyed draw: which day draws, and recomputing a day from its key."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from risk.domain.draws import Drawn, check_draws, draw, draw_day, is_key_due, key_digest

KEY = b"a key of the tests"
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def _row(number: str, *, rate: float = 0.5) -> Drawn:
    value = draw(KEY, number)
    return Drawn(number, value, rate, value < rate, key_digest(KEY))


def test_days_as_they_were_stored_hold() -> None:
    assert not list(check_draws(KEY, [_row(f"1/{serial}") for serial in range(100)]))


def test_each_changed_value_is_told_by_name() -> None:
    row = _row("1/1")
    changed = [
        row._replace(key_digest="0"),
        row._replace(draw=row.draw / 2),
        row._replace(is_drawn=not row.is_drawn),
        row._replace(rate=0.0 if row.is_drawn else 1.0),
    ]
    assert [fault.what for fault in check_draws(KEY, changed)] == [
        "key_digest",
        "draw",
        "is_drawn",
        "is_drawn",
    ]


def test_row_of_another_declaration_does_not_hold() -> None:
    swapped = _row("1/1")._replace(registration_number="1/2")
    assert [fault.what for fault in check_draws(KEY, [swapped])] == ["draw"]


@given(DAYS, st.integers(-400, 400), st.integers(0, 60))
def test_no_draw_uses_a_key_that_may_be_public(accepted: date, late: int, key_days: int) -> None:
    came = accepted + timedelta(days=late)
    assert not is_key_due(draw_day(accepted, came, key_days), came, key_days)


@given(DAYS, st.integers(-400, 0), st.integers(0, 60))
def test_who_declares_in_time_is_drawn_by_the_day_of_acceptance(
    accepted: date, early: int, key_days: int
) -> None:
    assert draw_day(accepted, accepted + timedelta(days=early), key_days) == accepted
