"""What is wrong inside an archive has its file and line, and the files around it are read."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from shipments.domain.formats import FORMATS, format_by_key
from shipments.domain.records import ParsedDeclaration
from tests.unit.formats.golden import CONTEXT
from tests.unit.formats.test_hostile_values import BUILDERS, MAPPING, build

SUFFIXES = {member.key: member.suffixes[0] for member in FORMATS}


def read(files: Mapping[str, bytes], mapping=MAPPING) -> list[ParsedDeclaration]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    stream = io.BytesIO(packed.getvalue())
    return list(format_by_key("zip").parse(stream, mapping=mapping, context=CONTEXT))


def numbers(places: list[ParsedDeclaration]) -> list[str]:
    return [place.declaration.registration_number for place in places if place.declaration]


@pytest.mark.parametrize("key", BUILDERS)
def test_item_when_wrong_in_a_file_then_the_file_stands_before_its_place(key: str) -> None:
    wrong, name = build(key, mass="abc"), f"папка/май{SUFFIXES[key]}"
    places = read({"a.json": build("json"), name: wrong, "z.json": build("json")})
    alone = format_by_key(key)
    mapping = MAPPING if key in ("csv", "xlsx") else None
    (bare,) = alone.parse(io.BytesIO(wrong), mapping=mapping, context=CONTEXT)
    assert len(numbers(places)) == 3
    (issue,) = [issue for issue in places[1].issues if issue.severity == "quarantine"]
    (wanted,) = [issue for issue in bare.issues if issue.severity == "quarantine"]
    assert issue.column == (f"{name}: {wanted.column}" if wanted.column else name)
    assert (issue.line, issue.field, issue.raw) == (wanted.line, wanted.field, wanted.raw)


@pytest.mark.parametrize(
    ("name", "content", "code", "line", "before"),
    [
        ("b.ndjson", build("ndjson") + b'\n{"a":\n' + build("ndjson"), "json_invalid", 2, 2),
        ("b.json", b"[" + build("json") + b",\n" + build("json"), "json_truncated", 2, 1),
        ("b.xml", b"<all>" + build("eaeu") + b"\n<a></b></all>", "xml_invalid", 9, 1),
        ("b.xml", b'<!DOCTYPE a [<!ENTITY b "c">]>\n' + build("wco"), "xml_doctype_refused", 1, 0),
        ("b.edi", build("cusdec") + b"\nUNB+?", "edifact_invalid", 2, 1),
        ("b.csv", b"number;accepted\n7;2025-11-12", "column_missing", 1, 0),
        ("b.xlsx", build("xlsx")[:-40], "archive_invalid", 1, 0),
        ("b.pdf", b"%PDF-1.7", "format_unknown", 1, 0),
        ("b.zip", b"PK\x03\x04", "format_unknown", 1, 0),
        ("b.json", b"", "json_expected", 1, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_file_when_it_cannot_be_read_then_one_place_says_so_and_the_rest_goes_on(
    name: str, content: bytes, code: str, line: int, before: int
) -> None:
    places = read({"a.json": build("json"), name: content, "z.ndjson": build("ndjson")})
    (refused,) = [place for place in places if place.declaration is None]
    issue = refused.issues[0]
    assert (issue.code, issue.column, issue.line) == (code, name, line)
    assert refused.raw
    assert len(numbers(places)) == before + 2


def test_table_when_the_archive_comes_without_a_mapping_then_it_alone_is_refused() -> None:
    places = read({"a.csv": build("csv"), "b.xml": build("wco")}, mapping=None)
    assert [issue.code for issue in places[0].issues] == ["mapping_required"]
    assert numbers(places) == ["7"]


def test_file_when_encrypted_then_it_alone_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", build("json"))
        archive.writestr("b.json", build("json"))
    content = bytearray(packed.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    stream = io.BytesIO(bytes(content))
    first, second = format_by_key("zip").parse(stream, context=CONTEXT)
    assert [issue.code for issue in first.issues] == ["archive_entry_unreadable"]
    assert second.declaration is not None
