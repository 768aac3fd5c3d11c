"""A process that stands back does so among all sessions of the machine, not only in its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.niceness import set_niceness


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    waits = "import sys; sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", waits], stdin=subprocess.PIPE, start_new_session=True
    ) as started:
        yield started


def test_niceness_when_set_then_the_leader_and_what_it_started_before_have_it():
    starts_another = (
        "import subprocess, sys;"
        "print(subprocess.Popen([sys.executable, '-c', 'input()']).pid, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starts_another],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as leader:
        child = int(leader.stdout.readline())
        set_niceness(leader.pid, 19)
        given = [os.getpriority(os.PRIO_PROCESS, pid) for pid in (leader.pid, child)]
        leader.communicate(b"\n\n")
    assert given == [19, 19]


@pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="this system does not share by session"
)
def test_niceness_when_set_twice_at_once_then_the_session_has_the_second(process):
    for niceness in (18, 19):
        set_niceness(process.pid, niceness)
    shared = Path(f"/proc/{process.pid}/autogroup").read_text(encoding="ascii")
    assert shared.split()[-1] == "19"


def test_niceness_when_the_process_is_gone_then_it_says_so():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    with pytest.raises(ProcessLookupError):
        set_niceness(ended.pid, 19)
