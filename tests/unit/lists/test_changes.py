"""What a change of a list means for screening, and how far back it is held."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.lists.changes import list_change, months_before
from risk.domain.lists.periods import EditionInForce, flattened, succession
from risk.domain.substances import (
    ExemptionPeriod,
    ListEntry,
    QuantityExemption,
    SubstanceKind,
)

START = date(2026, 1, 1)


def entry(key: str, **values: object) -> ListEntry:
    plain = {"list_code": "A", "schedule": "I", "form": "base", "kind": SubstanceKind.PRECURSOR}
    return ListEntry(**{**plain, "form_name": key, **values}, substance_key=key)  # type: ignore[arg-type]


entries = st.lists(
    st.builds(
        entry,
        st.sampled_from(["acetone", "toluene", "anpp", "safrole"]),
        concentration_min_pct=st.none() | st.sampled_from([Decimal(40), Decimal(60)]),
        notes=st.sampled_from(["", "compared"]),
        effective_from=st.none() | st.sampled_from([START, START + timedelta(days=3)]),
    ),
    max_size=4,
).map(lambda found: list({one.key: one for one in found}.values()))


@given(entries, entries)
def test_change_when_undone_then_what_came_is_what_goes(
    before: list[ListEntry], after: list[ListEntry]
) -> None:
    change, back = list_change(before, after), list_change(after, before)

    assert (change.come, change.gone) == (back.gone, back.come)
    assert change.count == back.count
    assert not list_change(before, before).entries


@given(entries, entries)
def test_change_when_an_entry_is_in_neither_side_then_screening_sees_no_difference(
    before: list[ListEntry], after: list[ListEntry]
) -> None:
    change = list_change(before, after)
    touched = {one.key for one in change.entries}

    kept_before = {one.key: one.concentration_min_pct for one in before if one.key not in touched}
    kept_after = {one.key: one.concentration_min_pct for one in after if one.key not in touched}

    assert kept_before == kept_after
    assert change.substances == {one.substance_key for one in change.entries}


@given(entries, entries, st.integers(1, 6))
def test_change_when_editions_follow_then_their_days_tell_all_that_changed(
    first: list[ListEntry], second: list[ListEntry], days: int
) -> None:
    """Looking back on every day on which something changes misses nothing in between."""
    periods = succession([None, START + timedelta(days=days)])
    editions = [
        EditionInForce(list_code="A", number=number, period=period, entries=tuple(found))
        for number, (period, found) in enumerate(zip(periods, (first, second), strict=True), 1)
    ]
    every_day = [START + timedelta(days=n) for n in range(-1, 9)]

    came: set[str] = set()
    for day in every_day[1:]:
        change = list_change(flattened(editions, day - timedelta(days=1)), flattened(editions, day))
        came |= change.come_substances

    overall = list_change(flattened(editions, every_day[0]), flattened(editions, every_day[-1]))
    assert overall.come_substances <= came


def exempted(key: str, kg: int, **values: object) -> ListEntry:
    limit = {"unit": "kg", "period": ExemptionPeriod.CONSIGNMENT, **values}
    return entry(key, exemption=QuantityExemption(amount=Decimal(kg), **limit))  # type: ignore[arg-type]


def test_change_when_only_an_exemption_differs_then_it_is_one_of_that_substance() -> None:
    before = [exempted("acetone", 12), exempted("toluene", 12), entry("safrole"), entry("anpp")]
    after = [exempted("acetone", 6), entry("toluene"), exempted("safrole", 1)]

    change = list_change(before, after)

    assert change.exempting == {"acetone", "toluene", "safrole"}
    assert change.substances == {*change.exempting, "anpp"}


def test_change_when_only_the_wording_of_an_exemption_differs_then_there_is_none() -> None:
    worded = exempted("acetone", 12, wording="up to 12 kg")

    assert list_change([exempted("acetone", 12)], [worded]).count == 0


def test_change_when_a_limit_falls_then_nothing_else_is_said_of_quantities() -> None:
    before = exempted("acetone", 12)
    after = msgspec.structs.replace(before, concentration_min_pct=Decimal(40))

    change = list_change([before], [after])

    assert (change.count, change.exempting) == (1, frozenset())


def test_change_when_only_notes_differ_then_there_is_none() -> None:
    plain = entry("acetone")
    noted = msgspec.structs.replace(plain, notes="n", source="s", schedule="II", formula="C3H6O")

    assert list_change([plain], [noted]).count == 0


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_before_when_counted_then_so_many_months_lie_between(day: date, months: int) -> None:
    earlier = months_before(day, months)

    assert 12 * (day.year - earlier.year) + day.month - earlier.month == months
    assert earlier.day <= day.day
    assert earlier.day == day.day or (earlier + timedelta(days=1)).day == 1
