"""Russian names typed while the keyboard stood on Latin: "fwtnjy" is "ацетон".

Each key is one character on either layout, so places in the text stay what they are. Only words
that look so (few vowels) and then are words of listed names are read; ``as_if_mistyped`` reads
every such word, for the keys of look-back, which know no names.
"""

import re
from collections.abc import Callable, Iterable

_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
_MEANT = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_AS_RUSSIAN = str.maketrans(_KEYS, _MEANT)
# A sign at the end is one more often than a letter.
_RUN = re.compile(r"(?<![^\s(])[\[{;',.<a-zA-Z][\[\]{};:'\",.<>`~a-zA-Z]*[\[\]{}a-zA-Z]")
_VOWEL = re.compile("[aeiouAEIOU]")
_MOST_VOWELS = 0.25
_SHORTEST = 5
_MEMORY_SIZE = 100_000
_LONGEST_KEPT = 125
# What takes a name back is read beside one.
_AROUND = frozenset(("без", "не", "для", "содержит", "заменитель", "удаления", "снятия", "от"))


class KeyboardLayout:
    """Reads words of listed names in the layout that was meant."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if not word.isascii())
        self._no_names: set[str] = set()

    def as_meant(self, text: str) -> str:
        """``text`` with such words in Russian letters, of the same length; mostly itself."""
        runs = text.split()
        if self._no_names.issuperset(runs) or not any(map(self.is_name, runs)):
            return text
        return _translated(text, self._is_meant)

    def is_name(self, run: str) -> bool:
        """Whether a run between spaces is a name in the other layout."""
        if run in self._no_names:
            return False
        is_name = _may_be_typed_on_latin(run) and any(
            len(found[0]) >= _SHORTEST
            and _looks_mistyped(found[0])
            and _plain(found[0]) in self._words
            for found in _RUN.finditer(run)
        )
        if not is_name and len(run) <= _LONGEST_KEPT:
            if len(self._no_names) >= _MEMORY_SIZE:
                self._no_names.clear()
            self._no_names.add(run)
        return is_name

    def _is_meant(self, run: str) -> bool:
        return _plain(run) in self._words or _plain(run) in _AROUND


def _may_be_typed_on_latin(run: str) -> bool:
    """Whether a run is long enough and begins, or goes on behind a bracket, with such a key."""
    return len(run) >= _SHORTEST and (run[0].isascii() or "(" in run)


def as_if_mistyped(text: str) -> str:
    """``text`` with every word that looks mistyped in Russian letters."""
    is_any = any(
        len(found[0]) >= _SHORTEST and _looks_mistyped(found[0]) for found in _RUN.finditer(text)
    )
    return _translated(text, lambda _run: True) if is_any else text


def _translated(text: str, is_meant: Callable[[str], bool]) -> str:
    return _RUN.sub(
        lambda found: (
            found[0].translate(_AS_RUSSIAN)
            if _looks_mistyped(found[0]) and is_meant(found[0])
            else found[0]
        ),
        text,
    )


def _looks_mistyped(run: str) -> bool:
    return len(_VOWEL.findall(run)) <= _MOST_VOWELS * len(run)


def _plain(run: str) -> str:
    return run.translate(_AS_RUSSIAN).lower().replace("ё", "е")
