"""Reading one entry of a register field by field, collecting what is wrong with it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from risk.domain.lists.base import RowError
from shipments.domain.errors import InvalidValue
from shipments.domain.masses import mass_of
from shipments.domain.names import normalise_identifier
from shipments.domain.records import IdentifierRecord
from shipments.domain.values import (
    IdentifierKind,
    parse_country_code,
    parse_decimal,
    parse_text,
)

PARTY_KINDS = (IdentifierKind.BIN, IdentifierKind.IIN, IdentifierKind.TAX_ID)
MAX_TEXT = 4_000
_PARTY_FIELDS = frozenset(("name", "country", *(kind.value for kind in PARTY_KINDS)))
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


class StatedParty(NamedTuple):
    """A party as an entry names it; ``name`` is blank where the entry is wrong."""

    name: str
    country: str
    identifiers: tuple[IdentifierRecord, ...]


class EntryFields:
    """Takes values out of one entry; ``errors`` are what is wrong with it."""

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

    def flag(self, entry: Mapping[str, Any], field: str) -> bool:
        value = entry.get(field, False)
        if isinstance(value, bool):
            return value
        text = str(value).strip().lower()
        if text not in _TRUE | _FALSE:
            self.refuse(field, value, "true or false")
        return text in _TRUE

    def party(self, stated: Any, field: str, *, is_number_needed: bool) -> StatedParty:
        """The party of an object with name, country (KZ without) and its numbers."""
        if not isinstance(stated, dict):
            needed = "a name and a bin, iin or tax_id" if is_number_needed else "a name"
            self.refuse(field, stated or "", f"an object with {needed}")
            return StatedParty("", "", ())
        path = f"{field}."
        self.refuse_unknown(stated, _PARTY_FIELDS, path)
        country = self.take(stated, "country", parse_country_code, path=path) or "KZ"
        found = []
        for kind in PARTY_KINDS:
            value = self.take(stated, kind.value, _identifier(kind, country), path=path)
            if value:
                found.append(IdentifierRecord(kind=kind, value=value))
        if is_number_needed and not any(stated.get(kind.value) for kind in PARTY_KINDS):
            self.refuse(field, "", "a bin, iin or tax_id")
        name = self.take(stated, "name", lambda t: parse_text(t, 500), path=path, is_required=True)
        return StatedParty(name or "", country, tuple(found))

    def substance(self, line: Mapping[str, Any], path: str, known: Known) -> str:
        cas = str(line.get("cas") or "")
        key = str(line.get("substance_key") or known.keys_by_cas.get(cas, ""))
        if key not in known.substance_keys:
            field = "substance_key" if line.get("substance_key") or not cas else "cas"
            self.refuse(path + field, key or cas, "key or CAS number of a listed substance")
        return key

    def kilograms(
        self,
        amount: Decimal | None,
        unit: str,
        density: Decimal | None,
        path: str,
        *,
        may_be_zero: bool = False,
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
        if not 0 <= kg < _MOST_KG or (kg == 0 and not may_be_zero):
            self.refuse(
                path + "amount", amount, "a mass of 0 or more" if may_be_zero else "a mass above 0"
            )
        return kg

    def refuse_unknown(self, given: Mapping[str, Any], fields: frozenset[str], path: str) -> None:
        for name in sorted(str(name) for name in given.keys() - fields):
            self.refuse(path + name, "", f"one of {', '.join(sorted(fields))}")


def six_places(text: str) -> Decimal:
    """To six places, so that 7 and 7.00 are the same."""
    return parse_decimal(text).quantize(_PLACES)


def _identifier(kind: IdentifierKind, country: str) -> Callable[[str], str]:
    return lambda text: normalise_identifier(kind, text, country)
