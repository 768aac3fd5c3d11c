"""Reading an Office Open XML workbook (.xlsx) that may be hostile: declarations and lists alike.

A workbook cannot be streamed, so its parts are expanded once to be measured before they are
read: how many bytes they have and how far the cells of the sheets reach, not what the archive
says of itself. Parts that declare a document type are refused, as are macros and archives
inside the archive.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO, cast

from python_calamine import CalamineError, CalamineWorkbook

from shipments.domain.archives import (
    Budget,
    Expanding,
    open_archive,
    open_entry,
    refuse_large_directory,
    with_seeking,
)
from shipments.domain.errors import UnreadableFile

ZIP_MAGIC = b"PK\x03\x04"
MAX_EXPANDED_BYTES = 100 * 1024 * 1024
MAX_PARTS = 2_000
# A sheet is laid out as a whole rectangle, at 32 bytes a cell.
MAX_CELLS = 5_000_000
_PIECE_BYTES = 1024 * 1024
_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^<>]{0,200}?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_OVERLAP = 256
# A declaration of types or entities can stand at the head of a part only.
_HEAD_BYTES = 64 * 1024
_REFUSED_SUFFIXES = (".zip", ".xlsx", ".xlsm", ".docx", ".bin", ".jar", ".exe", ".7z", ".gz")

Cell = str | int | float | bool | time | date | datetime | timedelta


def read_first_sheet(stream: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the first sheet that holds anything, with their numbers in it, from 1.

    Raises UnreadableFile ``archive_invalid``, ``archive_expands_too_much``,
    ``archive_entry_unreadable``, ``xml_doctype_refused``, ``workbook_part_refused``,
    ``workbook_too_large`` or ``workbook_invalid``, before anything is read from the sheet.
    """
    stream = with_seeking(stream)
    _check_parts(stream)
    stream.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        sheets = (workbook.get_sheet_by_name(name) for name in workbook.sheet_names)
        sheet = next((sheet for sheet in sheets if sheet.height), None)
        rows = sheet.iter_rows() if sheet is not None else iter(())
        start = sheet.start[0] if sheet is not None and sheet.start else 0
    except (CalamineError, ValueError, OSError) as fault:
        raise UnreadableFile("workbook_invalid", reason=str(fault)[:200], line=1) from None
    return enumerate(rows, start + 1)


def cell_text(
    cell: Cell,
    *,
    decimal_mark: str = ".",
    day_pattern: str = "%Y-%m-%d",
    moment_pattern: str = "%Y-%m-%d %H:%M:%S",
) -> str:
    """What a cell shows, as far as its value tells: whole numbers without a point.

    A date at midnight is a day; numbers are written as the shortest decimal that means the
    same, never with an exponent.

    >>> cell_text(2914110000.0), cell_text(0.5, decimal_mark=",")
    ('2914110000', '0,5')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        text = format(Decimal(repr(cell)), "f") if cell == cell else ""
        return text.removesuffix(".0").replace(".", decimal_mark)
    if isinstance(cell, datetime):
        return cell.strftime(day_pattern if cell.time() == time() else moment_pattern)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day).strftime(day_pattern)
    return str(cell)


def _check_parts(stream: BinaryIO) -> None:
    """Expand every part once, counting; the directory of a hostile archive may lie."""
    refuse_large_directory(stream)
    budget = Budget(MAX_EXPANDED_BYTES)
    with open_archive(stream) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS:
            raise UnreadableFile("workbook_part_refused", reason=f"at most {MAX_PARTS} parts")
        for part in parts:
            name = part.filename.lower()
            # The printer's settings are the one binary part that ordinary workbooks hold.
            if name.endswith(_REFUSED_SUFFIXES) and not name.startswith("xl/printersettings/"):
                raise UnreadableFile("workbook_part_refused", reason=part.filename[:200], line=1)
            with open_entry(archive, part) as opened:
                _measure(cast(BinaryIO, Expanding(opened, part.compress_size, budget)))


def _measure(part: BinaryIO) -> None:
    """Raise for a document type, and for a sheet whose cells span too large a rectangle."""
    rest, columns, rows = b"", 0, 0
    is_head = True
    while piece := part.read(_PIECE_BYTES):
        if is_head and _declares_types(piece[:_HEAD_BYTES]):
            raise UnreadableFile("xml_doctype_refused", reason="no DOCTYPE", line=1)
        is_head = False
        for match in _REFERENCE.finditer(rest + piece):
            columns = max(columns, _column_number(match[1]))
            rows = max(rows, int(match[2]))
            if columns * rows > MAX_CELLS:
                reason = f"at most {MAX_CELLS} cells"
                raise UnreadableFile("workbook_too_large", reason=reason, line=1)
        rest = piece[-_OVERLAP:]


def _declares_types(head: bytes) -> bool:
    """In any of the encodings of XML: UTF-16 only puts zero bytes between."""
    plain = head.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
