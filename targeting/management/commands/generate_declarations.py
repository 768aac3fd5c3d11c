"""Write generated declarations with their truth: the proving ground."""

import gc
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from risk.domain.errors import InvalidList
from risk.domain.proving.blocks import ENDINGS, Generator, Output, Settings
from risk.domain.proving.kinds import ALL_CODES, chosen
from risk.domain.proving.materials import read_materials
from risk.domain.proving.plan import Kinds, Rates

_SUFFIX = ".ndjson"
_MOST = 0.5
_DEFAULT_TRAPS = 0.01
# Blocks handed out ahead of writing, for each process: enough to keep it busy, small in memory.
_AHEAD = 2

_generator: Generator | None = None


class Command(BaseCommand):
    help = (
        "Write generated declarations to OUT.ndjson in order of acceptance, and beside it what is"
        " true of them (OUT.truth.csv) and what other registers know (docs/proving-ground.md)."
        " The same arguments give the same bytes, whatever --processes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT.ndjson")
        parser.add_argument("--count", type=int, required=True, help="lines to write")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--planted",
            type=float,
            default=0.01,
            help="share of lines that belong to planted cases, 0 to 0.5 (default 0.01)",
        )
        parser.add_argument(
            "--traps",
            type=float,
            default=_DEFAULT_TRAPS,
            help="share of lines that belong to traps, 0 to 0.5 (default 0.01)",
        )
        parser.add_argument("--from", dest="first", required=True, metavar="DATE", type=_day)
        parser.add_argument("--to", dest="last", required=True, metavar="DATE", type=_day)
        parser.add_argument(
            "--kinds", default="", help=f"only these, by commas: {', '.join(ALL_CODES)}"
        )
        parser.add_argument(
            "--processes", type=int, default=len(os.sched_getaffinity(0)), help="default: all cores"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = _settings(options)
        out: Path = options["out"]
        if out.suffix != _SUFFIX:
            raise CommandError(f"{out}: the name must end in {_SUFFIX}")
        if options["processes"] < 1:
            raise CommandError("--processes must be at least 1")
        try:
            materials = read_materials(
                Path(settings.TARGETING["FIXTURES_DIR"]),
                seed=run.seed,
                count=run.count,
                first_day=run.first_day,
            )
            generator = Generator(run, materials)
            # Nothing built so far is ever garbage: collecting it would cost time in every
            # process, and unshare the pages of forked ones.
            gc.freeze()
            self._write(generator, run, out, options["processes"])
        except (InvalidList, OSError) as error:
            raise CommandError(f"{out}: {error}") from error
        self.stdout.write(f"{run.count} declarations in {out}")

    def _write(self, generator: Generator, run: Settings, out: Path, processes: int) -> None:
        """Write under temporary names; rename when all files are complete."""
        stem = out.with_suffix("")
        partial = {ending: Path(f"{stem}{ending}.partial") for ending in ENDINGS}
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(),
        )  # fmt: skip
        console = Console(file=self.stderr)  # type: ignore[arg-type]
        try:
            with ExitStack() as stack:
                files: dict[str, IO[bytes]] = {
                    ending: stack.enter_context(path.open("wb")) for ending, path in partial.items()
                }
                for ending, head in generator.heads().items():
                    files[ending].write(head)
                # The workers are forked before the bar starts its thread.
                outputs = stack.enter_context(_Outputs(generator, run.blocks, processes))
                progress = stack.enter_context(Progress(*columns, console=console))
                task = progress.add_task("declarations", total=run.count)
                for output in outputs:
                    for ending, piece in output.pieces.items():
                        files[ending].write(piece)
                    progress.advance(task, output.lines)
            for ending, path in partial.items():
                path.replace(f"{stem}{ending}")
        finally:
            for path in partial.values():
                path.unlink(missing_ok=True)


class _Outputs:
    """Blocks in order, made here or by forked processes, a few ahead of the writer."""

    def __init__(self, generator: Generator, blocks: int, processes: int) -> None:
        self._generator = generator
        self._blocks = blocks
        self._processes = min(processes, blocks)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Iterator[Output]:
        if self._processes == 1:
            return map(self._generator.block, range(self._blocks))
        global _generator
        _generator = self._generator
        # Forked, so that what was built is shared and not sent.
        self._pool = ProcessPoolExecutor(self._processes, mp_context=get_context("fork"))
        return self._ahead(self._pool)

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def _ahead(self, pool: ProcessPoolExecutor) -> Iterator[Output]:
        waiting: deque[Future[Output]] = deque()
        for number in range(self._blocks):
            waiting.append(pool.submit(_block, number))
            if len(waiting) > self._processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _block(number: int) -> Output:
    assert _generator is not None  # noqa: S101 - set before the fork
    return _generator.block(number)


def _settings(options: dict[str, Any]) -> Settings:
    """The run that the arguments ask for; CommandError says what is wrong and allowed."""
    first, last = options["first"], options["last"]
    if first > last:
        raise CommandError(f"--from {first} lies after --to {last}")
    if options["count"] < 1:
        raise CommandError("--count must be at least 1")
    for name in ("planted", "traps"):
        if not 0 <= options[name] <= _MOST:
            raise CommandError(f"--{name} {options[name]}: allowed is 0 to {_MOST}")
    codes = [code.strip() for code in options["kinds"].split(",") if code.strip()]
    try:
        plants, traps = chosen(codes)
    except ValueError as error:
        raise CommandError(f"unknown kind: {error}; allowed: {', '.join(ALL_CODES)}") from error
    return Settings(
        seed=options["seed"],
        count=options["count"],
        first_day=first,
        last_day=last,
        rates=Rates(options["planted"], options["traps"]),
        kinds=Kinds(plants, traps),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
