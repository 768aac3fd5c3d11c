"""Reading messages: goods items a processor second of each format, beside a bare reader."""

import csv
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from xml.parsers import expat

import msgspec
from django.conf import settings
from python_calamine import CalamineWorkbook

from shipments.domain.formats import format_by_key
from shipments.domain.formats.base import MappingUse
from shipments.domain.formats.mapping import CsvMapping, mapping_by_key
from targeting.management.benchmarks.base import Bench, Part, Result, peak_memory_mb
from targeting.management.benchmarks.data import declarations_file
from targeting.management.benchmarks.written import MAPPING, write_declarations

ITEMS = 2_000
_REPEATS = 3


def run(bench: Bench) -> Result:
    source = declarations_file(bench.items or ITEMS, bench)
    mapping = table_mapping()
    rows: list[tuple[str, ...]] = []
    for key in _PEERS:
        bench.tell(f"reading {key}")
        target = bench.folder / f"declarations.{key}"
        write_declarations(key, declarations_in(source.path), target, mapping)
        rows.append(_row(key, target.read_bytes(), mapping))
    return Result(
        title="formats",
        notes=(
            f"{source.items:,} goods items ({source.name}) written in every format (what it has"
            " no place for left out), parsed and checked, nothing stored; processor time of one"
            " process, median of three in turns with the peer. The peer reads the same bytes with"
            " the parser alone: it knows no field, checks nothing, keeps no issue and no place."
            f" Peak memory of the process {peak_memory_mb():.0f} MB."
        ),
        columns=("format", "bytes an item", "items/s", "peer", "peer, items/s", "times peer"),
        rows=tuple(rows),
    )


def table_mapping() -> CsvMapping:
    """The mapping by which tables are written and read."""
    return mapping_by_key(Path(settings.TARGETING["FIXTURES_DIR"]) / "mappings", MAPPING)


def declarations_in(path: Path) -> Iterator[dict[str, Any]]:
    """The declarations of an NDJSON file."""
    with path.open("rb") as stream:
        for line in stream:
            yield msgspec.json.decode(line)


def _row(key: str, content: bytes, mapping: CsvMapping) -> tuple[str, ...]:
    name, bare = _PEERS[key]
    ours, theirs, items = [], [], 0
    for _ in range(_REPEATS):
        items, taken = _timed(lambda: _parse(key, content, mapping))
        ours.append(taken)
        theirs.append(_timed(lambda: bare(content))[1])
    rate, peer = items / median(ours), items / max(median(theirs), 1e-6)
    size = f"{len(content) / items:,.0f}"
    return (key, size, f"{rate:,.0f}", name, f"{peer:,.0f}", f"{peer / rate:.1f}")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


def _parse(key: str, content: bytes, mapping: CsvMapping) -> int:
    """The goods items read; raises ValueError where the bench wrote what cannot be read."""
    intake = format_by_key(key)
    used = None if intake.mapping_use is MappingUse.REFUSED else mapping
    items = 0
    for place in intake.parse(io.BytesIO(content), mapping=used):
        if place.declaration is None:
            raise ValueError(f"{key}, line {place.line}: {place.issues}")
        items += len(place.declaration.items)
    return items


def _expat(content: bytes) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, __: None
    parser.EndElementHandler = lambda _: None
    parser.CharacterDataHandler = lambda _: None
    parser.Parse(content, True)


def _lines(content: bytes) -> None:
    decode = msgspec.json.Decoder().decode
    for line in io.BytesIO(content):
        decode(line)


def _csv(content: bytes) -> None:
    for _ in csv.reader(io.StringIO(content.decode()), delimiter=";"):
        pass


def _workbook(content: bytes) -> None:
    CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def _segments(content: bytes) -> None:
    for segment in content.decode().split("'"):
        segment.split("+")


_EXPAT = ("expat, empty handlers", _expat)
_PEERS: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "json": ("msgspec decoding", msgspec.json.decode),
    "ndjson": ("msgspec decoding", _lines),
    "csv": ("csv.reader", _csv),
    "xlsx": ("calamine", _workbook),
    "eaeu": _EXPAT,
    "asycuda": _EXPAT,
    "wco": _EXPAT,
    "cusdec": ("splitting at ' and +", _segments),
}

PART = Part(
    name="formats",
    summary="goods items a processor second of each format, beside a bare reader of its bytes",
    needs_database=False,
    run=run,
)
