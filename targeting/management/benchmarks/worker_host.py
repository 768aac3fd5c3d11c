"""Another host of a distributed run: workers with a name and a data folder of their own.

It shares with the first one what several hosts of an installation share: the database, the
broker and the folder of files that came in. It is a group of processes on this machine.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from shipments.domain.errors import TargetingError

_READY = " ready."
_START_SECONDS = 300  # of a machine that has much else to do
_POLL_SECONDS = 0.1


class HostFailed(TargetingError):
    """The workers of a host did not start. Params: ``host``, ``output``."""

    code = "host_failed"


class WorkerHost:
    """Two worker processes on a host of this name; ``folder`` is for what is its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._variables: Mapping[str, str] = {}
        self._is_ready = False

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def up(self, variables: Mapping[str, str]) -> None:
        """Start it where it does not run, anew where what it is told has changed.

        ``variables`` name database, broker and uploads. Raises :class:`HostFailed`.
        """
        if self.is_alive and variables == self._variables:
            return
        self.kill()
        self._variables = dict(variables)
        self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / "worker.log"
        told = log.stat().st_size if log.exists() else 0
        own = {**variables, "TARGETING_DATA_DIR": str(self._folder), "PGAPPNAME": self.name}
        command = ("worker", f"--hostname=worker@{self.name}", "--concurrency=2")
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    # Its environment only; ours is read by config alone.
                    *("env", *(f"{name}={value}" for name, value in own.items())),
                    *(sys.executable, "-m", "celery", "--app=config.celery", *command),
                    *("--without-mingle", "--without-gossip"),
                ],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._wait_until_ready(log, told)
        self._is_ready = True

    def kill(self) -> None:
        """SIGKILL all of it at once."""
        if self._process is not None and self.is_alive:
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self._process, self._is_ready = None, False

    def stop(self) -> None:
        """Let it stand still once it is ready; it goes on with :meth:`go_on`."""
        if self._is_ready:
            self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None and self.is_alive:
            os.killpg(self._process.pid, number)

    def _wait_until_ready(self, log: Path, told: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while _READY not in (said := log.read_text(encoding="utf-8", errors="replace")[told:]):
            if not self.is_alive or time.monotonic() > deadline:
                self.kill()
                raise HostFailed(host=self.name, output=said[-4000:])
            time.sleep(_POLL_SECONDS)
