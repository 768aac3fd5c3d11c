"""Which honest wordings must not be used: those that name a listed substance.

A lexical comparison on purpose. Asking the matching engine would make the honest lines
blind to exactly the false alarms that they are there to count.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from risk.domain.substances import SubstanceName

_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENDINGS = re.compile(r"(?:[аеиоуыэюяйьіұүөәs]{1,2}|ов|ом|ам|ах|ого|ому|ым|их|ая)$")
_SHORTEST_STEM = 4
_LANGUAGES = frozenset({"ru", "en", "kk", "zh", "la"})


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A word without its case ending, in lower case; short words stay whole.

    >>> stem("Ацетона"), stem("кислоты"), stem("acids")
    ('ацетон', 'кислот', 'acid')
    """
    word = word.casefold().replace("ё", "е")
    short = _ENDINGS.sub("", word)
    return short if len(short) >= _SHORTEST_STEM else word


class ListedWords:
    """The stems of every listed name, looked up by the rarest word of the name."""

    def __init__(self, names: Iterable[SubstanceName]) -> None:
        self._by_stem: dict[str, list[frozenset[str]]] = defaultdict(list)
        self._han: set[str] = set()
        for name in names:
            if name.lang not in _LANGUAGES:
                continue
            if _HAN.search(name.name):
                self._han.add(name.name)
            stems = frozenset(stem(word) for word in _WORD.findall(name.name))
            stems = frozenset(one for one in stems if not one.isdigit())
            longest = max(stems, key=lambda one: (len(one), one), default="")
            if len(longest) >= _SHORTEST_STEM:
                self._by_stem[longest].append(stems)

    def are_named_in(self, text: str) -> bool:
        """Whether ``text`` holds all words of a listed name, in any order and case form."""
        if _HAN.search(text) and any(name in text for name in self._han):
            return True
        found = {stem(word) for word in _WORD.findall(text)}
        return any(stems <= found for one in found for stems in self._by_stem.get(one, ()))
