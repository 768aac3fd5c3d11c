"""Identifiers that editors gave to a substance match as those of its entries do."""

import pytest

from risk.domain.matching.blocking import blocking_keys
from risk.domain.matching.choosing import choose_keys
from risk.domain.matching.engine import Screener
from risk.domain.matching.evidence import Method
from risk.domain.substances import ListEntry, SubstanceIdentifier, SubstanceKind

ENTRY = ListEntry(
    list_code="UN",
    substance_key="acetone",
    schedule="II",
    kind=SubstanceKind.PRECURSOR,
    form="base",
    form_name="acetone",
    includes_salts=True,
)
# kind, value, the text of an invoice, the method that finds it
CASES = [
    ("cas", "67-64-1", "SOLVENT 67 - 64 - 1, DRUMS", Method.CAS),
    ("ec", "200-662-2", "SOLVENT, EC 200-662-2", Method.EC),
    ("un", "1090", "SOLVENT UN 1090, class 3", Method.UN),
    ("un", "1089;1090", "SOLVENT UN 1090, class 3", Method.UN),
    ("cus", "0023865-3", "SOLVENT, CUS 0023865-3", Method.CUS),
    ("formula", "C3H6O", "SOLVENT (CH3)2CO 99 %", Method.FORMULA),
    ("inchikey", "CSCPPACGZOOCGX-UHFFFAOYSA-N", "CSCPPACGZOOCGX-UHFFFAOYSA-N", Method.INCHIKEY),
    ("smiles", "CC(C)=O", "SMILES: CC(=O)C, 99 %", Method.STRUCTURE),
]


def given(kind: str, value: str, key: str = "acetone") -> SubstanceIdentifier:
    return SubstanceIdentifier(substance_key=key, kind=kind, value=value)


@pytest.mark.parametrize(("kind", "value", "text", "method"), CASES)
def test_an_identifier_when_given_then_it_matches_as_that_of_an_entry(
    kind: str, value: str, text: str, method: Method
) -> None:
    assert Screener([ENTRY], []).screen(text) == ()
    (found,) = Screener([ENTRY], [], identifiers=[given(kind, value)]).screen(text)
    assert (found.substance_key, found.method) == ("acetone", method)
    assert [verdict.list_code for verdict in found.list_verdicts] == ["UN"]


@pytest.mark.parametrize(("kind", "value", "text", "method"), CASES)
def test_a_text_with_a_given_identifier_is_chosen_for_a_look_back(
    kind: str, value: str, text: str, method: Method
) -> None:
    stored = blocking_keys(text)
    assert not choose_keys([ENTRY], [], stored).admits(stored)
    assert choose_keys([ENTRY], [], stored, identifiers=[given(kind, value)]).admits(stored)


def test_a_structure_when_given_then_the_scope_of_the_entries_holds_for_it() -> None:
    amine = ListEntry(
        list_code="UN",
        substance_key="amine",
        schedule="I",
        kind=SubstanceKind.PRECURSOR,
        form="base",
        form_name="amine",
    )
    text = "SMILES CC(N)Cc1ccc(C)cc1.Cl"
    drawn = given("smiles", "CC(N)Cc1ccc(C)cc1", "amine")
    (bare,) = Screener([amine], [], identifiers=[drawn]).screen(text)
    salts = ListEntry(
        **{name: getattr(amine, name) for name in amine.__struct_fields__}
        | {"includes_salts": True}
    )
    (salt,) = Screener([salts], [], identifiers=[drawn]).screen(text)
    assert bare.match_score < salt.match_score


def test_identifiers_when_of_no_listed_substance_then_the_digest_is_as_before() -> None:
    plain = Screener([ENTRY], [])
    other = Screener([ENTRY], [], identifiers=[given("cas", "64-17-5", "ethanol")])
    assert other.digest == plain.digest
    assert other.screen("CAS 64-17-5") == ()
    assert Screener([ENTRY], [], identifiers=[given("cas", "67-64-1")]).digest != plain.digest
