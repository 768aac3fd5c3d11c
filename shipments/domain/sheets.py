"""Writing tables for people who open them in a spreadsheet: CSV and XLSX, texts only.

A text that a spreadsheet would run as a formula gets an apostrophe before it on the way out and
loses it on the way in, so that what was exported and comes back is the same.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import xlsxwriter

CELL_MAX_LENGTH = 32_767  # Excel's own
_DANGEROUS = frozenset("=+-@\t\r\n|%'")
_PIECE_ROWS = 500


class CellTooLong(Exception):
    """A text that no cell can hold; ``line`` counts the heading as 1."""

    def __init__(self, line: int, column: str, text: str) -> None:
        super().__init__(f"line {line}, {column}")
        self.line, self.column, self.text = line, column, text
        self.allowed = "32,767 characters"


def neutralised(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet might run or drop its start.

    >>> neutralised("=1+1"), neutralised("acetone")
    ("'=1+1", 'acetone')
    """
    return f"'{text}" if text and text[0] in _DANGEROUS else text


def restored(text: str) -> str:
    """The text before :func:`neutralised`; an apostrophe of the text's own stays.

    >>> restored("'=1+1"), restored("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text[:1] == "'" and text[1:2] in _DANGEROUS else text


def write_csv_sheet(
    heading: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ","
) -> Iterator[bytes]:
    """The table as pieces of CSV in UTF-8 with a byte order mark, without which Excel takes
    Cyrillic for something else.
    """
    stream = io.StringIO(newline="")
    stream.write("\ufeff")
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow([neutralised(name) for name in heading])
    for number, row in enumerate(rows, 1):
        writer.writerow([neutralised(text) for text in row])
        if number % _PIECE_ROWS == 0:
            yield stream.getvalue().encode("utf-8", "replace")
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue().encode("utf-8", "replace")


def write_xlsx_sheet(
    stream: BinaryIO, title: str, heading: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """The table as a workbook of one sheet, in constant memory; every cell is a text.

    Raises CellTooLong.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        sheet = workbook.add_worksheet(title)
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(heading):
            sheet.write_string(0, place, neutralised(name), bold)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if not cell:
                    continue
                text = neutralised(cell)
                if len(text) > CELL_MAX_LENGTH:
                    raise CellTooLong(line + 1, heading[place], text)
                sheet.write_string(line, place, text)
