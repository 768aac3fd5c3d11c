"""NDJSON: one declaration as JSON on every line."""

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
from shipments.domain.records import ParsedDeclaration

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class NdjsonFormat(IntakeFormat):
    """Reads line by line in constant memory. Blank lines are skipped and counted."""

    key = "ndjson"
    suffixes: tuple[str, ...] = (".ndjson", ".jsonl")
    content_types: tuple[str, ...] = (
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
    )
    mapping_use = MappingUse.REFUSED

    def places(
        self, stream: BinaryIO, mapping: CsvMapping | None, context: ReadingContext
    ) -> Iterator[ParsedDeclaration]:
        unknown_fields = UnknownFields(context.unknown_counts)
        for number, line in _bounded_lines(stream):
            if number == 1:
                line = without_byte_order_mark(line)
            if len(line) > MAX_DECLARATION_BYTES:
                yield too_long(line, number)
            elif not line.isspace() and line:
                yield parse_json_text(
                    line, line=number, unknown_fields=unknown_fields, context=context
                )


def without_byte_order_mark(head: bytes) -> bytes:
    """The head of a JSON file without a UTF-8 mark; raises UnreadableFile for UTF-16."""
    if head.startswith(UTF16_MARKS):
        raise UnreadableFile("encoding_unsupported", reason="UTF-16, not UTF-8", line=1)
    return head.removeprefix(UTF8_MARK)


def _bounded_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Physical lines with their numbers; of a longer line only a head of 1 MiB and a bit."""
    limit = MAX_DECLARATION_BYTES + 2
    number = 0
    while line := stream.readline(limit):
        number += 1
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")
        while len(line) == limit and not line.endswith(b"\n"):
            line = stream.readline(limit)
