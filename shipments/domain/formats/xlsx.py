"""XLSX: the first sheet of a workbook that holds anything, read through a mapping like CSV.

A workbook cannot be streamed, so its parts are expanded once to be measured before they
are read: how many bytes they have, and how far the cells of the sheets reach.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO, cast

from python_calamine import CalamineError, CalamineWorkbook

from shipments.domain.errors import InvalidValue, UnreadableFile
from shipments.domain.formats.base import NO_CONTEXT, MappingUse, ReadingContext
from shipments.domain.formats.csv_rows import Row, read_rows
from shipments.domain.formats.mapping import ISO_FORMAT, CsvMapping, FileHabits
from shipments.domain.formats.zip_archive import (
    Budget,
    Expanding,
    open_archive,
    open_entry,
    refuse_large_directory,
    with_seeking,
)
from shipments.domain.records import ParsedDeclaration

MAX_EXPANDED_BYTES = 100 * 1024 * 1024
MAX_CELLS = 10_000_000
_PIECE_BYTES = 1024 * 1024
_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^<>]{0,200}?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_OVERLAP = 256


class XlsxFormat:
    """Reads rows as CSV does: cells that are numbers and dates need no habits."""

    key = "xlsx"
    suffixes: tuple[str, ...] = (".xlsx",)
    content_types: tuple[str, ...] = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    mapping_use = MappingUse.REQUIRED

    def parse(
        self,
        stream: BinaryIO,
        *,
        mapping: CsvMapping | None = None,
        context: ReadingContext = NO_CONTEXT,
    ) -> Iterator[ParsedDeclaration]:
        if mapping is None:
            raise InvalidValue("mapping_required", value="", allowed="the key of a mapping")
        return read_rows(_rows(stream, mapping), mapping, context)


def _rows(stream: BinaryIO, mapping: CsvMapping) -> Iterator[Row]:
    stream = with_seeking(stream)
    _refuse_too_large(stream)
    stream.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
        sheet = next((sheet for sheet in sheets if sheet.total_height), None)
        rows = sheet.iter_rows() if sheet is not None else iter(())
        start = sheet.start[0] if sheet is not None and sheet.start else 0
    except (CalamineError, ValueError, OSError) as fault:
        raise UnreadableFile("workbook_invalid", reason=str(fault)[:200], line=1) from None
    for number, values in enumerate(rows, start + 1):
        cells = [cell_text(value, mapping.file) for value in values]
        if any(cells):
            yield Row(number, cells, "\t".join(cells))


def _refuse_too_large(stream: BinaryIO) -> None:
    """Expand every part once, counting; the directory of a hostile archive may lie."""
    refuse_large_directory(stream)
    budget = Budget(MAX_EXPANDED_BYTES)
    with open_archive(stream) as archive:
        for info in archive.infolist():
            with open_entry(archive, info) as opened:
                _measure(cast(BinaryIO, Expanding(opened, info.compress_size, budget)))


def _measure(part: BinaryIO) -> None:
    """Raise for a sheet whose cells span too large a rectangle: it is laid out as a whole."""
    rest, columns, rows = b"", 0, 0
    while piece := part.read(_PIECE_BYTES):
        for match in _REFERENCE.finditer(rest + piece):
            columns = max(columns, _column_number(match[1]))
            rows = max(rows, int(match[2]))
            if columns * rows > MAX_CELLS:
                reason = f"at most {MAX_CELLS} cells"
                raise UnreadableFile("workbook_too_large", reason=reason, line=1)
        rest = piece[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def cell_text(value: object, habits: FileHabits) -> str:
    """A cell as it would stand in a CSV of these habits: whole numbers without a point.

    >>> cell_text(2914110000.0, FileHabits()), cell_text(0.5, FileHabits(decimal_mark=","))
    ('2914110000', '0,5')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        # The shortest decimal that means the same number, never an exponent.
        text = format(Decimal(repr(value)), "f") if value == value else ""
        text = text.removesuffix(".0")
        return text.replace(".", habits.decimal_mark)
    if isinstance(value, datetime):
        return value.strftime(_pattern(habits.date_formats, with_time=True))
    if isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
        return moment.strftime(_pattern(habits.date_formats, with_time=False))
    if isinstance(value, time | timedelta):
        return str(value)
    return ""


def _pattern(patterns: Sequence[str], *, with_time: bool) -> str:
    """The first pattern that states a time, or that states none; else the first."""
    iso = "%Y-%m-%dT%H:%M:%S" if with_time else "%Y-%m-%d"
    for pattern in patterns:
        if pattern == ISO_FORMAT or ("%H" in pattern) == with_time:
            return iso if pattern == ISO_FORMAT else pattern
    return patterns[0] if patterns else iso
