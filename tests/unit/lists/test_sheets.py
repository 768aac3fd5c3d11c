"""Export and import give back the same entries; hostile files are refused."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain.errors import InvalidList
from risk.domain.lists import sheets
from risk.domain.lists.comparison import compare, entry_digest
from risk.domain.lists.entry_cells import ENTRY_COLUMNS, cells_of
from risk.domain.lists.sheet_import import ImportPreview, preview_sheet
from risk.domain.lists.sheets import SheetFormat, write_sheet
from risk.domain.lists.sources import read_lists
from risk.domain.substances import (
    EntryCode,
    ExemptionPeriod,
    Fact,
    FactConfidence,
    ListEntry,
    Nomenclature,
    QuantityExemption,
    Scope,
    ScopeException,
    SubstanceKind,
)
from shipments.domain import workbooks
from shipments.domain.sheets import neutralised, restored

LISTS = Path(__file__).resolve().parents[3] / "fixtures" / "lists"
SHIPPED = read_lists(LISTS)
FORMATS = list(SheetFormat)

texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
    st.sampled_from(["=1+1", "+cmd", "-2", "@x", "'quoted", "'=x", "_x0041_", 'a"b,c;d', "а\nб"]),
).map(str.strip)
names = texts.filter(bool)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
percents = st.decimals(0, 100, places=4)
amounts = st.decimals("0.000001", 100, places=6)


@st.composite
def codes(draw: st.DrawFn) -> EntryCode:
    since = draw(st.none() | days)
    return EntryCode(
        nomenclature=Nomenclature.TNVED,
        code=f"2914{draw(st.integers(0, 999_999)):06}",
        is_ex=draw(st.booleans()),
        prior_share=draw(st.none() | st.decimals(0, 1, places=3)),
        valid_from=since,
        valid_to=draw(st.none() | st.just((since or date(2020, 1, 1)) + timedelta(days=30))),
    )


@st.composite
def list_entries(draw: st.DrawFn) -> ListEntry:
    limit = draw(st.none() | percents)
    smarts = draw(texts)
    exceptions = [(scope, draw(texts)) for scope in Scope]
    facts = draw(st.sets(st.sampled_from(Fact)))
    flag = st.booleans()
    return ListEntry(
        list_code="A",
        substance_key=draw(st.sampled_from(["acetone", "toluene"])),
        schedule=draw(texts),
        kind=draw(st.sampled_from(SubstanceKind)),
        form=draw(st.sampled_from(["base", "salt"])),
        form_name=draw(names),
        cas_rn=draw(st.sampled_from(["", "67-64-1"])),
        smiles=draw(texts),
        formula=draw(texts),
        codes=tuple(dict.fromkeys(draw(st.lists(codes(), max_size=2)))),
        is_basket_code=draw(flag),
        includes_salts=draw(flag),
        includes_ethers=draw(flag),
        includes_preparations=draw(flag),
        exceptions=tuple(ScopeException(scope=s, wording=w) for s, w in exceptions if w),
        concentration_min_pct=limit,
        is_limit_exclusive=limit is not None and draw(flag),
        is_limit_known=draw(flag),
        exemption=draw(
            st.none()
            | st.builds(
                QuantityExemption,
                amount=amounts,
                unit=st.sampled_from(["kg", "l"]),
                period=st.sampled_from(ExemptionPeriod),
                wording=texts,
            )
        ),
        clause_smarts=smarts,
        clause_wording=draw(names) if smarts else "",
        effective_from=draw(st.none() | days),
        effective_to=draw(st.none() | days),
        source=draw(texts),
        confidence=draw(st.sampled_from(["", "high", "low"])),
        confidences=tuple(FactConfidence(fact=f, confidence="low") for f in Fact if f in facts),
        notes=draw(texts),
    )


def preview(content: bytes, present: tuple[ListEntry, ...] = ()) -> ImportPreview:
    return preview_sheet(content, file_name="x", list_code="A", present=present, keys_by_cas={})


def exported(sheet_format: SheetFormat, entries: tuple[ListEntry, ...]) -> bytes:
    return write_sheet(sheet_format, ENTRY_COLUMNS, [cells_of(entry) for entry in entries])


@pytest.mark.parametrize("sheet_format", FORMATS)
@settings(max_examples=60)
@given(st.lists(list_entries(), max_size=4))
def test_import_when_it_is_an_export_then_nothing_differs(
    sheet_format: SheetFormat, found: list[ListEntry]
) -> None:
    entries = tuple({entry.key: entry for entry in found}.values())

    result = preview(exported(sheet_format, entries), entries)

    assert result.rejected == ()
    assert result.comparison.is_empty
    assert {entry.key: entry for entry in result.entries} == {e.key: e for e in entries}


@pytest.mark.parametrize("sheet_format", FORMATS)
def test_import_when_shipped_lists_are_exported_then_nothing_differs(
    sheet_format: SheetFormat,
) -> None:
    for one in SHIPPED:
        result = preview_sheet(
            exported(sheet_format, one.entries),
            file_name="x",
            list_code=one.meta.list_code,
            present=one.entries,
            keys_by_cas={},
        )
        assert (result.rejected, result.comparison.is_empty) == ((), True)


@given(texts)
def test_neutralised_when_opened_in_a_spreadsheet_then_no_cell_is_a_formula(text: str) -> None:
    safe = neutralised(text)

    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "|", "%"))
    assert restored(safe) == text


def test_import_when_rows_change_then_the_preview_tells_which_and_why() -> None:
    acetone, toluene, ether = (
        ListEntry(
            list_code="A", substance_key=key, schedule="II", kind=SubstanceKind.PRECURSOR,
            form="base", form_name=key, concentration_min_pct=Decimal(60),
        )
        for key in ("acetone", "toluene", "ether")
    )  # fmt: skip
    rows = [
        cells_of(msgspec.structs.replace(acetone, concentration_min_pct=Decimal("50.5"))),
        cells_of(ether) | {"cas": "60-29-8", "hs6": "29"},
        cells_of(toluene) | {"substance_key": "", "form_name": "New thing", "cas": "67-64-1"},
    ]
    content = write_sheet(SheetFormat.CSV, ENTRY_COLUMNS, rows)

    result = preview_sheet(
        content,
        file_name="decree.csv",
        list_code="A",
        present=(acetone, toluene, ether),
        keys_by_cas={"67-64-1": "known-by-cas"},
    )

    assert [entry.key for entry in result.comparison.added] == [("known-by-cas", "New thing")]
    assert [entry.substance_key for entry in result.comparison.removed] == ["toluene"]
    (change,) = result.comparison.changed
    assert [(f.field, f.before, f.after) for f in change.fields] == [
        ("concentration_min_pct", "60", "50.5")
    ]
    assert [(e.line, e.column, e.value) for e in result.rejected] == [
        (3, "hs6", "29"),
        (3, "cas", "60-29-8"),
    ]
    assert result.comparison.unchanged_count == 1  # what a rejected row meant stays as it was


def test_import_when_the_sheet_is_an_authority_s_then_its_headings_are_understood() -> None:
    content = "CAS No;Наименование;Category;Код ТН ВЭД\n67-64-1;Ацетон;II;HS:291411\n".encode()

    result = preview_sheet(
        content,
        file_name="x",
        list_code="A",
        present=(),
        keys_by_cas={"67-64-1": "acetone"},
        kind="precursor",
    )

    assert result.rejected == ()
    (entry,) = result.entries
    assert (entry.cas_rn, entry.form_name, entry.schedule) == ("67-64-1", "Ацетон", "II")
    assert entry.commodity_codes == ("291411",)


def test_import_when_nothing_names_the_substance_then_the_row_is_rejected() -> None:
    result = preview("form_name,kind\nНечто,precursor\n".encode())

    assert [(error.column, error.value) for error in result.rejected] == [("substance_key", "")]


def _xlsx(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        workbook.add_worksheet().write_row(0, 0, ["form_name", "kind"])
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"xl/{name}.xml", content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_xlsx(bomb=b"<a>" + b"0" * 60_000_000), "archive_expands_too_much"),
        (_xlsx(entity=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "xml_doctype_refused"),
        (_xlsx(entity='<?xml version="1.0"?><!DOCTYPE a>'.encode("utf-16")), "xml_doctype_refused"),
        (workbooks.ZIP_MAGIC + b"broken", "archive_invalid"),
        (b"form_name,kind\n\xff\xfe", "invalid_list"),
        (b"form_name,form_name\n1,2", "invalid_list"),
        (b"[1]", "invalid_list"),
        (b'{"a": 1}', "invalid_list"),
        (b"[" * 100_000, "invalid_list"),
        (b"cas\n67-64-1\n", "invalid_list"),
        (b"form_name,kind\na,precursor,c,d\n", "invalid_list"),
    ],
)
def test_import_when_the_file_is_hostile_or_no_sheet_then_it_is_refused(
    content: bytes, code: str
) -> None:
    with pytest.raises(InvalidList) as raised:
        preview(content)

    assert raised.value.code == code
    assert raised.value.params["allowed"]


def test_import_when_there_are_too_many_rows_or_bytes_then_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    with pytest.raises(InvalidList) as raised:
        preview(b"form_name,kind\n" + b"a,precursor\n" * 3)
    assert raised.value.code == "too_many_rows"

    monkeypatch.setattr(sheets, "MAX_FILE_BYTES", 5)
    with pytest.raises(InvalidList):
        preview(b"form_name,kind\n")


def test_workbook_when_numbers_and_dates_are_in_cells_then_codes_stay_whole() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [2915240000, 12.5, True])
        sheet.write_datetime(0, 3, date(2026, 3, 1), day)
        sheet.write_formula(0, 4, "=1+1", None, 2)

    ((number, cells),) = workbooks.read_first_sheet(stream)

    assert number == 1
    assert [workbooks.cell_text(cell) for cell in cells] == [
        "2915240000",
        "12.5",
        "True",
        "2026-03-01",
        "2",
    ]


def test_compare_when_entries_are_equal_then_digests_are_and_change_with_any_field() -> None:
    entries = SHIPPED[0].entries
    assert compare(entries, reversed(entries)).is_empty
    changed = msgspec.structs.replace(entries[0], notes="other")
    assert entry_digest(changed) != entry_digest(entries[0])
    elsewhere = msgspec.structs.replace(entries[0], list_code="B")
    assert entry_digest(elsewhere) == entry_digest(entries[0])
