"""Authorisations as they come in: a JSON object each, or a sheet with a row for each line."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.sheets import read_sheet
from risk.domain.permits.entry_fields import EntryFields, Known, six_places
from shipments.domain.authorisations import (
    AuthorisationKind,
    AuthorisationRecord,
    LineRecord,
)
from shipments.domain.masses import Basis
from shipments.domain.values import Direction, parse_day, parse_decimal

MAX_LINES = 200
MAX_NUMBER = 200
SHEET_COLUMNS = (
    "authority", "number", "kind", "holder_name", "holder_country", "holder_bin", "holder_iin",
    "holder_tax_id", "direction", "issued_on", "valid_from", "valid_to", "border_office",
    "conditions", "end_use", "is_single_consignment", "line", "substance_key", "cas", "amount",
    "unit", "basis", "solution_pct", "density_kg_per_l",
)  # fmt: skip
# What an export says beyond that; ignored when it comes back.
REPORT_COLUMNS = ("state", "drawn_kg", "balance_kg")
_LINE_FIELDS = frozenset(
    ("line", "substance_key", "cas", "name", "amount", "unit", "amount_kg", "basis",
     "solution_pct", "density_kg_per_l")
)  # fmt: skip
_FIELDS = frozenset(
    ("authority", "number", "kind", "holder", "direction", "issued_on", "valid_from", "valid_to",
     "border_office", "conditions", "end_use", "is_single_consignment", "status", "lines")
)  # fmt: skip


class Reading(NamedTuple):
    """What was read of one source; an entry with an error is in ``rejected`` alone."""

    records: tuple[AuthorisationRecord, ...]
    rejected: tuple[RowError, ...]


def read_entries(entries: Iterable[Any], *, file_name: str, known: Known) -> Reading:
    """The objects as records. Places count from 1; of one number said twice the second is
    rejected."""
    return _read(enumerate(entries, 1), file_name, known)


def read_permit_sheet(content: bytes, *, file_name: str, known: Known) -> Reading:
    """A CSV or workbook with a row for each line; rows of one number are one authorisation,
    of which the first row tells all but the lines. Raises InvalidList for the file."""
    entries: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for line, cells in read_sheet(content, file_name):
        if unknown := sorted(cells.keys() - {*SHEET_COLUMNS, *REPORT_COLUMNS}):
            allowed = ", ".join(SHEET_COLUMNS)
            raise InvalidList(
                file=file_name, line=line, column=unknown[0], value="", allowed=allowed
            )
        given = {name: text for name, text in cells.items() if text}
        key = (given.get("authority", known.authority), given.get("number", ""))
        _, entry = entries.setdefault(key, (line, _entry_of(given)))
        entry["lines"].append({k: v for k, v in given.items() if k in _LINE_FIELDS})
    return _read(entries.values(), file_name, known)


def _entry_of(given: Mapping[str, str]) -> dict[str, Any]:
    holder = {k.removeprefix("holder_"): v for k, v in given.items() if k.startswith("holder_")}
    plain = {k: v for k, v in given.items() if k in _FIELDS}
    return {**plain, "holder": holder, "lines": []}


def _read(entries: Iterable[tuple[int, Any]], file_name: str, known: Known) -> Reading:
    records: dict[tuple[str, str], AuthorisationRecord] = {}
    rejected: list[RowError] = []
    for place, entry in entries:
        reader = _Entry(file_name, place)
        record = reader.record(entry, known)
        if record is not None and record.key in records:
            reader.refuse("number", record.number, "each number once")
        if reader.errors:
            rejected.extend(reader.errors)
        elif record is not None:
            records[record.key] = record
    return Reading(tuple(records.values()), tuple(rejected))


class _Entry(EntryFields):
    """Reads one object."""

    def record(self, entry: Any, known: Known) -> AuthorisationRecord | None:
        if not isinstance(entry, dict):
            self.refuse("(entry)", entry, "an object")
            return None
        self.refuse_unknown(entry, _FIELDS, "")
        # A change of state is a step of its own, with a reason and, to revoke, two people.
        if entry.get("status", "in_force") != "in_force":
            self.refuse("status", entry["status"], "in_force; suspend or revoke it afterwards")
        holder = self.party(entry.get("holder"), "holder", is_number_needed=True)
        valid_from = self.take(entry, "valid_from", parse_day, is_required=True)
        valid_to = self.take(entry, "valid_to", parse_day)
        if valid_from and valid_to and valid_to < valid_from:
            self.refuse("valid_to", valid_to, "not before valid_from")
        values = {
            "authority": self.text(entry, "authority") or known.authority,
            "number": self.text(entry, "number", MAX_NUMBER),
            "kind": self.choice(entry, "kind", AuthorisationKind),
            "direction": self.choice(entry, "direction", Direction, default="") or "",
            "issued_on": self.take(entry, "issued_on", parse_day),
            "is_single_consignment": self.flag(entry, "is_single_consignment"),
            **{n: self.text(entry, n) for n in ("border_office", "conditions", "end_use")},
        }
        for field in ("authority", "number"):
            if not values[field]:
                self.refuse(field, "", "not blank")
        lines = self._lines(entry.get("lines"), known)
        if self.errors or valid_from is None:
            return None
        return AuthorisationRecord(
            **values,
            holder_name=holder.name,
            holder_country=holder.country,
            holder_identifiers=holder.identifiers,
            valid_from=valid_from,
            valid_to=valid_to,
            lines=lines,
        )

    def _lines(self, lines: Any, known: Known) -> tuple[LineRecord, ...]:
        if not isinstance(lines, list) or not 1 <= len(lines) <= MAX_LINES:
            self.refuse("lines", "", f"1 to {MAX_LINES} lines")
            return ()
        found = [self._line(line, place, known) for place, line in enumerate(lines, 1)]
        read = [line for line in found if line is not None]
        numbers = [line.line_number for line in read]
        if len(set(numbers)) < len(numbers):
            self.refuse("lines", numbers, "each line number once")
        return tuple(sorted(read, key=lambda line: line.line_number))

    def _line(self, line: Any, place: int, known: Known) -> LineRecord | None:
        path = f"lines[{place}]."
        if not isinstance(line, dict):
            self.refuse(path, line, "an object")
            return None
        self.refuse_unknown(line, _LINE_FIELDS, path)
        key = self.substance(line, path, known)
        field = "amount_kg" if "amount_kg" in line else "amount"
        unit = "kg" if field == "amount_kg" else str(line.get("unit") or "kg")
        amount = self.take(line, field, six_places, path=path, is_required=True)
        basis = self.choice(line, "basis", Basis, path=path, default=Basis.NET.value)
        number = self.take(line, "line", parse_decimal, path=path) or Decimal(place)
        solution, density = (
            self.take(line, name, six_places, path=path)
            for name in ("solution_pct", "density_kg_per_l")
        )
        if number != int(number) or not 1 <= number <= 1_000_000:
            self.refuse(path + "line", number, "a whole number from 1")
        if solution is not None and not 0 < solution <= 100:
            self.refuse(path + "solution_pct", solution, "above 0, to 100")
        if density is not None and not 0 < density < 100:
            self.refuse(path + "density_kg_per_l", density, "above 0, kilograms a litre")
        if basis is Basis.SOLUTION and solution is None:
            self.refuse(path + "solution_pct", "", "the percent of the solution granted")
        kg = self.kilograms(amount, unit, density, path)
        if self.errors or kg is None:
            return None
        return LineRecord(
            line_number=int(number),
            substance_key=key,
            amount=amount,
            unit=unit,
            basis=basis,
            granted_kg=kg,
            solution_pct=solution,
            density_kg_per_l=density,
        )
