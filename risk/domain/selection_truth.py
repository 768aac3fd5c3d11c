"""The truth file of the proving ground: which goods items are planted, and which are traps."""

import csv
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from risk.domain.errors import InvalidTruth

COLUMNS = (
    "registration_number",
    "item_number",
    "label",
    "kind",
    "substance_key",
    "difficulty",
    "detail",
)
MAX_ITEM_NUMBER = 100_000
_KIND = re.compile(r"[a-z][a-z0-9_-]*")
_GROUP = re.compile(r"(?:^|[;,|\s])group=([^;,|\s]+)")
_SHOWN = 200


class Label(StrEnum):
    """Planted is to be found; a trap looks like it and is honest."""

    PLANTED = "planted"
    TRAP = "trap"


class TruthRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row. ``item_number`` 0 is the declaration as a whole; ``group`` ties rows to one case.

    ``difficulty`` and ``substance_key`` are empty where they do not apply.
    """

    registration_number: str
    item_number: int
    label: Label
    kind: str
    substance_key: str
    difficulty: str
    group: str


def read_truth(lines: Iterable[str], *, file: str) -> Iterator[TruthRow]:
    """The rows of a truth file, in its order; ``lines`` without newline translation.

    Raises InvalidTruth with file, line, column, value and what is allowed, for the first
    thing that is wrong: another header, a row of another width, a value out of its set,
    the same row twice.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        if tuple(name.removeprefix("\ufeff").strip() for name in header) != COLUMNS:
            raise _wrong(file, 1, "header", ",".join(header), ",".join(COLUMNS))
        seen: set[tuple[str, ...]] = set()
        for cells in reader:
            if not cells:
                continue
            row = _row(cells, file, reader.line_num)
            key = (row.registration_number, str(row.item_number), row.kind, row.substance_key)
            if key in seen:
                allowed = "one row for a declaration, item, kind and substance"
                number = row.registration_number
                raise _wrong(file, reader.line_num, "registration_number", number, allowed)
            seen.add(key)
            yield row
    except csv.Error as error:
        raise _wrong(file, reader.line_num, "row", str(error), "CSV with commas") from error


def _row(cells: list[str], file: str, line: int) -> TruthRow:
    if len(cells) != len(COLUMNS):
        allowed = f"{len(COLUMNS)} columns"
        raise _wrong(file, line, "row", ",".join(cells), allowed)
    row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))

    def refuse(column: str, allowed: str) -> InvalidTruth:
        return _wrong(file, line, column, row[column], allowed)

    if not row["registration_number"]:
        raise refuse("registration_number", "the registration number of a declaration")
    number = row["item_number"]
    if not (number.isascii() and number.isdigit() and int(number) <= MAX_ITEM_NUMBER):
        raise refuse("item_number", f"0 (the declaration) to {MAX_ITEM_NUMBER}")
    if row["label"] not in {label.value for label in Label}:
        raise refuse("label", " or ".join(label.value for label in Label))
    if not _KIND.fullmatch(row["kind"]):
        raise refuse("kind", "a word of a-z, 0-9, _ and -")
    group = _GROUP.search(row["detail"])
    return TruthRow(
        registration_number=row["registration_number"],
        item_number=int(number),
        label=Label(row["label"]),
        kind=row["kind"],
        substance_key=row["substance_key"],
        difficulty=row["difficulty"],
        group=group[1] if group else "",
    )


def _wrong(file: str, line: int, column: str, value: str, allowed: str) -> InvalidTruth:
    return InvalidTruth(file=file, line=line, column=column, value=value[:_SHOWN], allowed=allowed)
