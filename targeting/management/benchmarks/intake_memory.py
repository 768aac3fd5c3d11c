"""Memory of reading a file, whatever its size: a process of its own for each format and size."""

import multiprocessing
import zipfile
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from shipments.domain.formats import format_by_key
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.workbook_bounds import MAX_EXPANDED_BYTES
from targeting.management.benchmarks.base import (
    Bench,
    Part,
    Result,
    forget_peak_memory,
    peak_memory_mb,
)
from targeting.management.benchmarks.data import declarations_file
from targeting.management.benchmarks.formats import declarations_in, table_mapping
from targeting.management.benchmarks.written import write_declarations

MEGABYTE = 1024 * 1024
# One declaration after the other, so that a file may have any size.
STREAMED = ("ndjson", "json", "csv", "eaeu", "asycuda", "wco", "cusdec")
WORKBOOK = "xlsx"
MEGABYTES = 50  # all formats in minutes; 1024 shows the bar itself, in more than ten
_SEED_ITEMS = 2_000
_SMALL_SHARE = 10
_OF_THE_BOUND = 0.98


def run(bench: Bench) -> Result:
    source = declarations_file(_SEED_ITEMS, bench)
    declarations = list(declarations_in(source.path))
    rows = []
    for key in [bench.format] if bench.format else (*STREAMED, WORKBOOK):
        for share in (_SMALL_SHARE, 1):
            target = bench.folder / f"large.{key}"
            if key == WORKBOOK:
                _write_workbook(declarations, target, share)
            else:
                _write(key, declarations, target, (bench.megabytes or MEGABYTES) // share or 1)
            bench.tell(f"reading {target.stat().st_size // MEGABYTE} MB of {key}")
            rows.append(_measured(key, target))
            target.unlink()
    return Result(
        # One format alone has a section of its own.
        title=", ".join(filter(None, ("intake_memory", bench.format))),
        notes=(
            f"A file of this size ({source.name}, repeated under numbers of their own) parsed and"
            " checked to its end in a process of its own, beside the same process before it read"
            " the first byte, modules loaded. The bar: 400 MB above the idle size at 1 GB. A"
            f" workbook is not streamed: the largest one has {MAX_EXPANDED_BYTES // MEGABYTE} MB of"
            " expanded parts, and that one is read here."
        ),
        columns=("format", "file, MB", "places", "idle, MB", "peak, MB", "above idle, MB"),
        rows=tuple(rows),
    )


def _numbered(declarations: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The declarations again and again, each under a number of its own; without an end."""
    for number, declaration in enumerate(cycle(declarations)):
        office, _, rest = declaration["registration_number"].partition("/")
        day, _, _ = rest.partition("/")
        yield declaration | {"registration_number": f"{office}/{day}/{number:07d}"}


def _write(key: str, declarations: list[dict[str, Any]], target: Path, megabytes: int) -> None:
    """A file of at least this size, never held as a whole."""

    def until_large() -> Iterator[dict[str, Any]]:
        for number, declaration in enumerate(_numbered(declarations)):
            is_time = number % 500 == 0 and target.exists()
            if is_time and target.stat().st_size >= megabytes * MEGABYTE:
                return
            yield declaration

    write_declarations(key, until_large(), target, table_mapping())


def _write_workbook(declarations: list[dict[str, Any]], target: Path, share: int) -> None:
    """The largest workbook that is read, or this share of it."""
    write_declarations(WORKBOOK, declarations, target, table_mapping())
    with zipfile.ZipFile(target) as archive:
        expanded = sum(part.file_size for part in archive.infolist())
    count = int(_OF_THE_BOUND * MAX_EXPANDED_BYTES / expanded * len(declarations)) // share
    write_declarations(WORKBOOK, islice(_numbered(declarations), count), target, table_mapping())


def _measured(key: str, target: Path) -> tuple[str, ...]:
    mapping = table_mapping() if key in ("csv", WORKBOOK) else None
    # The child shares what the parent has loaded, as a worker's process does.
    with multiprocessing.get_context("fork").Pool(1) as pool:
        places, idle, peak = pool.apply(_read, (key, target, mapping))
    size = target.stat().st_size // MEGABYTE
    return (key, str(size), f"{places:,}", f"{idle:.0f}", f"{peak:.0f}", f"{peak - idle:.0f}")


def _read(key: str, target: Path, mapping: CsvMapping | None) -> tuple[int, float, float]:
    """Places read, and the resident size in megabytes before the first byte and at its peak."""
    forget_peak_memory()
    idle = peak_memory_mb()
    places = 0
    with target.open("rb") as stream:
        for place in format_by_key(key).parse(stream, mapping=mapping):
            if place.declaration is None:
                raise ValueError(f"{key}, line {place.line}: {place.issues}")
            places += 1
    return places, idle, peak_memory_mb()


PART = Part(
    name="intake_memory",
    summary="peak memory of reading 50 MB of each format and a tenth of it; --format, --megabytes",
    needs_database=False,
    run=run,
)
