"""Extracts of a company register as they come in: JSON objects, or the rows of a sheet."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.sheets import read_sheet
from risk.domain.permits.entry_fields import PARTY_KINDS, EntryFields, Known
from shipments.domain.legal_entities import LegalEntityRecord
from shipments.domain.names import normalise_identifier
from shipments.domain.values import IdentifierKind, parse_country_code, parse_day

MOST_OWNERS = 200
_TEXTS = ("name", "head", "address", "phone", "activity", "source")
SHEET_COLUMNS = (
    *(kind.value for kind in PARTY_KINDS), "country", "name", "registered_on", "closed_on", "head",
    "owners", "address", "phone", "activity", "source",
)  # fmt: skip
_FIELDS = frozenset(SHEET_COLUMNS)
# As extracts call it, too, and as the sheets of lists do.
_ALSO = {"names": "name", "form_name": "name"}


class EntityReading(NamedTuple):
    """What was read of one source; an entry with an error is in ``rejected`` alone."""

    records: tuple[LegalEntityRecord, ...]
    rejected: tuple[RowError, ...]


def read_entities(entries: Iterable[Any], *, file_name: str, known: Known) -> EntityReading:
    """The objects as records. Places count from 1; of one number with two contents the
    second is rejected. ``authority`` of ``known`` is the source of entries that name none."""
    return _read(enumerate(entries, 1), file_name, known)


def read_entity_sheet(content: bytes, *, file_name: str, known: Known) -> EntityReading:
    """A CSV or workbook with a row for each, owners with ``;`` between them. Raises InvalidList
    for the file."""
    entries = []
    for line, cells in read_sheet(content, file_name):
        given = {_ALSO.get(name, name): text for name, text in cells.items()}
        if unknown := sorted(given.keys() - _FIELDS):
            allowed = ", ".join(SHEET_COLUMNS)
            raise InvalidList(
                file=file_name, line=line, column=unknown[0], value="", allowed=allowed
            )
        entries.append((line, {name: text for name, text in given.items() if text}))
    return _read(entries, file_name, known)


def _read(entries: Iterable[tuple[int, Any]], file_name: str, known: Known) -> EntityReading:
    records: dict[Any, LegalEntityRecord] = {}
    rejected: list[RowError] = []
    for place, entry in entries:
        reader = _Entry(file_name, place)
        record = reader.record(entry, known)
        if record is not None and records.get(record.key, record) != record:
            reader.refuse(record.number_kind.value, record.number, "one content a number")
        if reader.errors:
            rejected.extend(reader.errors)
        elif record is not None:
            records[record.key] = record
    return EntityReading(tuple(records.values()), tuple(rejected))


class _Entry(EntryFields):
    """Reads one object."""

    def record(self, entry: Any, known: Known) -> LegalEntityRecord | None:
        if not isinstance(entry, dict):
            self.refuse("(entry)", entry, "an object")
            return None
        self.refuse_unknown(entry, _FIELDS, "")
        country = self.take(entry, "country", parse_country_code) or "KZ"
        number = self._number(entry, country)
        registered_on, closed_on = self._days(entry)
        texts = {name: self.text(entry, name) for name in _TEXTS}
        texts["source"] = texts["source"] or known.authority
        for name, needed in (("name", "not blank"), ("source", "whose register it is")):
            if not texts[name]:
                self.refuse(name, "", needed)
        owners = self._owners(entry)
        if self.errors or registered_on is None or number is None:
            return None
        return LegalEntityRecord(
            country=country,
            number_kind=number[0],
            number=number[1],
            registered_on=registered_on,
            closed_on=closed_on,
            owners=owners,
            **texts,
        )

    def _number(self, entry: Mapping[str, Any], country: str) -> tuple[IdentifierKind, str] | None:
        stated = [kind for kind in PARTY_KINDS if entry.get(kind.value)]
        if len(stated) != 1:
            self.refuse(PARTY_KINDS[0].value, "", "one of bin, iin and tax_id")
            return None
        (kind,) = stated
        value = self.take(entry, kind.value, lambda text: normalise_identifier(kind, text, country))
        return (kind, value) if value else None

    def _days(self, entry: Mapping[str, Any]) -> tuple[date | None, date | None]:
        registered_on = self.take(entry, "registered_on", parse_day, is_required=True)
        closed_on = self.take(entry, "closed_on", parse_day)
        if registered_on and closed_on and closed_on < registered_on:
            self.refuse("closed_on", closed_on, "not before registered_on")
        return registered_on, closed_on

    def _owners(self, entry: Mapping[str, Any]) -> tuple[str, ...]:
        """A list of names, or one text with ``;`` between them."""
        stated = entry.get("owners") or []
        names = stated.split(";") if isinstance(stated, str) else stated
        if not isinstance(names, list) or len(names) > MOST_OWNERS:
            self.refuse("owners", stated, f"at most {MOST_OWNERS} names")
            return ()
        read = [self.text({"owners": name}, "owners", 500).strip() for name in names]
        return tuple(dict.fromkeys(name for name in read if name))
