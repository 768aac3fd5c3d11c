"""What an audit event says, and the hash chain that seals events against change.

Pure: bytes in, bytes out. Why the chain is as it is: docs/adr/0009-audit.md.
"""

import hashlib
import json
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

ANONYMOUS = "anonymous"
FIRST_PREVIOUS = bytes(32)

MOST_NAMES = 32
MOST_VALUES = 50
MOST_CHARACTERS = 200
HIDDEN = "[hidden]"
OMITTED = "[omitted]"
_SECRET_WORDS = ("password", "secret", "token", "authorization", "csrf")


class Verb(StrEnum):
    """What was tried; whether it was done says the status of the event."""

    LIST = "list"
    SEARCH = "search"
    READ = "read"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"


class Difference(StrEnum):
    """What is wrong at a break of the chain."""

    SEAL_MISSING = "seal_missing"
    SEAL_CHANGED = "seal_changed"
    EVENT_MISSING = "event_missing"
    EVENT_CHANGED = "event_changed"
    EVENT_INSERTED = "event_inserted"


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a person or client. ``status`` is that of the HTTP answer."""

    at: datetime
    actor: str
    role: str
    verb: Verb
    resource: str
    object_key: str
    terms: Mapping[str, Sequence[str]]
    status: int
    purpose: str
    address: str
    request_id: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the table holds it; ``xid`` is the transaction that inserted it."""

    xid: int
    id: int
    at: datetime
    actor: str
    role: str
    verb: str
    resource: str
    object_key: str
    terms: Mapping[str, Sequence[str]]
    status: int
    purpose: str
    address: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the sealer: it sealed every event of a transaction below ``horizon``.

    ``xid_limit`` is its own transaction: whatever drew an id before a sealed event did
    belongs to a lower one.
    """

    horizon: int
    xid_limit: int
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    position: int
    event_id: int
    event_digest: bytes
    digest: bytes
    run: Run


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold; positions count from 1."""

    position: int | None
    event_id: int | None
    difference: Difference


def clean(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """The text as PostgreSQL can store it, at most so long.

    >>> clean("a\\x00b", most=2)
    'a\\ufffd'
    """
    storable = text[:most].replace("\x00", "\ufffd")
    return storable.encode("utf-8", "replace").decode()


def bounded_terms(pairs: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Query terms by name: bounded in number and length, blank where the name says secret.

    >>> bounded_terms([("q", ["ангидрид"]), ("access_token", ["abc"])])
    {'q': ['ангидрид'], 'access_token': ['[hidden]']}
    """
    terms: dict[str, list[str]] = {}
    for name, values in pairs:
        if len(terms) == MOST_NAMES:
            terms[OMITTED] = []
            break
        key = clean(name, most=64)
        if any(word in name.lower() for word in _SECRET_WORDS):
            terms[key] = [HIDDEN]
            continue
        terms[key] = [clean(value) for value in values[:MOST_VALUES]]
        if len(values) > MOST_VALUES:
            terms[key].append(OMITTED)
    return terms


def canonical_bytes(event: StoredEvent) -> bytes:
    """The one spelling of an event that is hashed, whatever wrote or read it."""
    return _spelled(
        [
            event.xid,
            event.id,
            _instant(event.at),
            event.actor,
            event.role,
            event.verb,
            event.resource,
            event.object_key,
            {name: list(values) for name, values in event.terms.items()},
            event.status,
            event.purpose,
            event.address,
            event.request_id,
        ]
    )


def seal_event(*, previous: bytes, position: int, event: StoredEvent, run: Run) -> Seal:
    """The next link: SHA-256 of the previous digest, the event and the seal's own fields."""
    content = canonical_bytes(event)
    place = _spelled([position, run.horizon, run.xid_limit, _instant(run.sealed_at)])
    return Seal(
        position=position,
        event_id=event.id,
        event_digest=hashlib.sha256(content).digest(),
        digest=hashlib.sha256(previous + content + place).digest(),
        run=run,
    )


class ChainCheck:
    """Walks the chain in the order of positions and remembers what later events must fit.

    Ids may have gaps, and an event may be sealed after events with higher ids: its
    transaction was open when those were sealed, so it began before that run did. An
    event below a sealed id whose transaction is younger than that run was put there
    afterwards. Holds two integers a run in memory.
    """

    def __init__(self) -> None:
        self.position = 0
        self.head = FIRST_PREVIOUS
        self.last_run: Run | None = None
        self._highest_id = 0
        self._limits = array("q")
        self._highest_ids = array("q")

    def follow(self, seal: Seal, event: StoredEvent | None) -> Break | None:
        """Take the next link; answers with the break, after which the walk is over."""
        if seal.position != self.position + 1:
            return Break(self.position + 1, None, Difference.SEAL_MISSING)
        if event is None:
            return Break(seal.position, seal.event_id, Difference.EVENT_MISSING)
        expected = seal_event(previous=self.head, position=seal.position, event=event, run=seal.run)
        if expected.event_digest != seal.event_digest:
            return Break(seal.position, seal.event_id, Difference.EVENT_CHANGED)
        if expected.digest != seal.digest:
            return Break(seal.position, seal.event_id, Difference.SEAL_CHANGED)
        if seal.run != self.last_run:
            self._begin(seal.run)
        if not self._fits(event.id, event.xid):
            return Break(seal.position, seal.event_id, Difference.EVENT_INSERTED)
        self.position, self.head = seal.position, seal.digest
        self._highest_id = max(self._highest_id, event.id)
        return None

    def finish(self) -> None:
        """Close the last run, before :meth:`judge_unsealed`."""
        self._close_run()

    def judge_unsealed(self, *, event_id: int, xid: int, next_xid: int) -> Break | None:
        """Whether an unsealed event may still be waiting, or was put behind the sealer's back.

        ``next_xid`` is below that of the last run when the database was restored into
        another cluster, whose transactions count anew: then nothing can be told yet.
        """
        if self.last_run is None or next_xid < self.last_run.xid_limit:
            return None
        if xid >= self.last_run.horizon and self._fits(event_id, xid):
            return None
        return Break(None, event_id, Difference.EVENT_INSERTED)

    def _begin(self, run: Run) -> None:
        self._close_run()
        if self.last_run and run.xid_limit < self.last_run.xid_limit:
            # Restored into another cluster: its transactions say nothing about those before.
            self._limits, self._highest_ids = array("q"), array("q")
        self.last_run = run

    def _close_run(self) -> None:
        if self.last_run:
            self._limits.append(self.last_run.xid_limit)
            self._highest_ids.append(self._highest_id)

    def _fits(self, event_id: int, xid: int) -> bool:
        finished = bisect_right(self._limits, xid)
        return finished == 0 or event_id > self._highest_ids[finished - 1]


def _spelled(fields: list[object]) -> bytes:
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
