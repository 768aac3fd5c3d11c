"""Counters of many processes as one: each writes a file of its own, whoever is asked adds them up.

The library's way for web servers and workers that fork. A file is named for host and process,
since containers that share a folder have the same process ids.
"""

import os
import re
import socket
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import values

from config import env

_HOST = re.compile(r"[^\w.-]|_").sub("-", socket.gethostname())


def share_among_processes(folder: Path | None) -> None:
    """Count in files of the folder from now on; without one each process counts for itself.

    Before the first counter is made: it is bound to its kind of number then. Raises OSError
    where the folder cannot be made.
    """
    if folder is None:
        return
    env.share_metrics(folder)
    values.ValueClass = values.MultiProcessValue(_process)  # type: ignore[no-untyped-call] # the library's


def forget(folder: Path) -> None:
    """Begin at nothing again, before the first of the processes starts."""
    for file in files_of(folder):
        file.unlink(missing_ok=True)


def files_of(folder: Path) -> Sequence[Path]:
    """What processes counted, those that ended too: otherwise sums would fall."""
    return sorted(folder.glob("*.db"))


def _process() -> str:
    return f"{_HOST}-{os.getpid()}"
