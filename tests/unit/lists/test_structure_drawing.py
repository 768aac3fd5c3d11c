"""Structures as drawings that the pages' policy lets through."""

import re

import pytest

from risk.domain.structure_drawing import structure_outlines


@pytest.mark.parametrize("smiles", ["CC(=O)OC(C)=O", "C[C@@H](O)c1ccccc1", "[Na+].[OH-]", "O"])
def test_structure_when_drawn_then_outlines_of_numbers_alone(smiles) -> None:
    outlines = structure_outlines(smiles)
    assert outlines
    for one in outlines:
        assert re.fullmatch(r"[A-Za-z0-9.,+\- ]+", one.data)
        assert one.is_filled or float(one.width) > 0


def test_bonds_and_letters_are_both_there() -> None:
    kinds = {one.is_filled for one in structure_outlines("CC(=O)OC(C)=O")}
    assert kinds == {True, False}


def test_different_structures_are_different_drawings() -> None:
    assert len({structure_outlines(one) for one in ("CCO", "CCCO", "CC(=O)C")}) == 3


@pytest.mark.parametrize(
    "written", ["", "no structure", "<script>alert(1)</script>", "C" * 201, "C1CC"]
)
def test_what_is_no_structure_is_not_drawn(written) -> None:
    assert structure_outlines(written) == ()
