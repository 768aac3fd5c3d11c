"""The preview of an import: which rows can be entries, and why the others cannot."""

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from risk.domain.errors import InvalidList
from risk.domain.lists.base import RowError
from risk.domain.lists.comparison import Comparison, compare
from risk.domain.lists.entry_cells import (
    ENTRY_COLUMNS,
    NAME_COLUMN,
    REQUIRED_COLUMNS,
    STATUS_COLUMNS,
    read_entry,
)
from risk.domain.lists.fields import RowReader
from risk.domain.lists.sheets import read_sheet
from risk.domain.substances import ListEntry


class ImportPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet would make of an edition; nothing is written.

    ``names`` are preferred names by substance key as the sheet gives them. A row with an
    error is in ``rejected`` (one RowError a wrong value) and in none of the others: the
    entry it may have meant is then neither removed nor changed. ``ignored_columns`` are
    headings that mean nothing here.
    """

    entries: tuple[ListEntry, ...]
    names: dict[str, str]
    comparison: Comparison
    rejected: tuple[RowError, ...]
    ignored_columns: tuple[str, ...] = ()


def preview_sheet(
    content: bytes,
    *,
    file_name: str,
    list_code: str,
    present: Sequence[ListEntry],
    keys_by_cas: Mapping[str, str],
    kind: str = "",
    tell: Callable[[int], object] = int,
) -> ImportPreview:
    """Compare a sheet with the entries that the edition has now.

    ``keys_by_cas`` finds the substance of a row that gives a CAS number and no key; a row
    with neither gets a key made of its name. ``kind`` stands in for a blank one. ``tell`` hears
    how many rows are read. Raises InvalidList when the file as a whole cannot be read.
    """
    entries: dict[tuple[str, str], ListEntry] = {}
    names: dict[str, str] = {}
    rejected: list[RowError] = []
    spoilt: set[tuple[str, str]] = set()
    ignored: tuple[str, ...] | None = None

    def key_of(row: RowReader) -> str:
        return keys_by_cas.get(row.text("cas"), "") or key_from_name(row.text("form_name"))

    for number, (line, cells) in enumerate(read_sheet(content, file_name), 1):
        tell(number)
        if ignored is None:
            ignored = _check_heading(cells, file_name, line, is_kind_given=bool(kind))
        row = RowReader(file_name, line, {**cells, "kind": cells.get("kind") or kind})
        entry = read_entry(row, list_code=list_code, key_of=key_of)
        if entry.key in entries or entry.key in spoilt:
            row.reject("form_name", "one row per substance_key and form_name")
        if row.errors:
            rejected.extend(row.errors)
            spoilt.add(entry.key)
            continue
        entries[entry.key] = entry
        if row.text(NAME_COLUMN):
            names.setdefault(entry.substance_key, row.text(NAME_COLUMN))
    kept = [entry for entry in present if entry.key in spoilt]
    whole = (*entries.values(), *(entry for entry in kept if entry.key not in entries))
    return ImportPreview(
        entries=whole,
        names=names,
        comparison=compare(present, whole),
        rejected=tuple(rejected),
        ignored_columns=ignored or (),
    )


def key_from_name(name: str) -> str:
    """A key of the name's letters and digits; empty when it has none of a-z, since figures alone
    are in many names.

    >>> key_from_name("1-Boc-4-AP (t-butyl ester)")
    '1-boc-4-ap-t-butyl-ester'
    >>> key_from_name("пропан-1-ол")
    ''
    """
    if not re.search("[a-z]", name.lower()):
        return ""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:120].strip("-")


def _check_heading(
    cells: Mapping[str, str], file_name: str, line: int, *, is_kind_given: bool
) -> tuple[str, ...]:
    missing = [
        column
        for column in REQUIRED_COLUMNS
        if column not in cells and not (column == "kind" and is_kind_given)
    ]
    if missing:
        raise InvalidList(
            file=file_name,
            line=max(1, line - 1),
            column=missing[0],
            value=", ".join(cells)[:200],
            allowed="this column",
        )
    known = {*ENTRY_COLUMNS, *STATUS_COLUMNS}
    return tuple(column for column in cells if column not in known)
