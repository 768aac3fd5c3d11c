"""Leads as a table: identifiers that another authority or system asks to look out for."""

import csv
from collections.abc import Iterable
from datetime import date

import msgspec

from risk.domain.errors import InvalidList
from shipments.domain.errors import InvalidValue
from shipments.domain.names import normalise_identifier
from shipments.domain.values import IdentifierKind

COLUMNS = ("kind", "value", "reason")
OPTIONAL_COLUMNS = ("country", "valid_from", "valid_until")
LONGEST_REASON = 2_000


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A row; ``country`` says how a phone number without its country's prefix is read."""

    line: int
    kind: IdentifierKind
    value: str
    reason: str
    country: str = "KZ"
    valid_from: date
    valid_until: date | None = None


class LeadFault(msgspec.Struct, frozen=True):
    """What a row cannot say, and what is allowed."""

    line: int
    field: str
    value: str
    allowed: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field} {self.value[:100]!r}: {self.allowed} is allowed"


def read_leads(lines: Iterable[str], *, today: date) -> tuple[list[Lead], list[LeadFault]]:
    """The rows of the table, and those that cannot be read; ``today`` stands for no valid_from.

    Raises InvalidList when columns are missing.
    """
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidList(column=", ".join(missing), value="", allowed=", ".join(COLUMNS))
    leads: list[Lead] = []
    faults: list[LeadFault] = []
    for raw in reader:
        line = reader.line_num
        row = {name: (value or "").strip() for name, value in raw.items() if name}
        try:
            leads.append(_lead(line, row, today))
        except InvalidValue as error:
            given = {name: str(value) for name, value in error.params.items()}
            field = given.get("field", "value")
            faults.append(LeadFault(line, field, given.get("value", ""), given["allowed"]))
    return leads, faults


def _lead(line: int, row: dict[str, str], today: date) -> Lead:
    if row["kind"] not in set(IdentifierKind):
        raise InvalidValue(field="kind", value=row["kind"], allowed=", ".join(IdentifierKind))
    if not 0 < len(row["reason"]) <= LONGEST_REASON:
        allowed = f"1 to {LONGEST_REASON} characters"
        raise InvalidValue(field="reason", value=row["reason"], allowed=allowed)
    kind, country = IdentifierKind(row["kind"]), row.get("country") or "KZ"
    normalise_identifier(kind, row["value"], country)
    valid_from = _day(row, "valid_from") or today
    valid_until = _day(row, "valid_until")
    if valid_until and valid_until < valid_from:
        raise InvalidValue(
            field="valid_until", value=row["valid_until"], allowed="valid_from or later"
        )
    return Lead(
        line=line,
        kind=kind,
        value=row["value"],
        reason=row["reason"],
        country=country,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _day(row: dict[str, str], field: str) -> date | None:
    text = row.get(field, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidValue(field=field, value=text, allowed="a day as 2026-03-01") from None
