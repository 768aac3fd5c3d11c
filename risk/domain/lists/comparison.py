"""What differs between two sets of entries: added, removed, changed field by field."""

from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from risk.domain.lists.entry_cells import NAME_COLUMN, cells_of
from risk.domain.substances import ListEntry


class FieldChange(msgspec.Struct, frozen=True):
    """One field of one entry; texts as in the column of that name in a sheet."""

    field: str
    before: str
    after: str


class EntryChange(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that both sides have, with what is not the same."""

    before: ListEntry
    after: ListEntry
    fields: tuple[FieldChange, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Entries by substance key and form name, in that order."""

    added: tuple[ListEntry, ...]
    removed: tuple[ListEntry, ...]
    changed: tuple[EntryChange, ...]
    unchanged_count: int

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    @property
    def touched(self) -> tuple[ListEntry, ...]:
        """Entries as they are afterwards that were added or changed."""
        return (*self.added, *(change.after for change in self.changed))


def compare(before: Iterable[ListEntry], after: Iterable[ListEntry]) -> Comparison:
    """How ``before`` becomes ``after``; entries are the same when substance and form are."""
    old = {entry.key: entry for entry in before}
    new = {entry.key: entry for entry in after}
    changed = [
        EntryChange(before=old[key], after=new[key], fields=fields)
        for key in sorted(old.keys() & new.keys())
        if (fields := _field_changes(old[key], new[key]))
    ]
    return Comparison(
        added=tuple(new[key] for key in sorted(new.keys() - old.keys())),
        removed=tuple(old[key] for key in sorted(old.keys() - new.keys())),
        changed=tuple(changed),
        unchanged_count=len(old.keys() & new.keys()) - len(changed),
    )


def entry_digest(entry: ListEntry) -> str:
    """16 bytes in hex over everything an entry says, whatever list and edition it is in."""
    cells = [text for column, text in cells_of(entry).items() if column != NAME_COLUMN]
    return blake2b(msgspec.json.encode(cells), digest_size=16).hexdigest()


def _field_changes(before: ListEntry, after: ListEntry) -> tuple[FieldChange, ...]:
    if before == after:
        return ()
    old, new = cells_of(before), cells_of(after)
    return tuple(
        FieldChange(column, old[column], new[column])
        for column in old
        if old[column] != new[column]
    )
