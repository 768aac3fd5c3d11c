"""What no field of ours is for is kept, counted and warned of once a file, in every format."""

import io
import zipfile

import msgspec
import pytest

from shipments.domain.formats import FORMATS, format_by_key
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.issues import UnknownCounts
from shipments.domain.formats.mapping import CsvMapping
from shipments.domain.records import ParsedDeclaration
from tests.unit.formats.test_hostile_values import COLUMNS, MAPPING, build

ELEMENT = "<Novelty>N1</Novelty>"
# What of the sound message is followed by something unknown, and the name it is kept under.
ADDED = {
    "json": ('"sound"', '"sound","novelty":"N1"', "novelty"),
    "ndjson": ('"sound"', '"sound","novelty":"N1"', "novelty"),
    "csv": ("", "", "/licence"),
    "xlsx": ("", "", "/licence"),
    "eaeu": ("<GoodsNumeric>2", f"{ELEMENT}<GoodsNumeric>2", "/Novelty"),
    "asycuda": ("<Item_number>2", f"{ELEMENT}<Item_number>2", "/Novelty"),
    "wco": ("<SequenceNumeric>2", f"{ELEMENT}<SequenceNumeric>2", "/Novelty"),
    "cusdec": ("CST+2'", "CST+2'GIN+BX+N1'", "/GIN"),
}


def strange(key: str) -> bytes:
    found, added, _ = ADDED[key]
    # A table tells its licence in a column that the mapping below does not name.
    content = build(key)
    return content.replace(found.encode(), added.encode()) if found else content


def mapping_of(key: str, **changes: object) -> CsvMapping | None:
    if key not in ("csv", "xlsx", "zip"):
        return None
    columns = {k: v for k, v in MAPPING.columns.items() if v.column != "licence"}
    return msgspec.structs.replace(MAPPING, columns=columns, **changes)


def read(key: str, content: bytes, **changes: object) -> tuple[list[ParsedDeclaration], dict]:
    unknown = UnknownCounts()
    context = ReadingContext(unknown_counts=unknown)
    mapping = mapping_of(key, **changes)
    places = list(format_by_key(key).parse(io.BytesIO(content), mapping=mapping, context=context))
    return places, dict(unknown.counts)


def warned(places: list[ParsedDeclaration]) -> list[str]:
    issues = [issue for place in places for issue in place.issues]
    return [issue.field for issue in issues if issue.code == "unknown_field"]


def kept(places: list[ParsedDeclaration], name: str) -> list[str]:
    items = [item for place in places if place.declaration for item in place.declaration.items]
    return [item.extra[name] for item in items if name in item.extra]


def test_formats_when_registered_then_each_is_tried_here() -> None:
    assert {member.key for member in FORMATS} == {*ADDED, "zip"}


@pytest.mark.parametrize("key", ADDED)
def test_unknown_field_when_met_then_kept_counted_and_warned_of(key: str) -> None:
    places, counts = read(key, strange(key))
    name = ADDED[key][2]
    text = {"cusdec": "GIN+BX+N1", "csv": "9", "xlsx": "9"}.get(key, "N1")
    assert kept(places, name) == [text]
    assert counts == {f"items[].{name}": 1}
    position = 1 if key in ("csv", "xlsx") else 2
    assert warned(places) == [f"items[{position}].{name}"]


@pytest.mark.parametrize("key", [key for key in ADDED if key not in ("json", "xlsx", "cusdec")])
def test_unknown_field_when_met_again_then_counted_and_warned_of_once(key: str) -> None:
    content = strange(key)
    if key == "csv":
        head, *rows = content.decode().splitlines()
        again = [row.replace("7;", "8;", 1) for row in rows]
        content = "\n".join([head, *rows, *again]).encode()
    elif key == "ndjson":
        content = content + b"\n" + content.replace(b'"7"', b'"8"')
    else:
        content = b"<all>" + content + content + b"</all>"
    places, counts = read(key, content)
    name = ADDED[key][2]
    assert len(kept(places, name)) == 2
    assert counts == {f"items[].{name}": 2}
    assert len(warned(places)) == 1


def test_archive_when_its_files_have_unknown_fields_then_counted_together() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for key in ADDED:
            archive.writestr(f"{key}.{'xlsx' if key == 'xlsx' else 'any'}", strange(key))
        archive.writestr("table.csv", strange("csv"))
    _, counts = read("zip", packed.getvalue())
    assert counts == {
        "items[].novelty": 2,
        "items[]./Novelty": 3,
        "items[]./GIN": 1,
        "items[]./licence": 2,
    }


@pytest.mark.parametrize("ignored", [("licence",), (6,), ("*",)])
@pytest.mark.parametrize("key", ["csv", "xlsx"])
def test_column_when_the_mapping_ignores_it_then_left_out(key: str, ignored) -> None:
    places, counts = read(key, strange(key), ignored=ignored)
    assert (counts, warned(places)) == ({}, [])


def test_columns_when_no_target_names_them_then_each_under_a_name_of_its_own() -> None:
    """Repeated names, none, one of ours: nothing overwrites another or passes for a field."""
    head = ";".join([*COLUMNS.values(), "Net", "Net", "", "description"])
    row = "7;2025-11-12;1;goods;10;9;;a;b;c;d"
    (place,), counts = read("csv", f"{head}\n{row}".encode())
    assert place.declaration is not None
    (item,) = place.declaration.items
    assert item.description == "goods"
    assert item.extra == {
        "/licence": "9",
        "/Net": "a",
        "/Net (9)": "b",
        "/column 10": "c",
        "/description": "d",
    }
    assert sum(counts.values()) == 5


def test_columns_when_very_many_then_their_number_is_kept() -> None:
    head = ";".join([*COLUMNS.values(), *(f"c{number}" for number in range(200))])
    row = "7;2025-11-12;1;goods;10;9;;" + ";".join(["x"] * 200)
    (place,), counts = read("csv", f"{head}\n{row}".encode())
    assert place.declaration is not None
    extra = place.declaration.items[0].extra
    assert (len(extra), extra["/…"]) == (81, "121 more columns")
    assert len(counts) == 81
