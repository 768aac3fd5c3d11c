"""Identifiers that contradict each other or a public reference are told, with both sides."""

from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.lists.verification import contradictions_of, element_counts
from risk.domain.substances import ListEntry, SubstanceKind

LISTS = Path(__file__).resolve().parents[3] / "fixtures" / "lists"


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
        ({"cas_rn": "67-64-1"}, {"formula_not_of_cas", "inchikey_not_of_cas"}),
        ({"clause_smarts": "[#6]("}, {"smarts_unreadable"}),
        ({"clause_smarts": "[#6]C(=O)[#6]"}, set()),
        ({"cas_rn": "", "smiles": "", "formula": "C9", "inchikey": ""}, set()),
    ],
)  # fmt: skip
def test_contradictions_of_one_form(values: dict[str, str], codes: set[str]) -> None:
    found = contradictions_of(entry(**values))

    assert {one.code for one in found} == codes
    assert all(one.expected and one.source and one.field for one in found)


def test_element_counts_when_hydrates_and_subscripts_are_written_then_they_count() -> None:
    assert element_counts("K₂CO₃·2H2O") == {"K": 2, "C": 1, "O": 5, "H": 4}


def test_shipped_lists_when_checked_then_nothing_contradicts() -> None:
    entries = {e.key: e for one in read_lists(LISTS) for e in one.entries}

    assert [one for e in entries.values() for one in contradictions_of(e)] == []
