"""Whatever comes in, a format answers with places and issues or UnreadableFile."""

import contextlib
import io
import tracemalloc
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import FORMATS, format_by_key
from shipments.domain.formats.base import IntakeFormat, MappingUse
from shipments.domain.formats.json_text import MAX_DECLARATION_BYTES
from shipments.domain.formats.mapping import CsvMapping, mapping_by_key
from shipments.domain.records import ParsedDeclaration

MAPPINGS = Path(__file__).parents[3] / "fixtures" / "mappings"
KOREA = mapping_by_key(MAPPINGS, "wco_korea")
GENERIC = mapping_by_key(MAPPINGS, "generic_csv")
SEVERITIES = {"reject", "quarantine", "warn"}


def mapping_for(intake_format: IntakeFormat) -> CsvMapping | None:
    return KOREA if intake_format.mapping_use is MappingUse.REQUIRED else None


def read(intake_format: IntakeFormat, content: bytes) -> list[ParsedDeclaration]:
    try:
        return list(intake_format.parse(io.BytesIO(content), mapping=mapping_for(intake_format)))
    except UnreadableFile:
        return []


def assert_clean(places: list[ParsedDeclaration]) -> None:
    for place in places:
        assert place.line >= 1
        assert (place.declaration is None) == any(i.severity == "reject" for i in place.issues)
        for issue in place.issues:
            assert issue.severity in SEVERITIES
            assert len(issue.value) <= 200
            for text in (issue.value, issue.field, issue.raw, place.raw):
                assert "\x00" not in text
                text.encode()


@pytest.mark.parametrize("intake_format", FORMATS, ids=lambda member: member.key)
@given(content=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_arbitrary_bytes_when_parsed_then_only_issues(intake_format, content: bytes) -> None:
    assert_clean(read(intake_format, content))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = """
    registration_number accepted_at version document_kind items parties containers extra
    item_number commodity_code description net_mass_kg supplementary_unit country_of_origin
    documents code issued_on role identifiers kind value country package_count
"""
FIELD_NAMES = st.sampled_from(FIELDS.split())
declaration_like = st.recursive(
    json_values | st.sampled_from(["2025-01-01T00:00:00Z", "bin", "importer", "2915240000", 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD_NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(tree=st.dictionaries(FIELD_NAMES, declaration_like, max_size=8))
@settings(max_examples=100, deadline=None)
def test_declaration_like_tree_when_parsed_then_only_issues(tree) -> None:
    line = msgspec.json.encode({"registration_number": "1", **tree})
    assert_clean(read(format_by_key("ndjson"), line))
    assert_clean(read(format_by_key("json"), b"[" + line + b"," + line + b"]"))


@given(
    cells=st.lists(st.lists(st.text(max_size=12), min_size=22, max_size=22), min_size=1, max_size=4)
)
@settings(max_examples=100, deadline=None)
def test_arbitrary_cells_when_parsed_then_only_issues(cells) -> None:
    header = ",".join(str(source.column) for source in KOREA.columns.values())
    rows = "\n".join(",".join(row) for row in cells)
    content = f"{header}\n{rows}".encode("utf-8", "surrogatepass")
    assert_clean(read(format_by_key("csv"), content))


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "windows-1251", "euc-kr", "cp866"])
@given(content=st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_arbitrary_bytes_in_an_encoding_when_parsed_then_only_issues(encoding, content) -> None:
    file = msgspec.structs.replace(KOREA.file, encoding=encoding)
    mapping: CsvMapping = msgspec.structs.replace(KOREA, file=file)
    with contextlib.suppress(UnreadableFile):
        assert_clean(list(format_by_key("csv").parse(io.BytesIO(content), mapping=mapping)))


class Endless(io.RawIOBase):
    """A stream that repeats a pattern up to a size, without ever holding it."""

    def __init__(self, pattern: bytes, size: int) -> None:
        self._pattern = pattern * (65_536 // len(pattern) + 1)
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        count = min(len(buffer), self._left, len(self._pattern))
        buffer[:count] = self._pattern[:count]
        self._left -= count
        return count


KOREA_HEADER = ",".join(str(source.column) for source in KOREA.columns.values()).encode()


@pytest.mark.parametrize("intake_format", FORMATS, ids=lambda member: member.key)
@pytest.mark.parametrize(
    "pattern",
    [b"[", b'{"a":', b'"', b"1", b"1,", b",", b"a,", b"\\", b"{},", b" ", b'"\n', b"\x00"],
    ids=repr,
)
def test_endless_pattern_when_parsed_then_memory_is_bounded(intake_format, pattern: bytes) -> None:
    stream = io.BufferedReader(Endless(pattern, 2 * MAX_DECLARATION_BYTES))
    mapping = mapping_for(intake_format)
    places = 0
    tracemalloc.start()
    try:
        for _ in intake_format.parse(stream, mapping=mapping):
            places += 1
            if places > 2_000:
                break
    except UnreadableFile:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 48 * 1024 * 1024


def test_ndjson_line_when_too_long_then_rejected_and_the_next_is_read() -> None:
    good = b'{"registration_number":"1","accepted_at":"2025-01-01T00:00:00Z",'
    good += b'"items":[{"item_number":1,"description":"x"}]}'
    content = b'{"a":"' + b"x" * (3 * MAX_DECLARATION_BYTES) + b'"}\n' + good
    first, second = read(format_by_key("ndjson"), content)
    assert [issue.code for issue in first.issues] == ["declaration_too_long"]
    assert (second.line, second.declaration is not None) == (2, True)


def test_json_when_many_faults_then_issues_are_cut() -> None:
    documents = b",".join([b"{}"] * 999)
    item = b'{"item_number":%d,"description":"x","documents":[' + documents + b"]}"
    items = b",".join(item % number for number in range(1, 4))
    content = b'{"registration_number":"1","accepted_at":"2025-01-01T00:00:00Z","items":['
    (place,) = read(format_by_key("ndjson"), content + items + b"]}")
    assert place.declaration is not None
    assert len(place.issues) == 1_001
    assert place.issues[-1].code == "issues_cut"
