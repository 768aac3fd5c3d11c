"""Authorisations as they come in: every field read, every fault named."""

from decimal import Decimal
from pathlib import Path

import pytest

from risk.domain.errors import InvalidList
from risk.domain.lists.sheets import SheetFormat, write_sheet
from risk.domain.permits.entry_fields import Known
from risk.domain.permits.reading import SHEET_COLUMNS, read_entries, read_permit_sheet
from shipments.domain.authorisations import record_digest
from shipments.domain.document_codes import read_document_codes
from shipments.domain.errors import UnreadableFile

KNOWN = Known(frozenset({"acetone", "toluene"}), {"67-64-1": "acetone"}, "МВД")
HOLDER = {"name": "ТОО «Реактив»", "bin": "990140000007"}
LINE = {"line": 1, "substance_key": "acetone", "amount": "2.5", "unit": "t", "basis": "net"}
ENTRY = {
    "number": "KZ 55 lic 1",
    "kind": "licence",
    "holder": HOLDER,
    "valid_from": "2026-01-01",
    "lines": [LINE],
}
TABLE = Path(__file__).parents[3] / "fixtures" / "authorisations" / "document_codes.csv"


def read(*entries):
    return read_entries(entries, file_name="request", known=KNOWN)


def test_entry_when_right_then_every_field_is_read():
    told = ENTRY | {"valid_to": "2026-12-31", "direction": "import", "end_use": "краски"}
    (record,) = read(told).records
    assert record.key == ("МВД", "KZ55LIC1")
    assert (record.holder_country, record.end_use) == ("KZ", "краски")
    assert record.lines[0].granted_kg == 2500


def test_entry_when_said_again_otherwise_spaced_in_numbers_then_the_same_digest():
    line = LINE | {"amount": "2.50", "unit": "".join("t"), "basis": "".join(("n", "et"))}
    told = ENTRY | {"status": "in_force", "direction": "".join(()), "lines": [line]}
    (first,), (again,) = read(ENTRY).records, read(told).records
    assert record_digest(first) == record_digest(again)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"number": " "}, "number"),
        ({"kind": "leave"}, "kind"),
        ({"kind": None}, "kind"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_to": "2025-01-01"}, "valid_to"),
        ({"direction": "up"}, "direction"),
        ({"status": "revoked"}, "status"),
        ({"state": "revoked"}, "state"),
        ({"revoked_by": "user:1"}, "revoked_by"),
        ({"is_single_consignment": "maybe"}, "is_single_consignment"),
        ({"holder": "ТОО"}, "holder"),
        ({"holder": {"name": "ТОО"}}, "holder"),
        ({"holder": {"bin": "990140000007"}}, "holder.name"),
        ({"holder": HOLDER | {"bin": "12"}}, "holder.bin"),
        ({"holder": HOLDER | {"id": 1}}, "holder.id"),
        ({"lines": []}, "lines"),
        ({"lines": [LINE, LINE]}, "lines"),
        ({"lines": ["acetone"]}, "lines[1]."),
        ({"lines": [LINE | {"substance_key": "water"}]}, "lines[1].substance_key"),
        ({"lines": [LINE | {"amount": "0"}]}, "lines[1].amount"),
        ({"lines": [LINE | {"amount": "-5"}]}, "lines[1].amount"),
        ({"lines": [LINE | {"amount": "NaN"}]}, "lines[1].amount"),
        ({"lines": [LINE | {"amount": [1]}]}, "lines[1].amount"),
        ({"lines": [LINE | {"unit": "bag"}]}, "lines[1].unit"),
        ({"lines": [LINE | {"unit": "l"}]}, "lines[1].unit"),
        ({"lines": [LINE | {"basis": "dry"}]}, "lines[1].basis"),
        ({"lines": [LINE | {"basis": "solution"}]}, "lines[1].solution_pct"),
        ({"lines": [LINE | {"solution_pct": "101"}]}, "lines[1].solution_pct"),
        ({"lines": [LINE | {"density_kg_per_l": "-1"}]}, "lines[1].density_kg_per_l"),
        ({"lines": [LINE | {"line": "1.5"}]}, "lines[1].line"),
        ({"lines": [LINE | {"drawn_kg": "0"}]}, "lines[1].drawn_kg"),
    ],
)
def test_entry_when_a_value_is_wrong_then_rejected_by_its_name(changes, column):
    reading = read(ENTRY, ENTRY | {"number": "KZ2"} | changes)
    assert len(reading.records) == 1
    assert [(fault.line, fault.column) for fault in reading.rejected] == [(2, column)]
    assert reading.rejected[0].allowed


@pytest.mark.parametrize("entry", [None, [], "x", 5])
def test_entry_when_no_object_then_rejected(entry):
    assert [fault.column for fault in read(entry).rejected] == ["(entry)"]


def test_number_when_twice_in_one_list_then_the_second_is_rejected():
    reading = read(ENTRY, ENTRY | {"number": "KZ55LIC1"})
    assert [(fault.line, fault.column) for fault in reading.rejected] == [(2, "number")]


def test_litres_when_the_density_is_told_then_weighed():
    line = LINE | {"unit": "l", "amount": "100", "density_kg_per_l": "0.79"}
    (record,) = read(ENTRY | {"lines": [line]}).records
    assert record.lines[0].granted_kg == Decimal("79")


@pytest.mark.parametrize("sheet_format", [SheetFormat.CSV, SheetFormat.XLSX])
def test_sheet_when_two_rows_have_one_number_then_two_lines_of_one_permit(sheet_format):
    row = {
        "number": "KZ1",
        "kind": "licence",
        "holder_name": "ТОО «Реактив»",
        "holder_bin": "990140000007",
        "valid_from": "2026-01-01",
        "line": "1",
        "cas": "67-64-1",
        "amount": "100",
    }
    rows = [row, row | {"line": "2", "cas": "", "substance_key": "toluene"}, row | {"number": ""}]
    content = write_sheet(sheet_format, SHEET_COLUMNS, rows)
    reading = read_permit_sheet(content, file_name="may.sheet", known=KNOWN)
    (record,) = reading.records
    assert [line.substance_key for line in record.lines] == ["acetone", "toluene"]
    assert [(fault.line, fault.column) for fault in reading.rejected] == [(4, "number")]


def test_sheet_when_a_column_is_unknown_then_refused_with_the_columns():
    with pytest.raises(InvalidList) as fault:
        read_permit_sheet(b"number,colour\nKZ1,red\n", file_name="x.csv", known=KNOWN)
    assert fault.value.params["column"] == "colour"


def test_document_codes_when_shipped_then_each_has_kinds_and_a_source():
    codes = read_document_codes(TABLE)
    assert {"01011", "01332"} <= codes.keys()
    assert all(code.kinds and code.source and code.confidence for code in codes.values())


def test_document_codes_when_a_kind_is_unknown_then_refused_with_the_line(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("code,kinds,meaning,source,confidence\n01011,leave,x,y,z\n")
    with pytest.raises(UnreadableFile) as fault:
        read_document_codes(path)
    assert fault.value.params["line"] == 2
