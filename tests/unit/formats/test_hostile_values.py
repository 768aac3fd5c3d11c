"""The same hostile values in every format: each a documented code, and the rest still read."""

import io
import tracemalloc
from collections.abc import Callable

import msgspec
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats import FORMATS, format_by_key
from shipments.domain.formats.mapping import ColumnSource, CsvMapping, FileHabits
from shipments.domain.records import ParsedDeclaration
from tests.unit.formats.golden import CONTEXT
from tests.unit.formats.test_hostile import assert_clean
from tests.unit.formats.test_xml_hostile import archive

MEGABYTE = 1024 * 1024
XML = ("eaeu", "asycuda", "wco")
COLUMNS = {
    "registration_number": "number",
    "accepted_at": "accepted",
    "item.item_number": "item",
    "item.description": "goods",
    "item.net_mass_kg": "net",
    "item.documents.licence.number": "licence",
    "item.documents.licence.issued_on": "issued",
}
MAPPING = CsvMapping(
    key="m",
    file=FileHabits(time_zone="UTC", date_formats=("iso", "%d.%m.%Y")),
    constants={"item.documents.licence.code": "01011"},
    columns={target: ColumnSource(column=name) for target, name in COLUMNS.items()},
)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _json(mass: str, goods: str, day: str) -> str:
    number = mass if mass[:1].isdigit() and mass[-1:].isdigit() else f'"{mass}"'
    return (
        '{"registration_number":"7","accepted_at":"2025-11-12T00:00:00Z","items":['
        f'{{"item_number":1,"description":"{goods}","net_mass_kg":{number},'
        f'"documents":[{{"code":"01011","number":"9","issued_on":"{day}"}}]}},'
        '{"item_number":2,"description":"sound"}]}'
    )


def _rows(mass: str, goods: str, day: str) -> list[list[str]]:
    return [
        list(COLUMNS.values()),
        ["7", "2025-11-12", "1", goods, mass, "9", day],
        ["7", "2025-11-12", "2", "sound", "", "", ""],
    ]


def _csv(mass: str, goods: str, day: str) -> str:
    return "\n".join(";".join(row) for row in _rows(mass, goods, day))


def _xlsx(mass: str, goods: str, day: str) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(_rows(mass, goods, day)):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text)
    return stream.getvalue()


def _eaeu(mass: str, goods: str, day: str) -> str:
    return f"""<ESADout_CU><CustomsProcedure>ИМ</CustomsProcedure><ESADout_CUGoodsShipment>
<ESADout_CUGoods><GoodsNumeric>1</GoodsNumeric><GoodsDescription>{_escaped(goods)}</GoodsDescription>
<NetWeightQuantity>{_escaped(mass)}</NetWeightQuantity><ESADout_CUPresentedDocument>
<PrDocumentNumber>9</PrDocumentNumber><PrDocumentDate>{day}</PrDocumentDate>
<PresentedDocumentModeCode>01011</PresentedDocumentModeCode></ESADout_CUPresentedDocument></ESADout_CUGoods>
<ESADout_CUGoods><GoodsNumeric>2</GoodsNumeric><GoodsDescription>sound</GoodsDescription></ESADout_CUGoods>
</ESADout_CUGoodsShipment><GTDID><CustomsCode>5</CustomsCode><RegistrationDate>2025-11-12</RegistrationDate>
<GTDNumber>7</GTDNumber></GTDID></ESADout_CU>"""


def _asycuda(mass: str, goods: str, day: str) -> str:
    item = """<Item><Item_number>{number}</Item_number><Goods_description>
<Description_of_goods>{goods}</Description_of_goods></Goods_description><Valuation_item><Weight_itm><Net_weight_itm>{mass}</Net_weight_itm>
</Weight_itm></Valuation_item>{rest}</Item>"""
    document = f"""<Attached_documents><Attached_document_code>01011</Attached_document_code>
<Attached_document_date>{day}</Attached_document_date></Attached_documents>"""
    first = item.format(number=1, goods=_escaped(goods), mass=_escaped(mass), rest=document)
    second = item.format(number=2, goods="sound", mass="", rest="")
    return f"""<ASYCUDA><Property><Sad_flow>I</Sad_flow></Property><Identification><Registration>
<Number>7</Number><Date>2025-11-12</Date></Registration></Identification>{first}{second}</ASYCUDA>"""


def _wco(mass: str, goods: str, day: str) -> str:
    item = """<GovernmentAgencyGoodsItem><SequenceNumeric>{number}</SequenceNumeric><Commodity>
<Description>{goods}</Description><GoodsMeasure>{mass}</GoodsMeasure></Commodity>{rest}
</GovernmentAgencyGoodsItem>"""
    document = f"""<AdditionalDocument><TypeCode>01011</TypeCode><IssueDateTime>
<DateTimeString>{day}</DateTimeString></IssueDateTime></AdditionalDocument>"""
    net = f"<NetNetWeightMeasure>{_escaped(mass)}</NetNetWeightMeasure>"
    first = item.format(number=1, goods=_escaped(goods), mass=net, rest=document)
    second = item.format(number=2, goods="sound", mass="", rest="")
    return f"""<Declaration><ID>7</ID><TypeCode>IMA</TypeCode><AcceptanceDateTime>
<DateTimeString>20251112</DateTimeString></AcceptanceDateTime><GoodsShipment>{first}{second}</GoodsShipment></Declaration>"""


def _cusdec(mass: str, goods: str, day: str) -> str:
    segments = [
        "UNB+UNOY:4+A+B+251112:1000+1",
        "UNH+1+CUSDEC:D:96B:UN",
        "BGM+929+7+9",
        "RFF+ABT:7",
        "DTM+148:20251112:102",
        "UNS+D",
        "CST+1",
        f"FTX+AAA+++{goods}",
        f"MEA+WT+AAA+KGM:{mass}",
        "DOC+01011+9",
        f"DTM+137:{day.replace('-', '')}:102",
        "CST+2",
        "FTX+AAA+++sound",
        "UNS+S",
        "UNT+12+1",
        "UNZ+1+1",
    ]
    return "'".join(segments) + "'"


BUILDERS: dict[str, Callable[[str, str, str], str | bytes]] = {
    "json": _json,
    "ndjson": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "eaeu": _eaeu,
    "asycuda": _asycuda,
    "wco": _wco,
    "cusdec": _cusdec,
}
SOUND = {"mass": "10", "goods": "goods", "day": "2025-10-01"}


def build(key: str, **changes: str) -> bytes:
    content = BUILDERS[key](**{**SOUND, **changes})
    return content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")


def read(key: str, content: bytes) -> list[ParsedDeclaration]:
    mapping = MAPPING if key in ("csv", "xlsx") else None
    places = list(format_by_key(key).parse(io.BytesIO(content), mapping=mapping, context=CONTEXT))
    assert_clean(places)
    return places


def codes(places: list[ParsedDeclaration]) -> set[str]:
    return {issue.code for place in places for issue in place.issues}


def test_builders_when_formats_are_registered_then_each_has_one() -> None:
    assert set(BUILDERS) == {intake_format.key for intake_format in FORMATS} - {"zip"}


@pytest.mark.parametrize("key", BUILDERS)
def test_sound_message_when_read_then_both_items_without_a_fault(key: str) -> None:
    (place,) = read(key, build(key))
    assert place.declaration is not None
    assert [item.item_number for item in place.declaration.items] == [1, 2]
    assert all(issue.severity == "warn" for issue in place.issues)
    assert place.declaration.items[0].documents[0].issued_on is not None


MASSES = {
    "1e400": "number_out_of_range",
    "9" * 400: "number_out_of_range",
    "1e999999999999999999": "number_invalid",
    "NaN": "number_invalid",
    "-1": "number_out_of_range",
    "ten": "number_invalid",
}


@pytest.mark.parametrize("mass", MASSES, ids=lambda mass: mass[:12])
@pytest.mark.parametrize("key", BUILDERS)
def test_number_when_hostile_then_its_item_alone_is_kept_aside(key: str, mass: str) -> None:
    (place,) = read(key, build(key, mass=mass))
    assert place.declaration is not None
    assert [item.item_number for item in place.declaration.items] == [2]
    found = {issue.code for issue in place.issues if issue.severity == "quarantine"}
    assert found & {MASSES[mass], "number_invalid", "number_out_of_range"}


@pytest.mark.parametrize("day", ["2025-02-31", "20250231", "31.02.2025"])
@pytest.mark.parametrize("key", BUILDERS)
def test_date_when_no_such_day_then_a_warning_and_the_document_stays(key: str, day: str) -> None:
    (place,) = read(key, build(key, day=day))
    assert place.declaration is not None
    assert len(place.declaration.items) == 2
    assert place.declaration.items[0].documents[0].issued_on is None
    assert "date_invalid" in codes([place])


@pytest.mark.parametrize("key", ["json", "ndjson", "csv"])
def test_nul_when_in_a_text_then_its_item_alone_is_kept_aside(key: str) -> None:
    goods = "a\\u0000b" if key != "csv" else "a\x00b"
    (place,) = read(key, build(key, goods=goods))
    assert place.declaration is not None
    assert [item.item_number for item in place.declaration.items] == [2]
    assert "text_invalid" in codes([place])


@pytest.mark.parametrize("key", ["eaeu", "asycuda", "wco"])
@pytest.mark.parametrize("goods", ["a\x00b", "a\ud800b"])
def test_character_when_xml_has_none_such_then_xml_invalid(key: str, goods: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(key, build(key, goods=goods))
    assert caught.value.code == "xml_invalid"


@pytest.mark.parametrize("key", ["json", "ndjson"])
@pytest.mark.parametrize("goods", ["a\\ud800b", "\\udfff"])
def test_lone_surrogate_when_in_json_then_a_documented_code(key: str, goods: str) -> None:
    assert codes(read(key, build(key, goods=goods))) & {"json_invalid", "text_invalid"}


@pytest.mark.parametrize("key", ["json", "ndjson", "csv", "cusdec"])
def test_bytes_when_of_no_encoding_then_a_documented_code(key: str) -> None:
    """A table is said to be UTF-8 here, and an interchange names its encoding itself."""
    broken = build(key, goods="ZZZ").replace(b"ZZZ", "Ы".encode() + b"\xff\xc3\x28")
    utf8 = msgspec.structs.replace(MAPPING.file, encoding="utf-8")
    mapping = msgspec.structs.replace(MAPPING, file=utf8) if key == "csv" else None
    stream = io.BytesIO(broken)
    found = codes(list(format_by_key(key).parse(stream, mapping=mapping, context=CONTEXT)))
    assert found & {"encoding_invalid", "json_invalid", "text_invalid"}


@pytest.mark.parametrize("key", ["eaeu", "asycuda", "wco"])
def test_bytes_when_of_no_encoding_in_xml_then_xml_invalid(key: str) -> None:
    broken = build(key, goods="ZZZ").replace(b"ZZZ", "Ы".encode() + b"\xff\xc3\x28")
    with pytest.raises(UnreadableFile) as caught:
        read(key, broken)
    assert caught.value.code == "xml_invalid"


@pytest.mark.parametrize("key", [key for key in BUILDERS if key not in XML])
def test_character_when_it_cannot_be_stored_then_never_in_what_is(key: str) -> None:
    """XML has no NUL at all; elsewhere nothing that PostgreSQL refuses gets into a record."""
    goods = "a\\u0000b" if key in ("json", "ndjson") else "a\x00b\x01c"
    for place in read(key, build(key, goods=goods)):
        written = msgspec.json.encode(place)
        assert b"\x00" not in written
        assert b"\\u0000" not in written.replace(b"\\\\u0000", b"")


@pytest.mark.parametrize(
    ("key", "content", "expected"),
    [
        ("json", b"[" * 1_000_000, {"nesting_too_deep"}),
        ("json", b'{"a":' * 1_000_000, {"declaration_too_long", "nesting_too_deep"}),
        ("ndjson", b"[" * 1_000_000, {"nesting_too_deep", "json_invalid"}),
        ("ndjson", b'{"a":' * 200_000, {"nesting_too_deep", "json_invalid"}),
        ("csv", b";" * 10_000_000, {"header_unreadable", "column_missing"}),
        (
            "csv",
            build("csv") + b"\n" + b";" * 10_000_000 + b"\n8;2025-11-12;1;x;1;;",
            {"row_too_long"},
        ),
        ("csv", build("csv") + b"\n" + b";" * 900_000, {"field_count"}),
        ("csv", b'"' * 5_000_000, {"header_unreadable", "column_missing"}),
        ("cusdec", b"UNB+UNOA:1+" + b"a" * 5_000_000, {"edifact_invalid"}),
        ("cusdec", b"UNB+UNOA:1+" + b"+" * 5_000_000 + b"'", {"edifact_invalid"}),
        ("zip", archive([("a.json", b"[" + b" " * (64 * MEGABYTE))]), {"archive_expands_too_much"}),
        ("zip", archive([("a.zip", archive([("b.zip", b"x")]))]), {"format_unknown"}),
        ("zip", archive([("../../etc/passwd.json", b"[1]")]), {"not_an_object"}),
    ],
    # A set is shown in no order, and every process must find the same names.
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:24],
)
def test_message_when_out_of_all_bounds_then_a_code_in_little_memory(key, content, expected):
    tracemalloc.start()
    try:
        found = codes(read(key, content))
    except UnreadableFile as fault:
        found = {fault.code}
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert found & expected
    assert peak < 80 * MEGABYTE


def test_csv_when_a_row_is_out_of_all_bounds_then_the_next_is_read() -> None:
    content = build("csv") + b"\n" + b";" * 10_000_000 + b"\n8;2025-11-12;1;x;1;;\n"
    places = read("csv", content)
    numbers = [p.declaration.registration_number for p in places if p.declaration]
    assert numbers == ["7", "8"]


texts = st.text(max_size=12) | st.sampled_from([*MASSES, "31.02.2025", "\ufeff", "'", '"', ";"])


@pytest.mark.parametrize("key", BUILDERS)
@given(mass=texts, goods=texts, day=texts, cut=st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_arbitrary_texts_when_in_their_places_then_only_issues(key, mass, goods, day, cut) -> None:
    try:
        content = build(key, mass=mass, goods=goods, day=day)
    except UnicodeEncodeError:  # a workbook cannot be written with such a text at all
        return
    try:
        read(key, content)
        if key != "xlsx":
            read(key, content[: max(0, len(content) - cut)])
    except UnreadableFile:
        pass
