"""The rows of a table that were not stored, to be corrected and sent again.

Of a rejected declaration its rows; of one with items kept aside all its rows, because what is
sent again is its next version as a whole. Behind the columns that came stand our own: the next
version, how the file was written, and what is wrong with each row. Whoever sends the corrected
file under the same mapping need not remove them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.csv_layout import EXPORT_PREFIX, VERSION_COLUMN
from shipments.domain.formats.csv_rows import Row, csv_table, grouped_rows
from shipments.domain.formats.issues import WARN
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.formats.table_habits import HABITS_COLUMN, habits_for_export
from shipments.domain.formats.xlsx import xlsx_table
from shipments.domain.issue_sentences import issue_sentence
from shipments.domain.records import Issue, ParsedDeclaration

OWN_COLUMNS = (
    VERSION_COLUMN,
    HABITS_COLUMN,
    EXPORT_PREFIX + "line",
    EXPORT_PREFIX + "codes",
    EXPORT_PREFIX + "messages",
)
_TABLES = {"csv": csv_table, "xlsx": xlsx_table}


@dataclass(frozen=True, slots=True)
class Corrections:
    """A table to write: its heading (empty texts where the file has none) and its rows.

    ``delimiter`` is that of the file, so that a mapping that states one reads it again.
    """

    heading: Sequence[str]
    rows: Iterator[list[str]]
    delimiter: str


def rows_to_correct(
    stream: BinaryIO,
    *,
    format_key: str,
    mapping: CsvMapping | None,
    context: ReadingContext,
    lang: str,
) -> Corrections:
    """Read the stored message once more, row by row, and keep what was not stored.

    Raises InvalidValue ``not_a_table`` for other formats than CSV and XLSX, and UnreadableFile
    as reading does.
    """
    if format_key not in _TABLES or mapping is None:
        raise InvalidValue("not_a_table", value=format_key, allowed=", ".join(_TABLES))
    habits, rows = _TABLES[format_key](stream, mapping)
    first = next(rows, None)
    names = [cell.strip() for cell in first.cells] if first is not None else []
    kept = [index for index, name in enumerate(names) if name not in OWN_COLUMNS]
    has_header = mapping.file.has_header
    heading = [names[index] if has_header else "" for index in kept]
    places = grouped_rows(chain([first] if first else [], rows), mapping, habits, context)
    writer = _Writer(kept, _version_index(mapping, names), habits_for_export(habits), lang)
    written = (row for group, place in places for row in writer.rows(group, place))
    delimiter = habits.file.delimiter or ","
    return Corrections([*heading, *OWN_COLUMNS], written, delimiter)


def _version_index(mapping: CsvMapping, names: Sequence[str]) -> int | None:
    """The position of the column of versions, if the mapping has one."""
    source = mapping.columns.get("version")
    if source is None:
        return None
    if isinstance(source.column, int):
        return source.column - 1
    return names.index(source.column) if source.column in names else None


class _Writer:
    def __init__(self, kept: Sequence[int], version_index: int | None, habits: str, lang: str):
        self._kept = kept
        self._version_index = version_index
        self._habits = habits
        self._lang = lang

    def rows(self, group: Sequence[Row], place: ParsedDeclaration) -> Iterator[list[str]]:
        """The rows of a place with our columns; none when all of it was stored."""
        if all(issue.severity == WARN for issue in place.issues):
            return
        version = "" if place.declaration is None else str(place.declaration.version + 1)
        by_line: dict[int | None, list[Issue]] = {}
        for issue in place.issues:
            by_line.setdefault(issue.line, []).append(issue)
        for row in group:
            yield self._row(row, version, by_line)

    def _row(
        self, row: Row, version: str, by_line: Mapping[int | None, Sequence[Issue]]
    ) -> list[str]:
        cells = list(row.cells) or [row.raw]
        if version and self._version_index is not None and self._version_index < len(cells):
            cells[self._version_index] = version
        issues = by_line.get(row.line, ())
        return [
            *(cells[index] if index < len(cells) else "" for index in self._kept),
            version,
            self._habits,
            str(row.line),
            "; ".join(dict.fromkeys(issue.code for issue in issues)),
            " ".join(self._sentence(issue) for issue in issues),
        ]

    def _sentence(self, issue: Issue) -> str:
        return issue_sentence(
            issue.code,
            self._lang,
            field=issue.column or issue.field,
            value=issue.value,
            allowed=issue.allowed,
        )
