"""Acts of inspection: what they may say, as tables, and the statistics over them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from risk.domain.errors import InvalidOutcome
from risk.domain.intervals import wilson
from risk.domain.outcome_statistics import (
    Tally,
    estimate_misses,
    precision,
    turnaround,
    waived,
)
from risk.domain.outcomes import OutcomeRecord, Result, check_outcome
from risk.domain.outcomes_csv import COLUMNS, OutcomeLine, read_outcomes

NOW = datetime(2026, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
CLEAN = OutcomeRecord(act_number="A-1", inspected_at=NOW - 3 * DAY, result=Result.CLEAN)


def faults(**said: object) -> set[str]:
    values = {**msgspec.structs.asdict(CLEAN), **said}
    record = msgspec.convert(values, OutcomeRecord)
    try:
        check_outcome(record, now=NOW)
    except InvalidOutcome as error:
        found = error.params["faults"]
        assert isinstance(found, tuple)
        assert all(fault.allowed for fault in found)
        return {fault.field for fault in found}
    return set()


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"result": "offence", "found_substance": "acetone", "found_mass_kg": Decimal("0.000001")},
        {"result": "offence", "measure": "seized", "found_commodity_code": "2915 24 000 0"},
        {"result": "not_applied", "waiver": "no_capacity"},
        {"result": "not_applied", "waiver": "other", "waiver_note": "closed road"},
        {"laboratory_requested_at": NOW - DAY},
        {
            "laboratory_requested_at": NOW - DAY,
            "laboratory_resulted_at": NOW - DAY,
            "laboratory_result": "nothing_controlled",
        },
        {"inspected_at": NOW + timedelta(minutes=5)},
    ],
)
def test_what_an_act_may_say(said: dict[str, object]) -> None:
    assert faults(**said) == set()


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"act_number": "  "}, {"act_number"}),
        ({"act_number": "x" * 101}, {"act_number"}),
        ({"corrects": "A-1"}, {"corrects"}),
        ({"inspected_at": NOW + DAY}, {"inspected_at"}),
        ({"found_substance": "acetone"}, {"found_substance"}),
        ({"measure": "seized"}, {"measure"}),
        ({"found_mass_kg": Decimal("-1")}, {"found_mass_kg"}),
        ({"found_mass_kg": Decimal("NaN")}, {"found_mass_kg"}),
        ({"found_mass_kg": Decimal("1E+30")}, {"found_mass_kg"}),
        ({"found_mass_kg": Decimal("0.0000001")}, {"found_mass_kg"}),
        ({"found_commodity_code": "abc"}, {"found_commodity_code"}),
        ({"laboratory_resulted_at": NOW}, {"laboratory_resulted_at", "laboratory_result"}),
        ({"laboratory_result": "unclear"}, {"laboratory_result"}),
        ({"result": "not_applied"}, {"waiver"}),
        ({"result": "not_applied", "waiver": "other"}, {"waiver_note"}),
        ({"waiver": "perishable"}, {"waiver"}),
        (
            {"result": "not_applied", "waiver": "perishable", "found_mass_kg": Decimal(1)},
            {"found_mass_kg"},
        ),
    ],
)
def test_what_an_act_cannot_say_is_told_by_field(said: dict[str, object], fields: set[str]) -> None:
    assert faults(**said) == fields


def test_a_result_is_known_when_the_laboratory_answered() -> None:
    asked = msgspec.structs.replace(
        CLEAN, laboratory_requested_at=NOW - 2 * DAY, laboratory_resulted_at=NOW - DAY
    )
    assert (CLEAN.known_at, asked.known_at) == (NOW - 3 * DAY, NOW - DAY)


def table(*rows: str) -> list[OutcomeLine]:
    return list(read_outcomes([",".join(COLUMNS), *rows], now=NOW))


def test_a_line_of_the_proving_ground_is_an_act() -> None:
    (line,) = table("N/1,2,2026-03-01T09:30:00+05:00,random,offence,acetone,12.50,2914110000,3")
    record = line.record
    assert record is not None
    assert (line.registration_number, record.item_number, line.faults) == ("N/1", 2, ())
    assert (record.act_number, record.selected_by) == ("N/1 2026-03-01T09:30:00+05:00", "random")
    assert (record.found_substance, record.found_mass_kg) == ("acetone", Decimal("12.50"))
    assert record.laboratory_resulted_at == record.inspected_at + 3 * DAY
    assert record.laboratory_result == "confirmed"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("N,1,2026-03-01,random,clean,,,,", "inspected_at"),
        ("N,1,2026-03-01T09:30:00,random,clean,,,,", "inspected_at"),
        ("N,x,2026-03-01T09:30:00Z,random,clean,,,,", "item_number"),
        ("N,1,2026-03-01T09:30:00Z,chance,clean,,,,", "selected_by"),
        ("N,1,2026-03-01T09:30:00Z,random,guilty,,,,", "result"),
        ("N,1,2026-03-01T09:30:00Z,random,clean,,twelve,,", "found_mass_kg"),
        ("N,1,2026-03-01T09:30:00Z,random,clean,,,,-3", "laboratory_days"),
        ("N,1,2026-03-01T09:30:00Z,random,clean,acetone,,,", "found_substance"),
    ],
)
def test_a_line_that_cannot_be_is_told_and_the_others_go_on(row: str, field: str) -> None:
    broken, good = table(row, "N,1,2026-03-01T09:30:00Z,random,clean,,,,")
    assert [fault.field.replace("_net", "") for fault in broken.faults] == [field]
    assert (broken.line, broken.record, good.record is not None) == (2, None, True)


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(InvalidOutcome):
        list(read_outcomes(["a,b", "1,2"], now=NOW))


# Newcombe (1998), Statistics in Medicine 17:857, table I: the score method without correction.
@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(found: int, of: int, low: float, high: float) -> None:
    share = wilson(found, of)
    assert share.low == pytest.approx(low, abs=5e-5)
    assert share.high == pytest.approx(high, abs=5e-5)


def test_precision_counts_offences_and_found_apart() -> None:
    told = precision(Tally(inspected=263, offences=81, found=0))
    assert told.offence_share.value == pytest.approx(81 / 263)
    assert (told.found_share.value, told.found_share.low) == (0.0, 0.0)
    assert precision(Tally(inspected=0, offences=0, found=0)).offence_share.value is None


def test_misses_are_the_share_of_the_sample_times_those_passed_by() -> None:
    told = estimate_misses(
        passed=10_000, drawn=160, sample=Tally(inspected=148, offences=15, found=3)
    )
    assert (told.estimate, told.low, told.high) == (
        pytest.approx(10_000 * 15 / 148),
        pytest.approx(624, abs=0.5),
        pytest.approx(1605, abs=0.5),
    )


def test_misses_without_a_sample_are_not_none_but_unknown() -> None:
    told = estimate_misses(passed=5, drawn=0, sample=Tally(inspected=0, offences=0, found=0))
    assert (told.estimate, told.low, told.high) == (None, None, None)


def test_waivers_are_judged_by_those_inspected_later() -> None:
    told = waived(waiver="perishable", count=100, inspected=29, wrong=1)
    assert told.wrong_share.low == pytest.approx(0.0061, abs=5e-5)
    assert waived(waiver="other", count=3, inspected=0, wrong=0).wrong_share.value is None


def test_turnaround_of_none_one_and_many_answers() -> None:
    assert turnaround(requested=2, seconds=[]).median_hours is None
    one = turnaround(requested=2, seconds=[7200])
    assert (one.median_hours, one.p90_hours, one.longest_hours, one.waiting) == (2.0, 2.0, 2.0, 1)
    many = turnaround(requested=10, seconds=[3600.0 * n for n in range(1, 11)])
    assert (many.median_hours, many.p90_hours, many.longest_hours) == (5.5, 9.1, 10.0)
