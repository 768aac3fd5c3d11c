"""Empty, hostile and huge files of every format: the codes of each, and bounded memory."""

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import FORMATS, format_by_key
from shipments.domain.formats.base import IntakeFormat
from shipments.domain.formats.mapping import mapping_by_key
from tests.unit.formats.golden import CONTEXT, DECLARATIONS, FIXTURES
from tests.unit.formats.test_hostile_values import MAPPING, MEGABYTE, build
from tests.unit.formats.test_xml_hostile import Pieces, archive

every_format = pytest.mark.parametrize("intake_format", FORMATS, ids=lambda member: member.key)


def codes_of(intake_format: IntakeFormat, content: bytes, mapping_key: str | None) -> list[str]:
    """The codes of all issues in their order, at the end that of the fault of the file."""
    mapping = mapping_by_key(FIXTURES / "mappings", mapping_key) if mapping_key else None
    codes: list[str] = []
    try:
        for place in intake_format.parse(io.BytesIO(content), mapping=mapping, context=CONTEXT):
            codes.extend(issue.code for issue in place.issues)
    except UnreadableFile as fault:
        codes.append(f"file: {fault.code}")
    return codes


@pytest.mark.parametrize("name", ["empty", "hostile"])
@every_format
def test_fixture_when_empty_or_hostile_then_the_expected_codes(intake_format, name: str) -> None:
    expected = json.loads((DECLARATIONS / intake_format.key / "expected.json").read_text("utf-8"))
    (path,) = (DECLARATIONS / intake_format.key).glob(f"{name}.*")
    tracemalloc.start()
    try:
        codes = codes_of(intake_format, path.read_bytes(), expected.get("mapping"))
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert codes == expected[name]
    assert peak < 16 * MEGABYTE


COUNT = 1_000


def huge(key: str) -> Iterator[bytes]:
    """A file of 1,000 declarations that nobody holds as a whole."""
    one = build(key)
    if key == "json":
        yield b"[" + one
        yield from (b"," + one for _ in range(COUNT - 1))
        yield b"]"
    elif key == "ndjson":
        yield from (one + b"\n" for _ in range(COUNT))
    elif key == "csv":
        header, *rows = one.split(b"\n")
        yield header + b"\n"
        for number in range(COUNT):
            yield b"".join(b"%d" % number + row[1:] + b"\n" for row in rows)
    elif key == "cusdec":
        yield from (one for _ in range(COUNT))
    else:
        yield b"<r>"
        yield from (one for _ in range(COUNT))
        yield b"</r>"


@pytest.mark.parametrize("key", ["json", "ndjson", "csv", "cusdec", "eaeu", "asycuda", "wco"])
def test_huge_file_when_read_then_memory_is_that_of_one_declaration(key: str) -> None:
    stream = io.BufferedReader(Pieces(huge(key)))
    mapping = MAPPING if key == "csv" else None
    places = 0
    tracemalloc.start()
    try:
        for place in format_by_key(key).parse(stream, mapping=mapping, context=CONTEXT):
            assert place.declaration is not None
            places += 1
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert places == COUNT
    assert peak < 8 * MEGABYTE


def test_huge_archive_when_read_then_memory_is_that_of_one_declaration() -> None:
    content = archive([(f"{n}.ndjson", b"".join(huge("ndjson"))) for n in range(2)])
    tracemalloc.start()
    try:
        places = sum(1 for _ in format_by_key("zip").parse(io.BytesIO(content), context=CONTEXT))
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert places == 2 * COUNT
    assert peak < 8 * MEGABYTE
