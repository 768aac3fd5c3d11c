"""XML and archives that mean harm: a documented code, bounded memory, nothing fetched."""

import contextlib
import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.archives import MAX_ENTRIES
from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import format_by_key, xml_stream
from tests.unit.formats.golden import CONTEXT, DECLARATIONS
from tests.unit.formats.test_hostile import assert_clean

XML = ("eaeu", "asycuda", "wco")
ROOTS = {"eaeu": "ESADout_CU", "asycuda": "ASYCUDA", "wco": "Declaration"}
LAUGHS = (
    "<!DOCTYPE a [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9))
    + "]>"
)


class Pieces(io.RawIOBase):
    """A stream of pieces that are made when they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def read(key: str, content: bytes):
    return list(format_by_key(key).parse(io.BytesIO(content), context=CONTEXT))


def code_of(key: str, content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(key, content)
    return caught.value.code


@pytest.mark.parametrize("key", XML)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><R>&x;</R>", "xml_doctype_refused"),
        ("<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><R/>", "xml_doctype_refused"),
        (LAUGHS + "<R>&j;</R>", "xml_doctype_refused"),
        ("<R>&x;</R>", "xml_invalid"),
        ("<R>\x00</R>", "xml_invalid"),
        ("<R>&#xD800;</R>", "xml_invalid"),
        ("<R>", "xml_invalid"),
        ("", "xml_invalid"),
        ("<R></S>", "xml_invalid"),
        ("<?xml version='1.0' encoding='no-such'?><R/>", "xml_invalid"),
        ("<Other/>", "xml_no_declaration"),
        ("<R>" + "<a>" * 1_000_000, "nesting_too_deep"),
        ("<a>" * 1_000_000, "nesting_too_deep"),
        ("<R " + "x" * 3_000_000, "xml_token_too_long"),
        ("<R>" + "".join(f"<n{n}/>" for n in range(20_000)) + "</R>", "xml_too_many_names"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_hostile_xml_when_parsed_then_a_documented_code(key: str, text: str, code: str) -> None:
    assert code_of(key, text.replace("R>", ROOTS[key] + ">").encode()) == code


@pytest.mark.parametrize("key", XML)
def test_bytes_of_another_encoding_when_parsed_then_xml_invalid(key: str) -> None:
    assert code_of(key, f"<{ROOTS[key]}>\xff\xfe</{ROOTS[key]}>".encode("latin-1")) == "xml_invalid"


@pytest.mark.parametrize("key", XML)
@pytest.mark.parametrize("encoding", ["utf-16", "windows-1251"])
def test_fixture_when_written_in_another_encoding_then_the_same(key: str, encoding: str) -> None:
    text = (DECLARATIONS / key / "ok.xml").read_text("utf-8")
    other = text.replace("UTF-8", encoding, 1).encode(encoding)
    expected = [place.declaration for place in read(key, text.encode())]
    assert [place.declaration for place in read(key, other)] == expected


@pytest.mark.parametrize("key", XML)
def test_huge_record_when_parsed_then_rejected_and_the_next_is_read(key: str, monkeypatch) -> None:
    monkeypatch.setattr(xml_stream, "MAX_ELEMENTS", 20_000)
    root = ROOTS[key]
    head = f"<r><{root}>".encode()
    many = b"<a/>" * 50_000
    count = 4
    ok = (DECLARATIONS / key / "ok.xml").read_bytes().partition(b"?>")[2]
    pieces = iter([head, *[many] * count, f"</{root}>".encode(), ok, b"</r>"])
    tracemalloc.start()
    try:
        stream = io.BufferedReader(Pieces(pieces))
        first, *others = format_by_key(key).parse(stream, context=CONTEXT)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [issue.code for issue in first.issues] == ["declaration_too_long"]
    assert others[0].declaration is not None
    assert peak < 24 * 1024 * 1024


@pytest.mark.parametrize("key", XML)
def test_many_records_when_parsed_then_memory_is_that_of_one(key: str) -> None:
    ok = (DECLARATIONS / key / "ok.xml").read_bytes().partition(b"?>")[2]
    pieces = iter([b"<r>", *[ok] * 40, b"</r>"])
    stream = io.BufferedReader(Pieces(pieces))
    places = 0
    tracemalloc.start()
    try:
        for place in format_by_key(key).parse(stream, context=CONTEXT):
            assert place.declaration is not None
            places += 1
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert places >= 40
    assert peak < 4 * 1024 * 1024


NAMES = """
    GoodsNumeric GoodsDescription ESADout_CUGoodsShipment ESADout_CUGoods GoodsTNVEDCode Item
    Tarification HScode Commodity_code GoodsShipment GovernmentAgencyGoodsItem Commodity items
    Classification ID DateTimeString AcceptanceDateTime Registration Number Date null description
    Identification RegistrationDate GTDID CustomsCode GTDNumber DocumentID version
"""
names = st.sampled_from(NAMES.split())
texts = st.text(max_size=8) | st.sampled_from(
    ["1", "1e400", "2025-02-31", "31/02/25", "2914110000", "-1", "9" * 5_000]
)
elements = st.recursive(
    texts,
    lambda inner: st.lists(st.tuples(names, inner), max_size=5),
    max_leaves=30,
)


def written(value) -> str:
    if isinstance(value, str):
        kept = "".join(c for c in value if c in "\t\n" or " " <= c < "\ud800")
        return kept.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"<{name}>{written(inner)}</{name}>" for name, inner in value)


@pytest.mark.parametrize("key", XML)
@given(content=st.lists(st.tuples(names, elements), max_size=6))
@settings(max_examples=150, deadline=None)
def test_arbitrary_elements_when_parsed_then_only_issues(key: str, content) -> None:
    root = ROOTS[key]
    assert_clean(read(key, f"<{root}>{written(content)}</{root}>".encode()))


def test_container_when_cut_off_then_the_whole_declarations_before_are_given() -> None:
    ok = (DECLARATIONS / "eaeu" / "ok.xml").read_bytes()
    cut = ok[: ok.rindex(b"<dt:ESADout_CUGoods>")]
    places = format_by_key("eaeu").parse(io.BytesIO(cut), context=CONTEXT)
    first = next(places)
    assert first.declaration is not None
    assert first.declaration.registration_number == "55301/121125/0001234"
    with pytest.raises(UnreadableFile):
        next(places)


def archive(entries: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return packed.getvalue()


def test_zip_bomb_when_parsed_then_refused_with_little_memory() -> None:
    bomb = archive([("a.ndjson", b" " * (64 * 1024 * 1024))])
    tracemalloc.start()
    try:
        assert code_of("zip", bomb) == "archive_expands_too_much"
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


def test_zip_when_it_has_too_many_files_then_refused() -> None:
    entries = [(f"{number}.json", b"") for number in range(MAX_ENTRIES + 1)]
    assert code_of("zip", archive(entries)) == "archive_too_large"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"PK\x03\x04", "archive_invalid"), (b"PK\x05\x06" + bytes(18), "archive_empty")],
)
def test_zip_when_broken_or_empty_then_a_documented_code(content: bytes, code: str) -> None:
    assert code_of("zip", content) == code


def test_zip_when_a_file_is_damaged_then_the_others_are_read() -> None:
    good = (DECLARATIONS / "wco" / "ok.xml").read_bytes()
    packed = bytearray(archive([("a.xml", good), ("b.xml", good)]))
    middle = packed.index(b"a.xml") + 400
    packed[middle : middle + 40] = bytes(40)
    first, second = read("zip", bytes(packed))
    assert first.declaration is None
    assert first.issues[0].code in ("archive_entry_unreadable", "xml_invalid")
    assert second.declaration is not None


@given(changes=st.lists(st.tuples(st.integers(0, 5_800), st.integers(0, 255)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_zip_when_bytes_are_changed_then_only_issues(changes) -> None:
    content = bytearray((DECLARATIONS / "zip" / "ok.zip").read_bytes())
    for place, value in changes:
        content[place] = value
    with contextlib.suppress(UnreadableFile):
        assert_clean(read("zip", bytes(content)))
