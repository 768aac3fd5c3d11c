"""How a table is written where nobody said: delimiter, decimal mark, order of dates.

What the mapping or the sender states is taken as it is; the rest is learnt from the first rows
of the file. Each habit comes with its evidence, and what stays open to doubt is named cell by
cell (:mod:`shipments.domain.formats.csv_cells`).
"""

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec

from shipments.domain.formats import fields
from shipments.domain.formats.mapping import DATE_ORDERS, ISO_FORMAT, CsvMapping, FileHabits
from shipments.domain.formats.text_encoding import found_encoding
from shipments.domain.formats.written_dates import DateHabit
from shipments.domain.records import TableReading

HEAD_BYTES = 256 * 1024
SAMPLE_ROWS = 1_000
DELIMITERS = (";", ",", "\t", "|")
BLANKS = " \u00a0\u202f"
HABITS_COLUMN = "targeting.habits"
STATED, ASSUMED = "stated", "assumed"
_DATE_FIELDS = frozenset({"accepted_at", "issued_on"})
_TIMES = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M")
_DAY = re.compile(r"(\d{1,4})([./\-])(\d{1,2})\2(\d{1,4})(?=$|[ T])")
_AMBIGUOUS_NUMBER = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")


class Habits(NamedTuple):
    """The habits of one file, and what tells each that was not stated."""

    file: FileHabits
    evidence: dict[str, str]

    @property
    def is_decimal_mark_assumed(self) -> bool:
        return self.evidence.get("decimal_mark") == ASSUMED

    @property
    def is_date_order_assumed(self) -> bool:
        return self.evidence.get("date_formats") in (ASSUMED, "near")

    def as_reading(self) -> TableReading:
        """For the batch, where people see how their file was read."""
        habits = self.file
        return TableReading(
            delimiter=habits.delimiter,
            encoding=habits.encoding,
            decimal_mark=habits.decimal_mark,
            thousands_mark=habits.thousands_mark,
            date_formats=habits.date_formats,
            evidence=self.evidence,
        )


def habits_of_text(head: bytes, mapping: CsvMapping) -> Habits:
    """The habits of a CSV file, of which ``head`` are the first 256 KiB."""
    stated, evidence = mapping.file, {}
    names = [str(source.column) for source in mapping.columns.values()]
    encoding, told = found_encoding(head, names)
    if stated.encoding and told != "byte order mark":
        encoding, told = stated.encoding, STATED
    evidence["encoding"] = told
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if len(head) >= HEAD_BYTES:
        text = text.rpartition("\n")[0]
    delimiter, evidence["delimiter"] = stated.delimiter, STATED
    if not delimiter:
        delimiter, evidence["delimiter"] = _found_delimiter(text, stated, names)
    file = msgspec.structs.replace(stated, encoding=encoding, delimiter=delimiter)
    rows = _sample(csv.reader(text.splitlines(True), delimiter=delimiter, quotechar=file.quote))
    return _with_cells(file, evidence, rows, mapping)


def habits_of_cells(rows: Sequence[Sequence[str]], mapping: CsvMapping) -> Habits:
    """The habits of the texts in the first rows of a workbook; other cells need none."""
    return _with_cells(mapping.file, {}, rows, mapping)


def _sample(reader: Iterable[list[str]]) -> list[list[str]]:
    rows: list[list[str]] = []
    # A row that cannot be read is told where it is; what came before it is enough here.
    with contextlib.suppress(csv.Error):
        rows.extend(islice(reader, SAMPLE_ROWS))
    return rows


def _found_delimiter(text: str, habits: FileHabits, names: Collection[str]) -> tuple[str, str]:
    """The delimiter under which the first row has the most of the columns that are looked for."""
    line = next((line for line in text.splitlines() if line.strip()), "")[: 64 * 1024]
    scores = {}
    for delimiter in DELIMITERS:
        (cells, *_) = _sample(csv.reader([line], delimiter=delimiter, quotechar=habits.quote)) or [
            []
        ]
        named = {cell.strip() for cell in cells}.intersection(names)
        scores[delimiter] = (len(named) if habits.has_header else 0, len(cells))
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores[best][0] > 1:
        return best, "header"
    return (best, "first row") if scores[best][1] > 1 else (",", ASSUMED)


def _with_cells(
    file: FileHabits,
    evidence: dict[str, str],
    rows: Sequence[Sequence[str]],
    mapping: CsvMapping,
) -> Habits:
    numbers, dates = _cells_by_use(rows, mapping)
    for habit, value in _habits_of_export(rows).items():
        if not getattr(file, habit):
            file = msgspec.structs.replace(file, **{habit: value})
    if file.decimal_mark:
        evidence["decimal_mark"] = STATED
    else:
        mark, thousands, told = found_decimal_mark(numbers, file.delimiter)
        evidence["decimal_mark"] = told
        file = msgspec.structs.replace(file, decimal_mark=mark, thousands_mark=thousands)
    if file.date_formats:
        evidence["date_formats"] = STATED
    else:
        formats, told = found_date_formats(dates, file.date_order)
        evidence["date_formats"] = told
        file = msgspec.structs.replace(file, date_formats=formats)
    return Habits(file, evidence)


def _habits_of_export(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What an export of rows to correct says of the file from which they are."""
    header = [cell.strip() for cell in rows[0]] if rows else []
    if HABITS_COLUMN not in header or len(rows) < 2:
        return {}
    index = header.index(HABITS_COLUMN)
    said = dict(parse_qsl(rows[1][index])) if index < len(rows[1]) else {}
    known = {"decimal_mark": (".", ","), "date_order": DATE_ORDERS}
    return {habit: said[habit] for habit in known if said.get(habit) in known[habit]}


def habits_for_export(habits: Habits) -> str:
    """What the rows of this file cannot say for themselves once they stand alone."""
    said = {"decimal_mark": habits.file.decimal_mark}
    for pattern in habits.file.date_formats:
        day, month = pattern.find("%d"), pattern.find("%m")
        if not pattern.startswith("%Y") and day >= 0 and month >= 0:
            said["date_order"] = DATE_ORDERS[0] if day < month else DATE_ORDERS[1]
            break
    return urlencode(said)


def _cells_by_use(
    rows: Sequence[Sequence[str]], mapping: CsvMapping
) -> tuple[list[str], list[str]]:
    """The texts under columns of numbers, and those under columns of dates."""
    header = [cell.strip() for cell in rows[0]] if rows and mapping.file.has_header else []
    numbers: list[str] = []
    dates: list[str] = []
    for target, source in mapping.columns.items():
        field = target.rpartition(".")[2]
        wanted = dates if field in _DATE_FIELDS else numbers
        if wanted is numbers and field not in fields.NUMBER_FIELDS:
            continue
        column = source.column
        if isinstance(column, str):
            index = header.index(column) if column in header else -1
        else:
            index = column - 1
        if index >= 0:
            body = rows[1:] if header else rows
            wanted.extend(text for row in body if index < len(row) and (text := row[index].strip()))
    return numbers, dates


def found_decimal_mark(cells: Iterable[str], delimiter: str = "") -> tuple[str, str, str]:
    """Decimal mark, thousands mark and evidence (``content`` or ``assumed``).

    A mark that stands last of two kinds, or that is not followed by just three digits, is the
    decimal one; one that stands twice parts thousands.

    >>> found_decimal_mark(["1.234,5", "7"]), found_decimal_mark(["1,234"])
    ((',', '.', 'content'), ('.', ',', 'assumed'))
    """
    votes: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for cell in cells:
        marks = [char for char in cell if char in ".,"]
        seen.update(marks)
        seen.update(char for char in cell[1:-1] if char in BLANKS + "'’")
        other = {".": ",", ",": "."}
        if len(set(marks)) == 2:
            votes[marks[-1]] += 1
        elif len(marks) > 1:
            votes[other[marks[0]]] += 1
        elif marks and not _AMBIGUOUS_NUMBER.fullmatch(cell):
            votes[marks[0]] += 1
    is_comma = votes[","] > votes["."] or (votes[","] == votes["."] and delimiter == ";")
    mark, rest = (",", ".") if is_comma else (".", ",")
    if votes and votes[","] != votes["."]:
        told = "content"
    else:
        told = ASSUMED if seen["."] or seen[","] else "nothing to tell"
    partings = [char for char in (*BLANKS, "'", "’", rest) if seen[char]]
    is_rest_parting = rest in partings and votes[rest] == 0
    if partings and (partings[0] != rest or is_rest_parting):
        return mark, partings[0], told
    return mark, "", told


def is_ambiguous_number(cell: str) -> bool:
    """Whether the one mark of a number may be a decimal one or part thousands: ``1,234``."""
    return _AMBIGUOUS_NUMBER.fullmatch(cell) is not None


def found_date_formats(cells: Sequence[str], order: str = "") -> tuple[tuple[str, ...], str]:
    """The patterns of these dates, the most frequent first, and what tells the order.

    Evidence: ``iso``, ``day_first`` or ``month_first`` (some date allows nothing else),
    ``points`` (parted by points, the day stands first), ``near`` (one order keeps the dates
    much nearer together), ``stated`` or ``assumed``. ``order`` is what the sender states.
    """
    written = [cell for cell in cells if not _is_iso(cell)]
    if not written:
        return (ISO_FORMAT,), "iso" if cells else "nothing to tell"
    habit = DateHabit(written)
    is_month_first, told = habit.is_month_first, habit.evidence
    if order:
        is_month_first, told = order == "month_first", STATED
    elif told in (ASSUMED, "near") and all("." in cell for cell in written):
        is_month_first, told = False, "points"
    elif told in (ASSUMED, "near") and not habit.is_ambiguous:
        told = "day_first"
    patterns = Counter(
        pattern for cell in written if (pattern := _pattern_of(cell, is_month_first=is_month_first))
    )
    listed = [pattern for pattern, _ in patterns.most_common()]
    return (*listed, ISO_FORMAT), told


def _is_iso(cell: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", cell) is not None


def _pattern_of(cell: str, *, is_month_first: bool) -> str:
    """The strptime pattern of a date such as ``31/12/25 10:30``; empty for what is none."""
    if re.fullmatch(r"\d{8}", cell):
        return "%Y%m%d"
    match = _DAY.match(cell)
    if match is None:
        return ""
    first, parting, _, last = match.groups()
    if len(first) == 4:
        day = f"%Y{parting}%m{parting}%d"
    else:
        year = "%Y" if len(last) == 4 else "%y"
        parts = ("%m", "%d", year) if is_month_first else ("%d", "%m", year)
        day = parting.join(parts)
    time = cell[match.end() :]
    if not time:
        return day
    shape = re.sub(r"\d{1,2}", "0", time)
    shapes = {re.sub(r"%[HMS]", "0", pattern): pattern for pattern in _TIMES}
    return day + shapes[shape] if shape in shapes else ""
