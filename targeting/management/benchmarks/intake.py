"""Reading messages: declarations a second of each format, beside the barest reader of its bytes."""

import csv
import json
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings

from shipments.domain.formats import format_by_key
from shipments.domain.formats.mapping import CsvMapping, mapping_by_key
from shipments.domain.records import ParsedDeclaration
from targeting.management.benchmarks.base import Bench, Part, Result, peak_memory_mb, seconds
from targeting.management.benchmarks.data import declarations_file

SIZES = (10_000, 100_000)
CSV_FILE, CSV_MAPPING = "wco_korea_5000.csv", "wco_korea"


class _Case(NamedTuple):
    """A format with a message of it, and the same bytes read without any check."""

    name: str
    format_key: str
    content: bytes
    mapping: CsvMapping | None
    bare: Callable[[bytes], object]


def run(bench: Bench) -> Result:
    rows: list[tuple[str, ...]] = []
    for size in [bench.items] if bench.items else SIZES:
        rows += _rows(_ndjson(declarations_file(size, bench).path, size), bench)
    small = declarations_file(bench.items or SIZES[0], bench).path
    rows += _rows(_json(small), bench)
    rows += _rows(_csv(), bench)
    rows.append(("peak memory of the process, MB", f"{peak_memory_mb():.0f}", "", ""))
    return Result(
        title="intake",
        notes=(
            "Parsing and checking in one process, nothing stored. The bare reader is `msgspec`"
            " decoding the same JSON into plain objects, or `csv.reader` over the same rows: it"
            " knows no fields, checks nothing and keeps no issue."
        ),
        columns=("format", "declarations/s", "bare reader, declarations/s", "times bare"),
        rows=tuple(rows),
    )


def _rows(case: _Case, bench: Bench) -> list[tuple[str, ...]]:
    bench.tell(f"reading {case.name}")
    count = sum(1 for _ in _parse(case))
    ours = seconds(lambda: sum(1 for _ in _parse(case)))
    bare = seconds(lambda: case.bare(case.content))
    return [(case.name, f"{count / ours:,.0f}", f"{count / bare:,.0f}", f"{ours / bare:.1f}")]


def _parse(case: _Case) -> Iterator[ParsedDeclaration]:
    return format_by_key(case.format_key).parse(BytesIO(case.content), mapping=case.mapping)


def _ndjson(path: Path, size: int) -> _Case:
    decode = msgspec.json.Decoder().decode

    def bare(content: bytes) -> None:
        for line in BytesIO(content):
            decode(line)

    return _Case(f"NDJSON, {size:,} items", "ndjson", path.read_bytes(), None, bare)


def _json(path: Path) -> _Case:
    lines = path.read_text(encoding="utf-8").splitlines()
    content = json.dumps([json.loads(line) for line in lines], ensure_ascii=False).encode()
    return _Case("JSON, an array of the same", "json", content, None, msgspec.json.decode)


def _csv() -> _Case:
    fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
    content = (fixtures / "demo" / CSV_FILE).read_bytes()
    mapping = mapping_by_key(fixtures / "mappings", CSV_MAPPING)

    def bare(content: bytes) -> object:
        return list(csv.reader(StringIO(content.decode())))

    return _Case("CSV, WCO–Korea, 5,000 rows", "csv", content, mapping, bare)


PART = Part(
    name="intake",
    summary="declarations a second of each format, beside a bare reader of the same bytes",
    needs_database=False,
    run=run,
)
