"""What a benchmark part gives: a table, measured in one run on one machine."""

import resource
import time
from collections.abc import Callable, Sequence
from statistics import median

import msgspec


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``rows`` are printed as they are; ``notes`` say what was measured and how."""

    title: str
    notes: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A named part; ``run`` gets a function that tells of progress."""

    name: str
    needs_database: bool
    run: Callable[[Callable[[str], None]], Result]


def seconds(work: Callable[[], object], *, repeats: int = 3) -> float:
    """The median duration of ``repeats`` runs, in seconds."""
    durations = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return median(durations)


def peak_memory_mb() -> float:
    """The largest resident size of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
            _line(result.columns),
            _line(["---"] * len(result.columns)),
            *(_line(row) for row in result.rows),
            "",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
