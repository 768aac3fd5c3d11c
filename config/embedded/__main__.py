"""Start and stop everything on one machine: ``python -m config.embedded up``.

What a variable such as DATABASE_URL already names is not started here.
"""

import argparse
import contextlib
import io
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.embedded import application, postgres, processes, redis
from config.embedded.state import EmbeddedError, Folder, State, new_state

Start = Callable[[Folder, State], None]

# In the order of starting, with the variable whose value replaces the embedded part.
SERVICES: dict[str, tuple[str, Start]] = {
    "postgres": ("DATABASE_URL", postgres.start),
    "redis": ("CELERY_BROKER_URL", redis.start),
}
APPLICATION: dict[str, Start] = {
    "web": application.start_web,
    "worker": application.start_worker,
    "quick": application.start_quick,
    "beat": application.start_beat,
}
# Work stops before what it needs.
STOP_ORDER = ("worker", "quick", "web", "beat", "redis", "postgres")
NOT_RUNNING = 3


def up(folder: Folder) -> int:
    """Start what does not run yet, with the tables up to date."""
    with folder.locked():
        state = _load_or_new(folder)
        application.refuse_busy_port(state)
        before = dict(state.variables)
        _start(_services(), folder, state)
        if state.variables != before:
            # What still runs knows only the old addresses.
            _stop(APPLICATION, folder, state)
        print(f"{'tables':<9} checking …", end=" ", flush=True)
        application.prepare(folder, state)
        print("up to date")
        _start(APPLICATION, folder, state)
    return 0


def down(folder: Folder) -> int:
    """Stop everything; the data stays."""
    with folder.locked():
        if state := folder.load():
            _stop(STOP_ORDER, folder, state)
    return 0


def services_up(folder: Folder) -> int:
    with folder.locked():
        _start(_services(), folder, _load_or_new(folder))
    return 0


def services_down(folder: Folder) -> int:
    with folder.locked():
        if state := folder.load():
            _stop(SERVICES, folder, state)
    return 0


def run(folder: Folder, command: list[str]) -> int:
    """Run a command with the services up, then stop those that it had to start, silently.

    The last line shown is the command's own.
    """
    with folder.locked():
        started = _start(_services(), folder, _load_or_new(folder))
    try:
        return _wait_for(subprocess.Popen(command))
    finally:
        with folder.locked(), contextlib.redirect_stdout(None):
            if state := folder.load():
                _stop(started, folder, state)


def status(folder: Folder) -> int:
    """Print a line for each part; NOT_RUNNING if one that should run does not."""
    state = folder.load()
    running = state.running if state else {}
    everything = [*_services(), *APPLICATION]
    alive = [p for p in everything if p in running and processes.is_alive(running[p])]
    print(f"{'part':<9} {'state':<8} {'pid':<8} address")
    for part in everything:
        if part in alive:
            process = running[part]
            word = "running" if process.ready else "starting"
            print(f"{part:<9} {word:<8} {process.pid:<8} {process.address}")
        else:
            print(f"{part:<9} {'stopped':<8} {'-':<8} -")
    return 0 if alive == everything else NOT_RUNNING


def purge(folder: Folder) -> int:
    """Stop everything and delete all data."""
    down(folder)
    if state := folder.load():
        shutil.rmtree(Path(state.home), ignore_errors=True)
    shutil.rmtree(folder.path)
    print(f"deleted {folder.path}")
    return 0


def _wait_for(command: "subprocess.Popen[bytes]") -> int:
    """The command's code, once it has ended in its own way, interrupted or not."""
    signal.signal(signal.SIGTERM, lambda *_: command.terminate())
    while True:
        # Ctrl-C reaches the command too.
        with contextlib.suppress(KeyboardInterrupt):
            return command.wait()


def _services() -> dict[str, Start]:
    """The services that nobody replaced by an address of their own."""
    return {p: start for p, (name, start) in SERVICES.items() if not env.is_explicit(name)}


def _load_or_new(folder: Folder) -> State:
    state = folder.load()
    if state is None:
        state = new_state(folder, postgres.choose_home(folder))
        folder.save(state)
    return state


def _start(parts: dict[str, Start], folder: Folder, state: State) -> list[str]:
    """Start the parts that do not run; return their names. What does not get ready is stopped."""
    started = []
    for part, start_part in parts.items():
        process = state.running.get(part)
        if process and process.ready and processes.is_alive(process):
            print(f"{part:<9} already running  {process.address}")
            continue
        # Left by a start that was killed before it could see the part ready.
        _stop([part], folder, state)
        print(f"{part:<9} starting …", end=" ", flush=True)
        try:
            start_part(folder, state)
        except BaseException:
            _stop([part], folder, state)
            raise
        state.running[part] = replace(state.running[part], ready=True)
        folder.save(state)
        print(f"ready  {state.running[part].address}")
        started.append(part)
    return started


def _stop(parts: Iterable[str], folder: Folder, state: State) -> None:
    for part in sorted(parts, key=STOP_ORDER.index):
        process = state.running.pop(part, None)
        if process is None:
            continue
        if processes.is_alive(process):
            print(f"{part:<9} stopping …", end=" ", flush=True)
            first = postgres.STOP_SIGNAL if part == "postgres" else processes.POLITE
            processes.stop(process, first=first)
            print("stopped")
        folder.save(state)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "status", "purge"):
        commands.add_parser(name)
    commands.add_parser("services").add_argument("action", choices=("up", "down"))
    commands.add_parser("run").add_argument("words", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    # Into a pipe too, so that these lines come before those of a command that we run.
    cast(io.TextIOWrapper, sys.stdout).reconfigure(line_buffering=True)
    folder = Folder.current()
    simple = {"up": up, "down": down, "status": status, "purge": purge}
    try:
        if arguments.command == "run":
            return run(folder, arguments.words)
        if arguments.command == "services":
            return (services_up if arguments.action == "up" else services_down)(folder)
        return simple[arguments.command](folder)
    except (EmbeddedError, ImproperlyConfigured, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
