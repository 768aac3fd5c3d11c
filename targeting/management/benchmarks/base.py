"""What a benchmark part is given, and what it gives: a table measured in one run."""

import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import msgspec
from django.db import connection


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of its own below the first; ``rows`` are printed as they are."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``rows`` are printed as they are; ``notes`` say what was measured and how; ``tables``
    follow the first one. With ``adds_rows`` the document keeps the rows of earlier runs whose
    first cell is another."""

    title: str
    notes: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tables: tuple[Table, ...] = ()
    adds_rows: bool = False


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What a part works with: a function that tells of progress, a folder that is deleted
    afterwards, and what the command line chose.

    ``items``, ``kills``, ``hosts``, ``megabytes`` 0 and an empty ``format`` are the part's own
    choice; the ``with_…`` add what a part leaves out by itself because it takes longer.
    """

    tell: Callable[[str], None]
    folder: Path
    seed: int = 7
    items: int = 0
    kills: int = 0
    hosts: int = 0
    megabytes: int = 0
    format: str = ""
    with_workers: bool = False
    with_million: bool = False


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A named part that takes less than ten minutes as it stands."""

    name: str
    summary: str
    needs_database: bool
    run: Callable[[Bench], Result]


def seconds(work: Callable[[], object], *, repeats: int = 3) -> float:
    """The median duration of ``repeats`` runs, in seconds."""
    durations = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return median(durations)


def processor_seconds() -> float:
    """Of this process and of its database session, as far as that runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    own = time.process_time()
    if not stat.exists():
        return own
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return own + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def forget_peak_memory() -> None:
    """Let :func:`peak_memory_mb` begin anew (Linux: 5 resets the mark in /proc)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory_mb() -> float:
    """The largest resident size of this process so far, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def markdown(result: Result, *, machine: str, day: str, command: str) -> str:
    """The section of ``docs/benchmarks.md``."""
    return "\n".join(
        [
            f"## {result.title}",
            "",
            f"`{command}` · {day} · {machine}",
            "",
            result.notes,
            "",
            *_table(result.columns, result.rows),
            *(line for one in result.tables for line in _table(one.columns, one.rows)),
        ]
    )


def beside_earlier(result: Result, section: str) -> Result:
    """The result with the rows of its earlier section; its own stand in place of their like.

    A section with other columns has no rows that could be kept.
    """
    own = {row[0]: row for row in result.rows}
    _, found, behind = section.partition(f"{_line(result.columns)}\n")
    rows = []
    for line in behind.splitlines()[1:] if found else ():
        if not line.startswith("| "):
            break
        row = tuple(line.removeprefix("| ").removesuffix(" |").split(" | "))
        rows.append(own.pop(row[0], row))
    return msgspec.structs.replace(result, rows=(*rows, *own.values()))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(columns), _line(["---"] * len(columns)), *(_line(row) for row in rows), ""]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
