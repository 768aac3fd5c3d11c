"""Finding the format of a file."""

import io

import pytest

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import FORMATS, detect_format, format_by_key
from shipments.domain.formats.mapping import ColumnSource, CsvMapping


@pytest.mark.parametrize("intake_format", FORMATS, ids=lambda member: member.key)
def test_format_by_key_when_registered_then_found(intake_format) -> None:
    assert format_by_key(intake_format.key) is intake_format


def test_format_by_key_when_unknown_then_names_the_known() -> None:
    with pytest.raises(InvalidValue) as caught:
        format_by_key("docx")
    assert caught.value.code == "format_unknown"
    assert caught.value.params["allowed"] == "json, ndjson, csv"


@pytest.mark.parametrize(
    ("file_name", "content_type", "head", "key"),
    [
        ("a.json", "", b'[{"a": 1}]', "json"),
        ("a.json", "", b"", "json"),
        ("a.json", "", b'{\n "a": 1}', "json"),
        ("a.json", "", b'{"a": 1}\n{"a": 2}', "ndjson"),
        ("a.jsonl", "", b'\xef\xbb\xbf{"a": 1}', "ndjson"),
        ("noname", "application/x-ndjson; charset=utf-8", b"", "ndjson"),
        ("A.CSV", "application/octet-stream", b"Number;Date", "csv"),
        ("upload", "text/csv", b"a,b", "csv"),
    ],
)
def test_detect_format_when_recognisable_then_key(file_name, content_type, head, key) -> None:
    assert detect_format(file_name, content_type, head).key == key


@pytest.mark.parametrize(
    ("file_name", "head"),
    [("book.xlsx", b"PK\x03\x04"), ("a.csv", b"\x1f\x8b\x08"), ("x", b"hello")],
)
def test_detect_format_when_not_ours_then_format_unknown(file_name: str, head: bytes) -> None:
    with pytest.raises(InvalidValue) as caught:
        detect_format(file_name, "", head)
    assert caught.value.code == "format_unknown"


def test_parse_when_mapping_missing_or_refused_then_raises_at_once() -> None:
    mapping = CsvMapping(key="m", columns={"accepted_at": ColumnSource(column="d")})
    for intake_format in FORMATS:
        needs_mapping = intake_format.key == "csv"
        with pytest.raises(InvalidValue) as caught:
            intake_format.parse(io.BytesIO(b""), mapping=None if needs_mapping else mapping)
        assert caught.value.code == ("mapping_required" if needs_mapping else "mapping_refused")
