"""Build the shared large data set of this machine, part by part."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from risk.domain.proving.blocks import ENDINGS, Generator
from risk.domain.proving.blocks import Settings as RunSettings
from risk.domain.proving.kinds import chosen
from risk.domain.proving.materials import read_materials
from risk.domain.proving.plan import Kinds, Rates
from targeting.management.datasets import (
    SHARED,
    DatasetDigests,
    PartDigest,
    count_items,
    read_digests,
    shared_folder,
    write_digests,
)

SEED = 20260101
ITEMS = 1_000_000
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2025, 12, 31)
RATES = Rates(0.01, 0.01)
PART_BLOCKS = 25
"""A part is 25,000 declarations: a file that the API takes as one batch."""

_DECLARATIONS, _TRUTH = ".ndjson", ".truth.csv"


class Command(BaseCommand):
    help = (
        "Build the shared data set for load figures into TARGETING_DATA_DIR/datasets: one seeded"
        " set of generated declarations with its truth, the same on every machine. Interrupted, it"
        " goes on behind the parts that are finished; finished, it says so. `make dataset` runs it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, default=ITEMS, help=f"default: {ITEMS}")
        parser.add_argument("--seed", type=int, default=SEED, help=f"default: {SEED}")
        parser.add_argument(
            "--processes", type=int, default=len(os.sched_getaffinity(0)), help="default: all cores"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = shared_folder()
        if options["items"] < 1 or options["processes"] < 1:
            raise CommandError("--items and --processes must be at least 1")
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            digests = read_digests(folder)
            if digests and (digests.seed, digests.planned_items) != (
                options["seed"],
                options["items"],
            ):
                raise CommandError(
                    f"{folder} holds {digests.planned_items} items of seed {digests.seed}:"
                    " delete the folder first"
                )
            if digests and digests.is_complete and _truth_file(folder).exists():
                self.stdout.write(f"it is there: {_said(digests, folder)}")
                return
            digests = digests or DatasetDigests(
                seed=options["seed"], planned_items=options["items"]
            )
            if not digests.is_complete:
                digests = self._build(digests, folder, options["processes"])
            _tidy(folder, digests)
        self.stdout.write(f"built: {_said(digests, folder)}")

    def _build(self, digests: DatasetDigests, folder: Path, processes: int) -> DatasetDigests:
        global _generator
        run = _run_of(digests.seed, digests.planned_items)
        _generator = _generator_of(run)
        first = len(digests.parts)
        places = range(first, -(-run.blocks // PART_BLOCKS))
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        # Forked, so that what was built is shared and not sent. Parts that were begun are waited
        # for: a process that is killed as it answers can leave the others waiting for ever.
        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            parts = pool.map(partial(_write_part, folder, run.blocks), places)
            console = Console(file=self.stderr)  # type: ignore[arg-type]
            with Progress(*columns, console=console) as progress:
                task = progress.add_task("items", total=digests.planned_items)
                progress.update(task, completed=digests.items)
                for part in parts:
                    digests = msgspec.structs.replace(digests, parts=(*digests.parts, part))
                    write_digests(folder, digests)
                    progress.update(task, completed=digests.items)
                    if digests.is_complete:
                        pool.shutdown(cancel_futures=True)
                        break
        return digests


_generator: Generator | None = None


def _generator_of(run: RunSettings) -> Generator:
    materials = read_materials(
        Path(settings.TARGETING["FIXTURES_DIR"]),
        seed=run.seed,
        count=run.count,
        first_day=run.first_day,
    )
    return Generator(run, materials)


def _run_of(seed: int, items: int) -> RunSettings:
    """As many declarations as hold the wanted items, told from one block of a like run."""
    plants, traps = chosen([])
    run = RunSettings(
        seed=seed,
        count=items,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        rates=RATES,
        kinds=Kinds(plants, traps),
    )
    block = _generator_of(run).block(0)
    declarations, found = count_items(block.pieces[_DECLARATIONS].splitlines())
    # A tenth more than expected; building stops once the items are there.
    return msgspec.structs.replace(run, count=-(-items * declarations * 11 // (found * 10)))


def _write_part(folder: Path, blocks: int, place: int) -> PartDigest:
    """One part with all its files, under temporary names until they are complete."""
    if _generator is None:
        raise RuntimeError("the generator is made before the processes are forked")
    sha256 = hashlib.sha256()
    declarations = items = 0
    names = {ending: _part_file(place, ending) for ending in ENDINGS}
    with ExitStack() as stack:
        files: dict[str, IO[bytes]] = {
            ending: stack.enter_context((folder / f"{name}.partial").open("wb"))
            for ending, name in names.items()
        }
        if place == 0:
            for ending, head in _generator.heads().items():
                files[ending].write(head)
        for number in range(place * PART_BLOCKS, min((place + 1) * PART_BLOCKS, blocks)):
            output = _generator.block(number)
            for ending, piece in output.pieces.items():
                files[ending].write(piece)
            counted = count_items(output.pieces[_DECLARATIONS].splitlines())
            declarations, items = declarations + counted[0], items + counted[1]
            sha256.update(output.pieces[_DECLARATIONS])
    for name in names.values():
        (folder / f"{name}.partial").replace(folder / name)
    return PartDigest(
        file=names[_DECLARATIONS],
        declarations=declarations,
        items=items,
        sha256=sha256.hexdigest(),
    )


def _tidy(folder: Path, digests: DatasetDigests) -> None:
    """Truth, outcomes and registers of all parts in one file each; the declarations stay apart.

    Parts that were begun ahead and are not needed go. The truth comes last: where it is,
    all is.
    """
    for ending in sorted(ENDINGS, key=lambda ending: ending == _TRUTH):
        if ending != _DECLARATIONS:
            with (folder / f"{SHARED}{ending}").open("wb") as joined:
                for place in range(len(digests.parts)):
                    joined.write((folder / _part_file(place, ending)).read_bytes())
    kept = {part.file for part in digests.parts}
    for path in folder.glob("part-*"):
        if path.name not in kept:
            path.unlink()


def _truth_file(folder: Path) -> Path:
    return folder / f"{SHARED}{_TRUTH}"


def _part_file(place: int, ending: str) -> str:
    return f"part-{place:03}{ending}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One builder at a time; another one waits here and finds the work done."""
    with (folder / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _said(digests: DatasetDigests, folder: Path) -> str:
    declarations = sum(part.declarations for part in digests.parts)
    return (
        f"{digests.items:,} items in {declarations:,} declarations, {len(digests.parts)} files"
        f" and their truth in {folder}"
    )
