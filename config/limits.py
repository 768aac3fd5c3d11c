"""How much a caller may send, and how long sending and answering may take.

Django reads a whole body to disk before its first middleware runs, so whoever is not to fill
that disk has to be stopped here, around the ASGI application.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connection

from targeting.api.authentication import may_submit
from targeting.api.errors import CONTENT_TYPE, FRAMEWORK_ERRORS, problem

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

FILES = "/api/v1/batches"
BODY_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 30
FILE_SECONDS = 15 * 60
# What a form adds around a file.
FORM_BYTES = 64 * 1024


class _Refused(Exception):
    """Raised out of the application's own reading, so that it ends at once."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class RequestLimits:
    """Ends a request that sends too much, sends too slowly or takes too long to answer.

    A body: 2 MiB within 30 seconds. A file, for a client that may submit, up to
    ``file_bytes`` within 15 minutes; whoever shows a token that is not good for it gets
    the API's refusal, and nothing of the body is read. The answer: ``answer_seconds`` from the
    end of the body to the beginning of the answer, else 503.
    """

    def __init__(self, application: Application, *, file_bytes: int, answer_seconds: float) -> None:
        self.application = application
        self.file_bytes = file_bytes
        self.answer_seconds = answer_seconds
        self._abandoned: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        allowed, seconds = BODY_BYTES, BODY_SECONDS
        is_unread = False
        if _is_file(scope, headers):
            allowed, seconds = self.file_bytes + FORM_BYTES, FILE_SECONDS
            is_unread = not await _may_submit(scope)
        declared = headers.get(b"content-length", b"0")
        try:
            if not is_unread and declared.isdigit() and int(declared) > allowed:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            body = _Body(receive, allowed=0 if is_unread else allowed, seconds=seconds)
            await self._answered(scope, body, send)
        except _Refused as refusal:
            await _answer(send, refusal.status)

    async def _answered(self, scope: Message, body: "_Body", send: Send) -> None:
        """Run the application; leave it behind once its time to answer is over.

        A thread cannot be stopped: what is left behind ends by itself, as if the caller
        had hung up, and its transaction was ended by the database before
        (``startup.limit_statements``), so that nothing is done after it was answered 503.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:
            body.when_whole(lambda: limit.reschedule(loop.time() + self.answer_seconds))

            async def answer(message: Message) -> None:
                if body.is_hung_up or limit.expired():
                    return
                limit.reschedule(None)
                await send(message)

            work = asyncio.ensure_future(self.application(scope, body.receive, answer))
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                body.hang_up()
                self._abandoned.add(work)
                work.add_done_callback(self._forget)
                if limit.expired():
                    raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None
                raise

    def _forget(self, work: "asyncio.Task[None]") -> None:
        self._abandoned.discard(work)
        if not work.cancelled():
            work.exception()  # told by Django's own log already


class _Body:
    """The body as the application reads it: bounded in size and time, or not read at all."""

    def __init__(self, receive: Receive, *, allowed: int, seconds: int) -> None:
        self._receive = receive
        self._left = allowed
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._is_unread = allowed == 0
        self._is_whole = False
        self._whole: Callable[[], None] = lambda: None
        self._hung_up = asyncio.Event()

    @property
    def is_hung_up(self) -> bool:
        return self._hung_up.is_set()

    def hang_up(self) -> None:
        """Tell the application that nobody waits for its answer any more."""
        self._hung_up.set()

    def when_whole(self, tell: Callable[[], None]) -> None:
        self._whole = tell

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._end()
        message = await self._next()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._is_whole = not message.get("more_body", False)
        if self._is_whole:
            self._whole()
        return message

    async def _next(self) -> Message:
        if self._is_unread:
            return {"type": "http.request", "body": b"", "more_body": False}
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._receive()
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT) from None

    async def _end(self) -> Message:
        """Until the caller hangs up, or we do; what is left of an unread body stays unread."""
        hung_up = asyncio.ensure_future(self._hung_up.wait())
        gone = [] if self._is_unread else [asyncio.ensure_future(self._receive())]
        try:
            await asyncio.wait([hung_up, *gone], return_when=asyncio.FIRST_COMPLETED)
            return gone[0].result() if gone and gone[0].done() else {"type": "http.disconnect"}
        finally:
            for waiting in (hung_up, *gone):
                waiting.cancel()


def _is_file(scope: Message, headers: dict[bytes, bytes]) -> bool:
    shows_token = headers.get(b"authorization", b"").lower().startswith(b"bearer ")
    return scope["path"].rstrip("/") == FILES and shows_token


async def _may_submit(scope: Message) -> bool:
    async with ThreadSensitiveContext():
        return await sync_to_async(_asked)(ASGIRequest(scope, BytesIO()).META)


def _asked(meta: dict[str, Any]) -> bool:
    try:
        return may_submit(meta)
    except DatabaseError:
        return False  # the API will meet it again, and say so
    finally:
        connection.close()


async def _answer(send: Send, status: HTTPStatus) -> None:
    code, title = FRAMEWORK_ERRORS[status]
    body = json.dumps(problem(status=status, code=code, title=title)).encode()
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
