"""Whether the identifiers of one form agree with each other and with a public reference.

RDKit and ``chemicals`` (PubChem's identifiers) are imported when first asked: only editing and
importing need them.
"""

import re
from functools import cache
from typing import Any

import msgspec

from risk.domain.substances import ListEntry

_ISOTOPES = {"D": "H", "T": "H"}
_BASE = "base"


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """Two statements about one form that cannot both be right. A warning, not an error.

    ``code`` is ``inchikey_not_of_smiles``, ``formula_not_of_smiles``, ``smiles_unreadable``,
    ``smarts_unreadable``, ``formula_not_of_cas``, ``inchikey_not_of_cas``,
    ``smiles_not_of_cas``, ``cas_not_of_name``, ``identifier_of_other_substance``; ``expected`` is
    what ``source`` says.
    """

    code: str
    field: str
    value: str
    expected: str
    source: str


def contradictions_of(entry: ListEntry, preferred_name: str = "") -> tuple[Contradiction, ...]:
    """What a person must look at before the entry is believed; empty when all agrees.

    A CAS number's check digit is not among it: a wrong one is refused where it is read.
    What is blank, or not in the reference, contradicts nothing. ``preferred_name`` is the
    substance's, for a base whose own name the reference does not have. What other substances
    have is not known here: see :func:`risk.selectors.contradictions.contradictions_in`.
    """
    return (
        *_of_structure(entry),
        *_of_clause(entry),
        *_of_reference(entry),
        *_of_name(entry, preferred_name),
    )


def held_by_other(field: str, value: str, substance_key: str) -> Contradiction:
    """An identifier that only one substance can have, and that another one has."""
    source = "the register of substances"
    return _contradiction("identifier_of_other_substance", field, value, substance_key, source)


def _of_structure(entry: ListEntry) -> list[Contradiction]:
    if not entry.smiles:
        return []
    chem, block_logs, formula_of = _rdkit()
    with block_logs():
        molecule = chem.MolFromSmiles(entry.smiles)
        if molecule is None:
            allowed = "a SMILES that RDKit reads"
            return [_contradiction("smiles_unreadable", "smiles", entry.smiles, allowed, "RDKit")]
        inchikey, formula = chem.MolToInchiKey(molecule), formula_of(molecule)
    found = []
    if entry.inchikey and inchikey and entry.inchikey != inchikey:
        found.append(("inchikey_not_of_smiles", "inchikey", entry.inchikey, inchikey))
    if entry.formula and element_counts(entry.formula) != element_counts(formula):
        found.append(("formula_not_of_smiles", "formula", entry.formula, formula))
    return [_contradiction(*one, "SMILES, by RDKit") for one in found]


def _of_clause(entry: ListEntry) -> list[Contradiction]:
    if not entry.clause_smarts:
        return []
    chem, block_logs, _ = _rdkit()
    with block_logs():
        patterns = [one.removeprefix("!") for one in entry.clause_smarts.split()]
        if all(chem.MolFromSmarts(one) is not None for one in patterns):
            return []
    smarts = entry.clause_smarts
    allowed = "a SMARTS that RDKit reads"
    return [_contradiction("smarts_unreadable", "clause_smarts", smarts, allowed, "RDKit")]


def _of_reference(entry: ListEntry) -> list[Contradiction]:
    known = _reference().search_CAS(entry.cas_rn) if entry.cas_rn else None
    if not known:
        return []
    source = f"CAS {entry.cas_rn} in the library chemicals"
    found = []
    if entry.formula and element_counts(entry.formula) != element_counts(known.formula):
        found.append(("formula_not_of_cas", "formula", entry.formula, known.formula))
    # The first block is the skeleton; the reference is often without stereochemistry.
    if entry.inchikey and known.InChI_key and entry.inchikey[:14] != known.InChI_key[:14]:
        found.append(("inchikey_not_of_cas", "inchikey", entry.inchikey, known.InChI_key))
    elif entry.smiles and not entry.inchikey and known.InChI_key:
        drawn = _inchikey_of(entry.smiles)
        if drawn and drawn[:14] != known.InChI_key[:14]:
            found.append(("smiles_not_of_cas", "smiles", entry.smiles, known.smiles))
    return [_contradiction(*one, source) for one in found]


def _of_name(entry: ListEntry, preferred_name: str) -> list[Contradiction]:
    """Whether the reference has the number under another name, and the name under another
    number: a number that it does not have may be that of another form."""
    own = _reference().search_CAS(entry.cas_rn) if entry.cas_rn else None
    names = (entry.form_name, preferred_name if entry.form == _BASE else "")
    found = ((name, _reference().search_name(name.lower())) for name in names if name)
    name, named = next((one for one in found if one[1]), ("", None))
    if not own or not named or not own.InChI_key or not named.InChI_key:
        return []
    # Isomers and racemates share the skeleton, and often the name.
    if own.InChI_key[:14] == named.InChI_key[:14]:
        return []
    source = f"{name} in the library chemicals"
    return [_contradiction("cas_not_of_name", "cas", entry.cas_rn, named.CASs, source)]


def _inchikey_of(smiles: str) -> str:
    chem, block_logs, _ = _rdkit()
    with block_logs():
        molecule = chem.MolFromSmiles(smiles)
        return str(chem.MolToInchiKey(molecule)) if molecule is not None else ""


def element_counts(formula: str) -> dict[str, int]:
    """Atoms by element, whatever the order, dots, charges and brackets without a count.

    >>> element_counts("C2H6O.HCl") == element_counts("C2H7ClO")
    True
    """
    counts: dict[str, int] = {}
    for part in re.split(r"[.·*]", formula.translate(_SUBSCRIPTS)):
        found = re.match(r"\s*(\d+)?", part)
        times = int(found[1]) if found and found[1] else 1
        for element, number in re.findall(r"([A-Z][a-z]?)(\d*)", part):
            name = _ISOTOPES.get(element, element)
            counts[name] = counts.get(name, 0) + times * int(number or 1)
    return counts


_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def _contradiction(code: str, field: str, value: str, expected: str, source: str) -> Contradiction:
    return Contradiction(code=code, field=field, value=value, expected=expected, source=source)


@cache
def _rdkit() -> Any:
    """Untyped: (chemistry module, a context that keeps RDKit from writing, formula of)."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.rdMolDescriptors import CalcMolFormula

    return Chem, rdBase.BlockLogs, CalcMolFormula


@cache
def _reference() -> Any:
    from chemicals.identifiers import pubchem_db

    return pubchem_db
