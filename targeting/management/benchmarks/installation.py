"""An installation of its own in a folder, started, hurt and deleted as an operator would.

It runs the embedded parts of ``python -m config.embedded`` under another
TARGETING_DATA_DIR. Only processes that its own state file names are ever signalled.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from django.conf import settings

from shipments.domain.errors import TargetingError
from targeting.management.benchmarks.worker_host import WorkerHost

PARTS = ("postgres", "redis", "web", "worker", "quick", "beat")
STATE = "embedded.json"
# What would turn the installation into a part of the caller's.
_FORGOTTEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "CELERY_BROKER_URL",
    "SECRET_KEY",
    "TARGETING_WEB_PORT",
    "TARGETING_WEB_URL",
    "TARGETING_TEST_DATABASE",
    "TARGETING_STATIC_DIR",
    "TARGETING_UPLOADS_DIR",
)
_PORTS = range(20_000, 30_000)
_END_SECONDS = 30
_POLL_SECONDS = 0.05


class InstallationFailed(TargetingError):
    """A command of the installation failed. Params: ``command``, ``output``."""

    code = "installation_failed"


class Installation:
    """As a context manager it is deleted at the end, with everything that still runs.

    ``hosts`` are the names of hosts with workers beside its own.
    """

    def __init__(
        self, folder: Path, variables: Mapping[str, str], *, hosts: Sequence[str] = ()
    ) -> None:
        self.folder = folder
        self.hosts = [WorkerHost(name, folder.with_name(f"{folder.name}-{name}")) for name in hosts]
        self._variables = {
            **variables,
            "TARGETING_DATA_DIR": str(folder),
            "TARGETING_WEB_PORT": str(_own_port()),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        }

    def __enter__(self) -> "Installation":
        try:
            self.embedded("services", "up")
            if not {"postgres", "redis"} <= set(self._running()):
                raise InstallationFailed(
                    command="services up",
                    output=".env names a database or a broker: they must be started here",
                )
        except BaseException:
            self.embedded("purge")
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kill_hosts()
        self.embedded("purge")

    def embedded(self, *words: str) -> str:
        return self._run("-m", "config.embedded", *words)

    def manage(self, *words: str) -> str:
        return self._run("manage.py", *words)

    def fill(self) -> None:
        """Make the tables, with the lists and the risk profile that come with the application."""
        self.manage("migrate", "--no-input", "--verbosity=0")
        self.manage("load_substance_list", "--verbosity=0")
        self.manage("load_risk_profile", "--verbosity=0")

    def up(self) -> float:
        """Start whatever does not run; the seconds until all of it was ready."""
        started = time.monotonic()
        self.embedded("up")
        for host in self.hosts:
            host.up(self._of_every_host())
        return time.monotonic() - started

    def down(self) -> None:
        self._kill_hosts()
        self.embedded("down")

    def _kill_hosts(self) -> None:
        for host in self.hosts:
            host.kill()

    def _of_every_host(self) -> dict[str, str]:
        """Where database, broker and files are, and what else all workers are told."""
        state: dict[str, str] = self._state()["variables"]
        uploads = {"TARGETING_UPLOADS_DIR": str(self.folder / "uploads")}
        return state | self._variables | uploads

    @property
    def url(self) -> str:
        return str(self._state()["variables"]["TARGETING_WEB_URL"])

    def connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """As the application's role; raises OperationalError while the database is away."""
        url = self._state()["variables"]["DATABASE_URL"]
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def pid_of(self, part: str) -> int | None:
        """The part's leading process, while it is the very one that was started."""
        process = self._running().get(part)
        if process is None or _birth_of(process["pid"]) != process["birth"].split()[-1]:
            return None
        return int(process["pid"])

    def kill_group(self, part: str) -> None:
        """SIGKILL the part with its children: they run in a session of their own."""
        pid = self.pid_of(part)
        if pid is not None:
            os.killpg(pid, signal.SIGKILL)
            self._wait_for_end(part)

    def kill_child(self, part: str, place: int) -> None:
        """SIGKILL one child process of the part; ``place`` chooses among them."""
        pid = self.pid_of(part)
        children = _children_of(pid) if pid is not None else []
        if children:
            os.kill(children[place % len(children)], signal.SIGKILL)

    @contextmanager
    def workers_held(self) -> Iterator[None]:
        """Let the workers that are ready stand still, as on a machine without time for them."""
        pid = self.pid_of("worker") if self._running().get("worker", {}).get("ready") else None
        if pid is not None:
            os.killpg(pid, signal.SIGSTOP)
        for host in self.hosts:
            host.stop()
        try:
            yield
        finally:
            if pid is not None and self.pid_of("worker") == pid:
                os.killpg(pid, signal.SIGCONT)
            for host in self.hosts:
                host.go_on()

    def stop_at_once(self, part: str) -> None:
        """SIGQUIT: PostgreSQL's immediate shutdown, without a checkpoint."""
        pid = self.pid_of(part)
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
            self._wait_for_end(part)

    def _wait_for_end(self, part: str) -> None:
        deadline = time.monotonic() + _END_SECONDS
        while self.pid_of(part) is not None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def _running(self) -> dict[str, Any]:
        running: dict[str, Any] = self._state()["running"]
        return running

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        return state

    def _run(self, *words: str) -> str:
        # `env` changes the environment of the child only; ours is read by config alone.
        cleared = [f"--unset={name}" for name in _FORGOTTEN]
        given = [f"{name}={value}" for name, value in self._variables.items()]
        done = subprocess.run(
            ["env", *cleared, *given, sys.executable, *words],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            output = (done.stdout + done.stderr)[-4000:]
            raise InstallationFailed(command=" ".join(words), output=output)
        return done.stdout


def _own_port() -> int:
    """A free port that nobody else asks for: while the web is dead, whoever has the usual one
    would answer its client. Below those that the system gives to connections."""
    while True:
        port = _PORTS.start + secrets.randbelow(len(_PORTS))
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def _birth_of(pid: int) -> str | None:
    """The clock tick at which the process began; None for one that has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _children_of(pid: int) -> list[int]:
    try:
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return sorted(map(int, words))
