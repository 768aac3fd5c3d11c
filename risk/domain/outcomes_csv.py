"""Outcomes as a table: what the proving ground writes, and what an office can export.

Columns are those of ``OUT.outcomes.csv`` (docs/proving-ground.md), and optionally
``act_number``: without it the number is made of declaration and time.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

import msgspec

from risk.domain.errors import InvalidOutcome
from risk.domain.outcomes import (
    Fault,
    LaboratoryResult,
    OutcomeRecord,
    Result,
    SelectedBy,
    check_outcome,
)

COLUMNS = (
    *("registration_number", "item_number", "inspected_at", "selected_by", "result"),
    *("found_substance", "found_net_mass_kg", "found_commodity_code", "laboratory_days"),
)
LONGEST_LABORATORY = 3_650
_Code = TypeVar("_Code", bound=StrEnum)

# The table tells how long the laboratory took, not what it answered; the result follows it.
_ANSWERS = {
    Result.OFFENCE: LaboratoryResult.CONFIRMED,
    Result.CLEAN: LaboratoryResult.NOTHING_CONTROLLED,
    Result.INCONCLUSIVE: LaboratoryResult.UNCLEAR,
}


class OutcomeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table: a record, or what it cannot say."""

    line: int
    registration_number: str
    record: OutcomeRecord | None = None
    faults: tuple[Fault, ...] = ()


def read_outcomes(lines: Iterable[str], *, now: datetime) -> Iterator[OutcomeLine]:
    """The rows of the table, lazily, in its order. Raises InvalidOutcome for missing columns."""
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        fault = Fault("columns", ", ".join(reader.fieldnames or ()), ", ".join(COLUMNS))
        raise InvalidOutcome(faults=(fault,))
    for row in reader:
        number = (row["registration_number"] or "").strip()
        try:
            record = _record({name: (value or "").strip() for name, value in row.items() if name})
            check_outcome(record, now=now)
        except InvalidOutcome as error:
            faults = error.params["faults"]
            if not isinstance(faults, tuple):
                raise
            yield OutcomeLine(line=reader.line_num, registration_number=number, faults=faults)
        else:
            yield OutcomeLine(line=reader.line_num, registration_number=number, record=record)


def _record(row: Mapping[str, str]) -> OutcomeRecord:
    inspected_at = _moment(row, "inspected_at")
    result = _code(row, "result", Result)
    days = _number(row, "laboratory_days", most=LONGEST_LABORATORY) if row["laboratory_days"] else 0
    answered_at = inspected_at + timedelta(days=days) if days else None
    made_up = f"{row['registration_number']} {row['inspected_at']}"
    return OutcomeRecord(
        act_number=row.get("act_number") or made_up,
        inspected_at=inspected_at,
        result=result,
        item_number=_number(row, "item_number", most=99_999),
        selected_by=_code(row, "selected_by", SelectedBy),
        found_substance=row["found_substance"],
        found_mass_kg=_mass(row),
        found_commodity_code=row["found_commodity_code"],
        laboratory_requested_at=inspected_at if days else None,
        laboratory_resulted_at=answered_at,
        laboratory_result=_ANSWERS.get(result) if days else None,
    )


def _refuse(row: Mapping[str, str], name: str, allowed: str) -> InvalidOutcome:
    return InvalidOutcome(faults=(Fault(name, row[name][:200], allowed),))


def _moment(row: Mapping[str, str], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(row[name])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _refuse(row, name, "date and time with an offset: 2026-03-01T09:30:00+05:00")
    return moment


def _code(row: Mapping[str, str], name: str, codes: type[_Code]) -> _Code:
    try:
        return codes(row[name])
    except ValueError:
        raise _refuse(row, name, ", ".join(codes)) from None


def _number(row: Mapping[str, str], name: str, *, most: int) -> int:
    text = row[name]
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most:
        return int(text)
    raise _refuse(row, name, f"a whole number from 0 to {most}")


def _mass(row: Mapping[str, str]) -> Decimal | None:
    if not row["found_net_mass_kg"]:
        return None
    try:
        return Decimal(row["found_net_mass_kg"])
    except InvalidOperation:
        raise _refuse(row, "found_net_mass_kg", "kilograms: 1200.5") from None
