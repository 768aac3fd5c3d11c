"""The keys under which a text is stored, so that new law finds it without reading all texts.

They depend on the text alone and are stored once: its words, its beginnings at every word, its
numbers and its code. ``choosing.py`` says which of them new entries can meet. Words repeat from
text to text, so distinct keys are few; article and serial numbers, which do not, are all one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from risk.domain.matching.coordinated import as_if_repeated
from risk.domain.matching.formulas import find_formulas
from risk.domain.matching.identifiers import find_identifiers
from risk.domain.matching.keyboard import as_if_mistyped
from risk.domain.matching.normalise import HARD, Normalised, normalise
from risk.domain.matching.structure import may_hold_structure
from risk.domain.matching.words import Word, runs_of
from shipments.domain.values import hs6_of

WORD, START, NUMBER, CODE, STRUCTURE, ARTICLE = "w", "s", "n", "c", "x", "a"
KEYS_VERSION = 6
"""Raised with every change of :func:`blocking_keys`: stored keys of another are made anew."""
START_LENGTH = 14
# What stands between the characters of a beginning: words, parts of one, phrases.
BETWEEN_WORDS, INSIDE_WORD = " ", "-"
ARTICLE_LETTERS = 3
_MAX_TEXT_LENGTH = 65_536
_MEMORY_SIZE = 100_000
DIGITS = str.maketrans("123456789", "000000000")
# A word of few letters and more digits is an article number. Ideographs before it ("model") do
# not count: names in them are not matched with errors.
_ARTICLE_WORD = re.compile(
    r"(?=(?:\D*\d){3})[\u3400-\u9fff]*(?:[\d,]*[^\W\d_\u3400-\u9fff]){0,3}[\d,]*[\u3400-\u9fff]*"
)


def blocking_keys(text: str, commodity_code: str = "") -> frozenset[str]:
    """The keys under which a text is stored, about two per word.

    A beginning has ``START_LENGTH`` characters of squeezed text, its digits all alike, with a
    space between words, ``-`` between parts of one and ``|`` where a phrase ends.

    >>> sorted(blocking_keys("acetone, 5 l", "2914110000"))
    ['c:291411', 's:0 l', 's:acetone|0 l', 's:l', 'w:acetone']
    """
    text = text[:_MAX_TEXT_LENGTH]
    keys: set[str] = set()
    for read in {text, as_if_mistyped(text)}:
        keys.update(_name_keys(read))
        if repeated := as_if_repeated(read):
            keys.update(_name_keys(repeated))
    for number in (*find_identifiers(text), *find_formulas(text)):
        keys.add(f"{NUMBER}:{number.method.value}:{number.value}")
    hs6 = hs6_of("".join(char for char in commodity_code if char.isdigit()))
    if hs6:
        keys.add(f"{CODE}:{hs6}")
    if may_hold_structure(text):
        keys.add(f"{STRUCTURE}:")
    keys.discard("")
    return frozenset(keys)


def _name_keys(text: str) -> Iterator[str]:
    """The keys of words and of beginnings."""
    normalised = normalise(text)
    words = [word for run in runs_of(normalised) for word in run]
    for _, _, word in words:
        yield _word_key(word.rstrip(HARD))
    for start in _starts(normalised, words):
        yield f"{START}:{start}"


@lru_cache(maxsize=_MEMORY_SIZE)
def _word_key(word: str) -> str:
    """The key of a word; none for a single letter or a number, which never match alone."""
    if len(word) < 2 or not any(map(str.isalpha, word)):
        return ""
    if _ARTICLE_WORD.fullmatch(word):
        return f"{ARTICLE}:"
    return f"{WORD}:{word}"


def _starts(text: Normalised, words: list[Word]) -> Iterator[str]:
    """The beginning at every boundary of the text."""
    squeezed = text.squeezed
    edges = {first for first, _, _ in words}
    places = [
        at for at, boundary in enumerate(text.boundaries[:-1]) if boundary and squeezed[at] != HARD
    ]
    parts: list[str] = []
    # A text without a letter or a figure ("-", "…") has no place at all.
    ends = [*places[1:], len(squeezed)][: len(places)]
    for at, end in zip(places, ends, strict=True):
        sign = BETWEEN_WORDS if at in edges else INSIDE_WORD
        sign = HARD if at and squeezed[at - 1] == HARD else sign
        parts.append(sign + squeezed[at : min(end, at + START_LENGTH)].rstrip(HARD))
    for first, part in enumerate(parts):
        start, length, following = part[1:], len(part) - 1, first + 1
        while length < START_LENGTH and following < len(parts):
            start += parts[following]
            length += len(parts[following]) - 1
            following += 1
        if length > START_LENGTH:
            start = start[: START_LENGTH - length]
        yield start.translate(DIGITS)
