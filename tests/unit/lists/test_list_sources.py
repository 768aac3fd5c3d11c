"""Every shipped list reads, and every broken value is reported with its place."""

import csv
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from risk.domain.errors import InvalidList
from risk.domain.lists.names_csv import read_innocent_names, read_names
from risk.domain.lists.reference_csv import COLUMNS
from risk.domain.lists.sources import LIST_SOURCES, read_list, read_lists
from risk.domain.substances import SubstanceKind

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
LISTS = FIXTURES / "lists"
UNVERIFIED = {
    "KZ-470-T4", "EAEU-30-2.12", "RU-681-L1", "RU-681-L4", "EU-TARIC-PREC", "INCB-ISSL",
    "INCB-EQUIP", "US-SSL-EQUIP",
}  # fmt: skip
LIMITS_UNKNOWN = {"KZ-470-T4", "EAEU-30-2.12", "RU-681-L1", "EU-TARIC-PREC"}


def test_read_lists_when_shipped_then_all_fifteen_are_whole() -> None:
    found = read_lists(LISTS)

    assert len(found) == 15
    assert sum(len(one.entries) for one in found) == 717
    assert {one.meta.list_code for one in found if not one.meta.verified} == UNVERIFIED
    assert {one.meta.list_code for one in found if not one.meta.limits_known} == LIMITS_UNKNOWN
    assert all(one.meta.verified_reason and one.meta.licence for one in found)


@pytest.mark.parametrize("folder", sorted(LISTS.iterdir()), ids=lambda path: path.name)
def test_read_list_when_shipped_then_its_folder_bears_its_code(folder: Path) -> None:
    found = read_list(folder)

    assert folder.name == found.meta.list_code.lower()
    assert {entry.kind.value for entry in found.entries} <= set(found.meta.kinds)
    assert {name.substance_key for name in found.names} <= {
        entry.substance_key for entry in found.entries
    }
    assert {source.key for source in LIST_SOURCES} >= {found.meta.layout}


def test_read_list_when_the_act_states_limits_then_they_are_decimals() -> None:
    entries = {entry.form_name: entry for entry in read_list(LISTS / "ru-681-l4").entries}

    assert entries["Acetone"].concentration_min_pct == Decimal("60")
    assert entries["Acetone"].is_limit_known
    assert not entries["Red phosphorus"].is_limit_known


def test_read_list_when_limits_are_unknown_then_no_entry_claims_none() -> None:
    found = read_list(LISTS / "kz-470-t4")

    assert not any(entry.is_limit_known for entry in found.entries)
    assert all(entry.effective_from for entry in found.entries)


def test_read_list_when_codes_are_given_then_they_are_digits_and_baskets_are_marked() -> None:
    entries = {entry.form_name: entry for entry in read_list(LISTS / "un1988-t1").entries}
    specific, basket = entries["Acetic anhydride"], entries["4-Piperidone"]

    assert specific.commodity_codes == ("29152400", "2915240000")
    assert (specific.is_basket_code, basket.is_basket_code) == (False, True)


def test_read_list_when_it_is_a_surveillance_list_then_the_kind_says_so() -> None:
    assert {entry.kind for entry in read_list(LISTS / "incb-issl").entries} == {
        SubstanceKind.SURVEILLANCE
    }


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., Path]:
    """A copy of a shipped list with values of its first row replaced."""

    def make(**values: str) -> Path:
        folder = tmp_path / "un1988-t1"
        shutil.copytree(LISTS / "un1988-t1", folder)
        path = folder / "entries.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        rows[0].update(values)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return folder

    return make


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("cas", "108-24-8"),
        ("ec_number", "203-564-9"),
        ("hs6", "29152"),
        ("hs_full", "CN:2915 2;TNVED:2915240000"),
        ("hs_full", "TNVED:2914110000"),
        ("concentration_min_pct", "101"),
        ("concentration_min_pct", "much"),
        ("threshold", "5 pounds"),
        ("effective_from", "11.11.1990"),
        ("kind", "poison"),
        ("form", "powder"),
        ("includes_salts", "maybe"),
        ("un_number", "171"),
        ("inchikey", "WFDIJ"),
        ("confidence", "certain"),
        ("substance_key", ""),
    ],
)
def test_read_list_when_a_value_is_wrong_then_the_error_names_its_place(
    broken: Callable[..., Path], column: str, value: str
) -> None:
    with pytest.raises(InvalidList) as raised:
        read_list(broken(**{column: value}))

    errors = raised.value.params["errors"]
    assert [(e.line, e.column, e.value) for e in errors] == [(2, column, value)]
    assert "entries.csv:2" in str(errors[0])
    assert errors[0].allowed


def test_read_list_when_several_values_are_wrong_then_all_are_reported(
    broken: Callable[..., Path],
) -> None:
    with pytest.raises(InvalidList) as raised:
        read_list(broken(cas="1-1-1", hs6="x", kind="poison", hs_full=""))

    assert {error.column for error in raised.value.params["errors"]} == {"cas", "hs6", "kind"}


def test_read_list_when_a_row_repeats_then_it_is_reported(broken: Callable[..., Path]) -> None:
    path = broken() / "entries.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")

    with pytest.raises(InvalidList) as raised:
        read_list(path.parent)

    assert raised.value.params["column"] == "form_name"


def test_read_list_when_rows_are_missing_then_the_range_is_reported(
    broken: Callable[..., Path],
) -> None:
    path = broken() / "entries.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:10]), encoding="utf-8")

    with pytest.raises(InvalidList) as raised:
        read_list(path.parent)

    assert "expected_rows" in raised.value.params["allowed"]


def test_read_list_when_a_column_is_unknown_then_it_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    shutil.copytree(LISTS / "un1988-t2", folder)
    path = folder / "entries.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("un_number", "un", 1), "utf-8")

    with pytest.raises(InvalidList) as raised:
        read_list(folder)

    assert {error.column for error in raised.value.params["errors"]} == {"un", "un_number"}


@pytest.mark.parametrize("content", ["", "list_code = 1", "not toml", 'layout = "other"'])
def test_read_list_when_its_meta_data_is_wrong_then_it_is_invalid(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "list.toml").write_text(content, encoding="utf-8")

    with pytest.raises(InvalidList):
        read_list(tmp_path)


def test_read_names_when_shipped_then_every_name_has_a_source_that_may_enter() -> None:
    names = read_names(FIXTURES / "names" / "synonyms.csv")
    keys = {entry.substance_key for one in read_lists(LISTS) for entry in one.entries}

    assert len(names) > 5_000
    assert {name.substance_key for name in names} <= keys
    assert all(name.source for name in names)


def test_read_innocent_names_when_shipped_then_none_is_a_listed_name() -> None:
    listed = {name.name.lower() for name in read_names(FIXTURES / "names" / "synonyms.csv")}

    innocent = read_innocent_names(FIXTURES / "names" / "innocent.csv")

    assert len(innocent) > 5_000
    assert not listed & {name.lower() for name in innocent}


def test_read_names_when_the_kind_is_unknown_then_the_line_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text(
        "substance_key,name,lang,kind,source,verification\nacetone,x,en,nick,general knowledge,\n",
        encoding="utf-8",
    )

    with pytest.raises(InvalidList) as raised:
        read_names(path)

    assert (raised.value.params["line"], raised.value.params["column"]) == (2, "kind")
