"""The fields of a declaration: for each, how an untrusted value becomes a checked one.

A reader takes whatever a format found and returns the value of the record, or raises
:class:`InvalidValue`; :class:`Doubtful` when the value is stored with a warning. Numbers
may come as numbers or as text, times also as datetime and date objects (spreadsheets).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from shipments.domain.errors import InvalidValue
from shipments.domain.records import USUAL_NOMENCLATURE
from shipments.domain.units import parse_unit
from shipments.domain.values import (
    Direction,
    DocumentKind,
    IdentifierKind,
    PartyRoleKind,
    parse_commodity_code,
    parse_country_code,
    parse_currency_code,
    parse_day,
    parse_decimal,
    parse_instant,
    parse_text,
    to_utc,
)

Reader = Callable[[object], Any]

MAX_NUMBER_LENGTH = 64
MAX_CODE_LENGTH = 64
MAX_NAME_LENGTH = 500
MAX_ADDRESS_LENGTH = 1_000
MAX_DESCRIPTION_LENGTH = 20_000
MAX_COUNT = 2**31 - 1
MAX_POSITION = 32_767
MAX_AMOUNT = Decimal(10) ** 15
MAX_DOCUMENT_NUMBER_LENGTH = 200
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
# Decimal places that the database stores.
_ONE = Decimal(1)
MASS_PLACES = 6
MONEY_PLACES = 4


class Doubtful(InvalidValue):
    """A value that is stored as ``kept`` and leaves a warning."""

    def __init__(self, reason: InvalidValue, kept: object) -> None:
        super().__init__(reason.code, **reason.params)
        self.kept = kept


def wrong_type(raw: object, allowed: str) -> InvalidValue:
    """The fault of a value that is not of the expected JSON type.

    A format that already knows what is wrong with a value (a CSV cell with the wrong
    decimal mark) puts the fault in its place; it comes out here unchanged.
    """
    if isinstance(raw, InvalidValue):
        return raw
    return InvalidValue("type_invalid", value=shown(raw), allowed=allowed)


def shown(raw: object) -> str:
    """A short text of an untrusted value; containers are named, not printed."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping):
        return "object"
    if isinstance(raw, list | tuple):
        return "list"
    # Turning a very long integer into text is refused by the interpreter.
    if isinstance(raw, int) and raw.bit_length() > 200:
        return "number of more than 60 digits"
    return str(raw)


def text(max_length: int) -> Reader:
    def read(raw: object) -> str:
        if type(raw) is not str:
            raise wrong_type(raw, "text")
        return parse_text(raw, max_length)

    return read


def _checked(parse: Callable[[str], str]) -> Reader:
    def read(raw: object) -> str:
        if type(raw) is not str:
            raise wrong_type(raw, "text")
        return parse(raw)

    return read


def _registration_number(raw: object) -> str:
    if type(raw) is not str:
        raise wrong_type(raw, "text")
    number = " ".join(parse_text(raw, MAX_NUMBER_LENGTH).split())
    if not number:
        raise InvalidValue("field_missing", value=raw, allowed="a registration number")
    return number


def _kept_code(parse: Callable[[str], str], width: int) -> Reader:
    """Codes of a fixed width that may be unknown to us and still mean something."""

    def read(raw: object) -> str:
        if type(raw) is not str:
            raise wrong_type(raw, "text")
        try:
            return parse(raw)
        except InvalidValue as reason:
            code = raw.strip().upper()
            is_code = len(code) == width and code.isascii() and code.isalnum()
            raise Doubtful(reason, kept=code if is_code else "") from None

    return read


def _unit(raw: object) -> str:
    if type(raw) is not str:
        raise wrong_type(raw, "text")
    declared = parse_text(raw, MAX_CODE_LENGTH)
    try:
        return parse_unit(declared).key
    except InvalidValue as reason:
        raise Doubtful(reason, kept=declared) from None


def amount(places: int) -> Reader:
    """Numbers from 0 to 10^15, rounded to the places that the database stores."""
    step = Decimal(1).scaleb(-places)

    def read(raw: object) -> Decimal:
        if isinstance(raw, str):
            number = parse_decimal(raw)
        elif isinstance(raw, Decimal):
            number = raw
        elif type(raw) is int:
            number = Decimal(raw)
        else:
            raise wrong_type(raw, "a number")
        if not 0 <= number < MAX_AMOUNT:
            raise InvalidValue("number_out_of_range", value=shown(raw), allowed="0 to 10^15")
        exponent = number.as_tuple().exponent
        # Whole and written without an exponent: nothing to round or to shorten.
        if exponent == 0 and number:
            return number
        if isinstance(exponent, int) and exponent < -places:
            number = number.quantize(step, ROUND_HALF_EVEN)
        return shortest(number)

    return read


def shortest(number: Decimal) -> Decimal:
    """The number without zeros that say nothing, so that equal amounts are equal records.

    >>> shortest(Decimal("22000.50")), shortest(Decimal("100.00")), shortest(Decimal("1E+2"))
    (Decimal('22000.5'), Decimal('100'), Decimal('100'))
    """
    sign, digits, exponent = number.as_tuple()
    if not (sign or exponent) or (type(exponent) is int and exponent < 0 and digits[-1]):
        return number
    if number == number.to_integral_value():
        return abs(number.quantize(_ONE))
    return number.normalize()


def nomenclature(code: str) -> str:
    """The usual nomenclature as the very object that a record has unless one is stated.

    Records are encoded without what is the same object as the default, so that an equal text
    would give another digest of the same declaration.
    """
    return USUAL_NOMENCLATURE if code == USUAL_NOMENCLATURE else code


def _nomenclature(raw: object) -> str:
    return nomenclature(_code(raw))


def count(lowest: int, highest: int) -> Reader:
    allowed = f"a whole number from {lowest} to {highest}"

    def read(raw: object) -> int:
        if type(raw) is int:
            number = raw
        elif isinstance(raw, str | Decimal):
            exact = parse_decimal(raw) if isinstance(raw, str) else raw
            if not -20 < exact.adjusted() < 20 or exact != exact.to_integral_value():
                raise InvalidValue("number_invalid", value=shown(raw), allowed=allowed)
            number = int(exact)
        else:
            raise wrong_type(raw, allowed)
        if not lowest <= number <= highest:
            raise InvalidValue("number_out_of_range", value=shown(raw), allowed=allowed)
        return number

    return read


def _choice(members: type[StrEnum], code: str) -> Reader:
    by_value = {member.value: member for member in members}
    allowed = ", ".join(by_value)

    def read(raw: object) -> StrEnum:
        if type(raw) is not str:
            raise wrong_type(raw, allowed)
        member = by_value.get(raw.strip().lower())
        if member is None:
            raise InvalidValue(code, value=raw, allowed=allowed)
        return member

    return read


def _flag(raw: object) -> bool:
    if type(raw) is bool:
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word not in _FLAGS:
        raise wrong_type(raw, "true or false")
    return _FLAGS[word]


def _instant(raw: object) -> datetime:
    if type(raw) is str:
        return parse_instant(raw)
    if isinstance(raw, datetime):
        return to_utc(raw)
    raise wrong_type(raw, "ISO 8601 with a zone")


def read_day(raw: object) -> date:
    if isinstance(raw, str):
        return parse_day(raw)
    if type(raw) is date:
        return parse_day(raw.isoformat())
    raise wrong_type(raw, "ISO 8601 day")


_code = text(MAX_CODE_LENGTH)
_name = text(MAX_NAME_LENGTH)
_country = _kept_code(parse_country_code, 2)
_money = amount(MONEY_PLACES)
_mass = amount(MASS_PLACES)

DECLARATION_READERS: Mapping[str, Reader] = {
    "registration_number": _registration_number,
    "version": count(1, MAX_POSITION),
    "is_cancelled": _flag,
    "document_kind": _choice(DocumentKind, "document_kind_unknown"),
    "direction": _choice(Direction, "direction_unknown"),
    "accepted_at": _instant,
    "customs_office": _code,
    "border_office": _code,
    "procedure_code": _code,
    "country_of_dispatch": _country,
    "country_of_trading": _country,
    "country_of_destination": _country,
    "transport_mode": _code,
    "transport_id": _name,
    "delivery_terms": _name,
    "currency": _kept_code(parse_currency_code, 3),
    "invoice_amount": _money,
}
# Without these, or with a wrong one, a declaration has no place: it is rejected.
IDENTIFYING_FIELDS = frozenset(
    {
        "registration_number",
        "version",
        "is_cancelled",
        "document_kind",
        "direction",
        "accepted_at",
    }
)
REQUIRED_FIELDS = ("registration_number", "accepted_at")

ITEM_READERS: Mapping[str, Reader] = {
    "item_number": count(1, MAX_POSITION),
    "description": text(MAX_DESCRIPTION_LENGTH),
    "commodity_code": _checked(parse_commodity_code),
    "nomenclature": _nomenclature,
    "country_of_origin": _country,
    "gross_mass_kg": _mass,
    "net_mass_kg": _mass,
    "supplementary_quantity": _mass,
    "supplementary_unit": _unit,
    "package_count": count(0, MAX_COUNT),
    "package_kind": _code,
    "invoice_value": _money,
    "customs_value": _money,
    "statistical_value": _money,
    "procedure_code": _code,
    "preference_code": _code,
    "manufacturer": _name,
}
NUMBER_FIELDS = frozenset(
    {
        "invoice_amount",
        "item_number",
        "gross_mass_kg",
        "net_mass_kg",
        "supplementary_quantity",
        "package_count",
        "invoice_value",
        "customs_value",
        "statistical_value",
        "licence_line",
        "version",
    }
)
VALUE_FIELDS = ("invoice_value", "customs_value", "statistical_value")

PARTY_READERS: Mapping[str, Reader] = {
    "role": _choice(PartyRoleKind, "party_role_unknown"),
    "name": _name,
    "country": _country,
    "address": text(MAX_ADDRESS_LENGTH),
}

IDENTIFIER_READERS: Mapping[str, Reader] = {
    "kind": _choice(IdentifierKind, "identifier_kind_unknown"),
    "value": text(MAX_ADDRESS_LENGTH),
}

DOCUMENT_READERS: Mapping[str, Reader] = {
    "code": _code,
    "number": text(MAX_DOCUMENT_NUMBER_LENGTH),
    "issued_on": read_day,
    "licence_line": count(1, MAX_POSITION),
}

read_container = text(MAX_CODE_LENGTH)


class FieldsRead(NamedTuple):
    """What was found in an untrusted object: checked ``values``, ``strays`` that have no reader,
    and with the field's name ``doubts`` of what is stored and ``faults`` of what is not."""

    values: dict[str, Any]
    strays: dict[str, object]
    doubts: Sequence[tuple[InvalidValue, str]]
    faults: Sequence[tuple[InvalidValue, str]]


def read_fields(tree: Mapping[str, object], readers: Mapping[str, Reader]) -> FieldsRead:
    """Every stated field of an object through its reader."""
    # Called for every part of every declaration: names of its own, and no list that stays empty.
    values: dict[str, Any] = {}
    strays: dict[str, object] = {}
    doubts: tuple[tuple[InvalidValue, str], ...] = ()
    faults: tuple[tuple[InvalidValue, str], ...] = ()
    for key, raw in tree.items():
        if raw is None or raw == "":
            continue
        reader = readers.get(key)
        if reader is None:
            strays[key] = raw
            continue
        try:
            values[key] = reader(raw)
        except Doubtful as doubt:
            values[key] = doubt.kept
            doubts += ((doubt, key),)
        except InvalidValue as reason:
            faults += ((reason, key),)
    return FieldsRead(values, strays, doubts, faults)


def reader_of(target: str) -> Reader:
    """The reader behind a target of a mapping that holds a number or a moment."""
    field = target.rpartition(".")[2]
    for readers in (DECLARATION_READERS, ITEM_READERS, DOCUMENT_READERS):
        if field in readers:
            return readers[field]
    raise KeyError(target)
