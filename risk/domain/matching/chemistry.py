"""The veto of chemistry: a near name of another molecule is not a misspelt listed name.

Locants must agree; a morpheme that changes the molecule (methyl/ethyl, chloro/fluoro,
-ol/-al/-one, acid/anhydride, nor-, iso-) may be damaged by a typing error, but the spelling
may not hold another one in its place.
"""

import re
from collections import Counter
from functools import lru_cache

_LATIN_MORPHEMES = (
    "meth eth prop but pent hex hept oct phen benz tolu xyl naphth pyrid piper pyrrol "
    "chlor fluor brom iod nitr nitros amin amid imin hydroxy oxy oxo cyan thio sulf sulph phosph "
    "anhydrid acid chlorid ester aldehyd keto nor iso pseudo psi homo cyclo dehydro hydro "
    "di tri tetra per hypo acryl acet form vinyl allyl "
    "manganat permangan chromat sodium potassium calcium ammonium barium zinc"
).split()
_CYRILLIC_MORPHEMES = (
    "метил этил пропил бутил пентил гексил фен бенз толу ксил нафт пирид пипер пиррол "
    "хлор фтор бром йод иод нитр нитроз амин амид имин гидрокси окси оксо циан тио сульф фосф "
    "ангидрид кислот хлорид эфир альдегид кето нор изо псевдо гомо цикло дегидро гидр "
    "ди три тетра пер гипо акрил ацет форм винил аллил "
    "манганат перманган хромат натри кали кальци аммони бари цинк серн сернист солян "
    "уксусн муравьин"
).split()
_ENDINGS = (
    # ending, class; longest first. Final -e and -a of other languages belong to the class.
    ("aldehyde", "aldehyde"), ("anhydride", "anhydride"), ("anhydrid", "anhydride"),
    ("oic", "acid"), ("ionic", "acid"), ("onic", "acid"), ("ous", "ous"), ("ic", "ic"),
    ("ites", "ite"), ("ates", "ate"), ("amide", "amide"), ("amid", "amide"), ("imide", "imide"),
    ("ane", "ane"), ("ene", "ene"), ("yne", "yne"), ("one", "one"), ("ine", "ine"),
    ("ate", "ate"), ("ite", "ite"), ("ide", "ide"), ("ole", "ole"), ("ol", "ol"), ("al", "al"),
    ("ona", "one"), ("eno", "ene"), ("ano", "ane"), ("ato", "ate"), ("ito", "ite"),
    ("yl", "yl"), ("an", "ane"), ("en", "ene"), ("on", "one"), ("in", "ine"), ("at", "ate"),
    ("it", "ite"), ("id", "ide"), ("um", "um"),
    ("альдегид", "aldehyde"), ("ангидрид", "anhydride"), ("амид", "amide"), ("имид", "imide"),
    ("ан", "ane"), ("ен", "ene"), ("ин", "ine"), ("он", "one"), ("ол", "ol"), ("аль", "al"),
    ("ат", "ate"), ("ит", "ite"), ("ид", "ide"), ("ил", "yl"), ("истая", "ous"), ("ная", "ic"),
)  # fmt: skip
_CASE_ENDING = re.compile(r"(?<=[лнтдм])(?:ами|ов|ом|а|у|е|ы)$")
_NUMBERS = re.compile(r"\d+")


def _pattern(morphemes: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(morphemes, key=len, reverse=True)))


_LATIN = _pattern(_LATIN_MORPHEMES)
_CYRILLIC = _pattern(_CYRILLIC_MORPHEMES)


def may_be_misspelt(spelling: str, name: str) -> bool:
    """Whether ``spelling`` can stand for ``name``; both squeezed keys of near equal length."""
    if _NUMBERS.findall(spelling) != _NUMBERS.findall(name):
        return False
    if spelling[0] != name[0] and spelling[1:2] != name[1:2]:
        return False
    found, wanted = _signature(spelling), _signature(name)
    if found - wanted:
        return False
    mine, listed = _ending(spelling), _ending(name)
    return not (mine and listed and mine != listed)


@lru_cache(maxsize=65536)
def _signature(key: str) -> Counter[str]:
    pattern = _LATIN if key.isascii() else _CYRILLIC
    return Counter(pattern.findall(key))


@lru_cache(maxsize=65536)
def _ending(key: str) -> str:
    bare = _CASE_ENDING.sub("", key)
    for ending, kind in _ENDINGS:
        if bare.endswith(ending):
            return kind
    return ""
