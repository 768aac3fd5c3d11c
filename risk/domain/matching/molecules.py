"""RDKit behind a few functions: read a structure, its parent, its mass, its esters, patterns.

RDKit is imported inside the functions, so that an engine that meets no structure is ready
without it.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

_WATER = "XLYOFNOQVPJJNP-UHFFFAOYSA-N"
_CARBON = 6
_MAX_ATOMS = 200
# An ester falls into its acid and its alcohol, an ether into its two alcohols.
_CLEAVAGES = (
    "[CX3:1](=[O:2])[OX2:3][#6:4]>>[C:1](=[O:2])[OX2H].[O:3][#6:4]",
    "[#6;!$(C=O):1][OX2;!$(OC=O);!R:2][#6;!$(C=O):3]>>[#6:1][O:2].[OX2H][#6:3]",
)


def _rdkit() -> Any:
    """The chemistry module, whose functions carry no types; imported once, when needed."""
    from rdkit import Chem

    return Chem


def _silence() -> Any:
    """RDKit writes every unreadable structure to standard error."""
    from rdkit import rdBase

    return rdBase.BlockLogs()


class Molecule(msgspec.Struct, frozen=True):
    """A structure as it is written, and its parent: the largest organic fragment without
    charge and isotope labels (blank when there is none). ``salt_keys`` are the first blocks
    of the InChIKeys of what a salt is made of, without charges; empty when it is none."""

    smiles: str
    inchikey: str
    parent_inchikey: str
    is_salt: bool
    is_hydrate: bool
    salt_keys: frozenset[str] = frozenset()


@lru_cache(maxsize=20_000)
def read_molecule(written: str) -> Molecule | None:
    """The molecule of a SMILES or an InChI; None when it is neither, or larger than any
    listed substance."""
    chem = _rdkit()
    with _silence():
        mol = _parsed(written)
        if mol is None:
            return None
        parent, is_salt, is_hydrate = _parent(mol)
        inchikey = parent_inchikey = chem.MolToInchiKey(mol)
        if parent is not mol:
            parent_inchikey = chem.MolToInchiKey(parent) if parent is not None else ""
        return Molecule(
            smiles=chem.MolToSmiles(mol),
            inchikey=inchikey,
            parent_inchikey=parent_inchikey,
            is_salt=is_salt,
            is_hydrate=is_hydrate,
            salt_keys=_salt_keys(mol) if is_salt else frozenset(),
        )


def parent_key(written: str, inchikey: str) -> str:
    """The InChIKey of the parent of a structure whose own is known: that one, without computing
    it, where the structure is its parent. Blank where none can be read."""
    if inchikey:
        with _silence():
            mol = _parsed(written)
            if mol is not None and _is_its_parent(mol):
                return inchikey
    molecule = read_molecule(written)
    return molecule.parent_inchikey if molecule is not None else ""


def _parsed(written: str) -> Any:
    chem = _rdkit()
    reader = chem.MolFromInchi if written.startswith("InChI=") else chem.MolFromSmiles
    mol = reader(written)
    if mol is None or not 0 < mol.GetNumAtoms() <= _MAX_ATOMS:
        return None
    return mol


def _parent(mol: Any) -> tuple[Any, bool, bool]:
    """The parent, the molecule itself where it is one uncharged organic fragment without
    isotopes, as most are; whether it is a salt, and a hydrate."""
    if _is_its_parent(mol):
        return mol, False, False
    from rdkit.Chem.MolStandardize import rdMolStandardize

    chem = _rdkit()
    fragments = chem.GetMolFrags(mol, asMols=True)
    dry = [one for one in fragments if chem.MolToInchiKey(one) != _WATER]
    organic = [one for one in dry if any(atom.GetAtomicNum() == _CARBON for atom in one.GetAtoms())]
    is_hydrate = len(dry) < len(fragments)
    if not organic:
        return None, False, is_hydrate
    largest = chem.Mol(max(organic, key=lambda one: one.GetNumHeavyAtoms()))
    for atom in largest.GetAtoms():
        atom.SetIsotope(0)
    parent = rdMolStandardize.Uncharger().uncharge(chem.RemoveHs(largest))
    is_charged = any(atom.GetFormalCharge() for atom in largest.GetAtoms()) and (
        chem.GetFormalCharge(largest) != 0
    )
    return parent, len(dry) > 1 or is_charged, is_hydrate


def _is_its_parent(mol: Any) -> bool:
    atoms = list(mol.GetAtoms())
    return (
        any(atom.GetAtomicNum() == _CARBON for atom in atoms)
        and not any(atom.GetFormalCharge() or atom.GetIsotope() for atom in atoms)
        and len(_rdkit().GetMolFrags(mol)) == 1
    )


def _salt_keys(mol: Any) -> frozenset[str]:
    from rdkit.Chem.MolStandardize import rdMolStandardize

    chem = _rdkit()
    uncharge = rdMolStandardize.Uncharger(force=True).uncharge
    fragments = chem.GetMolFrags(mol, asMols=True)
    keys = (chem.MolToInchiKey(uncharge(chem.RemoveHs(one))) for one in fragments)
    return frozenset(key.partition("-")[0] for key in keys if key)


@lru_cache(maxsize=1_000)
def molar_mass(smiles: str) -> Decimal | None:
    """Grams per mole of a structure, to two places; None when it is none."""
    chem = _rdkit()
    with _silence():
        mol = _parsed(smiles)
        if mol is None:
            return None
        mass = sum(atom.GetMass() for atom in chem.AddHs(mol).GetAtoms())
        return Decimal(mass).quantize(Decimal("0.01"))


@lru_cache(maxsize=20_000)
def esters_of(smiles: str) -> tuple[str, ...]:
    """First blocks of the InChIKeys of the acids and alcohols of which this is an ester or
    ether."""
    from rdkit.Chem import rdChemReactions

    reactions: Any = rdChemReactions
    chem = _rdkit()
    with _silence():
        mol = _parsed(smiles)
        if mol is None:
            return ()
        found: dict[str, None] = {}
        for cleavage in _CLEAVAGES:
            for products in reactions.ReactionFromSmarts(cleavage).RunReactants((mol,), 50):
                for product in products:
                    key = chem.MolToInchiKey(_sanitised(product))
                    if key:
                        found[key.partition("-")[0]] = None
        return tuple(found)


def _sanitised(product: Any) -> Any:
    chem = _rdkit()
    chem.SanitizeMol(product)
    return product


def is_pattern(smarts: str) -> bool:
    """Whether RDKit reads it as a SMARTS pattern."""
    with _silence():
        return _rdkit().MolFromSmarts(smarts) is not None


@lru_cache(maxsize=20_000)
def has_pattern(written: str, smarts: str) -> bool:
    """Whether a structure holds a pattern; raises ValueError for a pattern that is none."""
    chem = _rdkit()
    with _silence():
        pattern = chem.MolFromSmarts(smarts)
        if pattern is None:
            raise ValueError(f"not a SMARTS pattern: {smarts}")
        mol = _parsed(written)
        return mol is not None and bool(mol.HasSubstructMatch(pattern))
