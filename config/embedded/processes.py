"""Start, recognise and stop processes by their id and birth, never by name."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from config.embedded.state import EmbeddedError, Running

Command = Sequence[str | Path]
Account = tuple[int, int] | None  # user and group to run as; None: our own
START_SECONDS = 120
STOP_SECONDS = 30
_POLL_SECONDS = 0.1
_LOG_LINES = 15
POLITE = signal.SIGTERM


def birth_of(pid: int) -> str | None:
    """When the process began, as the kernel counts (boot and clock tick); None if it is gone.

    A zombie has ended: only its parent has not yet asked how.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name, in parentheses, may itself contain spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {fields[19]}"


def is_alive(process: Running) -> bool:
    return birth_of(process.pid) == process.birth


def free_port(preferred: int | None) -> int:
    """The preferred port if nobody listens on it, or one that the kernel finds free."""
    for port in filter(None, (preferred, 0)):
        if _is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def finish(
    command: Command,
    *,
    folder: Path,
    environment: dict[str, str],
    account: Account = None,
) -> None:
    """Run a command to its end; raise with what it printed if it fails."""
    user, group = account or (None, None)
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        user=user,
        group=group,
        extra_groups=[] if account else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        words = " ".join(str(word) for word in command)
        raise EmbeddedError(f"This failed: {words}\n{done.stdout}")


def launch(
    command: Command,
    *,
    log: Path,
    folder: Path,
    environment: dict[str, str],
    address: str,
    account: Account = None,
) -> Running:
    """Start a process in a session of its own, so that Ctrl-C in the terminal does not reach it.

    Output is appended to ``log``, which this process opens: the account need not reach it.
    """
    user, group = account or (None, None)
    with open(log, "ab") as output:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=[] if account else None,
        )
    birth = birth_of(child.pid)
    if birth is None:
        raise EmbeddedError(f"{command[0]} ended at once.\n{last_lines(log)}")
    return Running(pid=child.pid, birth=birth, address=address)


def wait_until_ready(name: str, process: Running, ready: Callable[[], bool], log: Path) -> None:
    """Return when ``ready`` says so; raise if the process ends or START_SECONDS pass."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if not is_alive(process):
            raise EmbeddedError(f"{name} stopped while starting. End of {log}:\n{last_lines(log)}")
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"{name} is not ready after {START_SECONDS} s. End of {log}:\n{last_lines(log)}"
            )
        time.sleep(_POLL_SECONDS)


def stop(process: Running, *, first: signal.Signals = POLITE) -> None:
    """Ask with ``first``; after STOP_SECONDS kill the process and whatever it left in its group."""
    if not is_alive(process):
        return
    os.kill(process.pid, first)
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    while is_alive(process):
        time.sleep(_POLL_SECONDS)


def last_lines(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-_LOG_LINES:])
