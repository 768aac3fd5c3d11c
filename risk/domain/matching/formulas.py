"""Molecular formulas in a text: "C3H6O", "H₂SO₄", "(CH3)2CO", "КМnО4" with Cyrillic letters.

A formula says which atoms, not which molecule: propanal is C3H6O as acetone is. So it is weak
evidence, for what stands beside it; and only a formula with a figure is looked for.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from risk.domain.matching.evidence import Method
from risk.domain.matching.identifiers import Identifier

_LATIN = str.maketrans("АВСЕНКМОРТХУІасеорхі", "ABCEHKMOPTXYIaceopxi")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_TOKEN = re.compile(r"(?<![\w.,/-])[(A-ZА-ЯІ][A-Za-zА-Яа-яІі0-9₀-₉()\[\]·*]{2,30}(?![\w/-])")
_GROUP = re.compile(r"[(\[]([^()\[\]]*)[)\]](\d*)")
_ATOM = re.compile(r"([A-Z][a-z]?)(\d{0,3})")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d{0,3})+")
_HAS_FIGURE = re.compile(r"[^\W\d_][\d₀-₉]|[)\]][\d₀-₉]")
# The same looked for from its digit, which few texts have: much faster than from its letter.
_MAY_HAVE_FIGURE = re.compile(r"[\d₀-₉](?<=[^\W\d_].|[)\]].)")
_FEWEST_ELEMENTS = 2
_MOST_ATOMS = 400
# Of elements that no listed substance holds none is needed.
_ELEMENTS = frozenset(
    re.findall(
        "[A-Z][a-z]?",
        "H Li Be B C N O F Na Mg Al Si P S Cl K Ca Ti V Cr Mn Fe Co Ni Cu Zn As Se Br Ag Sn I Ba"
        " Pt Hg Pb",
    )
)


def find_formulas(text: str) -> Iterator[Identifier]:
    """Formulas with their atoms as value, in the order of the text; linear time."""
    if not _MAY_HAVE_FIGURE.search(text):
        return
    for found in _TOKEN.finditer(text):
        token = found[0].rstrip("([·*")
        if not _HAS_FIGURE.search(token):
            continue
        if atoms := canonical_formula(token):
            yield Identifier(Method.FORMULA, atoms, found.start(), found.start() + len(token))


def canonical_formula(written: str) -> str:
    """Atoms in alphabetical order with their numbers, blank for what is no formula.

    >>> canonical_formula("H2SO4") == canonical_formula("H₂O₄S") == "H2O4S1"
    True
    >>> canonical_formula("(CH3)2CO"), canonical_formula("IBC1000")
    ('C3H6O1', '')
    """
    plain = unicodedata.normalize("NFC", written).translate(_SUBSCRIPTS).translate(_LATIN)
    counts: Counter[str] = Counter()
    for part in re.split(r"[·*.]", plain):
        found = _atoms(part)
        if found is None:
            return ""
        counts.update(found)
    if len(counts) < _FEWEST_ELEMENTS or sum(counts.values()) > _MOST_ATOMS:
        return ""
    return "".join(f"{element}{counts[element]}" for element in sorted(counts))


def _atoms(part: str) -> Counter[str] | None:
    """The atoms of a formula without dots, None when it is none; a group in brackets is
    taken as often as the number behind it says."""
    counts: Counter[str] = Counter()
    rest = part
    while group := _GROUP.search(rest):
        inside = _plain_atoms(group[1])
        if inside is None:
            return None
        for element, number in inside.items():
            counts[element] += number * int(group[2] or 1)
        rest = rest[: group.start()] + rest[group.end() :]
        if not rest:
            return counts
    outside = _plain_atoms(rest)
    if outside is None:
        return None
    counts.update(outside)
    return counts


def _plain_atoms(part: str) -> Counter[str] | None:
    if not _FORMULA.fullmatch(part):
        return None
    counts: Counter[str] = Counter()
    for element, number in _ATOM.findall(part):
        if element not in _ELEMENTS or number.startswith("0"):
            return None
        counts[element] += int(number or 1)
    return counts
