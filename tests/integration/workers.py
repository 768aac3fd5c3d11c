"""Real workers, to be killed: processes of their own, and messages that they get."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from targeting import pipeline

PATIENCE_SECONDS = 90
COMMAND = (
    sys.executable,
    "-m",
    "celery",
    "--app=config.celery",
    "worker",
    "--concurrency=1",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
)


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker in a session of its own, so that parent and child die at once."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            COMMAND,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        ended(process)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Kill everything of its session that is left."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(
    condition: Callable[[], bool],
    what: str,
    log: Path,
    *,
    progress: Callable[[], object] = lambda: None,
) -> None:
    """Patience is for what stands still: whatever ``progress`` tells anew begins it again."""
    told, deadline = progress(), time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if (now := progress()) != told:
            told, deadline = now, time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen:\n{log.read_text()[-4000:]}")
        time.sleep(0.02)


@pytest.fixture
def messages(broker_url, settings, monkeypatch) -> Iterator[Celery]:
    # Celery prefers this variable to what it is told, and `make test` sets it.
    monkeypatch.setenv("CELERY_BROKER_URL", broker_url)
    sender = Celery(broker=broker_url)
    sender.conf.task_default_queue = settings.CELERY_TASK_DEFAULT_QUEUE
    monkeypatch.setattr(
        pipeline,
        "_send",
        lambda run_id, queue: sender.send_task(pipeline.RUN_STAGE, args=[run_id], queue=queue),
    )
    with sender:
        yield sender
