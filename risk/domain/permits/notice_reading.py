"""Pre-export notifications as they come in: a JSON object each, or a sheet with a row each."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.sheets import read_sheet
from risk.domain.permits.entry_fields import PARTY_KINDS, EntryFields, Known, six_places
from shipments.domain.masses import Basis
from shipments.domain.notifications import NotificationRecord, NotificationState
from shipments.domain.values import Direction, parse_day, parse_decimal

MAX_NUMBER = 200
PERIODS = (6, 12)
_PARTIES = ("exporter", "importer")
_OWN = (
    "authority", "number", "state", "direction", "substance_key", "cas", "amount", "unit", "basis",
    "solution_pct", "density_kg_per_l", "sent_on", "dispatch_on", "valid_from", "period_months",
    "consignee", "entry_point", "transport_mode", "transport_document", "reply_due_on", "notes",
)  # fmt: skip
_PARTY_PARTS = ("name", "country", *(kind.value for kind in PARTY_KINDS))
SHEET_COLUMNS = (*_OWN, *(f"{party}_{part}" for party in _PARTIES for part in _PARTY_PARTS))
# What an export says beyond that; ignored when it comes back.
REPORT_COLUMNS = ("standing", "matched_kg", "opens_on", "closes_on")
_FIELDS = frozenset((*_OWN, *_PARTIES, "quantity_kg"))


class NoticeReading(NamedTuple):
    """What was read of one source; an entry with an error is in ``rejected`` alone."""

    records: tuple[NotificationRecord, ...]
    rejected: tuple[RowError, ...]


def read_notices(entries: Iterable[Any], *, file_name: str, known: Known) -> NoticeReading:
    """The objects as records. Places count from 1; of one key said twice the second is
    rejected."""
    return _read(enumerate(entries, 1), file_name, known)


def read_notice_sheet(content: bytes, *, file_name: str, known: Known) -> NoticeReading:
    """A CSV or workbook with a row for each notice. Raises InvalidList for the file."""
    entries = []
    for line, cells in read_sheet(content, file_name):
        if unknown := sorted(cells.keys() - {*SHEET_COLUMNS, *REPORT_COLUMNS}):
            allowed = ", ".join(SHEET_COLUMNS)
            raise InvalidList(
                file=file_name, line=line, column=unknown[0], value="", allowed=allowed
            )
        given = {name: text for name, text in cells.items() if text}
        entry: dict[str, Any] = {k: v for k, v in given.items() if k in _OWN}
        for party in _PARTIES:
            entry[party] = {
                name.removeprefix(f"{party}_"): value
                for name, value in given.items()
                if name.startswith(f"{party}_")
            }
        entries.append((line, entry))
    return _read(entries, file_name, known)


def _read(entries: Iterable[tuple[int, Any]], file_name: str, known: Known) -> NoticeReading:
    records: dict[tuple[str, str, str], NotificationRecord] = {}
    rejected: list[RowError] = []
    for place, entry in entries:
        reader = _Entry(file_name, place)
        record = reader.record(entry, known)
        if record is not None and record.key in records:
            reader.refuse("number", record.number, "each number and substance once")
        if reader.errors:
            rejected.extend(reader.errors)
        elif record is not None:
            records[record.key] = record
    return NoticeReading(tuple(records.values()), tuple(rejected))


class _Entry(EntryFields):
    """Reads one object."""

    def record(self, entry: Any, known: Known) -> NotificationRecord | None:
        if not isinstance(entry, dict):
            self.refuse("(entry)", entry, "an object")
            return None
        self.refuse_unknown(entry, _FIELDS, "")
        exporter = self.party(entry.get("exporter"), "exporter", is_number_needed=False)
        importer = self.party(entry.get("importer"), "importer", is_number_needed=False)
        sent_on = self.take(entry, "sent_on", parse_day, is_required=True)
        values = {
            # Who tells is the authority of the exporting state, where the entry does not say.
            "authority": self.text(entry, "authority") or known.authority or exporter.country,
            "number": self.text(entry, "number", MAX_NUMBER),
            "direction": self.choice(
                entry, "direction", Direction, default=Direction.IMPORT.value
            ),
            "state": self.choice(entry, "state", NotificationState, default=""),
            "reply_due_on": self.take(entry, "reply_due_on", parse_day),
            **self._days(entry, sent_on),
            **{
                name: self.text(entry, name)
                for name in (
                    "consignee", "entry_point", "transport_mode", "transport_document", "notes",
                )
            },
        }  # fmt: skip
        if not values["number"]:
            self.refuse("number", "", "not blank")
        quantity = self._quantity(entry, known)
        if self.errors or sent_on is None:
            return None
        return NotificationRecord(
            **values,
            **quantity,
            exporter_name=exporter.name,
            exporter_country=exporter.country,
            exporter_identifiers=exporter.identifiers,
            importer_name=importer.name,
            importer_country=importer.country,
            importer_identifiers=importer.identifiers,
            sent_on=sent_on,
        )

    def _days(self, entry: Mapping[str, Any], sent_on: Any) -> dict[str, Any]:
        """Of one consignment the day of dispatch, of a simplified notice first day and months."""
        dispatch_on = self.take(entry, "dispatch_on", parse_day)
        valid_from = self.take(entry, "valid_from", parse_day)
        months = self.take(entry, "period_months", parse_decimal)
        if months is not None and months not in PERIODS:
            self.refuse("period_months", months, "6 or 12")
        if (valid_from is None) != (months is None):
            missing = "valid_from" if valid_from is None else "period_months"
            self.refuse(missing, "", "both, of a simplified notice, or none")
        if dispatch_on is not None and valid_from is not None:
            self.refuse("dispatch_on", dispatch_on, "none, of a simplified notice")
        if dispatch_on and sent_on and dispatch_on < sent_on:
            self.refuse("dispatch_on", dispatch_on, "not before sent_on")
        return {
            "dispatch_on": dispatch_on,
            "valid_from": valid_from,
            "period_months": None if months is None else int(months),
        }

    def _quantity(self, entry: Mapping[str, Any], known: Known) -> dict[str, Any]:
        field = "quantity_kg" if "quantity_kg" in entry else "amount"
        unit = "kg" if field == "quantity_kg" else str(entry.get("unit") or "kg")
        amount = self.take(entry, field, six_places, is_required=True)
        basis = self.choice(entry, "basis", Basis, default=Basis.NET.value)
        solution, density = (
            self.take(entry, name, six_places) for name in ("solution_pct", "density_kg_per_l")
        )
        if solution is not None and not 0 < solution <= 100:
            self.refuse("solution_pct", solution, "above 0, to 100")
        if density is not None and not 0 < density < 100:
            self.refuse("density_kg_per_l", density, "above 0, kilograms a litre")
        if basis is Basis.SOLUTION and solution is None:
            self.refuse("solution_pct", "", "the percent of the solution notified")
        return {
            "substance_key": self.substance(entry, "", known),
            "amount": amount,
            "unit": unit,
            "basis": basis,
            "notified_kg": self.kilograms(amount, unit, density, ""),
            "solution_pct": solution,
            "density_kg_per_l": density,
        }
