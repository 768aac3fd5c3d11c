"""Identifiers that contradict each other or a public reference are told, with both sides."""

from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.lists.verification import contradictions_of, element_counts
from risk.domain.substances import ListEntry, SubstanceKind

LISTS = Path(__file__).resolve().parents[3] / "fixtures" / "lists"


ONLY_A_NUMBER = {"smiles": "", "inchikey": "", "formula": ""}


def entry(**values: str) -> ListEntry:
    plain = {
        "list_code": "A", "substance_key": "acetic-anhydride", "schedule": "I", "form": "base",
        "form_name": "Acetic anhydride", "cas_rn": "108-24-7", "smiles": "CC(=O)OC(C)=O",
        "inchikey": "WFDIJRYMOXRFFG-UHFFFAOYSA-N", "formula": "C4H6O3",
    }  # fmt: skip
    return ListEntry(**{**plain, **values}, kind=SubstanceKind.PRECURSOR)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, set()),
        ({"formula": "(CH3CO)2O"[:0]}, set()),
        ({"inchikey": "CSCPPACGZOOCGX-UHFFFAOYSA-N"},
         {"inchikey_not_of_smiles", "inchikey_not_of_cas"}),
        ({"formula": "C4H6O2"}, {"formula_not_of_smiles", "formula_not_of_cas"}),
        ({"smiles": "C(("}, {"smiles_unreadable"}),
        ({"cas_rn": "67-64-1"},
         {"formula_not_of_cas", "inchikey_not_of_cas", "cas_not_of_name"}),
        ({**ONLY_A_NUMBER, "cas_rn": "67-64-1"}, {"cas_not_of_name"}),
        ({**ONLY_A_NUMBER, "cas_rn": "67-64-1", "form_name": "ангидрид"}, {"cas_not_of_name"}),
        # Neither the name of a salt nor a number that nobody knows says anything of the base.
        ({**ONLY_A_NUMBER, "cas_rn": "67-64-1", "form_name": "x", "form": "salt"}, set()),
        ({**ONLY_A_NUMBER, "cas_rn": "9999999-00-7"}, set()),
        ({"clause_smarts": "[#6]("}, {"smarts_unreadable"}),
        ({"clause_smarts": "[#6]C(=O)[#6]"}, set()),
        ({"cas_rn": "", "smiles": "", "formula": "C9", "inchikey": ""}, set()),
    ],
)  # fmt: skip
def test_contradictions_of_one_form(values: dict[str, str], codes: set[str]) -> None:
    found = contradictions_of(entry(**values), "acetic anhydride")

    assert {one.code for one in found} == codes
    assert all(one.expected and one.source and one.field for one in found)


def test_element_counts_when_hydrates_and_subscripts_are_written_then_they_count() -> None:
    assert element_counts("K₂CO₃·2H2O") == {"K": 2, "C": 1, "O": 5, "H": 4}


def test_shipped_lists_when_checked_then_nothing_contradicts() -> None:
    preferred = {
        name.substance_key: name.name
        for one in read_lists(LISTS) for name in one.names
        if name.source.endswith("preferred_name_en")
    }  # fmt: skip
    entries = {e.key: e for one in read_lists(LISTS) for e in one.entries}

    found = [contradictions_of(e, preferred[e.substance_key]) for e in entries.values()]
    assert set(found) == {()}
