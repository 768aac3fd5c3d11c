"""Exceptions of scope and substituent clauses, as entries carry them, in the screener."""

import pytest

from risk.domain.matching.combine import ALERT_POINT
from risk.domain.matching.engine import Screener
from risk.domain.matching.molecules import read_molecule
from risk.domain.matching.scope import excepted_acids
from risk.domain.matching.structure import StructureIndex
from risk.domain.substances import (
    ListEntry,
    Scope,
    ScopeException,
    SubstanceKind,
    SubstanceName,
)

AMINE = "CC(N)Cc1ccccc1"
AMINE_KEY = "KWTSXDURSIMDCE-UHFFFAOYSA-N"
ACIDS = {
    "hydrochloric": "Cl",
    "sulphuric": "OS(=O)(=O)O",
    "acetic": "CC(=O)O",
    "hydrobromic": "Br",
    "phosphoric": "OP(=O)(O)O",
    "nitric": "O[N+](=O)[O-]",
}
RUSSIAN = ["соляной", "серной", "уксусной", "бромистоводородной", "фосфорной", "азотной"]


def entry(*, salts_except: str = "", clause: str = "", **more: object) -> ListEntry:
    exceptions = (ScopeException(scope=Scope.SALTS, wording=salts_except),) if salts_except else ()
    values = {
        "list_code": "A", "substance_key": "x", "schedule": "", "form": "base", "form_name": "x",
        "kind": SubstanceKind.PRECURSOR, "exceptions": exceptions, "clause_smarts": clause,
        "clause_wording": "as the act says" if clause else "", **more,
    }  # fmt: skip
    return ListEntry(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "russian", "smiles"), list(zip(ACIDS, RUSSIAN, ACIDS.values(), strict=True))
)
def test_an_acid_of_an_act_is_the_acid_that_rdkit_reads(
    word: str, russian: str, smiles: str
) -> None:
    molecule = read_molecule(smiles)
    assert molecule is not None
    expected = {molecule.inchikey[:14]}
    assert excepted_acids(entry(salts_except=f"except of {word} acid")) == expected
    assert excepted_acids(entry(salts_except=f"кроме солей {russian} кислоты")) == expected


def test_an_exception_in_other_words_is_not_understood() -> None:
    assert excepted_acids(entry(salts_except="as far as the note says")) == frozenset()


@pytest.mark.parametrize(
    ("smiles", "is_covered"),
    [
        (f"{AMINE}.Cl", False),
        (f"{AMINE}.OS(=O)(=O)O", False),
        ("CC([NH3+])Cc1ccccc1.[Cl-]", False),
        (f"{AMINE}.OC(=O)C(O)C(O)C(=O)O", True),
        (AMINE, True),
    ],
)
def test_salts_when_the_act_leaves_out_their_acid_then_not_covered(
    smiles: str, is_covered: bool
) -> None:
    listed = entry(
        salts_except="of hydrochloric and sulphuric acid",
        smiles=AMINE,
        inchikey=AMINE_KEY,
        includes_salts=True,
    )
    (found,) = StructureIndex([listed]).find(f"SMILES {smiles}")
    assert (found.score >= ALERT_POINT) == is_covered


def test_salts_when_another_list_leaves_out_nothing_then_covered() -> None:
    first = entry(
        salts_except="of hydrochloric acid", smiles=AMINE, inchikey=AMINE_KEY, includes_salts=True
    )
    second = entry(list_code="B", smiles=AMINE, inchikey=AMINE_KEY, includes_salts=True)
    for order in ([first, second], [second, first]):
        (found,) = StructureIndex(order).find(f"SMILES {AMINE}.Cl")
        assert found.score >= ALERT_POINT


@pytest.mark.parametrize(
    ("text", "plain", "excepted"),
    [
        ("norbenzamine hydrochloride", True, False),
        ("norbenzamine sulphate, drums", True, False),
        ("norbenzamine phosphate", True, True),
        ("norbenzamine, drums", True, True),
    ],
)
def test_salts_by_name_when_the_act_leaves_out_their_acid_then_another_substance(
    text: str, plain: bool, excepted: bool
) -> None:
    names = [SubstanceName(substance_key="x", name="norbenzamine", lang="en", kind="common")]
    all_salts = entry(includes_salts=True)
    but_two = entry(includes_salts=True, salts_except="of hydrochloric and sulphuric acid")
    assert bool(Screener([all_salts], names).screen(text)) == plain
    assert bool(Screener([but_two], names).screen(text)) == excepted
    assert bool(Screener([but_two, all_salts], names).screen(text)) == plain


def test_a_clause_when_a_structure_has_its_pattern_then_evidence_of_its_entry() -> None:
    clause = entry(clause="[CX3](=O)Cc1ccccc1 !c[Cl]")
    screener = Screener([clause], [])
    (found,) = screener.screen("sample CCC(=O)Cc1ccccc1, 5 kg")
    assert (found.substance_key, found.method) == ("x", "structure")
    assert found.match_score >= ALERT_POINT
    assert screener.screen("sample CCC(=O)Cc1ccc(Cl)cc1, 5 kg") == ()
    assert screener.screen("sample CCCCCCCC(=O)O, 5 kg") == ()


def test_a_clause_that_cannot_be_read_breaks_nothing() -> None:
    assert Screener([entry(clause="[[[")], []).screen("sample CCC(=O)Cc1ccccc1, 5 kg") == ()


@pytest.mark.parametrize("word", ["acetate", "nitrate", "citrate"])
def test_a_salt_that_no_exception_names_is_the_substance(screener: Screener, word: str) -> None:
    for text in (f"Ephedrine {word}, 25 kg drums", f"ephedrine ({word})"):
        assert "ephedrine" in {one.substance_key for one in screener.screen(text)}, text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ephedrine phosphate, 25 kg drums", "ephedrine"),
        ("ephedrin phosphate", "ephedrine"),
        ("CODEINE PHOSPHATE", "nd-codeine"),
        ("Tilidine hydrochloride, 1 kg", "nd-tilidine"),
        # Of what is no base the word makes another substance.
        ("diphenylacetic acid chloride", None),
        ("heliotropin acetate", None),
    ],
)
def test_a_salt_that_a_reference_has_under_another_number_is_covered(screener, text, key) -> None:
    """The reference has "ephedrine phosphate" as an ester, and salts of narcotics that lists name
    without numbers as substances of their own."""
    assert {one.substance_key for one in screener.screen(text)} == ({key} if key else set())


@pytest.mark.parametrize("text", ["ephedrine acetal", "acetone acetate", "benzyl alcohol acetate"])
def test_an_acetal_or_an_ester_is_another_substance(screener: Screener, text: str) -> None:
    assert screener.screen(text) == ()
