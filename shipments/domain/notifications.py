"""Pre-export notifications: what an exporting state told of a consignment, as records.

1988 Convention, article 12(10)(a).
"""

import csv
import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from shipments.domain.authorisations import number_key
from shipments.domain.errors import UnreadableFile
from shipments.domain.masses import Basis
from shipments.domain.records import IdentifierRecord, Record
from shipments.domain.working_days import Calendar, after_working_days


class NotificationState(StrEnum):
    """What the two authorities told each other. That a notice is matched to a declaration, or
    has lapsed, is computed (:class:`Standing`)."""

    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    NO_OBJECTION = "no_objection"
    OBJECTED = "objected"
    SUSPENDED = "suspended"
    SHIPPED = "shipped"


class Standing(StrEnum):
    """Where a notice stands on a day, by what was declared: nothing yet; a part or all of its
    quantity; its window ended without any; a person closed it."""

    AWAITED = "awaited"
    MATCHED = "matched"
    LAPSED = "lapsed"
    CLOSED = "closed"


_S = NotificationState
_REPLIES = frozenset({_S.NO_OBJECTION, _S.OBJECTED, _S.SUSPENDED, _S.SHIPPED})
STEPS: Mapping[NotificationState, frozenset[NotificationState]] = {
    _S.DRAFT: frozenset({_S.SENT}),
    _S.SENT: frozenset({_S.RECEIVED}),
    _S.RECEIVED: _REPLIES | {_S.ACKNOWLEDGED},
    _S.ACKNOWLEDGED: _REPLIES,
    _S.NO_OBJECTION: frozenset({_S.OBJECTED, _S.SUSPENDED, _S.SHIPPED}),
    # Goods do leave against an objection: that is a finding, not an impossibility.
    _S.OBJECTED: frozenset({_S.NO_OBJECTION, _S.SUSPENDED, _S.SHIPPED}),
    _S.SUSPENDED: frozenset({_S.ACKNOWLEDGED, _S.NO_OBJECTION, _S.OBJECTED, _S.SHIPPED}),
    _S.SHIPPED: frozenset(),
}
"""The steps that follow each state."""


def reachable(state: NotificationState) -> frozenset[NotificationState]:
    """The states that some steps lead to; a partner's system may tell of the last one only.

    >>> NotificationState.DRAFT in reachable(NotificationState.SENT)
    False
    """
    found: set[NotificationState] = set()
    ahead = set(STEPS[state])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead |= STEPS[one]
    return frozenset(found)


class NotificationRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One substance of a notification; (authority, number, substance) is its natural key.

    ``amount`` in ``unit`` is what it says, ``notified_kg`` that in kilograms, both on
    ``basis``. ``dispatch_on`` is of one consignment; a simplified notice has none and covers
    the ``period_months`` (6 or 12) from ``valid_from`` on. A blank ``entry_point`` is any.
    ``reply_due_on`` where the exporting state named the day. ``state`` None: not told.
    """

    authority: str
    number: str
    substance_key: str
    direction: str
    exporter_name: str
    exporter_country: str
    exporter_identifiers: tuple[IdentifierRecord, ...] = ()
    importer_name: str
    importer_country: str
    importer_identifiers: tuple[IdentifierRecord, ...] = ()
    consignee: str = ""
    amount: Decimal
    unit: str = "kg"
    basis: Basis = Basis.NET
    notified_kg: Decimal
    solution_pct: Decimal | None = None
    density_kg_per_l: Decimal | None = None
    sent_on: date
    dispatch_on: date | None = None
    valid_from: date | None = None
    period_months: int | None = None
    entry_point: str = ""
    transport_mode: str = ""
    transport_document: str = ""
    reply_due_on: date | None = None
    notes: str = ""
    state: NotificationState | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """The natural key: authority, number however it is spaced, substance."""
        return self.authority, number_key(self.number), self.substance_key

    @property
    def valid_to(self) -> date | None:
        """The last day of a simplified notice."""
        if self.valid_from is None or self.period_months is None:
            return None
        return months_after(self.valid_from, self.period_months) - timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the last of a month that is shorter.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


class Clocks(NamedTuple):
    """How long things may take: working days for a reply, days for the goods to arrive after
    dispatch, and by how many days a declaration may come before it."""

    reply_working_days: int
    arrival_days: int
    early_days: int


class Deadlines(NamedTuple):
    """Until when a reply is due, and between which days goods of the notice are declared."""

    reply_due_on: date
    opens_on: date
    closes_on: date


def deadlines(record: NotificationRecord, clocks: Clocks, calendar: Calendar) -> Deadlines:
    """The days that follow from a notification; the day it names itself goes first."""
    first = record.valid_from or record.dispatch_on or record.sent_on
    last = record.valid_to or record.dispatch_on or record.sent_on
    return Deadlines(
        record.reply_due_on
        or after_working_days(record.sent_on, clocks.reply_working_days, calendar),
        first - timedelta(days=clocks.early_days),
        last + timedelta(days=clocks.arrival_days),
    )


def may_proceed(state: NotificationState, reply_due_on: date, day: date) -> bool:
    """Whether the consignment may go on that day: told so, or silence past the time to reply."""
    if state in (NotificationState.NO_OBJECTION, NotificationState.SHIPPED):
        return True
    if state in (NotificationState.OBJECTED, NotificationState.SUSPENDED):
        return False
    return day > reply_due_on


def record_digest(record: NotificationRecord) -> bytes:
    """16 bytes that are equal when two records say the same, whatever their state."""
    content = msgspec.structs.replace(record, state=None)
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=16).digest()


@lru_cache(maxsize=8)
def read_clocks(path: Path) -> Clocks:
    """The clocks of a file; raises UnreadableFile ``clocks_invalid``."""
    with path.open(encoding="utf-8", newline="") as stream:
        try:
            found = {row["clock"]: int(row["amount"]) for row in csv.DictReader(stream)}
            return Clocks(found["reply"], found["arrival"], found["early"])
        except (KeyError, ValueError) as error:
            raise UnreadableFile("clocks_invalid", reason=str(error)) from None
