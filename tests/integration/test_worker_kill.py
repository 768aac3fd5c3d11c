"""Real workers die in the middle of a batch; others end it, and nothing differs."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from celery import Celery
from django.db import connection

from shipments.models import IntakeBatch, StageRun
from shipments.models.choices import StageState
from shipments.services import intake
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.selectors.table_digests import digest_tables
from tests.integration.conftest import DEMO, RECEIVED_AT, load_reference_data, work_off
from tests.integration.hosts import Host, host
from tests.integration.workers import messages, wait_until, worker

__all__ = ["messages"]  # a fixture

CHUNK_SIZE = 20
# Longer than a stage, its worker's first one too, on a busy machine. What waits for longer is sent
# again: with a shorter one messages come faster than a starved worker gets rid of them.
LEASE_SECONDS = 7
SWEEP_SECONDS = 2
# As long as Compose gives a worker, and twice as long as `make down`.
STOP_SECONDS = 60
# Written in the middle of the link stage's transaction, when rows that others need are locked.
LATE_IN_LINKING = "risk_partytie"
TASK_ENDED = " succeeded in "
"""What a worker says of a task that it need not be given again."""
# Here and in the workers: by which day's key is drawn is part of what is compared.
KEY_DAYS = 3_650


def _done_runs() -> int:
    return StageRun.objects.filter(state=StageState.DONE).count()


def _receive() -> IntakeBatch:
    return pipeline.receive(
        submitter=register_submitter(key="broker"),
        content=(DEMO / "declarations.ndjson").read_bytes(),
        format_key="ndjson",
        received_at=RECEIVED_AT,
    )


def _empty_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE shipments_intakebatch, shipments_declaration, shipments_party,"
            " risk_screenedtext, risk_goodstext, risk_textkey CASCADE"
        )


@pytest.fixture
def environment(worker_environment, tmp_path, settings, monkeypatch) -> dict[str, str]:
    """Of a worker that works in small chunks on files of a folder that this test shares."""
    settings.TARGETING = settings.TARGETING | {"CHUNK_SIZE": CHUNK_SIZE, "DRAW_KEY_DAYS": KEY_DAYS}
    uploads = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "uploads"},
    }
    settings.STORAGES = settings.STORAGES | {"default": uploads}
    # As a large file: in the folder, and its chunks are for whoever is free.
    monkeypatch.setattr(intake, "INLINE_BYTES", 1024)
    return worker_environment | {
        "TARGETING_UPLOADS_DIR": str(tmp_path / "uploads"),
        "TARGETING_CHUNK_SIZE": str(CHUNK_SIZE),
        "TARGETING_DRAW_KEY_DAYS": str(KEY_DAYS),
        "TARGETING_LEASE_SECONDS": str(LEASE_SECONDS),
        "TARGETING_DRAW_SECRET": settings.TARGETING["DRAW_SECRET"],
        "SECRET_KEY": settings.SECRET_KEY,
    }


def test_host_when_it_disappears_in_a_batch_then_the_other_ends_it_whole(
    environment, messages, tmp_path, monkeypatch
) -> None:
    """One database, one broker, two hosts with data folders of their own and shared uploads.

    It disappears in the middle of a transaction and takes its connections with it unclosed.
    """
    load_reference_data()
    undisturbed = _undisturbed_run(monkeypatch)
    log, lost_log = tmp_path / "worker.log", tmp_path / "lost.log"
    here, there = (
        environment | {"TARGETING_DATA_DIR": str(tmp_path / name)} for name in ("here", "there")
    )
    with host("here", here, log), host("there", there, lost_log) as lost:
        # Told by their log: what answers a ping leaves a connection here that a fork would inherit.
        for one in (log, lost_log):
            wait_until(partial(_is_ready, one), "a host", one)
        batch = _receive()
        wait_until(lambda: _done_runs() >= 12, "the middle of the batch", log, progress=_done_runs)
        with _locked(LATE_IN_LINKING):
            wait_until(lambda: _is_lost_waiting(lost, "there"), "a wait of the lost host", lost_log)
        wait_until(lambda: _idles_in_a_transaction("there"), "the transaction's silence", log)
        assert _done_runs() < undisturbed["stage_run"][0]
        _wait_for_the_end(batch, messages, log)
        assert not StageRun.objects.exclude(state=StageState.DONE).exists()
        assert digest_tables() == undisturbed
        # It comes back, and what it still had to say changes nothing.
        told = lost_log.read_text().count(TASK_ENDED)
        lost.thaw()
        wait_until(
            lambda: lost_log.read_text().count(TASK_ENDED) > told, "the end of its task", lost_log
        )
    assert digest_tables() == undisturbed


def test_killed_worker_loses_nothing_and_doubles_nothing(
    environment, messages, tmp_path, monkeypatch
) -> None:
    load_reference_data()
    undisturbed = _undisturbed_run(monkeypatch)
    log = tmp_path / "worker.log"
    with worker(environment, log) as process:
        batch = _receive()
        wait_until(lambda: _done_runs() >= 12, "the middle of the batch", log, progress=_done_runs)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    half_done = _done_runs()
    assert half_done < undisturbed["stage_run"][0]
    with worker(environment, log):
        _wait_for_the_end(batch, messages, log)
    assert not StageRun.objects.exclude(state=StageState.DONE).exists()
    assert digest_tables() == undisturbed


def test_stopped_worker_ends_what_it_holds_and_the_next_finds_every_message(
    environment, messages, tmp_path, monkeypatch
) -> None:
    """SIGTERM, as an upgrade sends it. Nobody sweeps here, so a lost message would be missed."""
    load_reference_data()
    undisturbed = _undisturbed_run(monkeypatch)
    log = tmp_path / "worker.log"
    with worker(environment, log) as process:
        batch = _receive()
        wait_until(lambda: _done_runs() >= 12, "the middle of the batch", log, progress=_done_runs)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0
    assert 12 <= _done_runs() < undisturbed["stage_run"][0]
    assert not StageRun.objects.filter(state=StageState.RUNNING).exists()
    with worker(environment, log):
        wait_until(partial(_is_done, batch), "the end of the batch", log, progress=_done_runs)
    assert not StageRun.objects.exclude(state=StageState.DONE).exists()
    assert digest_tables() == undisturbed
    # Whoever looks for a batch finds every line of its tasks.
    ended = [line for line in log.read_text().splitlines() if TASK_ENDED in line]
    assert ended
    assert all("task_id=" in line and "task=targeting.tasks.run_stage" in line for line in ended)


def _is_done(batch: IntakeBatch) -> bool:
    batch.refresh_from_db()
    return bool(batch.state == "done")


def _undisturbed_run(monkeypatch) -> dict[str, tuple[int, str]]:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_send", lambda run_id, queue: None)
        _receive()
        work_off()
    digests = digest_tables()
    assert digests["alert"][0] > 5
    _empty_tables()
    return digests


@contextmanager
def _locked(table: str) -> Iterator[None]:
    """Nobody writes the table: who wants to waits, in the middle of its transaction."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield
    finally:
        other.close()


def _is_lost_waiting(lost: Host, name: str) -> bool:
    """Freeze the host while a session of it waits for a lock, of which it will hear no more.

    What it waits for it gets later, in a transaction that nobody goes on with.
    """
    if not _sessions(name, "wait_event_type = 'Lock'"):
        return False
    lost.freeze()
    if _sessions(name, "wait_event_type = 'Lock'"):
        return True
    lost.thaw()
    return False


def _idles_in_a_transaction(name: str) -> bool:
    return bool(_sessions(name, "state = 'idle in transaction'"))


def _sessions(name: str, condition: str, *values: object) -> int:
    """How many sessions of the host there are of which the condition is true."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND "
    with connection.cursor() as cursor:
        cursor.execute(query + condition, [name, *values])
        return int(cursor.fetchone()[0])


def _is_ready(log: Path) -> bool:
    return log.exists() and " ready." in log.read_text()


def _wait_for_the_end(batch: IntakeBatch, messages: Celery, log: Path) -> None:
    """With a sweep every few seconds as beat asks for it: one that comes late is none."""
    swept = 0.0

    def is_done() -> bool:
        nonlocal swept
        if time.monotonic() - swept > SWEEP_SECONDS:
            swept = time.monotonic()
            sweep = "targeting.tasks.sweep"
            messages.send_task(sweep, queue=pipeline.QUICK, expires=SWEEP_SECONDS)
        return _is_done(batch)

    wait_until(is_done, "the end of the batch", log, progress=_done_runs)
