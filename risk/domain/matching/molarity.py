"""Strength in moles: "0.1 mol/l", "2 M", "10 N", "0,1 н." → percent, where the molar mass is known.

Grams per litre are moles times molar mass; as everywhere a tenth of them is taken for a percent
(density 1), so the result is an assumption. Normality counts equivalents, which only the
common acids have alike in every use; of anything else it stays as stated.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from risk.domain.matching.molecules import molar_mass
from risk.domain.substances import ListEntry

_BASE = "base"
_MOST_PERCENT = 100
_PER_PERCENT = 10
# Hydrogen ions that a molecule of the acid gives off.
_EQUIVALENTS = {"hydrochloric-acid": 1, "sulfuric-acid": 2, "acetic-acid": 1}
# A small "m" or "м" is a metre.
_MOLARITY = re.compile(
    r"(?<![\w.,])(?P<figure>\d{1,2}(?:[.,]\d{1,4})?)[\s-]?(?:"
    r"(?P<normal>[NНн](?![\w/-])|(?i:normal|нормальн)\w*)"
    r"|[MМ](?![\w/-])|(?i:mol(?:es?)?\s?(?:/|per)\s?(?:l(?:it(?:re|er))?|dm3|dm³)\b|molar\b"
    r"|моль\w{0,2}\s?(?:/|на)\s?(?:литр|л|дм3|дм³)(?!\w)|молярн\w+|摩尔/升))"
)
_HAS_UNIT = re.compile(r"\d[\s-]?[NНнMМmм摩]")


class Molarity(msgspec.Struct, frozen=True, gc=False):
    """Moles, or equivalents when ``is_normal``, per litre, with their span in the original."""

    figure: Decimal
    is_normal: bool
    start: int
    end: int


def find_molarities(text: str) -> list[Molarity]:
    """Strengths in moles or equivalents per litre, by place."""
    if not _HAS_UNIT.search(text):
        return []
    return [
        Molarity(
            Decimal(found["figure"].replace(",", ".")),
            found["normal"] is not None,
            found.start(),
            found.end(),
        )
        for found in _MOLARITY.finditer(text)
        if found["figure"].isascii()
    ]


class MolarMasses:
    """Converts by the molar mass of what the entries list as the substance itself."""

    def __init__(self, entries: Iterable[ListEntry]) -> None:
        self._smiles: dict[str, str] = {}
        for entry in entries:
            if entry.smiles and entry.form == _BASE:
                self._smiles.setdefault(entry.substance_key, entry.smiles)

    def percent(self, substance_key: str, stated: Molarity) -> Decimal | None:
        """The percent that is stated, None where it cannot be known or would be over 100."""
        smiles = self._smiles.get(substance_key)
        equivalents = _EQUIVALENTS.get(substance_key) if stated.is_normal else 1
        mass = molar_mass(smiles) if smiles and equivalents else None
        if mass is None or equivalents is None:
            return None
        percent = stated.figure / equivalents * mass / _PER_PERCENT
        return percent.quantize(Decimal("0.01")) if percent <= _MOST_PERCENT else None
