"""CSV: one goods item on every row, read through a mapping."""

import codecs
import csv
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, cast

import msgspec

from shipments.domain.errors import InvalidValue, UnreadableFile
from shipments.domain.formats.base import IntakeFormat, MappingUse, ReadingContext
from shipments.domain.formats.csv_layout import CsvLayout, Node, column_of
from shipments.domain.formats.issues import (
    MAX_RAW_LENGTH,
    REJECT,
    WARN,
    IssueLog,
    UnknownFields,
    storable,
)
from shipments.domain.formats.mapping import CsvMapping, FileHabits
from shipments.domain.formats.table_habits import HEAD_BYTES, Habits, habits_of_text
from shipments.domain.formats.tree import MAX_ITEMS, Place, read_declaration
from shipments.domain.records import ParsedDeclaration
from shipments.domain.sheets import restored

CHUNK_BYTES = 64 * 1024
MAX_ROW_CHARACTERS = 1024 * 1024


class TableFormat(IntakeFormat):
    """Rows through a mapping; consecutive rows of one number are one declaration."""

    mapping_use = MappingUse.REQUIRED

    @abstractmethod
    def table(self, stream: BinaryIO, mapping: CsvMapping) -> "tuple[Habits, Iterator[Row]]":
        """The habits of the file, and its records; those that cannot be read carry their fault."""

    def places(
        self, stream: BinaryIO, mapping: CsvMapping | None, context: ReadingContext
    ) -> Iterator[ParsedDeclaration]:
        # There is one, because it is required.
        through = cast(CsvMapping, mapping)
        habits, rows = self.table(stream, through)
        return read_rows(rows, through, habits, context)


class CsvFormat(TableFormat):
    """Reads row by row in constant memory."""

    key = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".txt")
    content_types: tuple[str, ...] = ("text/csv", "text/tab-separated-values")

    def table(self, stream: BinaryIO, mapping: CsvMapping) -> "tuple[Habits, Iterator[Row]]":
        return csv_table(stream, mapping)


def csv_table(stream: BinaryIO, mapping: CsvMapping) -> "tuple[Habits, Iterator[Row]]":
    """The habits of a CSV file, and its records; those that cannot be read carry their fault."""
    head = stream.read(HEAD_BYTES)
    habits = habits_of_text(head, mapping)
    return habits, iter(_Rows(head, stream, habits.file))


def read_rows(
    rows: "Iterable[Row]", mapping: CsvMapping, habits: Habits, context: ReadingContext
) -> Iterator[ParsedDeclaration]:
    """Declarations in the rows of a table, whatever it was written in."""
    context.tell(habits.as_reading())
    for _, place in grouped_rows(rows, mapping, habits, context):
        yield place


def grouped_rows(
    rows: "Iterable[Row]", mapping: CsvMapping, habits: Habits, context: ReadingContext
) -> "Iterator[tuple[list[Row], ParsedDeclaration]]":
    """Each place with the rows it stands in; a row that cannot be read is a place of its own."""
    layout: CsvLayout | None = None
    group: _Group | None = None
    unknown_fields = UnknownFields(context.unknown_counts)
    for row in rows:
        if layout is None and mapping.file.has_header:
            layout = _layout_of_header(row, mapping, habits)
            continue
        if layout is None:
            layout = CsvLayout(mapping, habits, (), len(row.cells))
        if layout.is_export:
            row.cells = [restored(cell) for cell in row.cells]
        if row.fault is None and len(row.cells) != layout.width:
            allowed = f"{layout.width} fields"
            row.fault = InvalidValue("field_count", value=len(row.cells), allowed=allowed)
        if row.fault is not None:
            yield [row], _rejected_row(row, row.fault)
        elif group is not None and group.takes(row):
            group.add(row)
        else:
            if group is not None:
                yield group.rows, group.parsed()
            group = _Group(layout, row, context, unknown_fields)
    if group is not None:
        yield group.rows, group.parsed()


class Row:
    """One record of a table; ``line`` is the physical line on which it starts."""

    __slots__ = ("cells", "fault", "line", "raw")

    def __init__(self, line: int, cells: Sequence[str], raw: str) -> None:
        self.line = line
        self.cells = cells
        self.raw = raw
        self.fault: InvalidValue | None = None


def _layout_of_header(row: Row, mapping: CsvMapping, habits: Habits) -> CsvLayout:
    if row.fault is not None:
        raise UnreadableFile("header_unreadable", reason=row.fault.code, line=row.line)
    header = [restored(name.strip()) for name in row.cells]
    return CsvLayout(mapping, habits, header, len(header))


def _rejected_row(row: Row, fault: InvalidValue) -> ParsedDeclaration:
    log = IssueLog(row.line)
    log.add(fault, REJECT, "")
    return ParsedDeclaration(
        line=row.line, issues=log.issues(), raw=storable(row.raw, MAX_RAW_LENGTH)
    )


class _Group:
    """The rows of one declaration. The first one states its fields; each one an item."""

    def __init__(
        self,
        layout: CsvLayout,
        first: Row,
        context: ReadingContext,
        unknown_fields: UnknownFields,
    ) -> None:
        self._layout = layout
        self._context = context
        self._unknown_fields = unknown_fields
        self._first = first
        self._key = layout.group_key(first.cells)
        self._log = IssueLog(first.line)
        self._items: list[Node] = []
        self._places: list[Place] = []
        self.rows: list[Row] = []
        self._disagreeing: set[str] = set()
        self._tree = layout.declaration(first.cells)
        self._add_item(first)

    def takes(self, row: Row) -> bool:
        return bool(self._key) and self._layout.group_key(row.cells) == self._key

    def add(self, row: Row) -> None:
        # One row over the limit is enough to know that it was broken.
        if len(self.rows) > MAX_ITEMS:
            return
        for key, value, first in self._layout.differing(self._first.cells, row.cells):
            if key not in self._disagreeing:
                self._disagreeing.add(key)
                reason = InvalidValue("rows_disagree", value=value, allowed=first)
                self._log.add(reason, WARN, key, line=row.line)
        self._add_item(row)

    def _add_item(self, row: Row) -> None:
        self.rows.append(row)
        if self._layout.is_without_item(row.cells):
            return
        self._items.append(self._layout.item(row.cells, len(self._items) + 1))
        self._places.append(Place(row.line, row.raw))

    def parsed(self) -> ParsedDeclaration:
        log, tree = self._log, self._tree
        tree["items"] = self._items
        declaration = read_declaration(
            tree,
            log=log,
            unknown_fields=self._unknown_fields,
            places=self._places,
            context=self._context,
        )
        issues = tuple(
            msgspec.structs.replace(issue, column=column_of(tree, issue.field))
            for issue in log.issues()
        )
        raw = ""
        if declaration is None or log.has_quarantine:
            raw = storable(self._first.raw, MAX_RAW_LENGTH)
        return ParsedDeclaration(
            line=self._first.line, declaration=declaration, issues=issues, raw=raw
        )


class _RowTooLongError(Exception):
    """More text than a row may have without its end being found."""


class _Rows:
    """Records of the file, also those that cannot be read; those carry their fault."""

    def __init__(self, head: bytes, stream: BinaryIO, habits: FileHabits) -> None:
        self._lines = _Lines(head, stream, habits.encoding)
        self._habits = habits

    def __iter__(self) -> Iterator[Row]:
        reader = self._reader()
        while True:
            line = self._lines.start_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _RowTooLongError:
                fault = InvalidValue("row_too_long", allowed=f"{MAX_ROW_CHARACTERS} characters")
            except csv.Error as error:
                fault = InvalidValue("csv_invalid", value=str(error), allowed="a CSV row")
            else:
                if cells:
                    yield Row(line, cells, self._lines.record())
                continue
            row = Row(line, (), self._lines.record())
            row.fault = fault
            yield row
            # A reader that failed stays inside the record; a new one starts on the next line.
            reader = self._reader()

    def _reader(self) -> "Iterator[list[str]]":
        # The standard limit of 131,072 characters a field holds; it is process-wide, so
        # it is not set here.
        habits = self._habits
        return csv.reader(self._lines, delimiter=habits.delimiter, quotechar=habits.quote)


class _Lines:
    """Decoded physical lines with their number, and the lines of the current record."""

    def __init__(self, head: bytes, stream: BinaryIO, encoding: str) -> None:
        self._source = _decoded_lines(head, stream, encoding)
        self._number = 0
        self._record: list[str] = []
        self._size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self._number += 1
        self._record.append(line)
        self._size += len(line)
        if self._size > MAX_ROW_CHARACTERS:
            raise _RowTooLongError
        return line

    def start_record(self) -> int:
        """Forget the lines of the last record; the number of the line that comes next."""
        self._record = []
        self._size = 0
        return self._number + 1

    def record(self) -> str:
        return "".join(self._record)[:MAX_RAW_LENGTH].rstrip("\r\n")


def _decoded_lines(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends; of a longer line only a head of one row's limit.

    Bytes that are not of the encoding become lone surrogates, which the reader of the
    field refuses: one bad name costs one item and not the file.
    """
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    decoder = codecs.getincrementaldecoder(codec)(errors="surrogateescape")
    rest = ""
    is_skipping = False
    chunk = head
    while True:
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as fault:
            # Half of a character of a multi-byte encoding: no line after it is certain.
            raise UnreadableFile("encoding_invalid", reason=str(fault)) from None
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            if not is_skipping:
                yield line + "\n"
            is_skipping = False
        if is_skipping:
            rest = ""
        elif len(rest) > MAX_ROW_CHARACTERS:
            yield rest
            rest, is_skipping = "", True
        if not chunk:
            break
        chunk = stream.read(CHUNK_BYTES)
    if rest:
        yield rest
