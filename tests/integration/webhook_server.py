"""A webhook's endpoint on loopback that takes messages, or misbehaves as told: real HTTP."""

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

Answer = Callable[[socketserver.StreamRequestHandler], None]


@dataclass(frozen=True)
class Received:
    """A message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_with(self, secret: str) -> bool:
        """Worked out anew from the specification, without the code that signed."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = b".".join(
            [self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body]
        )
        digest = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return f"v1,{digest}" in self.headers["webhook-signature"].split(" ")


class WebhookServer(socketserver.ThreadingTCPServer):
    """``received`` are the messages, ``answer`` what is done with the next ones."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.answer: Answer = status(204)
        self.released = threading.Event()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Handler(socketserver.StreamRequestHandler):
    server: WebhookServer

    def handle(self) -> None:
        words = self.rfile.readline().decode().split(" ")
        headers = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self.server.received.append(Received(words[1], headers, body))
        with suppress(OSError):  # the other side hung up, as it may
            self.server.answer(self)


def status(code: int, *headers: str) -> Answer:
    head = "\r\n".join([f"HTTP/1.1 {code} So", *headers, "Content-Length: 0", "", ""])
    return lambda handler: say(handler, head.encode())


def hang(handler: socketserver.StreamRequestHandler) -> None:
    """Say nothing until the test is over."""
    handler.server.released.wait(60)  # type: ignore[attr-defined]


def drip(handler: socketserver.StreamRequestHandler) -> None:
    """An answer that begins and never ends, a byte at a time."""
    say(handler, b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.released.wait(0.1):  # type: ignore[attr-defined]
        say(handler, b"a")


def flood(handler: socketserver.StreamRequestHandler) -> None:
    """A line of headers without end, as fast as it is read."""
    say(handler, b"HTTP/1.1 200 OK\r\nX-Long: ")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        say(handler, b"a" * 65536)


def hang_up(handler: socketserver.StreamRequestHandler) -> None:
    """No answer at all."""


def say(handler: socketserver.StreamRequestHandler, content: bytes) -> None:
    handler.wfile.write(content)
    handler.wfile.flush()


@contextmanager
def webhook_server() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.released.set()
        server.shutdown()
