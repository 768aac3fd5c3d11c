"""CSV rows through a mapping."""

import io
from pathlib import Path

import pytest

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.csv_rows import CsvFormat
from shipments.domain.formats.mapping import ColumnSource, CsvMapping, FileHabits, mapping_by_key
from shipments.domain.records import ParsedDeclaration

FIXTURES = Path(__file__).parents[3] / "fixtures"
COLUMNS = {
    "registration_number": ColumnSource(column="Number"),
    "accepted_at": ColumnSource(column="Date"),
    "item.description": ColumnSource(column="Goods"),
    "item.net_mass_kg": ColumnSource(column="Net"),
}
MAPPING = CsvMapping(key="m", file=FileHabits(time_zone="Asia/Almaty"), columns=COLUMNS)
HEADER = "Number,Date,Goods,Net,Ignored\n"


def parse(content: str, mapping: CsvMapping = MAPPING) -> list[ParsedDeclaration]:
    return list(CsvFormat().parse(io.BytesIO(content.encode()), mapping=mapping))


def test_rows_when_consecutive_with_one_number_then_one_declaration() -> None:
    places = parse(HEADER + "A,2025-01-01,x,1,\nA,2025-01-01,y,2,\nB,2025-01-01,z,3,\n")
    numbers = [
        (place.line, place.declaration.registration_number, len(place.declaration.items))
        for place in places
        if place.declaration
    ]
    assert numbers == [(2, "A", 2), (4, "B", 1)]


def test_rows_when_more_than_999_of_one_number_then_rejected_once() -> None:
    rows = "".join(f"A,2025-01-01,x{number},1,\n" for number in range(3_000))
    (place,) = parse(HEADER + rows)
    assert [issue.code for issue in place.issues] == ["list_too_long"]


def test_row_when_quoted_newlines_then_line_is_where_it_starts() -> None:
    first, second = parse(HEADER + 'A,2025-01-01,"x\ny\nz",1,\nB,2025-01-01,w,bad,\n')
    assert first.declaration is not None
    issue = second.issues[0]
    assert (issue.line, issue.column, issue.raw) == (5, "Net", "B,2025-01-01,w,bad,")


def test_row_when_too_long_then_the_next_is_read() -> None:
    first, second = parse(HEADER + "A," + "x" * 3_000_000 + "\nB,2025-01-01,w,1,\n")
    assert [issue.code for issue in first.issues] == ["row_too_long"]
    assert second.line == 3
    assert second.declaration is not None


def test_row_when_quote_never_closes_then_an_issue() -> None:
    rows = "".join(f"B{number},2025-01-01,w,1,\n" for number in range(20_000))
    first, *rest = parse(HEADER + 'A,2025-01-01,"x,1,\n' + rows)
    assert [(issue.line, issue.code) for issue in first.issues] == [(2, "csv_invalid")]
    assert rest[-1].declaration is not None


@pytest.mark.parametrize(
    ("header", "code"),
    [("Number,Date,Goods\n", "column_missing"), ("Number,Date,Goods,Net,Net\n", "column_repeated")],
)
def test_header_when_a_mapped_column_is_not_there_once_then_unreadable(header, code) -> None:
    with pytest.raises(UnreadableFile) as caught:
        parse(header)
    assert (caught.value.code, caught.value.params["reason"]) == (code, "Net")


def test_file_when_without_header_then_positions() -> None:
    columns = {
        target: ColumnSource(column=position) for position, target in enumerate(COLUMNS, start=1)
    }
    habits = FileHabits(delimiter=";", has_header=False, time_zone="UTC", decimal_mark=",")
    mapping = CsvMapping(key="m", file=habits, columns=columns)
    (place,) = parse("A;2025-01-01;x;1,5\n", mapping)
    assert place.declaration is not None
    assert str(place.declaration.items[0].net_mass_kg) == "1.5"


def test_time_when_no_zone_anywhere_then_zone_missing() -> None:
    mapping = CsvMapping(key="m", columns=COLUMNS)
    (place,) = parse(HEADER + "A,2025-01-01,x,1,\n", mapping)
    assert [(issue.code, issue.column) for issue in place.issues] == [("zone_missing", "Date")]


def test_utf16_file_when_mapped_then_read() -> None:
    habits = FileHabits(encoding="utf-16", time_zone="UTC")
    mapping = CsvMapping(key="m", file=habits, columns=COLUMNS)
    content = (HEADER + "А,2025-01-01,Ацетон,1,\n").encode("utf-16")
    (place,) = CsvFormat().parse(io.BytesIO(content), mapping=mapping)
    assert place.declaration is not None
    assert place.declaration.items[0].description == "Ацетон"


def test_korean_set_when_read_then_5000_declarations_without_the_labels() -> None:
    mapping = mapping_by_key(FIXTURES / "mappings", "wco_korea")
    with (FIXTURES / "demo" / "wco_korea_5000.csv").open("rb") as stream:
        places = list(CsvFormat().parse(stream, mapping=mapping))
    records = [place.declaration for place in places if place.declaration]
    assert len(records) == 5_000
    first = records[0]
    assert first.accepted_at.isoformat() == "2019-12-31T15:00:00+00:00"
    assert [(party.role.value, party.identifiers[0].value) for party in first.parties] == [
        ("importer", "KRQLRUBN9"),
        ("declarant", "KRZZR1LT6"),
        ("consignor", "KR0VKY2BR"),
    ]
    stated = {*first.extra, *first.items[0].extra}
    assert not any("fraud" in name.lower() for name in stated)
