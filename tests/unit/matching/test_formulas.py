"""Molecular formulas and CUS numbers: weak and strong identifiers in a text."""

import pytest

from risk.domain.errors import InvalidList
from risk.domain.lists.names_csv import read_names
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method
from risk.domain.matching.files import output_row
from risk.domain.matching.formulas import canonical_formula, find_formulas
from risk.domain.matching.identifiers import find_identifiers, is_cus_number
from risk.domain.substances import CUS_KIND, ListEntry, SubstanceKind, SubstanceName


@pytest.mark.parametrize(
    ("written", "atoms"),
    [
        ("C3H6O", "C3H6O1"),
        ("С3Н6О", "C3H6O1"),
        ("H₂SO₄", "H2O4S1"),
        ("KMnO4", "K1Mn1O4"),
        ("КМnО4", "K1Mn1O4"),
        ("(CH3)2CO", "C3H6O1"),
        ("CH3COCH3", "C3H6O1"),
        ("(C2H5)2O", "C4H10O1"),
        ("C10H15NO·HCl", "C10Cl1H16N1O1"),
    ],
)
def test_formula_when_written_in_any_way_then_its_atoms_are_the_same(
    written: str, atoms: str
) -> None:
    assert canonical_formula(written) == atoms
    (found,) = find_formulas(f"goods, {written}, 5 kg")
    assert (found.value, found.method) == (atoms, Method.FORMULA)


@pytest.mark.parametrize(
    "text",
    ["IBC1000", "B2B", "R134a", "ISO9001", "АЦЕТОН 5КГ", "HDPE200", "P2P", "M12", "C3H6O-x", "O2",
     "model CH3-5", "C0H5O", "((((", "Hg" * 900],
)  # fmt: skip
def test_formula_when_it_is_a_model_or_a_standard_then_it_is_none(text: str) -> None:
    assert list(find_formulas(text)) == []


def test_formula_when_it_stands_alone_then_it_is_shown_and_never_flagged(
    screener: Screener,
) -> None:
    found = screener.screen("chemical C4H6O3, 20 drums")
    (evidence,) = [one for one in found if one.substance_key == "acetic-anhydride"]
    assert (evidence.method, evidence.flagged) == (Method.FORMULA, False)
    assert 0.1 < evidence.match_score < 0.4
    assert output_row("1", evidence)[7] == "structure"


def test_formula_when_it_stands_beside_a_weak_name_then_it_supports_it(screener: Screener) -> None:
    alone = screener.screen("MEK 200 l")[0]
    beside = screener.screen("MEK C4H8O 200 l")[0]
    assert Method.FORMULA in beside.support
    assert alone.match_score < beside.match_score
    assert not beside.flagged


def test_formula_when_it_is_a_listed_name_then_it_is_no_second_evidence(screener: Screener) -> None:
    (evidence,) = screener.screen("H2SO4 98 %")
    assert (evidence.method, evidence.support) == (Method.EXACT, ())


@pytest.mark.parametrize(
    "number",
    ["0021895-1", "0043878-8", "0012413-0", "0017228-1", "0028635-1", "0021238-4", "0023865-3"],
)
def test_cus_number_when_its_check_digit_is_right_then_it_is_one(number: str) -> None:
    assert is_cus_number(number)
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    assert not is_cus_number(wrong)
    assert [one.value for one in find_identifiers(f"CUS {number}, {wrong}")] == [number]


def test_cus_number_when_a_name_carries_it_then_the_substance_is_flagged() -> None:
    entry = ListEntry(
        list_code="X", substance_key="x", schedule="", kind=SubstanceKind.PRECURSOR, form="base",
        form_name="x",
    )  # fmt: skip
    name = SubstanceName(substance_key="x", name="0023865-3", lang="", kind=CUS_KIND)
    (evidence,) = Screener([entry], [name]).screen("acid, CUS 0023865-3")
    assert (evidence.method, evidence.flagged) == (Method.CUS, True)
    assert output_row("1", evidence)[7] == "ec"


def test_cus_number_when_wrong_in_a_file_of_names_then_it_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "names.csv"
    head = "substance_key,name,lang,kind,source,verification\n"
    path.write_text(f"{head}x,0023865-4,en,cus,s,\n", encoding="utf-8")
    with pytest.raises(InvalidList):
        read_names(path)
    path.write_text(f"{head}x,0023865-3,en,cus,s,\n", encoding="utf-8")
    assert read_names(path)[0].kind == CUS_KIND


@pytest.mark.parametrize(
    ("text", "code", "flagged"),
    [
        ("acid-proof lining, resistant to H2SO4", "", False),
        ("H2SO4", "", False),
        ("H2SO4 98 %", "", True),
        ("H2SO4, IBC 1000 l", "2807000000", True),
        ("KMnO4, potassium permanganate", "", True),
    ],
)
def test_formula_when_nothing_stands_beside_it_then_it_does_not_flag(
    screener: Screener, text: str, code: str, flagged: bool
) -> None:
    found = screener.screen(text, code)
    assert any(one.matched_text for one in found)
    assert any(one.flagged for one in found) is flagged
