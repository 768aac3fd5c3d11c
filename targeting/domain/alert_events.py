"""How changes of alerts are written on a stream of Server-Sent Events (HTML standard, 9.2)."""

import json
import re
from collections.abc import Iterable

import msgspec

# A snapshot of PostgreSQL: the oldest transaction under way, the first to come, those between.
_CURSOR = re.compile(r"\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19}){0,500})?")
# So many changes are told one by one; of more at once only that there are.
MOST_EVENTS = 500
RECONNECT_MS = 3000


class AlertChange(msgspec.Struct, frozen=True):
    """An alert that was raised or that changed; ``office`` decides who is told."""

    alert: int
    is_new: bool
    office: str


class AlertChanges(msgspec.Struct, frozen=True):
    """What changed until ``cursor``. ``is_complete`` is false when there was too much to tell, or
    it cannot be told: then the reader loads the queue anew."""

    changes: tuple[AlertChange, ...]
    cursor: str
    is_complete: bool

    def within(self, offices: frozenset[str] | None) -> "AlertChanges":
        """Those of the offices; None is every one."""
        if offices is None:
            return self
        own = tuple(one for one in self.changes if one.office in offices)
        return msgspec.structs.replace(self, changes=own)


def is_cursor(text: str) -> bool:
    """Whether it has the shape of a cursor.

    >>> [is_cursor(one) for one in ("740:745:741,743", "740:740:", "740", "0:0:'")]
    [True, True, False, False]
    """
    return _CURSOR.fullmatch(text) is not None


def stream_of(told: AlertChanges) -> bytes:
    """The block of a stream: every change, and from where to go on.

    >>> stream_of(AlertChanges((AlertChange(7, True, "55301"),), "740:740:", True)).decode()
    'event: alert\\ndata: {"alert":7,"is_new":true}\\n\\nid: 740:740:\\n\\n'
    """
    if not told.is_complete:
        return _block("reload", {}) + _position(told.cursor)
    return b"".join(_blocks(told.changes)) + _position(told.cursor)


def opening() -> bytes:
    """The first block: after how long to come again once the connection ended."""
    return f"retry: {RECONNECT_MS}\n\n".encode()


def beat() -> bytes:
    """A comment, by which both sides see that the other is there."""
    return b":\n\n"


def _blocks(changes: Iterable[AlertChange]) -> Iterable[bytes]:
    for one in changes:
        yield _block("alert", {"alert": one.alert, "is_new": one.is_new})


def _block(event: str, data: dict[str, object]) -> bytes:
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def _position(cursor: str) -> bytes:
    return f"id: {cursor}\n\n".encode()
