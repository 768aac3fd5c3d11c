"""JSON: a file that is one declaration, or an array of them."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.base import IntakeFormat, MappingUse, ReadingContext
from shipments.domain.formats.issues import UnknownFields
from shipments.domain.formats.json_text import (
    MAX_DECLARATION_BYTES,
    parse_json_text,
    too_long,
)
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.formats.ndjson import without_byte_order_mark
from shipments.domain.records import ParsedDeclaration

CHUNK_BYTES = 64 * 1024
# Deeper than any declaration, and less deep than the decoder could follow.
MAX_DEPTH = 500
_BLANKS = b" \t\r\n"


class JsonFormat(IntakeFormat):
    """Reads an array element by element, so that one bad element does not spoil the file.

    Memory stays within one declaration and one chunk, whatever the size of the array.
    """

    key = "json"
    suffixes: tuple[str, ...] = (".json",)
    content_types: tuple[str, ...] = ("application/json",)
    mapping_use = MappingUse.REFUSED

    def places(
        self, stream: BinaryIO, mapping: CsvMapping | None, context: ReadingContext
    ) -> Iterator[ParsedDeclaration]:
        unknown_fields = UnknownFields(context.unknown_counts)
        chunks = _chunks(stream)
        line = 1
        for head in chunks:
            text = head.lstrip(_BLANKS)
            line += head.count(b"\n", 0, len(head) - len(text))
            if text:
                break
        else:
            raise UnreadableFile("json_expected", reason="[ or {", line=line)
        if text.startswith(b"{"):
            yield _single(text, chunks, line, unknown_fields, context)
        elif text.startswith(b"["):
            for element in _Elements(line).split(text[1:], chunks):
                source = bytes(element.source)
                if element.is_too_long:
                    yield too_long(source, element.line)
                else:
                    yield parse_json_text(
                        source, line=element.line, unknown_fields=unknown_fields, context=context
                    )
        else:
            raise UnreadableFile("json_expected", reason="[ or {", line=line)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    first = stream.read(CHUNK_BYTES)
    yield without_byte_order_mark(first)
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _single(
    text: bytes,
    chunks: Iterator[bytes],
    line: int,
    unknown_fields: UnknownFields,
    context: ReadingContext,
) -> ParsedDeclaration:
    source = bytearray(text)
    for chunk in chunks:
        source += chunk
        if len(source) > MAX_DECLARATION_BYTES:
            return too_long(bytes(source), line)
    return parse_json_text(bytes(source), line=line, unknown_fields=unknown_fields, context=context)


class _Element:
    """One element of the array; keeps no more than a declaration may have.

    ``line`` is where its first byte stands, ``last_line`` where reading has come to.
    """

    def __init__(self, line: int) -> None:
        self.line = line
        self.last_line = line
        self.source = bytearray()
        self.is_too_long = False

    def add(self, part: bytes) -> None:
        if not self.source:
            blanks = len(part) - len(part.lstrip(_BLANKS))
            self.line = self.last_line = self.last_line + part.count(b"\n", 0, blanks)
            part = part[blanks:]
        self.last_line += part.count(b"\n")
        if not self.is_too_long:
            self.source += part
            self.is_too_long = len(self.source) > MAX_DECLARATION_BYTES


# What cannot change the depth: text outside strings, and whole strings. At the top of the
# array a comma counts too. Possessive, so that hostile input is scanned once.
_WHOLE_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOP_TEXT = re.compile(rb'[^"\[\]{},]*+(?:' + _WHOLE_STRING + rb'[^"\[\]{},]*+)*+', re.DOTALL)
_DEEP_TEXT = re.compile(rb'[^"\[\]{}]*+(?:' + _WHOLE_STRING + rb'[^"\[\]{}]*+)*+', re.DOTALL)
# An object or list with all that is in it, down to more levels than a declaration has.
_WHOLE = rb"(?!)"
for _ in range(8):
    _WHOLE = rb'[\[{](?:[^"\[\]{}]++|' + _WHOLE_STRING + rb"|" + _WHOLE + rb")*+[\]}]"
_WHOLE_ELEMENT = re.compile(_WHOLE, re.DOTALL)
_STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


class _Elements:
    """Splits the inside of an array at its top-level commas, chunk by chunk.

    Only strings and brackets matter for that; whether an element is JSON is decided
    when it is decoded.
    """

    def __init__(self, line: int) -> None:
        self._depth = 0
        self._in_string = False
        self._is_escaped = False
        self._element = _Element(line)
        self._is_closed = False
        self._has_comma = False

    def split(self, first: bytes, rest: Iterator[bytes]) -> Iterator[_Element]:
        yield from self._feed(first)
        for chunk in rest:
            yield from self._feed(chunk)
        if not self._is_closed:
            raise UnreadableFile(
                "json_truncated",
                reason="] at the end of the array",
                line=self._element.last_line,
            )

    def _feed(self, chunk: bytes) -> Iterator[_Element]:
        start = 0
        position = self._rest_of_string(chunk, 0) if self._in_string else 0
        while not self._is_closed:
            text = _DEEP_TEXT if self._depth else _TOP_TEXT
            position = _end_of(text, chunk, position)
            if position >= len(chunk):
                break
            char = chunk[position : position + 1]
            position += 1
            if char == b'"':
                position = self._rest_of_string(chunk, position)
            elif char in b"[{":
                # What lies whole in the chunk is passed at once; else bracket by bracket.
                if not self._depth and (whole := _WHOLE_ELEMENT.match(chunk, position - 1)):
                    position = whole.end()
                    continue
                self._depth += 1
                if self._depth > MAX_DEPTH:
                    line = self._element.line
                    raise UnreadableFile("nesting_too_deep", reason=f"{MAX_DEPTH}", line=line)
            elif self._depth:
                self._depth -= 1
            elif char in b",]":
                self._element.add(chunk[start : position - 1])
                start = position
                yield from self._finish(is_last=char == b"]")
        if self._is_closed and chunk[start:].strip(_BLANKS):
            raise UnreadableFile(
                "json_trailing", reason="nothing after the array", line=self._element.line
            )
        self._element.add(chunk[start:])

    def _rest_of_string(self, chunk: bytes, position: int) -> int:
        """Go to the end of a string that a chunk boundary cuts; an escape may be cut too."""
        position = _end_of(_STRING_REST, chunk, position + self._is_escaped)
        self._is_escaped = chunk[position : position + 1] == b"\\"
        self._in_string = self._is_escaped or position >= len(chunk)
        return position + 1

    def _finish(self, *, is_last: bool) -> Iterator[_Element]:
        element = self._element
        self._is_closed = is_last
        self._element = _Element(element.last_line)
        if element.source or self._has_comma or not is_last:
            yield element
        self._has_comma = True


def _end_of(pattern: re.Pattern[bytes], chunk: bytes, position: int) -> int:
    match = pattern.match(chunk, position)
    return match.end() if match else position
