"""XLSX: the first sheet of a workbook that holds anything, read through a mapping like CSV."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from shipments.domain.formats.csv_rows import Row, TableFormat
from shipments.domain.formats.mapping import ISO_FORMAT, CsvMapping, FileHabits
from shipments.domain.formats.table_habits import SAMPLE_ROWS, Habits, habits_of_cells
from shipments.domain.workbooks import Cell, cell_text, read_first_sheet


class XlsxFormat(TableFormat):
    """Reads rows as CSV does: cells that are numbers and dates need no habits."""

    key = "xlsx"
    suffixes: tuple[str, ...] = (".xlsx",)
    content_types: tuple[str, ...] = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )

    def table(self, stream: BinaryIO, mapping: CsvMapping) -> tuple[Habits, Iterator[Row]]:
        return xlsx_table(stream, mapping)


def xlsx_table(stream: BinaryIO, mapping: CsvMapping) -> tuple[Habits, Iterator[Row]]:
    """Rows as they would stand in a CSV of the habits of the texts among the cells."""
    rows = read_first_sheet(stream)
    head = list(islice(rows, SAMPLE_ROWS))
    texts = [[cell if isinstance(cell, str) else "" for cell in cells] for _, cells in head]
    habits = habits_of_cells(texts, mapping)
    return habits, _rows(chain(head, rows), habits.file)


def _rows(numbered: Iterable[tuple[int, list[Cell]]], habits: FileHabits) -> Iterator[Row]:
    day = _pattern(habits.date_formats, with_time=False)
    moment = _pattern(habits.date_formats, with_time=True)
    for number, values in numbered:
        cells = [
            cell_text(
                value, decimal_mark=habits.decimal_mark, day_pattern=day, moment_pattern=moment
            )
            for value in values
        ]
        if any(cells):
            yield Row(number, cells, "\t".join(cells))


def _pattern(patterns: Sequence[str], *, with_time: bool) -> str:
    """The first pattern that states a time, or that states none; else the first."""
    iso = "%Y-%m-%dT%H:%M:%S" if with_time else "%Y-%m-%d"
    for pattern in patterns:
        if pattern == ISO_FORMAT or ("%H" in pattern) == with_time:
            return iso if pattern == ISO_FORMAT else pattern
    return patterns[0] if patterns else iso
