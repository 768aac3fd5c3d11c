"""The short way for a declaration in which nothing is wrong.

The decoder fills typed structs at once and the functions here only confirm what types
cannot say. Whatever they do not like, they leave alone: the caller then reads the same
bytes field by field (:mod:`shipments.domain.formats.tree`), which alone decides what is
wrong. So this module may refuse too much, never accept more; a test compares both ways.
"""

from datetime import date
from decimal import Decimal

import msgspec

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import fields, parts
from shipments.domain.formats.base import NO_CONTEXT, ReadingContext
from shipments.domain.formats.checks import (
    day_of_receipt,
    edition_of_day,
    is_code_of,
    is_in_future,
)
from shipments.domain.formats.kinds import kind_faults
from shipments.domain.formats.tree import MAX_ITEMS
from shipments.domain.names import normalise_identifier
from shipments.domain.records import (
    DeclarationRecord,
    DocumentRecord,
    GoodsItemRecord,
    IdentifierRecord,
    PartyRecord,
)
from shipments.domain.units import parse_unit
from shipments.domain.values import (
    IdentifierKind,
    is_bin_valid,
    parse_commodity_code,
    parse_country_code,
    parse_currency_code,
    to_utc,
)


class _Identifier(IdentifierRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Party(PartyRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    identifiers: tuple[_Identifier, ...] = ()


class _Document(DocumentRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Item(GoodsItemRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    documents: tuple[_Document, ...] = ()


class _Declaration(DeclarationRecord, frozen=True, kw_only=True, forbid_unknown_fields=True):
    parties: tuple[_Party, ...] = ()
    items: tuple[_Item, ...] = ()


class _NotPlain(Exception):
    """Something that the long way has to look at."""


_decoder = msgspec.json.Decoder(_Declaration)


def read_plain_declaration(
    source: bytes, context: ReadingContext = NO_CONTEXT
) -> DeclarationRecord | None:
    """The declaration in a JSON text if it leaves no issue at all, else None."""
    if b"\\u0000" in source:
        return None
    try:
        record = _declaration(_decoder.decode(source), context)
        return None if _is_doubtful(record, context) else record
    except (_NotPlain, InvalidValue, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_doubtful(record: DeclarationRecord, context: ReadingContext) -> bool:
    today = day_of_receipt(context)
    if today is None:
        return next(kind_faults(record), None) is not None
    return (
        is_in_future(record.accepted_at, context)
        or any(
            document.issued_on is not None and document.issued_on > today
            for item in record.items
            for document in item.documents
        )
        or next(kind_faults(record), None) is not None
    )


def _declaration(wire: _Declaration, context: ReadingContext) -> DeclarationRecord:
    number = wire.registration_number
    # A fraction of a second is rounded by one decoder and cut by the other.
    if not number or " ".join(number.split()) != number or wire.accepted_at.microsecond:
        raise _NotPlain
    if not 1 <= wire.version <= fields.MAX_POSITION or (wire.is_cancelled and wire.version == 1):
        raise _NotPlain
    fewest = 0 if wire.is_cancelled else 1
    if not fewest <= len(wire.items) <= MAX_ITEMS or len(wire.parties) > parts.MAX_PARTIES:
        raise _NotPlain
    accepted_at = to_utc(wire.accepted_at)
    edition = edition_of_day(accepted_at, context)
    items = tuple([_item(item, edition) for item in wire.items])
    if len(items) > 1 and len({item.item_number for item in items}) < len(items):
        raise _NotPlain
    return DeclarationRecord(
        registration_number=_clean(number, fields.MAX_NUMBER_LENGTH),
        version=wire.version,
        is_cancelled=wire.is_cancelled,
        document_kind=wire.document_kind,
        direction=wire.direction,
        accepted_at=accepted_at,
        customs_office=_clean(wire.customs_office, fields.MAX_CODE_LENGTH),
        border_office=_clean(wire.border_office, fields.MAX_CODE_LENGTH),
        procedure_code=_clean(wire.procedure_code, fields.MAX_CODE_LENGTH),
        country_of_dispatch=_country(wire.country_of_dispatch),
        country_of_trading=_country(wire.country_of_trading),
        country_of_destination=_country(wire.country_of_destination),
        transport_mode=_clean(wire.transport_mode, fields.MAX_CODE_LENGTH),
        transport_id=_clean(wire.transport_id, fields.MAX_NAME_LENGTH),
        delivery_terms=_clean(wire.delivery_terms, fields.MAX_NAME_LENGTH),
        currency=parse_currency_code(wire.currency) if wire.currency else "",
        invoice_amount=_amount(wire.invoice_amount, fields.MONEY_PLACES),
        containers=_containers(wire.containers),
        parties=tuple([_party(party) for party in wire.parties]),
        items=items,
        extra=_extra(wire.extra),
    )


def _item(wire: _Item, edition: int | None) -> GoodsItemRecord:
    code, gross, net = wire.commodity_code, wire.gross_mass_kg, wire.net_mass_kg
    description = _clean(wire.description, fields.MAX_DESCRIPTION_LENGTH)
    if not 1 <= wire.item_number <= fields.MAX_POSITION or not (code or description):
        raise _NotPlain
    packages = wire.package_count
    if packages is not None and not 0 <= packages <= fields.MAX_COUNT:
        raise _NotPlain
    # An empty nomenclature means the usual one, which the long way fills in.
    if not wire.nomenclature or len(wire.documents) > parts.MAX_DOCUMENTS:
        raise _NotPlain
    gross, net = _amount(gross, fields.MASS_PLACES), _amount(net, fields.MASS_PLACES)
    if gross is not None and net is not None and gross < net:
        raise _NotPlain
    code = parse_commodity_code(code) if code else ""
    if code and not is_code_of(code, edition):
        raise _NotPlain
    unit = wire.supplementary_unit
    return GoodsItemRecord(
        item_number=wire.item_number,
        description=description,
        commodity_code=code,
        nomenclature=fields.nomenclature(_clean(wire.nomenclature, fields.MAX_CODE_LENGTH)),
        country_of_origin=_country(wire.country_of_origin),
        gross_mass_kg=gross,
        net_mass_kg=net,
        supplementary_quantity=_amount(wire.supplementary_quantity, fields.MASS_PLACES),
        supplementary_unit=parse_unit(_clean(unit, fields.MAX_CODE_LENGTH)).key if unit else "",
        package_count=packages,
        package_kind=_clean(wire.package_kind, fields.MAX_CODE_LENGTH),
        invoice_value=_value(wire.invoice_value),
        customs_value=_value(wire.customs_value),
        statistical_value=_value(wire.statistical_value),
        procedure_code=_clean(wire.procedure_code, fields.MAX_CODE_LENGTH),
        preference_code=_clean(wire.preference_code, fields.MAX_CODE_LENGTH),
        manufacturer=_clean(wire.manufacturer, fields.MAX_NAME_LENGTH),
        documents=tuple([_document(document) for document in wire.documents]),
        extra=_extra(wire.extra),
    )


def _party(wire: _Party) -> PartyRecord:
    country = _country(wire.country)
    if len(wire.identifiers) > parts.MAX_IDENTIFIERS:
        raise _NotPlain
    found = [_identifier(identifier, country or "KZ") for identifier in wire.identifiers]
    return PartyRecord(
        role=wire.role,
        name=_clean(wire.name, fields.MAX_NAME_LENGTH),
        country=country,
        address=_clean(wire.address, fields.MAX_ADDRESS_LENGTH),
        identifiers=tuple(dict.fromkeys(found) if len(found) > 1 else found),
    )


def _identifier(wire: _Identifier, country: str) -> IdentifierRecord:
    kind = wire.kind
    value = normalise_identifier(kind, _clean(wire.value, fields.MAX_ADDRESS_LENGTH), country)
    is_kazakh_number = kind is IdentifierKind.BIN or kind is IdentifierKind.IIN
    if is_kazakh_number and not is_bin_valid(value):
        raise _NotPlain
    return IdentifierRecord(kind=kind, value=value)


def _document(wire: _Document) -> DocumentRecord:
    line = wire.licence_line
    if not wire.code or (line is not None and not 1 <= line <= fields.MAX_POSITION):
        raise _NotPlain
    return DocumentRecord(
        code=_clean(wire.code, fields.MAX_CODE_LENGTH),
        number=_clean(wire.number, fields.MAX_DOCUMENT_NUMBER_LENGTH),
        issued_on=_day(wire.issued_on),
        licence_line=line,
    )


def _day(day: date | None) -> date | None:
    return None if day is None else fields.read_day(day)


def _clean(text: str, max_length: int) -> str:
    if text and (len(text) > max_length or text != text.strip()):
        raise _NotPlain
    return text


def _country(code: str) -> str:
    return parse_country_code(code) if code else ""


def _amount(number: Decimal | None, places: int) -> Decimal | None:
    if number is None:
        return None
    exponent = number.as_tuple().exponent
    # A special value has a letter for its exponent.
    if type(exponent) is not int or not -places <= exponent <= 0:
        raise _NotPlain
    if not 0 <= number < fields.MAX_AMOUNT:
        raise _NotPlain
    return fields.shortest(number) if exponent or not number else number


def _value(number: Decimal | None) -> Decimal | None:
    if number is None:
        return None
    if not number:
        raise _NotPlain
    return _amount(number, fields.MONEY_PLACES)


def _containers(listed: tuple[str, ...]) -> tuple[str, ...]:
    if not listed:
        return ()
    if len(listed) > parts.MAX_CONTAINERS:
        raise _NotPlain
    cleaned = [_clean(number, fields.MAX_CODE_LENGTH) for number in listed]
    return tuple({"".join(number.split()).upper(): None for number in cleaned if number})


def _extra(extra: dict[str, str]) -> dict[str, str]:
    if not extra:
        return {}
    if len(extra) > parts.MAX_EXTRA_FIELDS:
        raise _NotPlain
    return {
        _clean(key, parts.MAX_EXTRA_KEY_LENGTH): _clean(text, parts.MAX_EXTRA_VALUE_LENGTH)
        for key, text in extra.items()
    }
