"""Finding the format of a file."""

import io

import pytest

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import FORMATS, detect_format, format_by_key
from shipments.domain.formats.base import MappingUse
from shipments.domain.formats.mapping import ColumnSource, CsvMapping

KEYS = "json, ndjson, csv, eaeu, asycuda, wco, cusdec, xlsx, zip"


@pytest.mark.parametrize("intake_format", FORMATS, ids=lambda member: member.key)
def test_format_by_key_when_registered_then_found(intake_format) -> None:
    assert format_by_key(intake_format.key) is intake_format


def test_format_by_key_when_unknown_then_names_the_known() -> None:
    with pytest.raises(InvalidValue) as caught:
        format_by_key("docx")
    assert caught.value.code == "format_unknown"
    assert caught.value.params["allowed"] == KEYS


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
        ("x", "", b"<?xml version='1.0'?><!-- a --><e:ED_Container xmlns:e='u'>", "eaeu"),
        ("x.txt", "", b"\xef\xbb\xbf<ESADout_CU>", "eaeu"),
        ("x", "", "\ufeff<n:ESADout_CU ".encode("utf-16-le"), "eaeu"),
        ("x.xml", "", b"<ASYCUDA id='1'>", "asycuda"),
        ("x.xml", "", b"<r><m:MetaData><Declaration>", "wco"),
        ("x.xml", "", b"<MetaData><p:Declaration xmlns:p='u'", "wco"),
        ("x", "", b"UNB+UNOA:1+", "cusdec"),
        ("x.txt", "", b"UNA:+.? '", "cusdec"),
        ("x", "", b"PK\x03\x04", "zip"),
        ("x.XLSX", "", b"PK\x03\x04", "xlsx"),
        ("x", "", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "xlsx"),
    ],
)
def test_detect_format_when_recognisable_then_key(file_name, content_type, head, key) -> None:
    assert detect_format(file_name, content_type, head).key == key


@pytest.mark.parametrize(
    ("file_name", "head"),
    [
        ("a.csv", b"\x1f\x8b\x08"),
        ("x", b"hello"),
        ("a.xml", b"<?xml version='1.0'?><html/>"),
    ],
)
def test_detect_format_when_not_ours_then_format_unknown(file_name: str, head: bytes) -> None:
    with pytest.raises(InvalidValue) as caught:
        detect_format(file_name, "", head)
    assert caught.value.code == "format_unknown"


def test_parse_when_mapping_missing_or_refused_then_raises_at_once() -> None:
    mapping = CsvMapping(key="m", columns={"accepted_at": ColumnSource(column="d")})
    for intake_format in FORMATS:
        if intake_format.mapping_use is MappingUse.OPTIONAL:
            continue
        needs_mapping = intake_format.mapping_use is MappingUse.REQUIRED
        with pytest.raises(InvalidValue) as caught:
            intake_format.parse(io.BytesIO(b""), mapping=None if needs_mapping else mapping)
        assert caught.value.code == ("mapping_required" if needs_mapping else "mapping_refused")
