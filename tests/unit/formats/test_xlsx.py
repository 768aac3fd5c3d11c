"""Workbooks: the same declarations as in CSV, and what means harm."""

import io
import tracemalloc
import zipfile

import pytest

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import format_by_key
from shipments.domain.formats.mapping import mapping_by_key
from tests.unit.formats.golden import DECLARATIONS, FIXTURES

MAPPING = mapping_by_key(FIXTURES / "mappings", "generic_csv")
OK = (DECLARATIONS / "xlsx" / "ok.xlsx").read_bytes()
SHEET = "xl/worksheets/sheet1.xml"


def read(key: str, content: bytes):
    return list(format_by_key(key).parse(io.BytesIO(content), mapping=MAPPING))


def with_sheet(sheet: bytes) -> bytes:
    """The good workbook with another sheet in it."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(OK)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, sheet if name == SHEET else source.read(name))
    return packed.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """The good workbook with a part more."""
    packed = io.BytesIO(OK)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_workbook_when_it_holds_the_rows_of_a_csv_then_the_same_declarations() -> None:
    csv_rows = (DECLARATIONS / "csv" / "ok.csv").read_bytes()
    expected = [place.declaration for place in read("csv", csv_rows)]
    assert [place.declaration for place in read("xlsx", OK)] == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "archive_invalid"),
        (OK[:2000], "archive_invalid"),
        (with_sheet(b"<worksheet"), "workbook_invalid"),
        (
            with_sheet(b"<worksheet><sheetData><row><c r='XFD1048576'><v>1</v></c></row>"),
            "workbook_too_large",
        ),
        (with_sheet(b" " * (32 * 1024 * 1024)), "archive_expands_too_much"),
        (with_sheet(b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"), "xml_doctype_refused"),
        (with_part("xl/vbaProject.bin", b"x"), "workbook_part_refused"),
        (with_part("xl/embeddings/a.zip", b"x"), "workbook_part_refused"),
    ],
    ids=["empty", "cut", "no sheet", "one far cell", "bomb", "entities", "macros", "archive"],
)
def test_workbook_when_hostile_then_a_documented_code(content: bytes, code: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile) as caught:
            read("xlsx", content)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert caught.value.code == code
    assert peak < 16 * 1024 * 1024
