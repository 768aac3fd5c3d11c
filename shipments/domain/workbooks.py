"""Reading an Office Open XML workbook (.xlsx) that may be hostile: declarations and lists alike.

A workbook cannot be streamed, so it is measured before it is read
(:mod:`shipments.domain.workbook_bounds`). Parts that declare a document type are refused, as are
macros and archives inside the archive.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from shipments.domain.archives import with_seeking
from shipments.domain.errors import UnreadableFile
from shipments.domain.workbook_bounds import measure_workbook

ZIP_MAGIC = b"PK\x03\x04"

Cell = str | int | float | bool | time | date | datetime | timedelta


def read_first_sheet(stream: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the first sheet that holds anything, with their numbers in it, from 1.

    Raises UnreadableFile ``archive_invalid``, ``archive_expands_too_much``,
    ``archive_entry_unreadable``, ``xml_doctype_refused``, ``xml_token_too_long``,
    ``xml_too_many_names``, ``nesting_too_deep``, ``workbook_part_refused``,
    ``workbook_too_large`` or ``workbook_invalid``, before anything is read from the sheet.
    """
    stream = with_seeking(stream)
    measure_workbook(stream)
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
