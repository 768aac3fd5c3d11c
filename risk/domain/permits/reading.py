"""Authorisations as they come in: a JSON object each, or a sheet with a row for each line."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.sheets import read_sheet
from shipments.domain.authorisations import (
    AuthorisationKind,
    AuthorisationRecord,
    LineRecord,
)
from shipments.domain.errors import InvalidValue
from shipments.domain.masses import Basis, mass_of
from shipments.domain.names import normalise_identifier
from shipments.domain.records import IdentifierRecord
from shipments.domain.values import (
    Direction,
    IdentifierKind,
    parse_country_code,
    parse_day,
    parse_decimal,
    parse_text,
)

HOLDER_KINDS = (IdentifierKind.BIN, IdentifierKind.IIN, IdentifierKind.TAX_ID)
MAX_LINES = 200
MAX_TEXT, MAX_NUMBER = 4_000, 200
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
_HOLDER_FIELDS = frozenset(("name", "country", *(kind.value for kind in HOLDER_KINDS)))
_FIELDS = frozenset(
    ("authority", "number", "kind", "holder", "direction", "issued_on", "valid_from", "valid_to",
     "border_office", "conditions", "end_use", "is_single_consignment", "status", "lines")
)  # fmt: skip
_TRUE = {"true", "1", "yes", "да"}
_FALSE = {"", "false", "0", "no", "нет"}
_PLACES = Decimal("0.000001")
_MOST_KG = Decimal(10) ** 17


class Known(NamedTuple):
    """What the reader is told: keys of substances, those by CAS number, and the authority of
    entries that name none."""

    substance_keys: frozenset[str]
    keys_by_cas: Mapping[str, str]
    authority: str = ""


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


class _Entry:
    """Reads one object, collecting what is wrong with it."""

    def __init__(self, file_name: str, place: int) -> None:
        self.errors: list[RowError] = []
        self._file, self._place = file_name, place

    def refuse(self, field: str, value: object, allowed: str) -> None:
        self.errors.append(
            RowError(
                file=self._file,
                line=self._place,
                column=field,
                value=str(value)[:200],
                allowed=allowed,
            )
        )

    def record(self, entry: Any, known: Known) -> AuthorisationRecord | None:
        if not isinstance(entry, dict):
            self.refuse("(entry)", entry, "an object")
            return None
        self._refuse_unknown(entry, _FIELDS, "")
        # A change of state is a step of its own, with a reason and, to revoke, two people.
        if entry.get("status", "in_force") != "in_force":
            self.refuse("status", entry["status"], "in_force; suspend or revoke it afterwards")
        name, country, identifiers = self._holder(entry.get("holder"))
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
            "is_single_consignment": self._flag(entry, "is_single_consignment"),
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
            holder_name=name,
            holder_country=country,
            holder_identifiers=identifiers,
            valid_from=valid_from,
            valid_to=valid_to,
            lines=lines,
        )

    def text(self, entry: Mapping[str, Any], field: str, most: int = MAX_TEXT) -> str:
        return self.take(entry, field, lambda text: parse_text(text, most)) or ""

    def take(
        self,
        entry: Mapping[str, Any],
        field: str,
        parse: Callable[[str], Any],
        *,
        path: str = "",
        is_required: bool = False,
    ) -> Any:
        """The parsed value; None when it is not stated or wrong."""
        value = entry.get(field)
        if value is None or value == "":
            if is_required:
                self.refuse(path + field, "", "not blank")
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            self.refuse(path + field, value, "a text or a number")
            return None
        try:
            return parse(str(value))
        except InvalidValue as error:
            self.refuse(path + field, value, str(error.params["allowed"]))
            return None

    def choice(
        self,
        entry: Mapping[str, Any],
        field: str,
        kinds: type[StrEnum],
        *,
        path: str = "",
        default: str | None = None,
    ) -> Any:
        value = entry.get(field) or default
        if value == "":
            return None
        if isinstance(value, str) and value in frozenset(kinds):
            return kinds(value)
        self.refuse(path + field, value or "", ", ".join(kinds))
        return None

    def _flag(self, entry: Mapping[str, Any], field: str) -> bool:
        value = entry.get(field, False)
        if isinstance(value, bool):
            return value
        text = str(value).strip().lower()
        if text not in _TRUE | _FALSE:
            self.refuse(field, value, "true or false")
        return text in _TRUE

    def _holder(self, holder: Any) -> tuple[str, str, tuple[IdentifierRecord, ...]]:
        if not isinstance(holder, dict):
            self.refuse("holder", holder or "", "an object with a name and a bin, iin or tax_id")
            return "", "", ()
        self._refuse_unknown(holder, _HOLDER_FIELDS, "holder.")
        country = self.take(holder, "country", parse_country_code, path="holder.") or "KZ"
        found = []
        for kind in HOLDER_KINDS:
            value = self.take(holder, kind.value, _identifier(kind, country), path="holder.")
            if value:
                found.append(IdentifierRecord(kind=kind, value=value))
        if not found and not any(holder.get(kind.value) for kind in HOLDER_KINDS):
            self.refuse("holder", "", "a bin, iin or tax_id")
        name = self.take(
            holder, "name", lambda t: parse_text(t, 500), path="holder.", is_required=True
        )
        return name or "", country, tuple(found)

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
        self._refuse_unknown(line, _LINE_FIELDS, path)
        key = self._substance(line, path, known)
        field = "amount_kg" if "amount_kg" in line else "amount"
        unit = "kg" if field == "amount_kg" else str(line.get("unit") or "kg")
        amount = self.take(line, field, _decimal, path=path, is_required=True)
        basis = self.choice(line, "basis", Basis, path=path, default=Basis.NET.value)
        number = self.take(line, "line", parse_decimal, path=path) or Decimal(place)
        solution, density = (
            self.take(line, name, _decimal, path=path)
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
        kg = self._kilograms(amount, unit, density, path)
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

    def _substance(self, line: Mapping[str, Any], path: str, known: Known) -> str:
        cas = str(line.get("cas") or "")
        key = str(line.get("substance_key") or known.keys_by_cas.get(cas, ""))
        if key not in known.substance_keys:
            field = "substance_key" if line.get("substance_key") or not cas else "cas"
            self.refuse(path + field, key or cas, "key or CAS number of a listed substance")
        return key

    def _kilograms(
        self, amount: Decimal | None, unit: str, density: Decimal | None, path: str
    ) -> Decimal | None:
        if amount is None or (density is not None and density <= 0):
            return None
        try:
            mass = mass_of(amount, unit, density)
        except InvalidValue as error:
            self.refuse(path + "unit", unit, str(error.params["allowed"]))
            return None
        if mass is None:
            self.refuse(path + "unit", unit, "a unit of mass, or litres with density_kg_per_l")
            return None
        kg = mass.kg.quantize(_PLACES) if abs(mass.kg) < _MOST_KG else mass.kg
        if not 0 < kg < _MOST_KG:
            self.refuse(path + "amount", amount, "a mass above 0")
        return kg

    def _refuse_unknown(self, given: Mapping[str, Any], fields: frozenset[str], path: str) -> None:
        for name in sorted(str(name) for name in given.keys() - fields):
            self.refuse(path + name, "", f"one of {', '.join(sorted(fields))}")


def _decimal(text: str) -> Decimal:
    """To six places, so that 7 and 7.00 are the same."""
    return parse_decimal(text).quantize(_PLACES)


def _identifier(kind: IdentifierKind, country: str) -> Callable[[str], str]:
    return lambda text: normalise_identifier(kind, text, country)
