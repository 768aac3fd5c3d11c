"""Words of a text → the words of listed names that they may stand for, misspelt or by ear.

Words repeat from text to text, so each is looked up once; most are near none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from rapidfuzz.distance import OSA

from risk.domain.matching.pieces import PieceIndex, PieceTables, piece_tables
from risk.domain.matching.sound import sound

SHORT_WORD = 4
_MEMORY_SIZE = 200_000
_NONE: frozenset[str] = frozenset()
_SCANNED_DIGIT = re.compile(r"(?<=[^\W\d_])[0158](?=[^\W\d_])")
_SCANNED_LATIN = {"0": "o", "1": "l", "5": "s", "8": "b"}
# A figure in front may be a locant: it is read as a letter in front of many letters only.
_SCANNED_FIRST = {"5": "s", "8": "b", "0": "o"}
_SCANNED_AT_FIRST = re.compile(r"[058][a-z]{4}")
_SCANNED_CYRILLIC = {"0": "о", "1": "1", "5": "5", "8": "в"}


class WordTables(msgspec.Struct, frozen=True, gc=False):
    """Known words as plain data: by sound, those of four letters by what is left of them
    without a letter, and their pieces."""

    words: list[str]
    by_sound: dict[str, list[str]]
    short: dict[str, list[str]]
    spelt: PieceTables
    heard: PieceTables


def word_tables(words: Iterable[str]) -> WordTables:
    """The tables of ``words``."""
    known = list(dict.fromkeys(words))
    by_sound: dict[str, list[str]] = {}
    short: dict[str, list[str]] = {}
    for word in known:
        by_sound.setdefault(sound(word), []).append(word)
        if len(word) == SHORT_WORD:
            for rest in _short_forms(word):
                short.setdefault(rest, []).append(word)
    return WordTables(known, by_sound, short, piece_tables(known), piece_tables(by_sound))


class NearWords:
    """Known words by spelling and by sound; a word of four letters may carry one edit."""

    def __init__(self, tables: WordTables) -> None:
        self._by_sound = tables.by_sound
        self._short = tables.short
        self._words = frozenset(tables.words)
        self._spelt = PieceIndex(tables.spelt)
        self._heard = PieceIndex(tables.heard)
        self._memory: dict[str, frozenset[str]] = {}

    def has_near(self, word: str) -> bool:
        """Whether any known word is near ``word``; at once for a known word or its sound."""
        if word in self._words:
            return True
        if word.isdecimal() and len(word) > SHORT_WORD + 1 and not self._spelt.may_have_near(word):
            # A number sounds as it is spelt.
            return False
        return sound(word) in self._by_sound or bool(self.of(word))

    def of(self, word: str) -> frozenset[str]:
        """The known words near ``word``; empty for most words of trade papers."""
        near = self._memory.get(word)
        if near is None:
            near = self._near(word)
            if len(self._memory) >= _MEMORY_SIZE:
                self._memory.clear()
            self._memory[word] = near
        return near

    def remember(self, alike: Mapping[str, Iterable[str]]) -> None:
        """What words are near, found before."""
        self._memory.update((word, frozenset(near)) for word, near in alike.items())

    def within_one(self, word: str) -> set[str]:
        """The known words one edit from ``word``, by spelling or by sound."""
        found = set(self._spelt.near(word, 1))
        if word in self._words:
            found.add(word)
        heard = sound(word)
        found.update(self._by_sound.get(heard, ()))
        for known in self._heard.near(heard, 1):
            found.update(self._by_sound[known])
        return found

    def _near(self, word: str) -> frozenset[str]:
        heard = sound(word)
        found = set(self._by_sound.get(heard, ()))
        if word in self._words:
            found.add(word)
        if SHORT_WORD - 1 <= len(word) <= SHORT_WORD + 1:
            found.update(self._near_short(word))
        found.update(self._spelt.near(word))
        for known in self._heard.near(heard):
            found.update(self._by_sound[known])
        return frozenset(found) if found else _NONE

    def _near_short(self, word: str) -> Iterable[str]:
        """Words of four letters one edit away: they share what is left without a letter."""
        for rest in _short_forms(word):
            for short in self._short.get(rest, ()):
                if OSA.distance(word, short, score_cutoff=1) <= 1:
                    yield short


def _short_forms(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def readings(word: str) -> Iterator[str]:
    """A word as it stands, and as a scanner may have misread it."""
    yield word
    if word.isalpha() and "rn" not in word:
        return
    if word[:1] in _SCANNED_FIRST and _SCANNED_AT_FIRST.match(word):
        yield _SCANNED_FIRST[word[0]] + word[1:]
    table = _SCANNED_LATIN if word.isascii() else _SCANNED_CYRILLIC
    if _SCANNED_DIGIT.search(word):
        yield _SCANNED_DIGIT.sub(lambda found: table[found[0]], word)
    if "rn" in word:
        yield word.replace("rn", "m")
