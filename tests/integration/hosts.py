"""Hosts of a distributed run: processes with a network and a name of their own.

Where the machine permits network namespaces, a host has one, with nothing in it but its own
loopback: database and broker answer there at their usual ports through a relay, over sockets in
a folder. Stopping the outer end of the relay is a host that disappeared: its connections stay
open, and nobody ever says a word on them. Elsewhere a host is its processes, and they are stopped.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.conf import settings

from tests.integration.workers import COMMAND, ended

# The second one is for accounts that may not do it in the machine's own name.
_WAYS = (("unshare", "--net", "--uts"), ("unshare", "--user", "--map-root-user", "--net", "--uts"))


@dataclass(frozen=True)
class Host:
    """A worker on a host of its own, and the outer end of its relay if it has one."""

    processes: subprocess.Popen[bytes]
    relay: subprocess.Popen[bytes] | None

    def freeze(self) -> None:
        """Nothing of it is heard any more, but no connection ends."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self.relay is not None:
            os.kill(self.relay.pid, number)
        else:
            os.killpg(self.processes.pid, number)


@cache
def way_to_a_namespace() -> tuple[str, ...] | None:
    """What to run a command with, so that it has a network of its own; None if not permitted."""
    if shutil.which("unshare") is None:
        return None
    for way in _WAYS:
        tried = subprocess.run(
            (*way, *_program("probe")), cwd=settings.BASE_DIR, capture_output=True, check=False
        )
        if tried.returncode == 0:
            return way
    return None


@contextmanager
def host(name: str, environment: dict[str, str], log: Path) -> Iterator[Host]:
    """A real worker on a host of this name; its sessions are told in the database by the name."""
    environment = environment | {"PGAPPNAME": name}
    command: Sequence[str] = (*COMMAND, f"--hostname=worker@{name}")
    with TemporaryDirectory() as folder:
        relay = None
        if way := way_to_a_namespace():
            services = ("DATABASE_URL", "CELERY_BROKER_URL")
            ports = [str(urlsplit(environment[service]).port) for service in services]
            relay = _started(_program("outer", folder, *ports), environment, log)
            command = (*way, *_program("inner", folder, name, *ports, "--", *command))
        processes = _started(command, environment, log)
        try:
            yield Host(processes, relay)
        finally:
            ended(processes)
            if relay is not None:
                ended(relay)


def _program(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.integration.host_network", *words)


def _started(
    command: Sequence[str], environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
