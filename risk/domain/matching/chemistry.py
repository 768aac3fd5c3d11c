"""The veto of chemistry: a near name of another molecule is not a misspelt listed name.

Locants must agree; a morpheme that changes the molecule (methyl/ethyl, chloro/fluoro,
-ol/-al/-one, acid/anhydride, nor-, iso-) may be damaged by a typing error, but the spelling
may not hold another one in its place. All of it over sounds (``sound.py``), so that one table
serves Latin and Cyrillic letters.
"""

import re
from collections import Counter
from functools import lru_cache

from rapidfuzz.distance import OSA, Levenshtein

_MORPHEMES = (
    "metil", "etil", "propil", "butil", "pentil", "amil", "geksil", "geptil", "oktil",
    "metan", "etan", "propan", "butan", "pentan", "geksan", "metoks", "etoks", "metilen", "etilen",
    "fenil", "fenol", "fenoks", "bensoil", "bensil", "bens", "tolu", "ksil", "naft",
    "pirid", "piper", "pirol", "pipera", "indol", "furan", "tiofen", "oksira",
    "glor", "flor", "ftor", "brom", "nitr", "nitros", "amin", "amid", "imid", "imin",
    "anilin", "gidroks", "okso", "sian", "sulfit", "sulfid", "sulf", "fosf",
    "angidrid", "asid", "kislot", "kiskil", "glorid", "glorat", "glorit", "ester", "efir", "eter",
    "aldegid", "keto", "psevd", "siklo", "degidro", "gidr", "akril", "asetat", "asetal", "asetil",
    "asetamid", "asetilen", "aset", "form", "vinil", "alil", "alkil", "aril", "manganat",
    "permanganat", "gromat", "natri", "sodium", "kali", "potasium", "kalsi", "amoni", "bari",
    "sink", "liti", "magni", "sern", "sernist", "solian", "uksusn", "muravin", "maslian",
    "karbon", "karbin", "karbam", "laktam", "lakton", "laktat", "tartrat", "maleat", "malat",
    "eten", "propen", "buten", "etin", "propin", "butin", "sulfinil", "sulfonil", "sulfenil",
    "oksepan", "oksolan", "oksetan",
    "silan", "siloks", "boran", "germ", "stan", "selen", "arsen", "stibin",
)  # fmt: skip
# These count only where a word or a part behind a locant begins.
_PREFIXES = (
    "di", "tri", "tetra", "penta", "per", "nor", "iso", "psi", "gomo", "gipo", "bis", "mono",
    "orto", "meta", "para", "tio", "iod", "fen", "oksi", "aso", "asa", "alfa", "beta", "gama",
)  # fmt: skip
_ENDINGS = (
    # ending, class; longest first. Cases of Russian are taken off before.
    ("aldegid", "aldehyde"), ("angidrid", "anhydride"), ("oik", "acid"), ("onik", "acid"),
    ("amin", "amine"), ("keton", "one"), ("ketal", "acetal"), ("asetal", "acetal"),
    ("us", "ous"), ("ik", "ic"), ("oil", "oyl"), ("ated", "ated"), ("amid", "amide"),
    ("imid", "imide"), ("an", "ane"), ("en", "ene"), ("on", "one"), ("in", "ine"), ("at", "ate"),
    ("it", "ite"), ("id", "ide"), ("ol", "ol"), ("al", "al"), ("ino", "ino"), ("ona", "one"),
    ("eno", "ene"), ("ano", "ane"), ("ato", "ate"), ("ito", "ite"), ("il", "yl"), ("um", "um"),
    ("istaia", "ous"), ("naia", "ic"),
)  # fmt: skip
_CASE_ENDING = re.compile(r"(?<=[lntdm])(?:ami|ov|om|a|u|e|i)$")
_LONG_ENDING = 4
# A morpheme this long holds no shorter one that a slip could make another molecule of.
_LONG_MORPHEME = 8
# A short name cut off at its end is another word: "aceto", "Propan".
_SHORT = 9
_LONGEST_RUN_LOST = 2
_NUMBERS = re.compile(r"\d+")
_PATTERN = re.compile(
    "|".join(
        [
            *sorted(_MORPHEMES, key=len, reverse=True),
            *(rf"(?<![a-z]){prefix}" for prefix in sorted(_PREFIXES, key=len, reverse=True)),
        ]
    )
)


def may_be_misspelt(spelling: str, name: str) -> bool:
    """Whether ``spelling`` can stand for ``name``; both are sounds of near equal length."""
    if spelling == name:
        return True
    if abs(len(spelling) - len(name)) > _LONGEST_RUN_LOST:
        return False
    if _NUMBERS.findall(spelling) != _NUMBERS.findall(name):
        return False
    if len(name) < _SHORT and name.startswith(spelling):
        return False
    if sorted(spelling) == sorted(name):
        return True
    return not _holds_another_morpheme(spelling, name) and not _ends_otherwise(spelling, name)


def _holds_another_morpheme(spelling: str, name: str) -> bool:
    """Whether an edit made a morpheme that the name lacks: "ethylamine" for "methylamine"."""
    found, wanted = _signature(spelling), _signature(name)
    missing = wanted - found
    # The head of a missing one is that one, damaged: "chlor" of "chlorid"; so is any part of
    # a long one: "amid" of "acetamid".
    extra = {
        m
        for m in found - wanted
        if not any(
            m in lost if len(lost) >= _LONG_MORPHEME else lost.startswith(m) for lost in missing
        )
    }
    if not extra:
        return False
    edited = [edit.src_pos for edit in Levenshtein.editops(spelling, name)]
    return any(
        at.start() - 1 <= place <= at.end()
        for at in _PATTERN.finditer(spelling)
        if at[0] in extra
        for place in edited
    )


def _ends_otherwise(spelling: str, name: str) -> bool:
    """Whether both end in known endings of different classes; a damaged long ending is none."""
    (mine, mine_class), (listed, listed_class) = _ending(spelling), _ending(name)
    if not mine or not listed or mine_class == listed_class:
        return False
    is_damaged = len(listed) >= _LONG_ENDING > len(mine) and any(
        OSA.distance(spelling[-size:], name[-len(listed) :], score_cutoff=2) <= 1
        for size in (len(listed), len(listed) - 1, len(listed) + 1)
    )
    return not is_damaged


def begins_alike(spelling: str, name: str) -> bool:
    """Whether the first letters agree but for a swap, a dropped or added letter, or a slip."""
    if spelling[0] == name[0] or spelling[:2] == name[1::-1]:
        return True
    if spelling[:4] == name[1:5] or spelling[1:5] == name[:4]:
        return True
    return spelling[1:5] == name[1:5]


@lru_cache(maxsize=65536)
def _signature(key: str) -> Counter[str]:
    return Counter(_PATTERN.findall(key))


@lru_cache(maxsize=65536)
def _ending(key: str) -> tuple[str, str]:
    """The known ending of a key without its Russian case, and the class of that ending."""
    bare = _CASE_ENDING.sub("", key)
    for ending, kind in _ENDINGS:
        if bare.endswith(ending):
            return ending, kind
    return "", ""
