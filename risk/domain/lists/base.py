"""What a list layout gives: frozen structs that a loader can store without knowing the file."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec

from risk.domain.errors import InvalidList
from risk.domain.substances import ListEntry, SubstanceName


class ListMeta(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``list.toml`` of one list edition.

    ``verified`` is False when membership was inferred and not compared with the act;
    ``limits_known`` is False when a blank concentration may not be read as "no limit".
    ``limits_per_row`` is True when the act prints a limit per row, so that a blank in a row
    of low confidence (its text was not read) is unknown, too. ``expected_rows`` is the
    inclusive range in which the number of entries must lie. ``in_force_from`` is None when
    it is not known; a blank ``effective_from`` of an entry then means "since the act's date".
    """

    layout: str
    list_code: str
    title: str
    authority: str
    jurisdiction: str
    legal_act: str
    licence: str
    provenance: str
    verified: bool
    verified_reason: str
    limits_known: bool
    limits_reason: str
    expected_rows: tuple[int, int]
    kinds: tuple[str, ...]
    limits_per_row: bool = False
    act_date: date | None = None
    in_force_from: date | None = None


class RowError(msgspec.Struct, frozen=True, kw_only=True):
    """One value that breaks the contract of a list file. ``line`` is 1-based, header = 1."""

    file: str
    line: int
    column: str
    value: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}={self.value!r} (allowed: {self.allowed})"


class ListFile(msgspec.Struct, frozen=True, kw_only=True):
    """One list edition as read: its meta data, its entries and the names printed in it."""

    meta: ListMeta
    entries: tuple[ListEntry, ...]
    names: tuple[SubstanceName, ...]


class ListLayout(Protocol):
    """One file layout; ``key`` is the ``layout`` of ``list.toml``."""

    key: str

    def read(self, folder: Path, meta: ListMeta) -> ListFile:
        """The list in ``folder``; raises :class:`InvalidList` with every row error."""
        ...


def invalid_list(errors: Iterable[RowError]) -> InvalidList:
    """The error for a file with at least one row error; all of them in ``params["errors"]``."""
    found = tuple(errors)
    first = found[0]
    return InvalidList(
        file=first.file,
        line=first.line,
        column=first.column,
        value=first.value,
        allowed=first.allowed,
        errors=found,
    )
