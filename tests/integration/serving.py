"""A real server on the test's database and broker."""

import contextlib
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from config import env

START_SECONDS = 120
STOP_SECONDS = 30


@contextlib.contextmanager
def serving(environment, log=subprocess.DEVNULL):
    """The address of granian, as ``make up`` starts it; its messages go to ``log``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["granian", "--interface=asginl", "--workers-kill-timeout=10"]
    words += ["--host=127.0.0.1", f"--port={port}"]
    with subprocess.Popen(
        [sys.executable, "-m", *words, "config.asgi:application"],
        cwd=env.PROJECT,
        env=environment,
        stdout=log,
        stderr=log,
    ) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()
            # One that does not listen for that signal yet would be waited for without end.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()


def _wait_for(address):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            urlopen(f"{address}/health/live", timeout=2)  # noqa: S310 - our own address
        except (URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not start")
