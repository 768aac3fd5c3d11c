"""Requirements and norms as they come in: a JSON object each, or a sheet with a row each."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.sheets import read_sheet
from risk.domain.permits.entry_fields import (
    PARTY_KINDS,
    EntryFields,
    Known,
    StatedParty,
    six_places,
)
from shipments.domain.requirements import RequirementRecord
from shipments.domain.values import parse_country_code, parse_day, parse_decimal

FIRST_YEAR, LAST_YEAR = 1990, 2100
_OWN = (
    "country", "substance_key", "cas", "year", "amount", "unit", "density_kg_per_l", "stated_on",
    "source", "notes",
)  # fmt: skip
_HOLDER_PARTS = ("name", "country", *(kind.value for kind in PARTY_KINDS))
SHEET_COLUMNS = (*_OWN, *(f"holder_{part}" for part in _HOLDER_PARTS))
# What an export says beyond that; ignored when it comes back.
REPORT_COLUMNS = ("required_kg",)
_FIELDS = frozenset((*_OWN, "holder", "amount_kg"))
_NOBODY = StatedParty("", "", ())


class RequirementReading(NamedTuple):
    """What was read of one source; an entry with an error is in ``rejected`` alone."""

    records: tuple[RequirementRecord, ...]
    rejected: tuple[RowError, ...]


def read_requirements(
    entries: Iterable[Any], *, file_name: str, known: Known
) -> RequirementReading:
    """The objects as records. Places count from 1; of one key said twice the second is
    rejected. ``authority`` of ``known`` is the source of entries that name none."""
    return _read(enumerate(entries, 1), file_name, known)


def read_requirement_sheet(content: bytes, *, file_name: str, known: Known) -> RequirementReading:
    """A CSV or workbook with a row for each. Raises InvalidList for the file."""
    entries = []
    for line, cells in read_sheet(content, file_name):
        if unknown := sorted(cells.keys() - {*SHEET_COLUMNS, *REPORT_COLUMNS}):
            allowed = ", ".join(SHEET_COLUMNS)
            raise InvalidList(
                file=file_name, line=line, column=unknown[0], value="", allowed=allowed
            )
        given = {name: text for name, text in cells.items() if text}
        entry: dict[str, Any] = {name: text for name, text in given.items() if name in _OWN}
        holder = {
            name.removeprefix("holder_"): text
            for name, text in given.items()
            if name.startswith("holder_")
        }
        entries.append((line, entry | ({"holder": holder} if holder else {})))
    return _read(entries, file_name, known)


def _read(entries: Iterable[tuple[int, Any]], file_name: str, known: Known) -> RequirementReading:
    records: dict[Any, RequirementRecord] = {}
    rejected: list[RowError] = []
    for place, entry in entries:
        reader = _Entry(file_name, place)
        record = reader.record(entry, known)
        if record is not None and record.key in records:
            allowed = "each country, substance, year and holder once"
            reader.refuse("year", record.year, allowed)
        if reader.errors:
            rejected.extend(reader.errors)
        elif record is not None:
            records[record.key] = record
    return RequirementReading(tuple(records.values()), tuple(rejected))


class _Entry(EntryFields):
    """Reads one object."""

    def record(self, entry: Any, known: Known) -> RequirementRecord | None:
        if not isinstance(entry, dict):
            self.refuse("(entry)", entry, "an object")
            return None
        self.refuse_unknown(entry, _FIELDS, "")
        holder = _NOBODY
        if entry.get("holder"):
            holder = self.party(entry["holder"], "holder", is_number_needed=True)
        country = self.take(entry, "country", parse_country_code) or holder.country
        if not country and not self.errors:
            self.refuse("country", "", "not blank")
        stated_on = self.take(entry, "stated_on", parse_day, is_required=True)
        source = self.text(entry, "source") or known.authority
        if not source:
            self.refuse("source", "", "who stated it")
        year, amounts = self._year(entry), self._amounts(entry)
        key = self.substance(entry, "", known)
        if self.errors or stated_on is None:
            return None
        return RequirementRecord(
            country=country,
            substance_key=key,
            year=year,
            holder_name=holder.name,
            holder_country=holder.country,
            holder_identifiers=holder.identifiers,
            stated_on=stated_on,
            source=source,
            notes=self.text(entry, "notes"),
            **amounts,
        )

    def _year(self, entry: Mapping[str, Any]) -> int:
        year = self.take(entry, "year", parse_decimal, is_required=True) or Decimal(0)
        if year != int(year) or not FIRST_YEAR <= year <= LAST_YEAR:
            self.refuse("year", year, f"a year, {FIRST_YEAR} to {LAST_YEAR}")
            return 0
        return int(year)

    def _amounts(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        field = "amount_kg" if "amount_kg" in entry else "amount"
        unit = "kg" if field == "amount_kg" else str(entry.get("unit") or "kg")
        amount = self.take(entry, field, six_places, is_required=True)
        density = self.take(entry, "density_kg_per_l", six_places)
        if density is not None and not 0 < density < 100:
            self.refuse("density_kg_per_l", density, "above 0, kilograms a litre")
        return {
            "amount": amount,
            "unit": unit,
            "density_kg_per_l": density,
            "required_kg": self.kilograms(amount, unit, density, "", may_be_zero=True),
        }
