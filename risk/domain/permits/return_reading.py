"""Returns as they come in: a JSON object each, or a sheet with a row each."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.sheets import read_sheet
from risk.domain.permits.entry_fields import EntryFields, Known, six_places
from shipments.domain.masses import Basis
from shipments.domain.returns import ReturnKind, ReturnRecord
from shipments.domain.values import parse_day, parse_decimal

MAX_NUMBER = 200
SHEET_COLUMNS = (
    "registration_number", "item_number", "substance_key", "cas", "kind", "number", "reported_on",
    "reported_by", "amount", "unit", "basis", "density_kg_per_l", "used_for", "notes",
)  # fmt: skip
# What an export says beyond that; ignored when it comes back.
REPORT_COLUMNS = ("reported_kg",)
_FIELDS = frozenset((*SHEET_COLUMNS, "amount_kg"))
# Kilograms of a solution of a permit's strength are no kilograms of these goods.
_BASES = tuple(basis for basis in Basis if basis is not Basis.SOLUTION)


class ReturnReading(NamedTuple):
    """What was read of one source; an entry with an error is in ``rejected`` alone."""

    records: tuple[ReturnRecord, ...]
    rejected: tuple[RowError, ...]


def read_returns(entries: Iterable[Any], *, file_name: str, known: Known) -> ReturnReading:
    """The objects as records. Places count from 1; of one key said twice the second is
    rejected. ``authority`` of ``known`` reports what names nobody."""
    return _read(enumerate(entries, 1), file_name, known)


def read_return_sheet(content: bytes, *, file_name: str, known: Known) -> ReturnReading:
    """A CSV or workbook with a row for each. Raises InvalidList for the file."""
    entries = []
    for line, cells in read_sheet(content, file_name):
        if unknown := sorted(cells.keys() - {*SHEET_COLUMNS, *REPORT_COLUMNS}):
            allowed = ", ".join(SHEET_COLUMNS)
            raise InvalidList(
                file=file_name, line=line, column=unknown[0], value="", allowed=allowed
            )
        entries.append((line, {k: v for k, v in cells.items() if v and k in SHEET_COLUMNS}))
    return _read(entries, file_name, known)


def _read(entries: Iterable[tuple[int, Any]], file_name: str, known: Known) -> ReturnReading:
    records: dict[Any, ReturnRecord] = {}
    rejected: list[RowError] = []
    for place, entry in entries:
        reader = _Entry(file_name, place)
        record = reader.record(entry, known)
        if record is not None and record.key in records:
            reader.refuse("number", record.number, "each report of an item and substance once")
        if reader.errors:
            rejected.extend(reader.errors)
        elif record is not None:
            records[record.key] = record
    return ReturnReading(tuple(records.values()), tuple(rejected))


class _Entry(EntryFields):
    """Reads one object."""

    def record(self, entry: Any, known: Known) -> ReturnRecord | None:
        if not isinstance(entry, dict):
            self.refuse("(entry)", entry, "an object")
            return None
        self.refuse_unknown(entry, _FIELDS, "")
        texts: dict[str, Any] = {
            name: self.text(entry, name, MAX_NUMBER)
            for name in ("registration_number", "number", "reported_by")
        }
        texts["reported_by"] = texts["reported_by"] or known.authority
        for name, text in texts.items():
            if not text:
                self.refuse(name, "", "not blank")
        kind = self.choice(entry, "kind", ReturnKind, default=ReturnKind.RECEIVED.value)
        used_for = self.text(entry, "used_for")
        if kind is ReturnKind.END_USE and not used_for:
            self.refuse("used_for", "", "what it was used for")
        item_number = self.take(entry, "item_number", parse_decimal) or Decimal(1)
        if item_number != int(item_number) or not 1 <= item_number <= 100_000:
            self.refuse("item_number", item_number, "a whole number from 1")
        reported_on = self.take(entry, "reported_on", parse_day, is_required=True)
        key, amounts = self.substance(entry, "", known), self._amounts(entry)
        if self.errors or reported_on is None:
            return None
        return ReturnRecord(
            **texts,
            **amounts,
            item_number=int(item_number),
            substance_key=key,
            kind=kind,
            reported_on=reported_on,
            used_for=used_for,
            notes=self.text(entry, "notes"),
        )

    def _amounts(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        field = "amount_kg" if "amount_kg" in entry else "amount"
        unit = "kg" if field == "amount_kg" else str(entry.get("unit") or "kg")
        amount = self.take(entry, field, six_places, is_required=True)
        basis = self.choice(entry, "basis", Basis, default=Basis.NET.value)
        if basis is Basis.SOLUTION:
            self.refuse("basis", basis, ", ".join(_BASES))
        density = self.take(entry, "density_kg_per_l", six_places)
        if density is not None and not 0 < density < 100:
            self.refuse("density_kg_per_l", density, "above 0, kilograms a litre")
        return {
            "amount": amount,
            "unit": unit,
            "basis": basis,
            "density_kg_per_l": density,
            "reported_kg": self.kilograms(amount, unit, density, "", may_be_zero=True),
        }
