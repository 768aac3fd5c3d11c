"""How much a caller may send, and for how long, before anything of it is looked at.

Django reads a whole body to disk before its first middleware runs, so whoever is not to fill
that disk has to be stopped here, around the ASGI application.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

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


class BodyLimit:
    """Ends a request whose body is too large or takes too long, declared or not.

    2 MiB within 30 seconds; a file, for callers who at least show a token, up to
    ``file_bytes`` within 15 minutes. Whether the token is good is asked later.
    """

    def __init__(self, application: Application, *, file_bytes: int) -> None:
        self.application = application
        self.file_bytes = file_bytes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        allowed, seconds = self._allowed(scope["path"], headers)
        declared = headers.get(b"content-length", b"0")
        try:
            if declared.isdigit() and int(declared) > allowed:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            bounded = _bounded(receive, allowed=allowed, seconds=seconds)
            await self.application(scope, bounded, send)
        except _Refused as refusal:
            await _answer(send, refusal.status)

    def _allowed(self, path: str, headers: dict[bytes, bytes]) -> tuple[int, int]:
        shows_token = headers.get(b"authorization", b"").lower().startswith(b"bearer ")
        if path.rstrip("/") == FILES and shows_token:
            return self.file_bytes + FORM_BYTES, FILE_SECONDS
        return BODY_BYTES, BODY_SECONDS


def _bounded(receive: Receive, *, allowed: int, seconds: int) -> Receive:
    deadline = asyncio.get_running_loop().time() + seconds
    left, is_whole = allowed, False

    async def bounded() -> Message:
        nonlocal left, is_whole
        if is_whole:  # what follows is only the end of the connection
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        left -= len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if left < 0:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return bounded


async def _answer(send: Send, status: HTTPStatus) -> None:
    code, title = FRAMEWORK_ERRORS[status]
    body = json.dumps(problem(status=status, code=code, title=title)).encode()
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
