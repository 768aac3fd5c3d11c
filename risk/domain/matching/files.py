"""Screening a CSV file: rows in, a row per match out, whatever the size of the file."""

import csv
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple, TextIO

from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method, SubstanceEvidence
from risk.domain.matching.systematic import OpsinMissing

INPUT_COLUMNS = ("row_id", "text", "commodity_code")
OUTPUT_COLUMNS = (
    "row_id", "substance_key", "matched_text", "start", "end", "name", "lang", "method",
    "match_score", "concentration_pct", "verdict", "lists", "flagged",
)  # fmt: skip
# The column has the eight methods of the contract: a CUS number is of the kind of an EC number,
# a formula tells of a structure.
_WRITTEN = {Method.CUS: Method.EC, Method.FORMULA: Method.STRUCTURE}
_MAX_FIELD = 1 << 24
_MAX_CODE = 32
# OPSIN is started once for a block, so it is large; texts may be, too.
_BLOCK, _BLOCK_CHARACTERS = 20_000, 8_000_000
_REMEMBERED = 200_000

Answer = tuple[SubstanceEvidence, ...]


class InvalidRow(ValueError):
    """A row that cannot be read; the sentence says line, field, value and what is allowed."""


class Row(NamedTuple):
    row_id: str
    text: str
    commodity_code: str


class Screened(NamedTuple):
    """What became of a file; ``remark`` says what was left out and why, blank for nothing."""

    rows: int
    matches: int
    remark: str = ""


def screen_file(
    screener: Screener,
    source: Path,
    target: Path,
    *,
    on: date | None = None,
    systematic: bool = True,
    told: Callable[[int], None] = lambda rows: None,
) -> Screened:
    """Screen ``source`` into ``target``, which appears only when all of it is written.

    Memory is bounded: rows are read in blocks and the last distinct texts remembered.
    ``systematic``: names that nobody lists are read by OPSIN, a block at a time. ``told`` is
    called with the rows done after each block. Raises InvalidRow, OSError.
    """
    partial = target.with_name(target.name + ".part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as output:
            screened = _screen(screener, source, output, on, systematic, told)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return screened


def _screen(
    screener: Screener,
    source: Path,
    output: TextIO,
    on: date | None,
    systematic: bool,
    told: Callable[[int], None],
) -> Screened:
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(OUTPUT_COLUMNS)
    answers = _Answers(screener, on, systematic=systematic)
    rows = matches = 0
    source_rows = read_rows(source)
    for block in _blocks(source_rows):
        answers.prepare(block)
        for row in block:
            for evidence in answers.of(row):
                writer.writerow(output_row(row.row_id, evidence))
                matches += 1
        rows += len(block)
        told(rows)
    return Screened(rows, matches, answers.remark)


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    characters = 0
    for row in rows:
        block.append(row)
        characters += len(row.text)
        if len(block) == _BLOCK or characters >= _BLOCK_CHARACTERS:
            yield block
            block, characters = [], 0
    if block:
        yield block


@contextmanager
def _long_fields() -> Iterator[None]:
    """The limit belongs to the whole process, and intake relies on the usual one."""
    usual = csv.field_size_limit(_MAX_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def read_rows(source: Path) -> Iterator[Row]:
    """The rows of a file with the columns row_id, text and commodity_code, in any order.

    A code may be empty, a text may hold line breaks. Raises InvalidRow for a missing or
    doubled column, a short or long row, an empty row_id, an overlong code, bytes that are
    not UTF-8.
    """
    with _long_fields(), source.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            header = next(reader, [])
            places = _places(source, header)
            for cells in reader:
                if cells:
                    yield _row(source, reader.line_num, header, places, cells)
        except UnicodeDecodeError as error:
            raise InvalidRow(
                f"{source}, after line {reader.line_num}: byte {error.object[error.start]:#04x}"
                " is not UTF-8; allowed: UTF-8, with or without a byte order mark"
            ) from error
        except csv.Error as error:
            raise InvalidRow(
                f"{source}, line {reader.line_num}: {error}; allowed: commas between fields,"
                ' fields with commas, quotes or line breaks in "…", quotes doubled'
            ) from error


def _places(source: Path, header: Sequence[str]) -> list[int]:
    names = [name.strip() for name in header]
    for column in INPUT_COLUMNS:
        if names.count(column) != 1:
            fault = "missing" if column not in names else "there more than once"
            raise InvalidRow(
                f"{source}, line 1: column {column} is {fault}; allowed: {','.join(INPUT_COLUMNS)}"
            )
    return [names.index(column) for column in INPUT_COLUMNS]


def _row(
    source: Path, line: int, header: Sequence[str], places: Sequence[int], cells: Sequence[str]
) -> Row:
    if len(cells) != len(header):
        raise InvalidRow(
            f"{source}, line {line}: {len(cells)} fields; allowed: {len(header)}, as in the header"
        )
    row = Row(*(cells[place] for place in places))
    if not row.row_id.strip():
        raise InvalidRow(f"{source}, line {line}: row_id is empty; allowed: any text")
    if len(row.commodity_code) > _MAX_CODE:
        raise InvalidRow(
            f"{source}, line {line}: commodity_code {row.commodity_code[:_MAX_CODE]!r}…;"
            f" allowed: at most {_MAX_CODE} characters, or nothing"
        )
    return row


class _Answers:
    """Screens each distinct (text, code) once while it is remembered."""

    def __init__(self, screener: Screener, on: date | None, *, systematic: bool) -> None:
        self._screener = screener
        self._on = on
        self._systematic = systematic
        self._known: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self.remark = ""

    def of(self, row: Row) -> Answer:
        """What was recognised in the row."""
        pair = (row.text, row.commodity_code)
        found = self._known.get(pair)
        if found is None:
            found = self._known[pair] = self._screener.screen(*pair, on=self._on)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    def prepare(self, block: Sequence[Row]) -> None:
        """Let OPSIN read the systematic names of lines in which nothing was named."""
        if not self._systematic:
            return
        # Equal rows differ in their row_id: once each.
        distinct = {(row.text, row.commodity_code): row for row in block}
        unread = {
            pair: names
            for pair, row in distinct.items()
            if not any(one.matched_text for one in self.of(row))
            if (names := self._screener.unread_names(row.text))
        }
        if not unread:
            return
        try:
            read = self._screener.learn_names(name for names in unread.values() for name in names)
        except OpsinMissing as error:
            self.remark = str(error)
            self._systematic = False
            return
        for pair, names in unread.items():
            if not read.isdisjoint(names):
                self._known.pop(pair, None)


def output_row(row_id: str, evidence: SubstanceEvidence) -> list[object]:
    """The cells of ``OUTPUT_COLUMNS``."""
    percent = evidence.concentration_pct
    return [
        row_id,
        evidence.substance_key,
        evidence.matched_text,
        evidence.start,
        evidence.end,
        evidence.name,
        evidence.lang,
        _WRITTEN.get(evidence.method, evidence.method).value,
        f"{evidence.match_score:.4f}",
        "" if percent is None else f"{percent:f}",
        evidence.verdict.value,
        ";".join(evidence.lists),
        int(evidence.flagged),
    ]
