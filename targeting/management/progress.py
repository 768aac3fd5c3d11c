"""Waiting for batches with a progress bar."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Standing(NamedTuple):
    """How far a batch is, in percent."""

    label: str
    percent: int
    is_finished: bool


def wait(
    poll: Callable[[], Sequence[Standing]],
    *,
    console: Console,
    timeout: float,
    interval: float = 0.5,
) -> bool:
    """Show the standings until all are finished; False when ``timeout`` seconds pass first."""
    deadline = time.monotonic() + timeout
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        standings = poll()
        tasks = [progress.add_task(standing.label, total=100) for standing in standings]
        while True:
            for task, standing in zip(tasks, standings, strict=True):
                progress.update(task, description=standing.label, completed=standing.percent)
            if all(standing.is_finished for standing in standings):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(interval)
            standings = poll()
