"""Posting messages to one webhook: to a checked address, within a time, nothing followed."""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from targeting.domain.webhooks import may_be_sent_to, place_of, sign
from targeting.services.notice_mail import DeliveryFailed

# From the beginning of the connection to the end of the answer's head.
POST_SECONDS = 10.0
# After this time the rest of a batch waits for the next one: a slow endpoint keeps its sender no
# longer than its lease.
BATCH_SECONDS = 10.0
MOST_ADDRESSES = 4
_MOST_LINE, _MOST_HEADERS = 8192, 100
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)( [^\r\n]*)?\r?\n")
# What says that this message is wrong, not that the endpoint is.
_OF_MESSAGE = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


class PostFailed(DeliveryFailed):
    """The endpoint did not take a message. ``is_of_message``: others may fare better."""

    def __init__(self, code: str, *, is_final: bool = False, is_of_message: bool = False) -> None:
        super().__init__(code, is_final=is_final)
        self.is_of_message = is_of_message


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, what signs, and which networks are allowed besides public addresses."""

    url: str
    secrets: tuple[str, ...]
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    delivery_id: int
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one message; None: taken."""

    delivery_id: int
    failure: PostFailed | None


def post_messages(
    target: Target, messages: Sequence[Message], *, clock: Callable[[], datetime]
) -> list[Posted]:
    """Post them one after the other until the endpoint fails; those not tried are left out.

    The name is resolved once, every address that it has is checked, and connections go to these:
    a name that is another's a moment later (DNS rebinding) leads nowhere else.
    """
    if not messages:
        return []
    try:
        if not target.secrets:
            raise PostFailed("secret_unreadable")
        addresses = _addresses(urlsplit(target.url), target.networks)
    except PostFailed as failure:
        return [Posted(messages[0].delivery_id, failure)]
    return asyncio.run(_post_all(target, addresses, messages, clock))


async def _post_all(
    target: Target,
    addresses: Sequence[str],
    messages: Sequence[Message],
    clock: Callable[[], datetime],
) -> list[Posted]:
    until = time.monotonic() + BATCH_SECONDS
    posted = []
    for message in messages:
        failure = await _post(target, addresses, _request(target, message, clock()))
        posted.append(Posted(message.delivery_id, failure))
        if (failure and not failure.is_of_message) or time.monotonic() > until:
            break
    return posted


async def _post(target: Target, addresses: Sequence[str], request: bytes) -> PostFailed | None:
    try:
        async with asyncio.timeout(POST_SECONDS):
            reader, writer = await _connect(urlsplit(target.url), addresses)
            try:
                writer.write(request)
                await writer.drain()
                _judge(await _status(reader))
            finally:
                writer.transport.abort()
    except PostFailed as failure:
        return failure
    except TimeoutError:
        return PostFailed("timeout")
    except ssl.SSLError:
        return PostFailed("tls")
    except OSError:
        return PostFailed("connection_broken")
    return None


def _addresses(parts: SplitResult, networks: Sequence[str]) -> list[str]:
    """The addresses of the host; all of them are allowed, or none is taken."""
    host, port = place_of(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise PostFailed("name_unknown") from None
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
    for address in addresses:
        if not may_be_sent_to(address, networks=networks, scheme=parts.scheme):
            raise PostFailed("address_forbidden")
    return addresses[:MOST_ADDRESSES]


async def _connect(
    parts: SplitResult, addresses: Sequence[str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = place_of(parts)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    name = host if context else None
    for address in addresses[:-1]:
        with suppress(ConnectionError):
            return await asyncio.open_connection(
                address, port, ssl=context, server_hostname=name, limit=_MOST_LINE
            )
    try:
        return await asyncio.open_connection(
            addresses[-1], port, ssl=context, server_hostname=name, limit=_MOST_LINE
        )
    except ssl.SSLError:
        raise
    except OSError:
        raise PostFailed("no_connection") from None


def _request(target: Target, message: Message, now: datetime) -> bytes:
    parts = urlsplit(target.url)
    timestamp = int(now.timestamp())
    signature = sign(
        target.secrets, message_id=message.message_id, timestamp=timestamp, body=message.body
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = (
        f"POST {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(message.body)}",
        "User-Agent: targeting-centre",
        f"webhook-id: {message.message_id}",
        f"webhook-timestamp: {timestamp}",
        f"webhook-signature: {signature}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + message.body


async def _status(reader: asyncio.StreamReader) -> int:
    """The status of the answer. Of the rest its head is read, so that the other side was heard,
    and nothing is kept; interim answers are passed over."""
    while True:
        try:
            line = await reader.readline()
            match = _STATUS_LINE.fullmatch(line)
            if match is None:
                raise PostFailed("no_http" if line else "connection_broken")
            for _ in range(_MOST_HEADERS):
                if (await reader.readline()).rstrip(b"\r\n") == b"":
                    break
            else:
                raise PostFailed("no_http")
        except ValueError:  # a line without end
            raise PostFailed("no_http") from None
        status = int(match[1])
        if status >= HTTPStatus.OK:
            return status


def _judge(status: int) -> None:
    """Raises PostFailed unless the message was taken; a redirection is not followed."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status < HTTPStatus.BAD_REQUEST:
        raise PostFailed("redirected")
    is_gone = status == HTTPStatus.GONE
    raise PostFailed(f"status_{status}", is_final=is_gone, is_of_message=status in _OF_MESSAGE)
