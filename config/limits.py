"""How much a caller may send, and how long sending and answering may take.

Django reads a whole body to disk before its first middleware runs, so whoever is not to fill
that disk has to be stopped here, around the ASGI application.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from config.large_bodies import (
    MAX_ANSWER_BYTES,
    Message,
    brings_answer,
    brings_client_answer,
    brings_file,
    brings_own_file,
    brings_sheet,
    may_bring_own_file,
    may_bring_sheet,
    may_submit_file,
)
from targeting.api.errors import CONTENT_TYPE, FRAMEWORK_ERRORS, problem
from targeting.api.uploads import FORM_BYTES, MAX_SHEET_BYTES

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

BODY_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 30
SHEET_SECONDS = 5 * 60
FILE_SECONDS = 15 * 60
# Who hangs up on a caller that still sends takes the answer from it as well: so much, and so
# long, is read on and forgotten behind an answer.
LINGER_BYTES = 64 * 1024 * 1024
LINGER_SECONDS = 30


class _Refused(Exception):
    """Raised out of the application's own reading, so that it ends at once."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class RequestLimits:
    """Ends a request that sends too much, sends too slowly or takes too long to answer.

    A body: 2 MiB within 30 seconds. A sheet, for a person who may bring it, 20 MiB within five
    minutes, and so an answer with its documents, for a client that may submit. A file, for such a
    client or a submitter's person on their own page, up to ``file_bytes`` within 15 minutes;
    whoever shows a token that is not good for it gets the API's refusal, and nothing of the body
    is kept. The answer: ``answer_seconds`` from the end of the body to the beginning of the
    answer, else 503. What a caller still sends after its answer is forgotten.
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
        if brings_file(scope, headers):
            allowed, seconds = self.file_bytes + FORM_BYTES, FILE_SECONDS
            if not await may_submit_file(scope):
                allowed = 0
        elif brings_own_file(scope, headers, least=BODY_BYTES) and await may_bring_own_file(scope):
            is_answer = brings_answer(scope)
            allowed = MAX_ANSWER_BYTES if is_answer else self.file_bytes + FORM_BYTES
            seconds = SHEET_SECONDS if is_answer else FILE_SECONDS
        elif brings_client_answer(scope, headers, least=BODY_BYTES) and await may_submit_file(
            scope
        ):
            allowed, seconds = MAX_ANSWER_BYTES, SHEET_SECONDS
        elif brings_sheet(scope, headers, least=BODY_BYTES) and await may_bring_sheet(scope):
            allowed, seconds = MAX_SHEET_BYTES, SHEET_SECONDS
        declared = headers.get(b"content-length", b"0")
        waits = headers.get(b"expect", b"").lower() == b"100-continue"
        body = _Body(receive, allowed=allowed, seconds=seconds, waits=waits)
        try:
            if allowed and declared.isdigit() and int(declared) > allowed:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            await self._answered(scope, body, send)
        except _Refused as refusal:
            await _answer(_lingering(send, body), refusal.status)

    async def _answered(self, scope: Message, body: "_Body", send: Send) -> None:
        """Run the application; leave it behind once its time to answer is over.

        A thread cannot be stopped: what is left behind ends by itself, as if the caller
        had hung up, and its transaction was ended by the database before
        (``startup.limit_statements``), so that nothing is done after it was answered 503.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:
            body.when_whole(lambda: limit.reschedule(loop.time() + self.answer_seconds))
            lingering = _lingering(send, body)

            async def answer(message: Message) -> None:
                if body.is_hung_up or limit.expired():
                    return
                limit.reschedule(None)
                await lingering(message)

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
    """The body as the application reads it: bounded in size and time, or not read at all.

    ``waits`` is a caller that sends nothing of it before it is told to (Expect: 100-continue).
    """

    def __init__(self, receive: Receive, *, allowed: int, seconds: int, waits: bool) -> None:
        self._receive = receive
        self._left = allowed
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._is_unread = allowed == 0
        self._waits = waits
        self._is_whole = self._is_at_end = False
        self._whole: Callable[[], None] = lambda: None
        self._hung_up = asyncio.Event()

    @property
    def is_hung_up(self) -> bool:
        return self._hung_up.is_set()

    @property
    def is_at_end(self) -> bool:
        """Whether the caller has sent all of it, read or not, or waits to be told to begin."""
        return self._is_at_end or self._waits

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
        self._waits = False
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._is_at_end = True  # a caller that is slower than this waits for nothing
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        self._is_at_end = not message.get("more_body", False)
        return message

    async def forget_the_rest(self) -> None:
        """Read what is still sent, within bounds, and keep nothing of it."""
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._is_at_end:
                    message = await self._receive()
                    left -= len(message.get("body", b""))
                    self._is_at_end = not message.get("more_body", False)
        except TimeoutError:
            pass

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


def _lingering(send: Send, body: _Body) -> Send:
    """``send``, but what ends the answer waits until the caller has sent all: hanging up on it
    earlier would take the answer from it. The answer itself is on its way before, without its
    length: once that many bytes are out, the server takes the answer for ended and hangs up."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and not body.is_at_end:
            headers = [(n, v) for n, v in message["headers"] if n.lower() != b"content-length"]
            message = {**message, "headers": headers}
        is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not is_last or body.is_at_end:
            await send(message)
            return
        await send({**message, "more_body": True})
        await body.forget_the_rest()
        await send({"type": "http.response.body", "body": b""})

    return answer


async def _answer(send: Send, status: HTTPStatus) -> None:
    code, title = FRAMEWORK_ERRORS[status]
    body = json.dumps(problem(status=status, code=code, title=title)).encode()
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
