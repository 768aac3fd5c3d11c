"""When editions and their entries are law: half-open periods of whole days.

A period runs from its first day up to, not including, ``until``; None is open. Days are the
office's local days. The editions of one list follow each other without gap or overlap: each
ends where the next begins.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from risk.domain.substances import ListEntry

_DAY = timedelta(days=1)


class Period(msgspec.Struct, frozen=True):
    """Days from ``since`` up to, not including, ``until``; empty when they are equal."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )

    @property
    def is_empty(self) -> bool:
        return self.since is not None and self.until is not None and self.until <= self.since


class EditionInForce(msgspec.Struct, frozen=True, kw_only=True):
    """One approved edition with its entries and the period in which it is law."""

    list_code: str
    number: int
    period: Period
    entries: tuple[ListEntry, ...]


def succession(starts: Sequence[date | None]) -> list[Period]:
    """The periods of one list's editions, given their first days in the order of approval.

    Each runs until the next later first day. Of several that begin on the same day the one
    approved last is law, the others have an empty period. The result is in the given order.

    >>> succession([date(2026, 1, 1), date(2026, 3, 1)])[0].until
    datetime.date(2026, 3, 1)
    """
    order = sorted(range(len(starts)), key=lambda i: (starts[i] or date.min, i))
    periods: list[Period] = [Period()] * len(starts)
    for place, index in enumerate(order):
        following = order[place + 1] if place + 1 < len(order) else None
        until = None if following is None else starts[following] or date.min
        since = starts[index]
        if until is not None and (since or date.min) == until:
            since = until  # an open beginning would otherwise hold days before ``until``
        periods[index] = Period(since, until)
    return periods


def flattened(editions: Iterable[EditionInForce], day: date) -> tuple[ListEntry, ...]:
    """The entries that are law on the day, with the codes that are valid on it."""
    return tuple(
        _with_codes_of(entry, day)
        for edition in editions
        if edition.period.holds(day)
        for entry in edition.entries
        if is_in_force(entry, day)
    )


def is_in_force(entry: ListEntry, day: date) -> bool:
    """Whether the entry's own dates hold the day; an unknown first day is always."""
    return (entry.effective_from is None or entry.effective_from <= day) and (
        entry.effective_to is None or day <= entry.effective_to
    )


def change_days(editions: Iterable[EditionInForce]) -> tuple[date, ...]:
    """The days on which the flattened list may differ from that of the day before, in order."""
    days: set[date | None] = set()
    for edition in editions:
        days.update((edition.period.since, edition.period.until))
        for entry in edition.entries:
            days.add(entry.effective_from)
            if entry.effective_to is not None and entry.effective_to < date.max:
                days.add(entry.effective_to + _DAY)
            for code in entry.codes:
                days.update((code.valid_from, code.valid_to))
    return tuple(sorted(day for day in days if day is not None))


def period_of(day: date, changes: Sequence[date]) -> Period:
    """The days round ``day`` on which nothing changes; ``changes`` is in order."""
    place = bisect_right(changes, day)
    since = changes[place - 1] if place else None
    until = changes[place] if place < len(changes) else None
    return Period(since, until)


def changes_after(day: date, changes: Sequence[date], *, within_days: int) -> tuple[date, ...]:
    """Those of the ``changes``, which are in order, that come at most so many days later."""
    last = day + timedelta(days=within_days)
    return tuple(changes[bisect_right(changes, day) : bisect_right(changes, last)])


def upcoming(
    editions: Sequence[EditionInForce], day: date, *, changes: Sequence[date]
) -> tuple[ListEntry, ...]:
    """Entries that become law on one of the ``changes``, days after ``day``.

    A substance that its list already holds on the day is not upcoming. Each entry once,
    as it stands on its first day.
    """
    present = {(entry.list_code, entry.substance_key) for entry in flattened(editions, day)}
    coming: dict[tuple[str, tuple[str, str]], ListEntry] = {}
    for change in changes:
        for entry in flattened(editions, change):
            if (entry.list_code, entry.substance_key) not in present:
                coming.setdefault((entry.list_code, entry.key), entry)
    return tuple(coming.values())


def _with_codes_of(entry: ListEntry, day: date) -> ListEntry:
    codes = tuple(code for code in entry.codes if code.is_valid_on(day))
    return entry if codes == entry.codes else msgspec.structs.replace(entry, codes=codes)
