"""Streams of changes to many readers from one look a second at the database.

A stream costs a process a coroutine and an idle thread, and no connection of the database: one
task asks for all of them, and each gets what is within its scope.
"""

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from targeting.domain.alert_events import AlertChanges, beat, opening, stream_of
from targeting.selectors.alert_changes import alert_changes, current_cursor, readers_now

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
BEAT_SECONDS = 15.0
# How often rights and sessions of those who listen are looked at.
CHECK_SECONDS = 15.0
# Then a reader comes again, through everything that guards a request.
LONGEST_SECONDS = 600.0
MOST_STREAMS = 200
MOST_OF_ONE = 6
_WAITING = 20

_Found = TypeVar("_Found")


class Listener:
    """One stream: whose it is, which offices it sees, and what is to be sent."""

    def __init__(self, *, user_id: int, session_key: str, offices: frozenset[str] | None) -> None:
        self.user_id, self.session_key, self.offices = user_id, session_key, offices
        self.waiting: asyncio.Queue[AlertChanges | None] = asyncio.Queue(_WAITING)

    def tell(self, told: AlertChanges) -> None:
        """Of a reader that takes nothing for long only the end is told: it comes again from
        where it was."""
        own = told.within(self.offices)
        if not own.changes and own.is_complete:
            return
        try:
            self.waiting.put_nowait(own)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class Hub:
    """All streams of one process, and the task that looks for them."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def join(self, listener: Listener) -> None:
        """Tell it of what happens from now on. What it is told before it asks may be known."""
        self.listeners.add(listener)
        if self._task is None or self._task.done():
            self._ready.clear()
            self._task = asyncio.create_task(self._look())
        await self._ready.wait()

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        if not self.listeners and self._task:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        cursor, checked_at = None, loop.time()
        while True:
            try:
                if cursor is None:
                    cursor = await _ask(current_cursor)
                    self._ready.set()
                told = await _ask(partial(alert_changes, since=cursor))
                cursor = told.cursor
                for listener in list(self.listeners):
                    listener.tell(told)
                if loop.time() - checked_at > CHECK_SECONDS:
                    checked_at = loop.time()
                    await self._check()
            except DatabaseError as error:
                log.warning("events_not_read", error=type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)

    async def _check(self) -> None:
        """End the streams of who may not read any more; others see the offices they see now."""
        listening = list(self.listeners)
        pairs = [(one.user_id, one.session_key) for one in listening]
        found = await _ask(lambda: readers_now(pairs, now=timezone.now()))
        for listener in listening:
            key = (listener.user_id, listener.session_key)
            if key in found:
                listener.offices = found[key]
            else:
                listener.end()


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def is_full(user_id: int) -> bool:
    """Whether this process, or the account in it, has as many streams as it may have."""
    hubs = list(_hubs.values())
    own = sum(one.user_id == user_id for hub in hubs for one in list(hub.listeners))
    return own >= MOST_OF_ONE or sum(len(hub.listeners) for hub in hubs) >= MOST_STREAMS


async def stream(listener: Listener, *, since: str | None) -> AsyncIterator[bytes]:
    """The stream of one reader, from the cursor on: a heartbeat when nothing happens, the end
    after ten minutes or when the right to read ends."""
    # The request's own thread holds a connection that nobody needs any more.
    await sync_to_async(connections.close_all)()
    loop = asyncio.get_running_loop()
    hub, until = _hubs.setdefault(loop, Hub()), loop.time() + LONGEST_SECONDS
    try:
        await hub.join(listener)
        yield opening()
        yield await _ask(lambda: first_block(listener.offices, since))
        while (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(BEAT_SECONDS, left)):
                    told = await listener.waiting.get()
            except TimeoutError:
                yield beat()
                continue
            if told is None:
                return
            yield stream_of(told)
    finally:
        hub.leave(listener)


def first_block(offices: frozenset[str] | None, since: str | None) -> bytes:
    """What changed since the cursor, or only the cursor for who has none."""
    if since is None:
        return stream_of(AlertChanges((), current_cursor(), True))
    return stream_of(alert_changes(since=since).within(offices))


async def _ask(question: Callable[[], _Found]) -> _Found:
    """Ask the database in a thread, and give the connection back."""

    def asked() -> _Found:
        try:
            return question()
        finally:
            connection.close()

    return await sync_to_async(asked, thread_sensitive=False)()
