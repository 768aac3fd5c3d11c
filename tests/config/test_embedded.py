"""The embedded parts, started and stopped for real, in folders of their own."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config import env
from config.embedded.processes import birth_of

NOBODY = 65534
# Longer than a socket's path may be, with what shells and configuration files stumble over.
LONG_NAME = "длинная папка с 'пробелами' " + "x" * 90
NOT_RUNNING = 3


@dataclass
class Installation:
    folder: Path
    python: tuple[str, ...] = (sys.executable,)

    def run(self, *words, **variables):
        return subprocess.run(
            [*self.python, "-m", "config.embedded", *words],
            cwd=env.PROJECT,
            env=env.for_child(
                **{
                    "TARGETING_DATA_DIR": str(self.folder),
                    "LANG": "C",
                    "LC_ALL": "C",
                    "DATABASE_URL": "",
                    "CELERY_BROKER_URL": "",
                    "DJANGO_SETTINGS_MODULE": "",
                    **variables,
                }
            ),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    @property
    def state(self):
        return json.loads((self.folder / env.EMBEDDED_STATE).read_text(encoding="utf-8"))

    def ask(self, query):
        with psycopg.connect(self.state["variables"]["DATABASE_URL"], autocommit=True) as app:
            return app.execute(query).fetchone()

    def processes(self):
        """Every process of this machine that works in, or for, the folder."""
        homes = {str(self.folder), self.state["home"]}
        return [
            pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _uses(pid, homes)
        ]


def _uses(pid, homes):
    try:
        folder = os.readlink(f"/proc/{pid}/cwd")
        variables = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return False
    named = {f"TARGETING_DATA_DIR={home}" for home in homes}
    return birth_of(pid) is not None and (
        any(folder.startswith(home) for home in homes) or bool(named & set(variables.split("\0")))
    )


@contextlib.contextmanager
def installation(parent, **how):
    parent.chmod(0o700)
    one = Installation(parent / LONG_NAME, **how)
    try:
        yield one
    finally:
        if one.folder.exists():
            one.run("purge")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.own_installation
def test_services_when_started_stopped_and_killed_then_always_as_status_says(tmp_path):
    with installation(tmp_path) as one:
        assert one.run("status").returncode == NOT_RUNNING

        first = one.run("services", "up")
        assert first.returncode == 0, first.stderr
        assert first.stdout.count("ready") == 2
        assert one.ask("SELECT lower('АЦЕТОН'), similarity('АЦЕТОН', 'ацетон')") == ("ацетон", 1)
        assert (one.folder / env.EMBEDDED_STATE).stat().st_mode & 0o777 == 0o600
        assert one.folder.stat().st_mode & 0o777 == 0o700

        again = one.run("services", "up")
        assert again.stdout.count("already running") == 2

        before = one.state
        os.kill(before["running"]["redis"]["pid"], 9)
        assert "redis     stopped" in one.run("status").stdout
        third = one.run("services", "up")
        assert "postgres  already running" in third.stdout
        assert "redis     starting" in third.stdout

        assert one.run("down").returncode == 0
        assert one.processes() == []
        assert one.run("down").stdout == ""

        with socket.create_server(("127.0.0.1", before["ports"]["postgres"])):
            assert one.run("services", "up").returncode == 0
            assert one.state["ports"]["postgres"] != before["ports"]["postgres"]
            assert one.state["passwords"] == before["passwords"]
            assert one.ask("SELECT 1") == (1,)
            one.run("services", "down")
        assert one.processes() == []

        home = Path(one.state["home"])
        assert one.run("purge").returncode == 0
        assert not home.exists()
        assert not one.folder.exists()


@pytest.mark.own_installation
def test_run_when_beside_another_installation_then_only_its_own_services_come_and_go(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with installation(tmp_path / "a") as one, installation(tmp_path / "b") as two:
        assert one.run("services", "up").returncode == 0
        program = "import sys; print('the last line', flush=True); sys.exit(7)"
        done = two.run("run", sys.executable, "-c", program)
        assert done.returncode == 7
        assert done.stdout.splitlines()[-1] == "the last line"
        assert two.processes() == []
        assert not set(one.state["ports"].values()) & set(two.state["ports"].values())
        assert one.ask("SELECT 1") == (1,)


@pytest.mark.own_installation
def test_up_when_all_parts_start_then_the_site_answers_and_down_leaves_nothing(tmp_path):
    with installation(tmp_path) as one:
        started = one.run("up", TARGETING_WEB_PORT=str(free_port()))
        assert started.returncode == 0, started.stdout + started.stderr
        status = one.run("status")
        assert (status.returncode, status.stdout.count("running")) == (0, 6)
        assert one.processes()

        # Were anything migrated again, this migration would be, and fail.
        owner = one.state["variables"]["DATABASE_OWNER_URL"]
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute("DELETE FROM django_migrations WHERE app = 'risk'")
        os.killpg(one.state["running"]["web"]["pid"], 9)
        again = one.run("up")
        assert again.returncode == 0, again.stdout + again.stderr
        assert "web       starting" in again.stdout

        stopped = one.run("down").stdout.split()
        assert [word for word in stopped if word in one.state["ports"] or word == "worker"] == [
            "worker",
            "web",
            "redis",
            "postgres",
        ]
        assert one.processes() == []


def test_up_when_the_named_web_port_is_busy_then_refused_with_its_variable(tmp_path):
    with installation(tmp_path) as one, socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = one.run("up", TARGETING_WEB_PORT=str(port))
        assert done.returncode == 1
        assert f"Port {port} is busy" in done.stderr
        assert "TARGETING_WEB_PORT" in done.stderr


def test_up_when_both_services_are_named_then_none_is_started(tmp_path):
    with installation(tmp_path) as one:
        done = one.run(
            "services", "up", DATABASE_URL="postgresql://a@b/c", CELERY_BROKER_URL="redis://b"
        )
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("content", ["{", "{}"])
def test_any_command_when_the_state_is_damaged_then_a_sentence(tmp_path, content):
    one = Installation(tmp_path)
    (tmp_path / env.EMBEDDED_STATE).write_text(content)
    done = one.run("status")
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_services_when_the_folder_is_moved_then_the_data_comes_along_but_a_copy_is_refused(
    tmp_path,
):
    with installation(tmp_path) as one:
        one.run("services", "up")
        one.run("down")
        passwords = one.state["passwords"]

        copy = Installation(tmp_path / "copy")
        shutil.copytree(one.folder, copy.folder)
        refused = copy.run("services", "up")
        assert refused.returncode == 1
        assert f"is a copy of {one.folder}" in refused.stderr
        shutil.rmtree(copy.folder)

        moved = Installation(tmp_path / "moved")
        one.folder.rename(moved.folder)
        try:
            assert moved.run("services", "up").returncode == 0
            assert moved.state["passwords"] == passwords
            assert moved.ask("SELECT 1") == (1,)
        finally:
            moved.run("purge")


@pytest.fixture
def ordinary_python():
    """This Python under an ordinary account, if we are root.

    The account may read every file, as this Python may lie where only root can go, but is otherwise
    as powerless as any.
    """
    if os.geteuid() != 0:
        pytest.skip("the other tests already run as an ordinary account")
    command = (
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--inh-caps=-all,+dac_read_search",
        "--ambient-caps=-all,+dac_read_search",
        sys.executable,
    )
    try:
        subprocess.run([*command, "-c", ""], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine does not let root start Python as an ordinary account")
    return command


def test_services_when_run_by_an_ordinary_account_then_all_is_in_its_folder(ordinary_python):
    # Not tmp_path, whose parent only root may enter.
    with tempfile.TemporaryDirectory() as parent:
        os.chown(parent, NOBODY, NOBODY)
        with installation(Path(parent), python=ordinary_python) as one:
            started = one.run("services", "up")
            assert started.returncode == 0, started.stderr
            assert Path(one.state["home"]).is_relative_to(one.folder)
            assert one.ask("SELECT lower('АЦЕТОН')") == ("ацетон",)
            assert one.run("down").returncode == 0
            assert one.processes() == []


def test_any_command_when_the_folder_is_someone_elses_then_a_sentence(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(tmp_path, NOBODY, NOBODY)
    done = Installation(tmp_path).run("services", "up")
    assert done.returncode == 1
    assert "belongs to another account" in done.stderr
