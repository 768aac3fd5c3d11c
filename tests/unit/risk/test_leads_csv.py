"""Leads as a table: what is read, and what each wrong row is told."""

from datetime import date

import pytest

from risk.domain.errors import InvalidList
from risk.domain.leads_csv import read_leads
from shipments.domain.values import IdentifierKind

TODAY = date(2026, 3, 1)
HEADER = "kind,value,reason,country,valid_from,valid_until"


def read(*rows: str):
    return read_leads([HEADER, *rows], today=TODAY)


def test_rows_when_right_then_leads_with_their_days() -> None:
    leads, faults = read(
        "phone,8 (727) 258-00-00,seen at a laboratory,,,",
        'address,"г. Алматы, ул. Абая, 1",склад,KZ,2026-01-01,2026-12-31',
    )
    assert faults == []
    assert [lead.kind for lead in leads] == [IdentifierKind.PHONE, IdentifierKind.ADDRESS]
    assert [(lead.valid_from, lead.valid_until) for lead in leads] == [
        (TODAY, None),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ("cheque,1,x,,,", "kind", "cheque"),
        ("card,4400 4301,x,,,", "value", "4400 4301"),
        ("phone,12,x,,,", "value", "12"),
        ("phone,+77272580000,,,,", "reason", ""),
        ("phone,+77272580000,x,,31.02.2026,", "valid_from", "31.02.2026"),
        ("phone,+77272580000,x,,2026-03-01,2026-02-01", "valid_until", "2026-02-01"),
        ("phone", "reason", ""),
    ],
)
def test_row_when_wrong_then_line_field_and_value_are_told(row, field, value) -> None:
    leads, (fault,) = read("bin,990140000007,x,,,", row)
    assert len(leads) == 1
    assert (fault.line, fault.field, fault.value) == (3, field, value)
    assert fault.allowed


def test_table_when_a_column_is_missing_then_refused() -> None:
    with pytest.raises(InvalidList, match="reason"):
        read_leads(["kind,value", "phone,+77272580000"], today=TODAY)
