"""One alphabet for all: how a squeezed name sounds, whether in Latin or Cyrillic letters.

"acetone", "ацетон", "atseton", "aceton" and "асетон" have one sound, "aseton". So a name in
the other alphabet, by whichever scheme (ISO 9, GOST, passport, keyboard habit), and a name
written by ear meet the listed one without a table of spellings for each.
"""

import re
from functools import lru_cache
from operator import eq

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "s", "з": "s", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "g", "ц": "s", "ч": "g", "ш": "s", "щ": "s", "ъ": "",
    "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "e", "ґ": "g",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "g", "ў": "u",
    "ҳ": "g",
}  # fmt: skip
_LATIN_GROUPS = {
    "shch": "s", "tsch": "g", "sch": "s", "sh": "s", "zh": "s", "kh": "g", "ch": "g", "ph": "f",
    "th": "t", "ts": "s", "tz": "s", "ck": "k", "qu": "kv", "eu": "ev",
}  # fmt: skip
_GROUP = re.compile("|".join(sorted(_LATIN_GROUPS, key=len, reverse=True)) + "|c(?=[eiy])")
_SINGLE = str.maketrans(
    {"c": "k", "q": "k", "w": "v", "y": "i", "j": "i", "z": "s", "h": "g", "x": "ks"} | _CYRILLIC
)
_DOUBLED = re.compile(r"([a-z])\1+")
_DIPHTHONG = re.compile("[ao]e")
_LAST_E = re.compile(r"(?<=[a-z]{3})e(?=\|?$)")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """The sound of one squeezed word.

    >>> sound("acetone") == sound("ацетон") == sound("atseton") == "aseton"
    True
    """
    if word.isascii():
        word = _GROUP.sub(_sound_of_group, word)
    elif "тс" in word:
        word = word.replace("тс", "ц")
    plain = word.translate(_SINGLE)
    if "ae" in plain or "oe" in plain:
        plain = _DIPHTHONG.sub("e", plain)
    if any(map(eq, plain, plain[1:])):
        plain = _DOUBLED.sub(_once, plain)
    return _LAST_E.sub("", plain) if plain.endswith(("e", "e|")) else plain


def _once(found: re.Match[str]) -> str:
    return found[1]


def _sound_of_group(found: re.Match[str]) -> str:
    return _LATIN_GROUPS.get(found[0], "s")
