"""The declarations that the parts measure on: of the shared set, generated, or of the demo."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command, get_commands

from targeting.management.benchmarks.base import Bench
from targeting.management.datasets import SHARED, count_items, shared_parts

GENERATOR = "generate_declarations"
PLANTED_RATE = 0.01


class Source(NamedTuple):
    """An NDJSON file with how many declarations and goods items it holds."""

    path: Path
    declarations: int
    items: int
    name: str


def declarations_file(items: int, bench: Bench) -> Source:
    """A file of so many goods items (of the last declaration perhaps a few more).

    The beginning of the shared data set where it is built; else generated with the
    bench's seed; else, without a generator, the demonstration data, however few they are.
    """
    paths, name = _paths(items, bench)
    target = bench.folder / f"declarations-{items}.ndjson"
    declarations = counted = 0
    with target.open("wb") as stream:
        for line in _lines(paths):
            stream.write(line)
            declarations += 1
            counted += count_items([line])[1]
            if counted >= items:
                break
    return Source(target, declarations, counted, name)


def _paths(items: int, bench: Bench) -> tuple[list[Path], str]:
    if parts := shared_parts():
        return parts, f"the shared data set {SHARED}"
    if GENERATOR in get_commands():
        path = bench.folder / f"generated-{items}.ndjson"
        if not path.exists():
            bench.tell(f"generating {items} declarations")
            call_command(
                GENERATOR,
                f"--count={items}",
                f"--seed={bench.seed}",
                f"--planted={PLANTED_RATE}",
                "--from=2025-01-01",
                "--to=2025-12-31",
                str(path),
                stdout=StringIO(),
            )
        return [path], f"generated with seed {bench.seed}"
    demo = Path(settings.TARGETING["FIXTURES_DIR"]) / "demo"
    return [demo / "declarations.ndjson"], "demonstration data"


def _lines(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as stream:
            yield from stream
