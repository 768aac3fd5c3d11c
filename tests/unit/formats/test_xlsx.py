"""Workbooks: the same declarations as in CSV, and what means harm."""

import contextlib
import io
import tracemalloc
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import format_by_key
from shipments.domain.formats.mapping import mapping_by_key
from shipments.domain.workbooks import cell_text, read_first_sheet
from tests.unit.formats.golden import DECLARATIONS, FIXTURES

MAPPING = mapping_by_key(FIXTURES / "mappings", "generic_csv")
OK = (DECLARATIONS / "xlsx" / "ok.xlsx").read_bytes()
SHEET = "xl/worksheets/sheet1.xml"
TOO_LARGE = "workbook_too_large"
CELL = b"<c><v>1</v></c>"
WIDE = b"<row r='1'><c r='Z1'><v>1</v></c></row>"
SHARED = b"<c t='s'><v>0</v></c>"


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
    with (
        warnings.catch_warnings(action="ignore", category=UserWarning),  # one that stands twice
        zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive,
    ):
        archive.writestr(name, content)
    return packed.getvalue()


def sheet_of(rows: bytes) -> bytes:
    return b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"


def with_shared_text(text: bytes, cells: bytes) -> bytes:
    """A workbook whose cells refer to one text, and which says so where it must."""
    packed = io.BytesIO()
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    schema = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    related = b'<Relationship Id="rId99" Type="' + schema + b'sharedStrings"'
    related += b' Target="sharedStrings.xml"/></Relationships>'
    changes = {
        "[Content_Types].xml": (b"</Types>", named),
        "xl/_rels/workbook.xml.rels": (b"</Relationships>", related),
    }
    with (
        zipfile.ZipFile(io.BytesIO(OK)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = sheet_of(cells) if name == SHEET else source.read(name)
            if name != "xl/sharedStrings.xml":
                target.writestr(name, content.replace(*changes.get(name, (b"\0", b"\0"))))
        target.writestr("xl/sharedStrings.xml", b"<sst><si><t>" + text + b"</t></si></sst>")
    return packed.getvalue()


SHOWN_ONCE = b"<row r='1'><c r='A1' t='s'><v>0</v></c></row>"


def test_shared_text_when_shown_then_read_as_any_other() -> None:
    (row,) = read_first_sheet(io.BytesIO(with_shared_text(b"Acetone", SHOWN_ONCE)))
    assert row == (1, ["Acetone"])


def test_cells_without_places_when_read_then_one_behind_the_other() -> None:
    """Some programs leave the places out; they are measured and read alike."""
    rows = b"<row><c><v>1</v></c><c><v>2</v></c></row><row r='4'><c><v>3</v></c></row>"
    read = list(read_first_sheet(io.BytesIO(with_sheet(sheet_of(rows)))))
    assert read == [(1, [1.0, 2.0]), (2, ["", ""]), (3, ["", ""]), (4, [3.0, ""])]


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
        (with_sheet(sheet_of(b"<row r='1048576'><c><v>1</v></c></row>" + WIDE)), TOO_LARGE),
        (with_sheet(sheet_of(b"<row><c r='xfd1048576'><v>1</v></c></row>")), TOO_LARGE),
        (with_sheet(sheet_of(b"<row><c x='>' r='XFD1048576'><v>1</v></c></row>")), TOO_LARGE),
        (with_sheet(sheet_of(b"<row><c r='&#88;FD1048576'><v>1</v></c></row>")), TOO_LARGE),
        (with_sheet(sheet_of(b"<row/>" * 5_000 + b"<row>" + CELL * 1_001 + b"</row>")), TOO_LARGE),
        (with_sheet(sheet_of(b"<row><c r='1A'><v>1</v></c></row>")), "workbook_invalid"),
        (with_sheet(sheet_of(SHOWN_ONCE)), "workbook_invalid"),
        (with_sheet(b"\xff\xfe" + sheet_of(b"").decode().encode("utf-16-le")), "workbook_invalid"),
        (with_sheet(b"<a>" * 200), "nesting_too_deep"),
        (with_sheet(b"<a>" + b"".join(b"<b%d/>" % n for n in range(10_001))), "xml_too_many_names"),
        (with_sheet(b"<a b='" + b"x" * 2_000_000 + b"'/>"), "xml_token_too_long"),
        (with_shared_text(b"x" * 30_000, b"<row>" + SHARED * 4_000 + b"</row>"), TOO_LARGE),
        (with_part(SHEET, b"<worksheet/>"), "workbook_part_refused"),
        (with_part("xl/media/image1.png", sheet_of(b"")), "workbook_part_refused"),
        (with_sheet(b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"), "xml_doctype_refused"),
        (with_part("xl/vbaProject.bin", b"x"), "workbook_part_refused"),
        (with_part("xl/embeddings/a.zip", b"x"), "workbook_part_refused"),
    ],
    ids=[
        *("empty", "cut", "no sheet", "one far cell", "bomb"),
        *("far row", "small letters", "greater-than", "reference", "rows without places"),
        *("no place", "no such text", "other encoding", "depth", "names", "token"),
        *("shared text", "twice", "hidden sheet", "entities", "macros", "archive"),
    ],
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


PLACES = ["A1", "B1", "AB3", "b2", "A0", "A1048577", "XFE1", "1", "A", "$A$1", "A1:B2", "", "-1"]
KINDS = ["s", "b", "e", "n", "d", "str", "inlineStr", "", "x"]
VALUES = ["0", "1", "-1", "1e400", "nan", "", " ", "1.5", "99999999999999999999", "2958466", "-0.5"]
VALUES += ["TRUE", "2025-11-12T10:00:00Z", "2025-02-31", "#N/A", "#REF!", "x", "\u0456", "&#13;"]
SHAPES = ["<v>{}</v>", "<is><t>{}</t></is>", "<f>1</f><v>{}</v>", "<v>{0}</v><v>{0}</v>"]
SHAPES += ["<x:v>{}</x:v>", "<v><a>{}</a></v>", "{}"]


@st.composite
def hostile_cells(draw: st.DrawFn) -> str:
    attributes = {
        "r": draw(st.none() | st.sampled_from(PLACES)),
        "t": draw(st.none() | st.sampled_from(KINDS)),
        "s": draw(st.none() | st.sampled_from(["0", "1", "99999", "-1", "x"])),
    }
    written = "".join(f" {key}='{value}'" for key, value in attributes.items() if value is not None)
    value = draw(st.sampled_from(VALUES))
    return f"<c{written}>{draw(st.sampled_from(SHAPES)).format(value)}</c>"


@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.sampled_from(["1", "3", "0", "-1", "x", "1048577"]),
            st.lists(hostile_cells(), max_size=4),
        ),
        max_size=4,
    )
)
@settings(max_examples=200, deadline=None)
def test_arbitrary_cells_when_read_then_rows_or_a_documented_code(rows) -> None:
    """What is well-formed and means nothing: nothing but UnreadableFile comes out of a reader."""
    sheet = "<worksheet xmlns:x='a'><sheetData>"
    for place, cells in rows:
        sheet += "<row>" if place is None else f"<row r='{place}'>"
        sheet += "".join(cells) + "</row>"
    sheet += "</sheetData></worksheet>"
    content = with_sheet(sheet.encode())
    with contextlib.suppress(UnreadableFile):
        for _, read_cells in read_first_sheet(io.BytesIO(content)):
            assert all(isinstance(cell_text(cell), str) for cell in read_cells)
    with contextlib.suppress(UnreadableFile):
        read("xlsx", content)
