"""How a table is written, found out from its first rows, stated, and shown."""

import io
from dataclasses import replace

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import format_by_key
from shipments.domain.formats.mapping import (
    ColumnSource,
    CsvMapping,
    FileHabits,
    mapping_by_key,
    with_habits,
)
from shipments.domain.formats.table_habits import found_date_formats, found_decimal_mark
from shipments.domain.formats.text_encoding import found_encoding
from shipments.domain.records import ParsedDeclaration, TableReading
from tests.unit.formats.golden import CONTEXT, FIXTURES

COLUMNS = {
    "registration_number": ColumnSource(column="Номер"),
    "accepted_at": ColumnSource(column="Дата"),
    "item.description": ColumnSource(column="Товар"),
    "item.net_mass_kg": ColumnSource(column="Нетто"),
}
MAPPING = CsvMapping(key="m", file=FileHabits(time_zone="Asia/Almaty"), columns=COLUMNS)
HEADER = ["Номер", "Дата", "Товар", "Нетто"]


def read(content: bytes, mapping: CsvMapping = MAPPING, key: str = "csv"):
    readings: list[TableReading] = []
    context = replace(CONTEXT, tell=readings.append)
    places = list(format_by_key(key).parse(io.BytesIO(content), mapping=mapping, context=context))
    (reading,) = readings
    return places, reading


def table(*rows: list[str], delimiter: str = ";") -> str:
    return "\r\n".join(delimiter.join(row) for row in [HEADER, *rows]) + "\r\n"


def masses(places: list[ParsedDeclaration]) -> list[str]:
    return [str(item.net_mass_kg) for p in places if p.declaration for item in p.declaration.items]


def days(places: list[ParsedDeclaration]) -> list[str]:
    zone = CONTEXT.zone
    return [
        p.declaration.accepted_at.astimezone(zone).date().isoformat()
        for p in places
        if p.declaration
    ]


def codes(places: list[ParsedDeclaration]) -> list[tuple[str, str, str]]:
    return [(i.code, i.column, i.value) for place in places for i in place.issues]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "is_marked"),
    [
        ("utf-8", False),
        ("utf-8-sig", True),
        ("windows-1251", False),
        ("cp866", False),
        ("koi8-r", False),
        ("utf-16", True),
        ("utf-16-le", False),
        ("utf-16-be", False),
    ],
)
def test_table_when_nothing_is_stated_then_read_as_written(delimiter, encoding, is_marked) -> None:
    text = table(["A1", "31.12.2025", "Ацетон технический", "1.5"], delimiter=delimiter)
    places, reading = read(text.encode(encoding))
    (place,) = places
    assert place.declaration is not None
    assert place.declaration.items[0].description == "Ацетон технический"
    assert masses(places) == ["1.5"]
    assert days(places) == ["2025-12-31"]
    assert reading.delimiter == delimiter
    assert reading.evidence["delimiter"] == "header"
    assert (reading.evidence["encoding"] == "byte order mark") == is_marked
    assert codes(places) == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Ацетон технический, жидкость", "windows-1251"), ("Серная кислота, канистры", "cp866")],
)
def test_encoding_when_only_the_letters_tell_then_found(text: str, encoding: str) -> None:
    assert found_encoding(f"a;b\n1;{text}".encode(encoding), ["a", "b"]) == (encoding, "letters")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5"], (".", "", "content")),
        (["1,5", "2"], (",", "", "content")),
        (["1 234,5"], (",", " ", "content")),
        (["1\u00a0234\u00a0567,25"], (",", "\u00a0", "content")),
        (["1,234,567"], (".", ",", "content")),
        (["1.234.567,8"], (",", ".", "content")),
        (["1'234.50"], (".", "'", "content")),
        (["0.125"], (".", "", "content")),
        (["1,234"], (".", ",", "assumed")),
        (["7", "12"], (".", "", "nothing to tell")),
        ([], (".", "", "nothing to tell")),
    ],
    ids=str,
)
def test_decimal_mark_when_numbers_tell_or_not_then_with_evidence(cells, expected) -> None:
    assert found_decimal_mark(cells) == expected


@pytest.mark.parametrize(
    ("cells", "first", "told"),
    [
        (["2025-12-31"], "iso", "iso"),
        (["31/12/2025", "01/02/2025"], "%d/%m/%Y", "day_first"),
        (["12/31/25", "01/02/25"], "%m/%d/%y", "month_first"),
        (["03/04/2025"], "%d/%m/%Y", "assumed"),
        (["03.04.2025"], "%d.%m.%Y", "points"),
        (["05/05/2025"], "%d/%m/%Y", "day_first"),
        (["2025/12/31"], "%Y/%m/%d", "day_first"),
        (["20251231"], "%Y%m%d", "day_first"),
        (["31.12.2025 10:30"], "%d.%m.%Y %H:%M", "day_first"),
        (["31.12.2025 10:30:15"], "%d.%m.%Y %H:%M:%S", "day_first"),
        ([], "iso", "nothing to tell"),
        (["no date"], "iso", "day_first"),
    ],
    ids=str,
)
def test_dates_when_they_tell_or_not_then_with_evidence(cells, first, told) -> None:
    patterns, evidence = found_date_formats(cells)
    assert patterns[0] == first
    assert told == evidence


def test_date_when_both_readings_are_possible_then_named_cell_by_cell() -> None:
    text = table(["A", "03/04/2025", "x", "1"], ["B", "05/05/2025", "x", "1"])
    places, reading = read(text.encode())
    assert reading.evidence["date_formats"] == "assumed"
    assert days(places) == ["2025-04-03", "2025-05-05"]
    assert codes(places) == [("date_order_assumed", "Дата", "03/04/2025")]
    assert places[0].issues[0].severity == "warn"


def test_date_when_another_row_tells_the_order_then_no_doubt() -> None:
    text = table(["A", "03/04/2025", "x", "1"], ["B", "12/31/2025", "x", "1"])
    places, _ = read(text.encode())
    assert days(places) == ["2025-03-04", "2025-12-31"]
    assert codes(places) == []


def test_number_when_both_readings_are_possible_then_named_cell_by_cell() -> None:
    text = table(["A", "2025-01-01", "x", "1.234"], ["B", "2025-01-01", "x", "7"], delimiter=",")
    places, reading = read(text.encode())
    assert (reading.decimal_mark, reading.evidence["decimal_mark"]) == (".", "assumed")
    assert masses(places) == ["1.234", "7"]
    assert codes(places) == [("decimal_mark_assumed", "Нетто", "1.234")]


@pytest.mark.parametrize(
    ("stated", "mass", "day"),
    [
        ({}, "1.234", "2025-04-03"),
        ({"decimal_mark": ".", "date_order": "day_first"}, "1.234", "2025-04-03"),
        ({"date_order": "month_first"}, "1.234", "2025-03-04"),
    ],
)
def test_habit_when_the_sender_states_it_then_it_wins(stated, mass, day) -> None:
    text = table(["A", "03/04/2025", "x", "1.234"], delimiter=",")
    mapping = with_habits(MAPPING, stated)
    places, reading = read(text.encode(), mapping)
    assert (masses(places), days(places)) == ([mass], [day])
    doubted = {code for code, _, _ in codes(places)}
    assert ("decimal_mark_assumed" in doubted) == ("decimal_mark" not in stated)
    assert ("date_order_assumed" in doubted) == ("date_order" not in stated)
    assert (reading.evidence["decimal_mark"] == "stated") == ("decimal_mark" in stated)


def test_habits_when_stated_then_stand_in_the_key_and_come_back_by_it() -> None:
    stated = {"encoding": "cp866", "delimiter": "|", "decimal_mark": ","}
    mapping = with_habits(mapping_by_key(FIXTURES / "mappings", "generic_csv"), stated)
    assert mapping.key == "generic_csv?decimal_mark=%2C&delimiter=%7C&encoding=cp866"
    assert mapping_by_key(FIXTURES / "mappings", mapping.key) == mapping


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("delimiter", ";;"),
        ("delimiter", "\n"),
        ("encoding", "rot13"),
        ("decimal_mark", ";"),
        ("date_order", "year"),
        ("quote", "'"),
    ],
)
def test_habit_when_it_cannot_be_then_named(name: str, value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        with_habits(MAPPING, {name: value})
    assert caught.value.code == "habit_invalid"
    assert caught.value.params["field"] == name


def test_mark_of_bytes_when_it_contradicts_the_mapping_then_it_wins() -> None:
    mapping = with_habits(MAPPING, {"encoding": "windows-1251"})
    places, reading = read(table(["A", "2025-01-01", "Ацетон", "1"]).encode("utf-16"), mapping)
    assert (reading.encoding, reading.evidence["encoding"]) == ("utf-16", "byte order mark")
    assert places[0].declaration is not None


def test_workbook_when_texts_stand_for_dates_and_numbers_then_the_same_habits() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([HEADER, ["A", "12/31/2025", "Ацетон", "1 234,5"]]):
            sheet.write_row(number, 0, row)
        sheet.write_row(2, 0, ["B", "01/02/2025", "Ацетон", 0.5])
    places, reading = read(stream.getvalue(), key="xlsx")
    assert (masses(places), days(places)) == (["1234.5", "0.5"], ["2025-12-31", "2025-01-02"])
    assert reading.evidence == {"decimal_mark": "content", "date_formats": "month_first"}


def test_archive_when_it_holds_tables_then_each_is_told_with_its_name() -> None:
    content = (FIXTURES / "declarations" / "zip" / "ok.zip").read_bytes()
    mapping = mapping_by_key(FIXTURES / "mappings", "generic_csv")
    readings: list[TableReading] = []
    context = replace(CONTEXT, tell=readings.append)
    list(format_by_key("zip").parse(io.BytesIO(content), mapping=mapping, context=context))
    assert all(reading.file.endswith(".csv") for reading in readings)


@given(
    numbers=st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=20),
    mark=st.sampled_from(".,"),
    is_parted=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_numbers_when_written_with_two_places_then_read_back(numbers, mark, is_parted) -> None:
    parting = "," if mark == "." else "."
    written = [
        (f"{number:,.2f}" if is_parted else f"{number:.2f}").translate(
            str.maketrans({",": parting, ".": mark})
        )
        for number in numbers
    ]
    assert found_decimal_mark(written)[0] == mark
