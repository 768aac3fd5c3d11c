"""Structures in a text → entries, by their scope; names through OPSIN where Java is."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from risk.domain.lists.sources import read_lists
from risk.domain.matching import molecules
from risk.domain.matching.evidence import Method
from risk.domain.matching.structure import GenericClause, StructureIndex
from risk.domain.matching.systematic import (
    OpsinMissing,
    is_opsin_present,
    opsin_smiles,
    systematic_spans,
)
from risk.domain.substances import ListEntry, SubstanceKind

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
ALERT = 0.7


@pytest.fixture(scope="module")
def index() -> StructureIndex:
    return StructureIndex(
        [entry for one in read_lists(FIXTURES / "lists") for entry in one.entries]
    )


@pytest.mark.parametrize(
    ("text", "key", "relation"),
    [
        ("InChIKey QCCDLTOVEPVEJK-UHFFFAOYSA-N, drums", "p2p", "same"),
        ("InChI=1S/C9H10O/c1-8(10)7-9-5-3-2-4-6-9/h2-6H,7H2,1H3, 5 kg", "p2p", "same"),
        ("sample CC(=O)Cc1ccccc1", "p2p", "same"),
        ("sample (CC(=O)Cc1ccccc1), 5 kg", "p2p", "same"),
        ("SMILES CC(C)=O", "acetone", "same"),
        ("[K+].[O-][Mn](=O)(=O)=O", "potassium-permanganate", "same"),
        ("CC(=O)Cc1ccccc1.O", "p2p", "hydrate"),
        ("[2H]C([2H])([2H])C(=O)C([2H])([2H])[2H]", "acetone", "isotopologue"),
        ("[Li+].[O-]C(=O)Cc1ccccc1", "phenylacetic-acid", "salt"),
        ("SMILES C[C@H](NC)[C@@H](O)c1ccccc1", "pseudoephedrine", "same"),
        ("CC1(OC1c1ccccc1)C(=O)OCCCCC", "bmk-glycidic-acid", "ester"),
    ],
)
def test_structure_when_it_is_or_belongs_to_a_listed_one_then_found_at_its_place(
    index: StructureIndex, text: str, key: str, relation: str
) -> None:
    (found,) = index.find(text)
    assert (found.substance_key, found.relation) == (key, relation)
    assert found.score >= ALERT
    assert text[found.start : found.end] == found.name
    assert found.method is (Method.INCHIKEY if "InChIKey" in text else Method.STRUCTURE)


@pytest.mark.parametrize(
    "text",
    [
        "SMILES CCOC(C)=O",
        "[Na+].[O-][Mn](=O)(=O)=O",
        "acetone (CAS =(=)#) CLASS (3) C-C=O",
        "InChIKey AAAAAAAAAAAAAA-UHFFFAOYSA-N",
        "InChI=1S/nonsense",
        "N=1 C=2 (O) Price=100 (CIF) No=5",
    ],
)
def test_structure_when_of_another_molecule_or_none_then_nothing(
    index: StructureIndex, text: str
) -> None:
    assert index.find(text) == []


def test_salt_of_acetic_acid_when_found_then_under_the_alert_point(index: StructureIndex) -> None:
    (found,) = index.find("SMILES [Na+].CC(=O)[O-]")
    assert (found.substance_key, found.relation) == ("acetic-acid", "salt")
    assert found.score < ALERT


def _entry(smiles: str, inchikey: str, *, isomers: bool = False) -> ListEntry:
    return ListEntry(
        list_code="X",
        substance_key="x",
        schedule="",
        kind=SubstanceKind.PRECURSOR,
        form="base",
        form_name="x",
        smiles=smiles,
        inchikey=inchikey,
        includes_isomers=isomers,
    )


@pytest.mark.parametrize(("isomers", "is_flagged"), [(True, True), (False, False)])
def test_other_stereoisomer_when_the_entry_covers_isomers_then_and_only_then_flagged(
    isomers: bool, is_flagged: bool
) -> None:
    listed = _entry("C[C@H](N)C(=O)O", "QNAYBMKLOCPYGJ-REOHCLBHSA-N", isomers=isomers)
    (found,) = StructureIndex([listed]).find("SMILES C[C@@H](N)C(=O)O")
    assert found.relation == "stereoisomer"
    assert (found.score >= ALERT) is is_flagged


def test_clause_when_the_family_is_met_without_its_exceptions_then_found() -> None:
    clause = GenericClause(
        list_code="X", substance_key="family", smarts="C(=O)Cc1ccccc1", without=("Cl",)
    )
    index = StructureIndex([], [clause])
    assert [found.relation for found in index.find("SMILES CCC(=O)Cc1ccccc1")] == ["clause"]
    assert index.find("SMILES ClCC(=O)Cc1ccccc1") == []
    with pytest.raises(ValueError, match="not a SMARTS"):
        StructureIndex([], [GenericClause(list_code="X", substance_key="f", smarts="(")]).find(
            "SMILES CCCCCC"
        )


def test_systematic_spans_find_names_with_locants_only() -> None:
    text = "bag of tert-butyl 4-anilinopiperidine-1-carboxylate; T-shirts 100-cotton, size M-L"
    assert [text[a:b] for a, b in systematic_spans(text)] == [
        "tert-butyl 4-anilinopiperidine-1-carboxylate"
    ]


@pytest.mark.skipif(not is_opsin_present(), reason="no Java on this machine")
def test_unlisted_systematic_name_when_learned_then_it_is_its_structure(
    index: StructureIndex,
) -> None:
    text = "pentyl 3-(1,3-benzodioxol-5-yl)-2-methyloxirane-2-carboxylate, 1 kg; 1-foo-2-barane"
    names = index.unread_names(text)
    assert index.find(text) == []
    assert index.learn(names) == {names[0]}
    (found,) = index.find(text)
    assert (found.substance_key, found.relation) == ("pmk-glycidic-acid", "ester")
    assert index.unread_names(text) == []


def test_names_when_java_is_missing_then_a_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OpsinMissing, match="install a Java runtime"):
        opsin_smiles(["propan-2-one"])


@pytest.mark.parametrize("piece", ["abc", "a-1-", "1-ab(", "[[[", "C=(", "n-a'", "AAAAAAAAAAAAAA-"])
def test_long_garbage_when_searched_then_in_linear_time(index: StructureIndex, piece: str) -> None:
    started = time.process_time()
    text = (piece * 65_536)[:65_536]
    index.find(text)
    list(systematic_spans(text))
    # Quadratic work on this length would take minutes.
    assert time.process_time() - started < 10


def test_chemistry_when_no_structure_is_met_then_not_imported() -> None:
    program = (
        "import sys; from risk.domain.matching.structure import StructureIndex;"
        "StructureIndex([]).find('acetone CAS 67-64-1'); print('rdkit' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "False"


def test_read_molecule_when_it_is_its_own_parent_then_as_by_the_long_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = [one for file in read_lists(FIXTURES / "lists") for one in file.entries]
    written = list(dict.fromkeys(one.smiles for one in entries if one.smiles))[:60]
    written += ["[2H]OC", "CC(=O)[O-].[Na+]", "C[N+](=O)[O-]", "O", "CC(=O)O.O", "CC=[N+]=[N-]"]
    short = [molecules.read_molecule.__wrapped__(one) for one in written]
    monkeypatch.setattr(molecules, "_is_its_parent", lambda _mol: False)
    assert short == [molecules.read_molecule.__wrapped__(one) for one in written]
