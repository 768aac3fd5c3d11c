"""The application's own processes: web, worker and beat."""

import hashlib
import http.client
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from celery import Celery

from config import counting, env
from config.embedded import processes
from config.embedded.state import EmbeddedError, Folder, State
from config.niceness import set_niceness

_WEB = "config.asgi:application"
# A stream of events has no end of its own: whoever reads one is hung up on after this time.
_GRANIAN = ("granian", "--interface=asginl", "--workers-kill-timeout=10")
_CELERY = ("celery", "--app=config.celery")
_WORKERS = 2
# Serves the queue of small messages alone, while the others are busy with large files.
_QUICK_OPTIONS = ("--queues=quick", "--concurrency=2")
# Room for the some 110 statements of a small message, each in a few forms of its values.
_QUICK_VARIABLES = {"DATABASE_PREPARED_STATEMENTS": "500"}
# How much the workers for large files, and PostgreSQL when it works for them, stand back behind
# all others, in the system's own measure.
_BULK_NICENESS = 10
# One worker has no neighbours to ask what they do.
_ALONE = ("--without-mingle", "--without-gossip")
_DEFAULT_PORT = 8000
_ANSWER_SECONDS = 2


def refuse_busy_port(state: State) -> None:
    """Say so before anything starts, if somebody else listens on the port that was asked for."""
    wanted = _wanted_port()
    if (
        env.is_explicit("TARGETING_WEB_PORT")
        and "web" not in state.running
        and processes.free_port(wanted) != wanted
    ):
        raise EmbeddedError(
            f"Port {wanted} is busy: stop what listens there or change TARGETING_WEB_PORT."
        )


def prepare(folder: Folder, state: State) -> None:
    """Bring the database's tables, and in production the static files, up to date.

    After a part fell, nothing is migrated that this very code has migrated in this folder.
    """
    if not any(part in state.running for part in ("web", "worker", "quick", "beat")):
        counting.forget(folder.path / "metrics")
    settings = env.text("DJANGO_SETTINGS_MODULE", default="")
    code = _code_digest(settings)
    if state.migrated_by != code or env.is_explicit("DATABASE_URL"):
        _manage(folder, "migrate", "--no-input")
        state.migrated_by = code
        folder.save(state)
    if settings.endswith(".prod"):
        _manage(folder, "collectstatic", "--no-input")


def start_web(folder: Folder, state: State) -> None:
    host = env.text("TARGETING_WEB_HOST", default="127.0.0.1")
    port = _wanted_port()
    if not env.is_explicit("TARGETING_WEB_PORT"):
        port = processes.free_port(state.ports.get("web", port))
    state.ports["web"] = port
    url = state.variables["TARGETING_WEB_URL"] = f"http://{host}:{port}"
    _launch(
        folder,
        state,
        "web",
        [*_GRANIAN, f"--host={host}", f"--port={port}", _WEB],
        address=url,
        ready=lambda: _answers(host, port),
    )


def start_worker(folder: Folder, state: State) -> None:
    options = (f"--concurrency={_WORKERS}",)
    variables = (
        {"DATABASE_SERVER_NICENESS": str(_BULK_NICENESS)} if "postgres" in state.running else {}
    )
    _start_worker(folder, state, "worker", options, variables=variables, niceness=_BULK_NICENESS)


def start_quick(folder: Folder, state: State) -> None:
    _start_worker(folder, state, "quick", _QUICK_OPTIONS, variables=_QUICK_VARIABLES)


def _start_worker(
    folder: Folder,
    state: State,
    part: str,
    options: Sequence[str],
    *,
    variables: Mapping[str, str] | None = None,
    niceness: int = 0,
) -> None:
    node = f"targeting-{part}-{folder.digest}@localhost"
    _launch(
        folder,
        state,
        part,
        [*_CELERY, "worker", f"--hostname={node}", *options, *_ALONE],
        address=" ".join(options).replace("--", ""),
        ready=lambda: _worker_answers(node),
        variables=variables,
        niceness=niceness,
    )


def start_beat(folder: Folder, state: State) -> None:
    since = time.time()
    _launch(
        folder,
        state,
        "beat",
        [*_CELERY, "beat", "--pidfile="],
        address="-",
        ready=lambda: _beat_wrote(folder, since),
    )


def _code_digest(settings: str) -> str:
    """Of all that can change tables: our packages, the versions of others, the settings' name."""
    digest = hashlib.sha256(settings.encode())
    packages = [path.parent for path in env.PROJECT.glob("*/__init__.py")]
    sources = [path for package in packages for path in package.rglob("*.py")]
    for path in sorted([*sources, *env.PROJECT.glob("requirements/*.txt")]):
        content = hashlib.sha256(path.read_bytes()).digest()
        digest.update(bytes(path.relative_to(env.PROJECT)) + content)
    return digest.hexdigest()


def _launch(
    folder: Folder,
    state: State,
    part: str,
    module: list[str],
    *,
    address: str,
    ready: Callable[[], bool],
    variables: Mapping[str, str] | None = None,
    niceness: int = 0,
) -> None:
    running = processes.launch(
        [sys.executable, "-m", *module],
        log=folder.log(part),
        folder=env.PROJECT,
        environment=_environment(folder) | dict(variables or {}),
        address=address,
    )
    state.running[part] = running
    folder.save(state)
    processes.wait_until_ready(part, running, ready, folder.log(part))
    if niceness:
        # Not before: on a busy machine it would never have been ready.
        set_niceness(running.pid, niceness)


def _environment(folder: Folder) -> dict[str, str]:
    return env.for_child(TARGETING_DATA_DIR=str(folder.path), PYTHONUNBUFFERED="1")


def _manage(folder: Folder, *command: str) -> None:
    processes.finish(
        [sys.executable, "manage.py", *command],
        folder=env.PROJECT,
        environment=_environment(folder),
    )


def _wanted_port() -> int:
    return env.integer("TARGETING_WEB_PORT", default=_DEFAULT_PORT, low=1, high=65535)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _worker_answers(node: str) -> bool:
    with Celery(broker=env.broker("CELERY_BROKER_URL")) as app:
        return bool(app.control.ping(destination=[node], timeout=_ANSWER_SECONDS))


def _beat_wrote(folder: Folder, since: float) -> bool:
    """Beat keeps its schedule in a file, whose ending depends on how Python was built."""
    schedules = folder.path.glob("beat-schedule*")
    return any(schedule.stat().st_mtime >= since for schedule in schedules)
