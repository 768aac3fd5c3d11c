"""Sheets of entries as editors and authorities keep them: CSV, XLSX and JSON, read and written.

Texts are made harmless for spreadsheets on the way out and restored on the way in
(:mod:`shipments.domain.sheets`), so that export and import give back the same entries.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import BinaryIO

from risk.domain.errors import InvalidList
from shipments.domain.errors import UnreadableFile
from shipments.domain.sheets import (
    CellTooLong,
    restored,
    write_csv_sheet,
    write_xlsx_sheet,
)
from shipments.domain.workbooks import ZIP_MAGIC, cell_text, read_first_sheet

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000

Row = Mapping[str, str]


class SheetFormat(StrEnum):
    """A way to keep a sheet; the value is its file suffix."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES: Mapping[SheetFormat, str] = {
    SheetFormat.CSV: "text/csv; charset=utf-8",
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetFormat.JSON: "application/json",
}


def write_sheet(sheet_format: SheetFormat, columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The rows under a heading of ``columns``; every cell is a text, never a formula."""
    stream = io.BytesIO()
    write_sheet_into(stream, sheet_format, columns, rows)
    return stream.getvalue()


def write_sheet_into(
    stream: BinaryIO, sheet_format: SheetFormat, columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """As :func:`write_sheet`, row by row into an open file: memory does not grow with the rows."""
    _WRITERS[sheet_format](stream, columns, rows)


def read_sheet(content: bytes, file_name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, texts by column) of each row that is not blank; the format is told by its bytes.

    The first row that is not blank is the heading. Raises InvalidList (``file_too_large``,
    ``too_many_rows``, a heading twice, bytes that are no text) and UnreadableFile of the
    workbook reader. Lines count from 1, the heading's included.
    """
    if len(content) > MAX_FILE_BYTES:
        raise _refused(file_name, "(file)", len(content), f"at most {MAX_FILE_BYTES} bytes")
    if content.startswith(ZIP_MAGIC):
        lines = _texts(_workbook(content, file_name))
    elif content.lstrip()[:1] in (b"[", b"{"):
        yield from _limited(_json_rows(content, file_name), file_name)
        return
    else:
        lines = _texts(_csv_lines(content, file_name))
    yield from _limited(_under_heading(lines, file_name), file_name)


def _write_csv(stream: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    stream.writelines(write_csv_sheet(columns, _cells(columns, rows)))


def _cells(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[list[str]]:
    return ([row.get(column, "") for column in columns] for row in rows)


def _write_json(stream: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Nothing runs a formula here, so nothing is neutralised. What is blank is left out: with it a
    list of 50,000 entries is larger than what an import takes."""
    before = b"[\n"
    for row in rows:
        plain = {column: text for column in columns if (text := row.get(column))}
        stream.write(before + json.dumps(plain, ensure_ascii=False).encode())
        before = b",\n"
    stream.write(b"[]" if before == b"[\n" else b"\n]")


def _write_xlsx(stream: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    try:
        write_xlsx_sheet(stream, "entries", columns, _cells(columns, rows))
    except CellTooLong as error:
        raise InvalidList(
            line=error.line, column=error.column, value=error.text[:50], allowed=error.allowed
        ) from None


_WRITERS: Mapping[SheetFormat, Callable[[BinaryIO, Sequence[str], Iterable[Row]], None]] = {
    SheetFormat.CSV: _write_csv,
    SheetFormat.XLSX: _write_xlsx,
    SheetFormat.JSON: _write_json,
}


def _workbook(content: bytes, file_name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        for line, cells in read_first_sheet(io.BytesIO(content)):
            yield line, [cell_text(cell) for cell in cells]
    except UnreadableFile as error:
        reason = str(error.params.get("reason", ""))
        allowed = "a plain .xlsx with a sheet"
        raise _refused(file_name, "(file)", reason, allowed, code=error.code) from error


def _csv_lines(content: bytes, file_name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(file_name, "(file)", f"byte {error.start}", "text in UTF-8") from error
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise _refused(file_name, "(row)", str(error), "CSV", line=reader.line_num) from error


def _texts(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for line, cells in lines:
        texts = [restored(cell.strip().replace("\r\n", "\n")) for cell in cells]
        if any(texts):
            yield line, texts


def _under_heading(
    lines: Iterator[tuple[int, list[str]]], file_name: str
) -> Iterator[tuple[int, dict[str, str]]]:
    line, heading = next(lines, (1, []))
    columns = [column_name(cell) for cell in heading]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if not any(columns) or twice:
        value = ", ".join(twice)
        raise _refused(file_name, "(heading)", value, "a heading, each column once", line=line)
    for line, cells in lines:
        if any(cells[len(columns) :]):
            raise _refused(file_name, "(row)", len(cells), f"{len(columns)} columns", line=line)
        yield line, {c: cell for c, cell in zip(columns, cells, strict=False) if c}


def _json_rows(content: bytes, file_name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _refused(file_name, "(file)", str(error)[:200], "JSON") from error
    if not isinstance(rows, list):
        raise _refused(file_name, "(file)", type(rows).__name__, "an array of objects of texts")
    for line, row in enumerate(rows, start=2):
        if not isinstance(row, dict) or not all(isinstance(v, str) for v in row.values()):
            raise _refused(file_name, "(row)", "", "an object of texts", line=line)
        yield line, {column_name(key): value.strip() for key, value in row.items()}


def _limited(
    rows: Iterator[tuple[int, dict[str, str]]], file_name: str
) -> Iterator[tuple[int, dict[str, str]]]:
    yield from islice(rows, MAX_ROWS)
    if next(rows, None) is not None:
        raise _refused(file_name, "(rows)", "", f"at most {MAX_ROWS} rows", code="too_many_rows")


# Headings of published lists → our columns. What is not here keeps its name.
_HEADINGS: Mapping[str, str] = {
    "cas_rn": "cas", "cas_number": "cas", "cas_no": "cas", "cas_№": "cas", "№_cas": "cas",
    "номер_cas": "cas", "cas-номер": "cas",
    "substance": "form_name", "name": "form_name", "substance_name": "form_name",
    "наименование": "form_name", "вещество": "form_name", "название": "form_name",
    "ec": "ec_number", "ec_no": "ec_number", "un": "un_number", "un_no": "un_number",
    "hs": "hs6", "hs_code": "hs6", "cn_code": "codes", "hs_full": "codes", "код_тн_вэд": "codes",
    "category": "schedule", "table": "schedule", "таблица": "schedule", "категория": "schedule",
    "concentration": "concentration_min_pct", "концентрация": "concentration_min_pct",
    "threshold": "exempt_amount", "примечание": "notes", "remarks": "notes",
    "inchi_key": "inchikey", "hs_basket": "is_basket_code", "источник": "source",
}  # fmt: skip


def column_name(heading: str) -> str:
    """The column that a heading means: its words in lower case, or what we call it.

    >>> column_name(" CAS No ")
    'cas'
    """
    plain = "_".join(heading.lower().replace(".", " ").split())
    return _HEADINGS.get(plain, plain)


def _refused(
    file_name: str,
    column: str,
    value: object,
    allowed: str,
    *,
    line: int = 1,
    code: str = "invalid_list",
) -> InvalidList:
    return InvalidList(
        code, file=file_name, line=line, column=column, value=str(value), allowed=allowed
    )
