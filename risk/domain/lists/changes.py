"""What one list's change means for screening: the entries that come, and those that go."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from risk.domain.substances import ListEntry, QuantityExemption

# What neither screening nor assessment reads: an entry that differs in these alone is the same.
_NOT_READ = (
    "schedule",
    "formula",
    "effective_from",
    "effective_to",
    "source",
    "confidence",
    "confidences",
    "notes",
)
_BLANK = {
    field.name: field.default
    for field in msgspec.structs.fields(ListEntry)
    if field.name in _NOT_READ and field.default is not msgspec.NODEFAULT
} | {"schedule": ""}


class ListChange(msgspec.Struct, frozen=True):
    """Entries of one list as they were and as they are, where screening or assessment can tell
    the difference; one that changed is in both."""

    gone: tuple[ListEntry, ...]
    come: tuple[ListEntry, ...]

    @property
    def entries(self) -> tuple[ListEntry, ...]:
        return (*self.come, *self.gone)

    @property
    def substances(self) -> frozenset[str]:
        return frozenset(entry.substance_key for entry in self.entries)

    @property
    def come_substances(self) -> frozenset[str]:
        return frozenset(entry.substance_key for entry in self.come)

    @property
    def exempting(self) -> frozenset[str]:
        """Substances that are held, of which the list says something else of small quantities."""
        differing = _small_quantities(self.gone) ^ _small_quantities(self.come)
        return self.come_substances & {key for key, _ in differing}

    @property
    def count(self) -> int:
        """How many entries changed, each counted once."""
        return len({entry.key for entry in self.entries})


def list_change(before: Iterable[ListEntry], after: Iterable[ListEntry]) -> ListChange:
    """The change between two states of one list, each as flattened for a day."""
    old = {entry.key: entry for entry in before}
    new = {entry.key: entry for entry in after}
    return ListChange(
        gone=tuple(old[key] for key in sorted(old) if _seen(old[key]) != _seen(new.get(key))),
        come=tuple(new[key] for key in sorted(new) if _seen(new[key]) != _seen(old.get(key))),
    )


def months_before(day: date, months: int) -> date:
    """The same day so many calendar months earlier, or the last of a shorter month.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    first = day.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _small_quantities(entries: Iterable[ListEntry]) -> set[tuple[str, object]]:
    """By substance what each of its entries says of small quantities."""
    return {
        (one.substance_key, (one.form_name, one.kind, _exemption(one), one.is_limit_known))
        for one in entries
    }


def _seen(entry: ListEntry | None) -> ListEntry | None:
    return entry and msgspec.structs.replace(entry, **_BLANK, exemption=_exemption(entry))


def _exemption(entry: ListEntry) -> QuantityExemption | None:
    """Without its wording, which nothing reads."""
    return entry.exemption and msgspec.structs.replace(entry.exemption, wording="")
