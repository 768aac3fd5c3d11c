"""Words of goods and of names, looked up beforehand.

Declarations are written in the words of the tariff, and names in words of names: which of them
are near a word of a listed name, and near which, depends on the names alone. So it is found when
the names are compiled, not when a text holds the word for the first time.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from risk.domain.matching.near_words import NearWords, WordTables, readings
from risk.domain.matching.normalise import HARD, normalise
from risk.domain.matching.vocabulary import Term
from risk.domain.matching.words import MAX_WORDS

_WORDINGS = ("text", "ru", "en", "kk", "zh")


class MetWords(msgspec.Struct, frozen=True, gc=False):
    """``unlike``: words that can belong to no listed name, misspelt or not. ``alike``: words of
    listed names of several words → the known words near them."""

    unlike: list[str]
    alike: dict[str, list[str]]


NONE_MET = MetWords([], {})


def meet_words(
    tables: WordTables, listed: Iterable[Term], innocent: Iterable[Term], goods: Iterable[str]
) -> MetWords:
    """What the words of the names that may be misspelt, of innocent names and of ``goods``, texts
    of any kind, are near."""
    known = NearWords(tables)
    words = {word: None for text in goods for word in _words(text)}
    words |= {word.rstrip(HARD): None for term in innocent for word in term.words}
    unlike = [word for word in words if not any(map(known.has_near, readings(word)))]
    alike = {
        word: known.of(word)
        for term in listed
        if 1 < len(term.words) <= MAX_WORDS
        for word in map(_without_sign, term.words)
    }
    return MetWords(unlike, {word: sorted(near) for word, near in alike.items()})


def _without_sign(word: str) -> str:
    return word.rstrip(HARD)


def _words(text: str) -> Iterator[str]:
    for piece in normalise(text).pieces:
        for _, _, word in piece.words:
            if word != HARD:
                yield word


def read_goods_texts(folder: Path) -> tuple[str, ...]:
    """The wordings of goods in the CSV files of ``folder``, in their columns text, ru, en, kk and
    zh; none where the folder is missing."""
    texts: list[str] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream)
            header = next(rows, [])
            places = [at for at, column in enumerate(header) if column in _WORDINGS]
            texts.extend(cells[at] for cells in rows for at in places if at < len(cells))
    return tuple(texts)
