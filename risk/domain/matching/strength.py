"""How far a name alone proves a substance: a base score per name, before any support.

A name that is short, an abbreviation, an ordinary word or badly sourced stays under the alert
operating point and needs a CAS, EC or UN number or the commodity code beside it.
"""

import re

from risk.domain.matching.formulas import canonical_formula
from risk.domain.substances import SubstanceName

SURE = 0.95
GOOD = 0.88
FAIR = 0.80
NEEDS_SUPPORT = 0.45
NEVER_ALONE = 0.30

# Listed names that are also everyday words, other goods or whole families of goods.
_ORDINARY_WORDS = frozenset(
    {
        "ether", "éther", "äther", "aether", "etherum", "эфир", "oleum", "oléum",
        "vitriol", "logo die", "logo dies", "冲头", "冲模", "离心机", "脱水离心机", "蒸馏装置",
        "蒸馏设备", "反应釜", "搪瓷反应釜", "高压反应釜", "制粒机", "粉末成型机", "粉末压制机",
        "heliotropine crystals", "木酮", "醋酮", "pp粉", "牙托水",
        "катин", "героин",
        "red p", "капсулятор", "электролит кислотный", "methyl", "метил",
        "hydrogen sulfate", "hydrogen sulphate", "dihydrogen sulfate", "hydrogensulfate",
        "hydrogénosulfate", "iodane", "chlorane", "spirits of salt", "пуансоны и матрицы",
        "набор пуансонов и матриц", "punch and die set", "punch die mold",
    }
)  # fmt: skip
# Machines with countless innocent uses: the name shows the line to an analyst, no more.
GENERIC_EQUIPMENT = frozenset(
    {
        "eq-centrifuge", "eq-distillation", "eq-powder-mixer", "eq-glass-reactor",
        "eq-hydrogenator", "eq-heating-mantle", "eq-blister-machine", "eq-rotary-evaporator",
        "eq-tablet-press-8474", "eq-encapsulating-machine-8479",
    }
)  # fmt: skip
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*){2,}(?:[-()\d]*)")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_VERIFIED = ("opsin", "cas_checkdigit", "chemicals")


def base_score(name: SubstanceName) -> float:
    """The score in [0, 1] of an exact match of ``name`` with no other evidence."""
    if name.name.strip().lower() in _ORDINARY_WORDS or name.substance_key in GENERIC_EQUIPMENT:
        return NEEDS_SUPPORT
    letters = sum(char.isalpha() for char in name.name)
    if _IDEOGRAPH.search(name.name):
        return _ideograph_score(name, letters)
    if name.kind == "abbreviation" or letters < 4 or _FORMULA.fullmatch(name.name):
        return _abbreviation_score(name, letters)
    if name.kind == "trade":
        return FAIR if letters >= 7 and not name.verification else NEEDS_SUPPORT
    if name.lang == "zh-pinyin":
        return FAIR if letters >= 9 else NEVER_ALONE
    if name.verification.startswith(_VERIFIED) or name.kind == "list":
        return SURE if letters >= 5 else NEEDS_SUPPORT
    if name.verification == "pubchem-only":
        return FAIR if letters >= 9 else NEEDS_SUPPORT
    if name.verification == "unsourced":
        return GOOD if letters >= 6 else NEEDS_SUPPORT
    return SURE if letters >= 5 else NEEDS_SUPPORT


def _ideograph_score(name: SubstanceName, letters: int) -> float:
    """Chinese names are short by nature; their neighbours are checked where they match."""
    if letters < 2:
        return NEVER_ALONE
    return GOOD if name.verification == "unsourced" else SURE


def _abbreviation_score(name: SubstanceName, letters: int) -> float:
    """Coined abbreviations of designer precursors are unique; short ones are everybody's."""
    if name.verification != "pubchem-only" and letters >= 5 and name.name.isupper():
        return FAIR
    has_digit = any(char.isdigit() for char in name.name)
    if has_digit and is_molecular_formula(name.name):
        return NEEDS_SUPPORT
    return FAIR if has_digit and letters >= 4 else NEEDS_SUPPORT


def is_molecular_formula(name: str) -> bool:
    """Whether a name is a formula with figures: beside goods it tells a property ("resistant to
    H2SO4") as often as the goods, so it needs a name, number, code or percent beside it.

    >>> is_molecular_formula("H2SO4"), is_molecular_formula("MDP2P")
    (True, False)
    """
    return any(char.isdigit() for char in name) and bool(canonical_formula(name))
