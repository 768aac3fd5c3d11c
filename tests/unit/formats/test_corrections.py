"""What was not stored comes out as a table, is corrected, and is stored when it comes back."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import format_by_key
from shipments.domain.formats.corrections import OWN_COLUMNS, Corrections, rows_to_correct
from shipments.domain.formats.mapping import CsvMapping, mapping_by_key, with_habits
from shipments.domain.records import ParsedDeclaration
from shipments.domain.sheets import write_csv_sheet, write_xlsx_sheet
from shipments.domain.workbooks import cell_text, read_first_sheet
from tests.unit.formats.golden import CONTEXT, DECLARATIONS, FIXTURES

GENERIC = mapping_by_key(FIXTURES / "mappings", "generic_csv")
NAMES = dict.fromkeys(str(source.column) for source in GENERIC.columns.values())


def column(target: str) -> str:
    return str(GENERIC.columns[target].column)


def table(*rows: dict[str, str]) -> bytes:
    lines = [list(NAMES)]
    lines += [
        [{column(target): cell for target, cell in row.items()}.get(name, "") for name in NAMES]
        for row in rows
    ]
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(lines)
    return stream.getvalue().encode("windows-1251")


def row(number: str, item: str, **cells: str) -> dict[str, str]:
    return {
        "registration_number": number,
        "accepted_at": "12/31/2025",
        "item.item_number": item,
        "item.description": "Ацетон",
        "item.commodity_code": "2914110000",
        "item.net_mass_kg": "1,5",
        **{key.replace("__", "."): cell for key, cell in cells.items()},
    }


SENT = table(
    row("GOOD", "1"),
    row("PART", "1", item__description="=HYPERLINK(1)"),
    row("PART", "2", item__commodity_code="no code"),
    row("BAD", "1", accepted_at="02/30/2025"),
    row("SAME", "1", accepted_at="01/02/2025", item__net_mass_kg="many"),
)


def read(content: bytes, key: str, mapping: CsvMapping = GENERIC) -> list[ParsedDeclaration]:
    return list(format_by_key(key).parse(io.BytesIO(content), mapping=mapping, context=CONTEXT))


def corrections(content: bytes, key: str = "csv", mapping: CsvMapping = GENERIC) -> Corrections:
    return rows_to_correct(
        io.BytesIO(content), format_key=key, mapping=mapping, context=CONTEXT, lang="en"
    )


def as_csv(found: Corrections) -> bytes:
    return b"".join(write_csv_sheet(found.heading, found.rows, found.delimiter))


def as_xlsx(found: Corrections) -> bytes:
    stream = io.BytesIO()
    write_xlsx_sheet(stream, "rejects", found.heading, found.rows)
    return stream.getvalue()


def rows_of(content: bytes, key: str, delimiter: str = ";") -> list[dict[str, str]]:
    if key == "xlsx":
        lines = [[cell_text(cell) for cell in c] for _, c in read_first_sheet(io.BytesIO(content))]
    else:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


WRITERS: dict[str, Callable[[Corrections], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


@pytest.mark.parametrize("key", WRITERS)
def test_export_when_made_then_what_was_not_stored_with_its_reasons(key: str) -> None:
    rows = rows_of(WRITERS[key](corrections(SENT)), key)
    number = column("registration_number")
    shown = [(one[number], one["targeting.line"], one["targeting.codes"]) for one in rows]
    assert shown == [
        ("PART", "3", ""),
        ("PART", "4", "commodity_code_invalid"),
        ("BAD", "5", "time_invalid"),
        ("SAME", "6", "number_invalid; no_valid_item"),
    ]
    assert [one["targeting.version"] for one in rows] == ["2", "2", "", ""]
    assert "no code" in rows[1]["targeting.messages"]


@pytest.mark.parametrize("key", WRITERS)
def test_formula_when_exported_then_harmless_and_restored_when_sent_again(key: str) -> None:
    content = WRITERS[key](corrections(SENT))
    rows = rows_of(content, key)
    assert rows[0][column("item.description")] == "'=HYPERLINK(1)"
    assert not any(cell[:1] in "=+-@\t\r" for one in rows for cell in one.values() if cell)
    (part, *_) = read(content, key)
    assert part.declaration is not None
    assert part.declaration.items[0].description == "=HYPERLINK(1)"


def corrected(rows: list[dict[str, str]]) -> list[list[str]]:
    fixed = {
        ("PART", "2"): {column("item.commodity_code"): "2902300000"},
        ("BAD", "1"): {column("accepted_at"): "02/01/2025"},
        ("SAME", "1"): {column("item.net_mass_kg"): "7,5"},
    }
    key = (column("registration_number"), column("item.item_number"))
    return [list({**one, **fixed.get((one[key[0]], one[key[1]]), {})}.values()) for one in rows]


@pytest.mark.parametrize("key", WRITERS)
def test_export_when_corrected_and_sent_again_then_stored_as_the_next_version(key: str) -> None:
    found = corrections(SENT)
    heading = list(found.heading)
    rows = corrected(rows_of(WRITERS[key](found), key))
    again = Corrections(heading, iter(rows), found.delimiter)
    places = read(WRITERS[key](again), key)
    stored: list[Any] = [place.declaration for place in places]
    assert [issue.severity for place in places for issue in place.issues] == []
    assert [(one.registration_number, one.version, len(one.items)) for one in stored] == [
        ("PART", 2, 2),
        ("BAD", 1, 1),
        ("SAME", 1, 1),
    ]
    # Alone these dates have two readings; the file they are from told the order.
    zone = CONTEXT.zone
    assert [one.accepted_at.astimezone(zone).date().isoformat() for one in stored] == [
        "2025-12-31",
        "2025-02-01",
        "2025-01-02",
    ]
    assert str(stored[2].items[0].net_mass_kg) == "7.5"


@pytest.mark.parametrize("key", WRITERS)
def test_export_when_sent_again_uncorrected_then_exported_again_without_growing(key: str) -> None:
    first = WRITERS[key](corrections(SENT))
    again = corrections(first, key)
    assert list(again.heading) == [*NAMES, *OWN_COLUMNS]
    assert [cells[-3:-1] for cells in again.rows] == [
        ["2", ""],
        ["3", "commodity_code_invalid"],
        ["4", "time_invalid"],
        ["5", "number_invalid; no_valid_item"],
    ]


def test_export_when_all_was_stored_then_a_heading_alone() -> None:
    found = corrections(table(row("GOOD", "1")))
    assert list(found.rows) == []
    assert list(found.heading)[: len(NAMES)] == list(NAMES)


def test_export_when_the_mapping_has_a_version_then_it_is_raised_there() -> None:
    columns = {**GENERIC.columns, "version": GENERIC.columns["procedure_code"]}
    mapping = CsvMapping(key="m", file=GENERIC.file, constants=GENERIC.constants, columns=columns)
    content = table(row("A", "1", procedure_code="3"), row("A", "2", procedure_code="3"))
    broken = content.replace(b"2914110000", b"none", 1)
    rows = rows_of(as_csv(corrections(broken, mapping=mapping)), "csv")
    assert [one[column("procedure_code")] for one in rows] == ["4", "4"]


@pytest.mark.parametrize("name", ["broken"])
@pytest.mark.parametrize("key", WRITERS)
def test_fixture_when_exported_and_sent_again_then_the_same_is_wrong(key: str, name: str) -> None:
    (path,) = (DECLARATIONS / key).glob(f"{name}.*")
    content = path.read_bytes()
    before = [i.code for place in read(content, key) for i in place.issues]
    exported = WRITERS[key](corrections(content, key))
    after = {i.code for place in read(exported, key) for i in place.issues}
    # A row of too few fields has as many as the header once it stands in a table of ours.
    assert after <= {*before, "field_missing", "item_not_described"}
    assert "commodity_code_invalid" not in before or "commodity_code_invalid" in after


def test_export_when_no_table_then_says_so() -> None:
    with pytest.raises(InvalidValue) as caught:
        corrections(b"{}", "ndjson")
    assert caught.value.code == "not_a_table"


def test_habits_when_stated_by_the_sender_then_win_over_the_export() -> None:
    exported = as_csv(corrections(SENT))
    mapping = with_habits(GENERIC, {"date_order": "day_first"})
    places = read(exported, "csv", mapping)
    assert places[-1].declaration is None
    assert any(issue.code == "time_invalid" for issue in places[0].issues)
