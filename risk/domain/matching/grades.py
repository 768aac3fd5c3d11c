"""Grade words that tell a usual strength: "glacial", "концентрированная", "oleum".

The strength is an assumption and marked as one; a stated figure goes before it, but for oleum,
whose figure is that of the oxide in it.
Usual strengths by mass: glacial acetic acid 99.5 %, concentrated sulphuric acid 95 %,
concentrated hydrochloric acid 36 %, fuming sulphuric acid and oleum 100 %, fuming
hydrochloric acid 37 % (general knowledge of laboratory grades).
"""

import re
from decimal import Decimal

from risk.domain.matching.mixtures import Concentration

_REACH = 25
_FUMING = re.compile(r"fuming|fumante|rauchend|дымящ|олеум|oleum|发烟|түтінд", re.IGNORECASE)
_OLEUM = re.compile(r"олеум|oleum|发烟硫酸", re.IGNORECASE)
_CONCENTRATED = re.compile(
    r"\bconc(?:entrated|\.)|концентрированн|\bконц\.|концентрлі|концентрацияланған|浓",
    re.IGNORECASE,
)
_GLACIAL = re.compile(r"glacial|ледян|eisessig|冰|мұздай", re.IGNORECASE)
# Per substance, strongest word first.
_STRENGTHS: dict[str, tuple[tuple[re.Pattern[str], Decimal], ...]] = {
    "acetic-acid": ((_GLACIAL, Decimal("99.5")),),
    "sulfuric-acid": ((_FUMING, Decimal(100)), (_CONCENTRATED, Decimal(95))),
    "hydrochloric-acid": ((_FUMING, Decimal(37)), (_CONCENTRATED, Decimal(36))),
}


def is_figure_of_oxide(substance_key: str, text: str, start: int, end: int) -> bool:
    """Whether a percent beside the name is that of free sulphur trioxide: "oleum 20 %" holds no
    water, so it is stronger than any acid."""
    return substance_key == "sulfuric-acid" and _OLEUM.search(text, start, end) is not None


def assumed_strength(substance_key: str, text: str, start: int, end: int) -> Concentration | None:
    """The usual strength that a grade word in or beside the name tells, or None."""
    strengths = _STRENGTHS.get(substance_key)
    if strengths is None:
        return None
    begin = max(0, start - _REACH)
    beside = text[begin : end + _REACH]
    for word, percent in strengths:
        found = word.search(beside)
        if found:
            return Concentration(
                percent, begin + found.start(), begin + found.end(), is_assumed=True
            )
    return None
