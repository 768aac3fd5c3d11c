"""The list layouts the project reads, and the door to them."""

import tomllib
from pathlib import Path

import msgspec

from risk.domain.lists.base import ListFile, ListLayout, ListMeta, RowError, invalid_list
from risk.domain.lists.reference_csv import ReferenceCsv

META_FILE = "list.toml"
LIST_SOURCES: tuple[ListLayout, ...] = (ReferenceCsv(),)


def read_meta(folder: Path) -> ListMeta:
    """``list.toml`` of a list folder; raises InvalidList when it is absent or wrong."""
    path = folder / META_FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        meta = msgspec.convert(content, ListMeta)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise invalid_list([_meta_error(path, "", str(error))]) from error
    low, high = meta.expected_rows
    if not 0 <= low <= high:
        raise invalid_list([_meta_error(path, "expected_rows", "[minimum, maximum]")])
    return meta


def read_list(folder: Path) -> ListFile:
    """The list in ``folder``, read by the layout that its ``list.toml`` names.

    Raises :class:`~risk.domain.errors.InvalidList`; ``params["errors"]`` holds a
    :class:`~risk.domain.lists.base.RowError` per wrong value, printable with ``str``.
    """
    meta = read_meta(folder)
    for layout in LIST_SOURCES:
        if layout.key == meta.layout:
            return layout.read(folder, meta)
    allowed = ", ".join(layout.key for layout in LIST_SOURCES)
    raise invalid_list([_meta_error(folder / META_FILE, "layout", allowed, meta.layout)])


def read_lists(folder: Path) -> tuple[ListFile, ...]:
    """Every list below ``folder`` (its sub-folders with a ``list.toml``), by folder name."""
    return tuple(read_list(path.parent) for path in sorted(folder.glob(f"*/{META_FILE}")))


def _meta_error(path: Path, column: str, allowed: str, value: str = "") -> RowError:
    return RowError(file=str(path), line=1, column=column, value=value, allowed=allowed)
