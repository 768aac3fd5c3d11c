"""One declaration as JSON text: what the formats json and ndjson have in common."""

from decimal import Decimal, InvalidOperation

import msgspec

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.base import NO_CONTEXT, ReadingContext
from shipments.domain.formats.issues import (
    MAX_RAW_LENGTH,
    REJECT,
    IssueLog,
    UnknownFields,
    storable,
)
from shipments.domain.formats.tree import read_declaration
from shipments.domain.formats.typed import read_plain_declaration
from shipments.domain.records import ParsedDeclaration

MAX_DECLARATION_BYTES = 1024 * 1024


def _lossless_number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent beyond what Decimal can hold: the field's reader will refuse the text.
        return text


_decoder = msgspec.json.Decoder(float_hook=_lossless_number)


def parse_json_text(
    source: bytes,
    *,
    line: int,
    unknown_fields: UnknownFields,
    context: ReadingContext = NO_CONTEXT,
) -> ParsedDeclaration:
    """The declaration in one JSON value of at most 1 MiB; never raises for what is in it."""
    plain = read_plain_declaration(source, context)
    if plain is not None:
        return ParsedDeclaration(line=line, declaration=plain)
    return _parse_field_by_field(source, line, unknown_fields, context)


def _parse_field_by_field(
    source: bytes, line: int, unknown_fields: UnknownFields, context: ReadingContext
) -> ParsedDeclaration:
    log = IssueLog(line)
    declaration = None
    try:
        tree = _decoder.decode(source)
        if isinstance(tree, dict):
            declaration = read_declaration(
                tree, log=log, unknown_fields=unknown_fields, context=context
            )
        else:
            reason = InvalidValue("not_an_object", value=_excerpt(source), allowed="a JSON object")
            log.add(reason, REJECT, "")
    except UnicodeDecodeError:
        log.add(InvalidValue("encoding_invalid", allowed="UTF-8"), REJECT, "")
    except RecursionError:
        log.add(InvalidValue("nesting_too_deep", allowed="a few levels"), REJECT, "")
    except msgspec.DecodeError as fault:
        log.add(InvalidValue("json_invalid", value=str(fault), allowed="a JSON object"), REJECT, "")
    if declaration is None:
        return rejected(source, log)
    raw = _excerpt(source) if log.has_quarantine else ""
    return ParsedDeclaration(line=line, declaration=declaration, issues=log.issues(), raw=raw)


def rejected(source: bytes, log: IssueLog) -> ParsedDeclaration:
    """A place of the file from which nothing can be stored, with its source text."""
    return ParsedDeclaration(line=log.line, issues=log.issues(), raw=_excerpt(source))


def too_long(head: bytes, line: int) -> ParsedDeclaration:
    """A declaration longer than 1 MiB, of which only the head was read."""
    log = IssueLog(line)
    allowed = f"at most {MAX_DECLARATION_BYTES} bytes"
    log.add(InvalidValue("declaration_too_long", allowed=allowed), REJECT, "")
    return rejected(head, log)


def _excerpt(source: bytes) -> str:
    text = source[: 4 * MAX_RAW_LENGTH].decode("utf-8", "replace")
    return storable(text.strip(), MAX_RAW_LENGTH)
