"""Start and stop everything on one machine: ``python -m config.embedded up``.

What a variable such as DATABASE_URL already names is not started here.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.embedded import application, postgres, processes, redis
from config.embedded.state import EmbeddedError, Folder, State, new_state

Start = Callable[[Folder, State], None]

# In the order of starting. Work stops before what it needs: worker, web, beat, then services.
SERVICES: dict[str, tuple[str, Start]] = {
    "postgres": ("DATABASE_URL", postgres.start),
    "redis": ("CELERY_BROKER_URL", redis.start),
}
APPLICATION: dict[str, Start] = {
    "web": application.start_web,
    "worker": application.start_worker,
    "beat": application.start_beat,
}
STOP_ORDER = ("worker", "web", "beat", "redis", "postgres")
NOT_RUNNING = 3


def services() -> dict[str, Start]:
    """The services that nobody replaced by an address of their own."""
    return {p: start for p, (name, start) in SERVICES.items() if not env.is_explicit(name)}


def start(parts: dict[str, Start], folder: Folder, state: State) -> list[str]:
    """Start the parts that do not run; return their names."""
    started = []
    for part, start_part in parts.items():
        running = state.running.get(part)
        if running and processes.is_alive(running):
            print(f"{part:<9} already running  {running.address}")
            continue
        print(f"{part:<9} starting …", end=" ", flush=True)
        start_part(folder, state)
        print(f"ready  {state.running[part].address}")
        started.append(part)
    return started


def stop(parts: tuple[str, ...], folder: Folder, state: State) -> None:
    for part in parts:
        running = state.running.get(part)
        if running is None:
            continue
        print(f"{part:<9} stopping …", end=" ", flush=True)
        first = postgres.STOP_SIGNAL if part == "postgres" else processes.POLITE
        processes.stop(running, first=first)
        del state.running[part]
        folder.save(state)
        print("stopped")


def load_or_new(folder: Folder) -> State:
    state = folder.load()
    if state is None:
        state = new_state(folder, postgres.choose_home(folder))
        folder.save(state)
    return state


def up(folder: Folder) -> int:
    with folder.locked():
        state = load_or_new(folder)
        start(services(), folder, state)
        print("database  migrating …", end=" ", flush=True)
        application.prepare(folder)
        print("up to date")
        start(APPLICATION, folder, state)
    return 0


def down(folder: Folder) -> int:
    with folder.locked():
        if state := folder.load():
            stop(STOP_ORDER, folder, state)
    return 0


def services_up(folder: Folder) -> int:
    with folder.locked():
        start(services(), folder, load_or_new(folder))
    return 0


def services_down(folder: Folder) -> int:
    with folder.locked():
        if state := folder.load():
            stop(("redis", "postgres"), folder, state)
    return 0


def run(folder: Folder, command: list[str]) -> int:
    """Run a command with the services up; stop those that it had to start."""
    with folder.locked():
        started = start(services(), folder, load_or_new(folder))
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        with folder.locked():
            if state := folder.load():
                stop(tuple(p for p in STOP_ORDER if p in started), folder, state)


def status(folder: Folder) -> int:
    """Print a line for each part; NOT_RUNNING if one that should run does not."""
    state = folder.load()
    running = state.running if state else {}
    everything = [*services(), *APPLICATION]
    alive = {p for p in everything if p in running and processes.is_alive(running[p])}
    print(f"{'part':<9} {'state':<8} {'pid':<8} address")
    for part in everything:
        if part in alive:
            print(f"{part:<9} {'running':<8} {running[part].pid:<8} {running[part].address}")
        else:
            print(f"{part:<9} {'stopped':<8} {'-':<8} -")
    return 0 if len(alive) == len(everything) else NOT_RUNNING


def purge(folder: Folder) -> int:
    """Stop everything and delete all data."""
    down(folder)
    if state := folder.load():
        shutil.rmtree(Path(state.home), ignore_errors=True)
    shutil.rmtree(folder.path)
    print(f"deleted {folder.path}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "status", "purge"):
        commands.add_parser(name)
    commands.add_parser("services").add_argument("action", choices=("up", "down"))
    commands.add_parser("run").add_argument("words", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    folder = Folder.current()
    simple = {"up": up, "down": down, "status": status, "purge": purge}
    try:
        if arguments.command == "run":
            return run(folder, arguments.words)
        if arguments.command == "services":
            return (services_up if arguments.action == "up" else services_down)(folder)
        return simple[arguments.command](folder)
    except (EmbeddedError, ImproperlyConfigured) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
