"""The fault bench in small: four kills while two hosts take in the demonstration data."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction

from shipments.models import Submitter
from shipments.services.bulk import copy_rows
from shipments.services.intake import register_submitter
from targeting.management.benchmarks import fault_run
from targeting.management.benchmarks.fault_plan import (
    FIRST,
    LAST,
    Fault,
    Victim,
    plan_faults,
)
from targeting.management.benchmarks.fault_run import (
    SUBMITTER,
    Outcome,
    Recovery,
    differences,
    register,
    run_batch,
)
from targeting.management.benchmarks.faults import verdict
from targeting.management.benchmarks.installation import Installation, InstallationFailed
from targeting.management.benchmarks.worker_host import HostFailed, WorkerHost
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import DEMO

CHUNK_SIZE = 10
LEASE_SECONDS = 4
FAULTS = [
    Fault(at=-1.0, delay=0.1, victim=Victim.WEB, place=0),
    # The worker before the broker: while the worker is away the batch cannot end early.
    Fault(at=0.05, delay=0.1, victim=Victim.WORKER, place=1),
    Fault(at=0.1, delay=0.1, victim=Victim.REDIS, place=2),
]


@pytest.fixture
def undisturbed(take_in, settings):
    """The digests after the same file went through the pipeline in this process."""
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": CHUNK_SIZE}
    content = (DEMO / "declarations.ndjson").read_bytes()
    assert take_in(content, owner=register_submitter(key=SUBMITTER)).state == "done"
    return json.loads(json.dumps(digest_tables()))


@pytest.mark.own_installation
@pytest.mark.django_db
def test_batch_when_web_redis_workers_and_a_host_are_killed_then_the_tables_are_the_same(
    undisturbed, settings, tmp_path
) -> None:
    told: list[str] = []
    faults = [*FAULTS, Fault(at=0.15, delay=0.1, victim=Victim.HOST, place=3)]
    variables = {
        "TARGETING_DRAW_SECRET": settings.TARGETING["DRAW_SECRET"],
        "TARGETING_DRAW_KEY_DAYS": str(settings.TARGETING["DRAW_KEY_DAYS"]),
        "TARGETING_CHUNK_SIZE": str(CHUNK_SIZE),
        "TARGETING_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    with Installation(tmp_path / "hurt", variables, hosts=["there"]) as installation:
        installation.fill()
        hurt = run_batch(
            installation,
            DEMO / "declarations.ndjson",
            credentials=register(installation),
            faults=faults,
            stage_runs=undisturbed["stage_run"][0],
            tell=told.append,
        )
    assert [one.fault.victim for one in hurt.recoveries] == [one.victim for one in faults]
    assert differences(undisturbed, hurt.digests) == []
    assert hurt.unfinished == 0
    assert hurt.is_same_receipt
    assert (hurt.receipt["state"], hurt.receipt["counts"]["declarations"]) == ("done", 300)
    assert len(told) == len(faults)
    assert not (tmp_path / "hurt").exists()


def test_faults_when_planned_then_seeded_in_order_and_every_process_is_hit() -> None:
    plan = plan_faults(seed=3, kills=20, restarts=1)
    assert plan == plan_faults(seed=3, kills=20, restarts=1)
    assert plan != plan_faults(seed=4, kills=20, restarts=1)
    assert [fault.at for fault in plan] == sorted(fault.at for fault in plan)
    victims = [fault.victim for fault in plan]
    assert {victim: victims.count(victim) for victim in Victim} == {
        Victim.WORKER: 5,
        Victim.WORKER_CHILD: 5,
        Victim.WEB: 5,
        Victim.REDIS: 5,
        Victim.HOST: 0,
        Victim.POSTGRES: 1,
    }
    assert plan[0].victim is Victim.WEB
    assert plan[0].at < 0 < plan[1].at
    part = (LAST - FIRST) / len(plan)
    assert len({int((fault.at - FIRST) / part) for fault in plan[1:]}) == 20


def test_faults_when_the_run_is_distributed_then_another_host_is_hit_as_well() -> None:
    plan = plan_faults(seed=3, kills=20, restarts=1, is_distributed=True)
    victims = [fault.victim for fault in plan]
    assert [victims.count(victim) for victim in Victim] == [4, 4, 4, 4, 4, 1]
    assert plan[0].victim is Victim.WEB


def outcome(**changes: object) -> Outcome:
    values = {
        "digests": {"alert": [3, "a"], "party": [2, "b"]},
        "receipt": {"state": "done"},
        "is_same_receipt": True,
        "unfinished": 0,
        "most_attempts": 1,
        "stage_runs": 10,
        "seconds": 1.0,
        "recoveries": (Recovery(FAULTS[0], 1.0, 2.0),),
    }
    return Outcome(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Passed: 2 tables"),
        ({"digests": {"alert": [4, "c"], "party": [2, "b"]}}, "alert (3 and 4 rows)"),
        ({"digests": {"alert": [3, "a"]}}, "party (2 and 0 rows)"),
        ({"receipt": {"state": "failed"}}, "receipts differ"),
        ({"is_same_receipt": False}, "another receipt"),
        ({"failures": ("link: IntegrityError: x",)}, "stage failed: link: IntegrityError: x"),
        ({"unfinished": 2}, "2 stage runs are not done"),
        ({"recoveries": ()}, "the batch ended before 1 of the faults"),
    ],
)
def test_verdict_when_anything_differs_then_it_says_what(changes, words) -> None:
    assert words in verdict(outcome(), outcome(**changes), planned=1)


def test_installation_when_a_command_fails_then_its_output_is_shown(tmp_path) -> None:
    with pytest.raises(InstallationFailed, match="DATABASE_URL is not set"):
        Installation(tmp_path, {}).manage("no_such_command")


def test_kill_when_the_process_is_not_the_one_that_was_started_then_nothing_dies(tmp_path) -> None:
    state = {"running": {"web": {"pid": os.getpid(), "birth": "boot 1"}}, "variables": {}}
    (tmp_path / "embedded.json").write_text(json.dumps(state))
    installation = Installation(tmp_path, {})
    assert installation.pid_of("web") is None
    installation.kill_group("web")
    installation.kill_child("web", 0)
    installation.stop_at_once("postgres")


def test_web_when_it_is_dead_then_no_other_installation_answers_in_its_place(
    tmp_path, monkeypatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = "targeting.management.benchmarks.installation._PORTS"
        monkeypatch.setattr(ports, range(taken, taken + 2))
        own = Installation(tmp_path, {})._variables["TARGETING_WEB_PORT"]
    assert own == str(taken + 1)


def test_host_when_its_workers_cannot_start_then_their_output_is_shown(tmp_path) -> None:
    host = WorkerHost("there", tmp_path / "there")
    with pytest.raises(HostFailed, match=r"there.*ImproperlyConfigured"):
        host.up({"SECRET_KEY": "short", "DJANGO_SETTINGS_MODULE": "config.settings.dev"})
    assert not host.is_alive


def test_wait_when_the_batch_ended_first_then_the_fault_is_not_counted(monkeypatch) -> None:
    answers = iter([psycopg.OperationalError("away"), (5, 5, True)])

    def progress(installation: object) -> tuple[int, int, bool]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(fault_run, "_progress", progress)
    assert fault_run._hurt(None, FAULTS[2], moment=1, limit=2) is None


def test_work_when_the_next_fault_is_due_then_it_stands_still_until_all_is_ready(
    tmp_path, monkeypatch
) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as worker:
        try:
            process = {"pid": worker.pid, "birth": f"boot {stat_of(worker)[19]}", "ready": True}
            state = {"running": {"worker": process}, "variables": {}}
            (tmp_path / "embedded.json").write_text(json.dumps(state))
            monkeypatch.setattr(fault_run, "_progress", lambda _: (3, 2, False))
            installation = Installation(tmp_path, {})
            with fault_run._work_limited(installation, 5):
                assert is_soon(lambda: stat_of(worker)[0] == "T")
            assert is_soon(lambda: stat_of(worker)[0] == "S")
            with fault_run._work_limited(installation, 6):
                assert not is_soon(lambda: stat_of(worker)[0] == "T", seconds=0.5)
        finally:
            worker.kill()


def stat_of(process: subprocess.Popen[bytes]) -> list[str]:
    """The fields of /proc/…/stat behind the name: state first, start time as the twentieth."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()


def is_soon(is_so, *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


@pytest.mark.django_db
def test_copy_when_the_connection_is_lost_then_the_stage_sees_a_fault_that_may_pass() -> None:
    def rows():
        yield ("broker",)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with pytest.raises(OperationalError, match="server closed"), transaction.atomic():
        copy_rows(Submitter, ("key",), rows())


@pytest.mark.django_db
def test_client_when_registered_then_id_and_secret_are_printed_once(capsys) -> None:
    call_command("register_client", "broker", scope=["receipts:read"], network=["::/0"])
    assert set(json.loads(capsys.readouterr().out)) == {"client_id", "client_secret"}
    with pytest.raises(Exception, match="scope_unknown"):
        call_command("register_client", "broker", scope=["all"], network=["::/0"])
