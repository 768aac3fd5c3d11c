"""Which stored texts can meet new list entries, without screening them all.

A text is known by its blocking keys: its words, the beginnings of its squeezed text at every
word, its numbers and its code. They depend on the text alone, so they are stored once.
New entries and names then choose among the *distinct stored keys*: a text can match only if
one of its keys is chosen. Comparing keys is cheap, as words repeat from text to text; article
and serial numbers, which do not, are all one key.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from risk.domain.matching.covers import as_name
from risk.domain.matching.formulas import find_formulas
from risk.domain.matching.identifiers import find_identifiers
from risk.domain.matching.lexicon import Lexicon
from risk.domain.matching.names import is_typing_target, readings
from risk.domain.matching.near_words import SHORT_WORD, NearWords
from risk.domain.matching.normalise import HARD, normalise
from risk.domain.matching.pieces import PieceIndex
from risk.domain.matching.registry import EntryRegistry
from risk.domain.matching.sound import sound
from risk.domain.matching.vocabulary import Term, compile_vocabulary
from risk.domain.matching.words import runs_of
from risk.domain.substances import CoverName, ListEntry, SubstanceName
from shipments.domain.values import hs6_of

_WORD, _START, _NUMBER, _CODE, _STRUCTURE, _ARTICLE = "w", "s", "n", "c", "x", "a"
KEYS_VERSION = 1
"""Raised with every change of :func:`blocking_keys`: stored keys of another are made anew."""
_MAY_HOLD_STRUCTURE = re.compile(
    r"[A-Z]{14}-[A-Z]{10}-[A-Z]|InChI=|[=#]|[cC]1|\[[A-Z]|\([CONc]|smiles|structure|структура",
    re.IGNORECASE,
)
_START_LENGTH = 12
_SHORTEST_HALF = 5
# A shorter half is looked for without errors: too many words are near it.
_SHORTEST_MISSPELT_HALF = 8
# What a smaller share of the texts has costs no more than what none has.
_RARE = 0.0003
_SHORTEST_SPLIT_NAME = 10
_MAX_TEXT_LENGTH = 65_536
_MEMORY_SIZE = 100_000
_DIGITS = str.maketrans("123456789", "000000000")
# A word of few letters and more digits is an article number; typing errors take two letters.
# Ideographs before it ("model") do not count: names in them are not matched with errors.
_ARTICLE_LETTERS, _SLIPS = 3, 2
_ARTICLE_WORD = re.compile(
    r"(?=(?:\D*\d){3})[\u3400-\u9fff]*(?:[\d,]*[^\W\d_\u3400-\u9fff]){0,3}[\d,]*[\u3400-\u9fff]*"
)


def blocking_keys(text: str, commodity_code: str = "") -> frozenset[str]:
    """The keys under which a text is stored, about two per word.

    >>> sorted(blocking_keys("acetone 5 l", "2914110000"))
    ['c:291411', 's:0l', 's:acetone0l', 's:l', 's:l', 'w:acetone']
    """
    text = text[:_MAX_TEXT_LENGTH]
    normalised = normalise(text)
    squeezed = normalised.squeezed
    keys = {
        _word_key(word.rstrip(HARD))
        for run in runs_of(normalised)
        for _, _, word in run
        if len(word) > 1
    }
    keys.update(
        f"{_START}:{_start_of(squeezed[at : at + _START_LENGTH])}"
        for at, boundary in enumerate(normalised.boundaries[:-1])
        if boundary and squeezed[at] != HARD
    )
    for number in (*find_identifiers(text), *find_formulas(text)):
        keys.add(f"{_NUMBER}:{number.method.value}:{number.value}")
    hs6 = hs6_of("".join(char for char in commodity_code if char.isdigit()))
    if hs6:
        keys.add(f"{_CODE}:{hs6}")
    if _MAY_HOLD_STRUCTURE.search(text):
        keys.add(f"{_STRUCTURE}:")
    keys.discard("")
    return frozenset(keys)


def keys_for(
    entries: Sequence[ListEntry],
    names: Sequence[SubstanceName],
    stored: Iterable[str],
    cover_names: Sequence[CoverName] = (),
    *,
    common: Mapping[str, float] | None = None,
) -> frozenset[str]:
    """Of the distinct ``stored`` keys those that a text which matches can have.

    ``names`` are all names of the substances of ``entries``, ``cover_names`` what those were
    declared as. Innocent names and context only take matches away, so they play no part.
    ``common`` says how often a key is met: of a name of several words the rarest is looked for,
    since all of them must be near. A text that may hold a structure (InChIKey, SMILES) is chosen
    when an entry has one; systematic names read by OPSIN have no keys. O(number of stored keys).
    """
    listed = {entry.substance_key for entry in entries}
    lexicon = Lexicon(compile_vocabulary([n for n in names if n.substance_key in listed], ()))
    declared = [as_name(cover) for cover in cover_names if cover.substance_key in listed]
    covered = {term.key for term in compile_vocabulary(declared, ()).terms}
    own = [name for name in names if name.substance_key in listed]
    chooser = _Chooser(lexicon, EntryRegistry(entries, own), entries, covered, common or {})
    return frozenset(key for key in stored if chooser.is_possible(key))


@lru_cache(maxsize=_MEMORY_SIZE)
def _word_key(word: str) -> str:
    """The key of a word; none for a single letter or a number, which never match alone."""
    if len(word) < 2 or not any(map(str.isalpha, word)):
        return ""
    if _ARTICLE_WORD.fullmatch(word):
        return f"{_ARTICLE}:"
    return f"{_WORD}:{word}"


@lru_cache(maxsize=_MEMORY_SIZE)
def _start_of(squeezed: str) -> str:
    """A beginning up to a separator, its digits all alike: locants vary, articles vary more."""
    return squeezed[:_START_LENGTH].partition(HARD)[0].translate(_DIGITS)


class _Chooser:
    """Which keys a text can have that names or numbers of the entries match."""

    def __init__(
        self,
        lexicon: Lexicon,
        registry: EntryRegistry,
        entries: Sequence[ListEntry],
        covered: Collection[str],
        common: Mapping[str, float],
    ) -> None:
        exact = {*lexicon.terms, *covered}
        self._registry = registry
        self._has_structure = any(
            entry.smiles or entry.inchikey or entry.clause_smarts for entry in entries
        )
        self._starts = {_start_of(key) for key in exact}
        self._shorter = {key.translate(_DIGITS) for key in exact if len(key) < _START_LENGTH}
        targets = [term for term in lexicon.terms.values() if is_typing_target(term)]
        self._has_article_name = any(
            sum(map(str.isalpha, term.key)) <= _ARTICLE_LETTERS + _SLIPS for term in targets
        )
        anchors = _anchors(targets, common)
        self._words = NearWords(run for term, at in anchors for run in _runs_holding(term, at))
        self._halves = _Halves(anchors)

    def is_possible(self, key: str) -> bool:
        kind, _, value = key.partition(":")
        if kind == _WORD:
            is_near = any(self._words.of(reading) for reading in readings(value))
            return is_near or self._halves.hold(value)
        if kind == _START:
            return value in self._starts or any(
                value[:size] in self._shorter for size in range(1, len(value))
            )
        if kind == _NUMBER:
            return self._registry.has_number(*value.split(":", 1))
        if kind == _CODE:
            return bool(self._registry.meanings_of(value))
        return self._has_article_name if kind == _ARTICLE else self._has_structure


def _anchors(terms: Sequence[Term], common: Mapping[str, float]) -> list[tuple[Term, int]]:
    """Each name with the place of the word by which it is looked for: that to which the fewest
    texts have a near word; of several the longest."""
    words = {word.rstrip(HARD) for term in terms for word in term.words}
    index = NearWords(words)
    load = dict.fromkeys(words, 0.0)
    for key, share in common.items():
        kind, _, value = key.partition(":")
        if kind == _WORD and share >= _RARE:
            for word in {word for reading in readings(value) for word in index.of(reading)}:
                load[word] += share

    def cost(word: str) -> tuple[bool, float, int]:
        return len(word) < SHORT_WORD, load[word], -len(word)

    return [
        (term, min(range(len(term.words)), key=lambda at: cost(term.words[at].rstrip(HARD))))
        for term in terms
    ]


def _runs_holding(term: Term, place: int) -> Iterator[str]:
    """The word at the place, and with its neighbours as a text may glue them."""
    words = [word.rstrip(HARD) for word in term.words]
    for start in range(place + 1):
        for stop in {start + 1, start + 2, len(words)}:
            if place < stop <= len(words):
                yield "".join(words[start:stop])


class _Halves:
    """Beginnings and ends of long names: a name split in two and misspelt in one half.

    Of a cut through the anchor one side holds half of it or more.
    """

    def __init__(self, anchors: Iterable[tuple[Term, int]]) -> None:
        self._exact: set[str] = set()
        for term, place in anchors:
            words = [word.rstrip(HARD) for word in term.words]
            if sum(map(len, words)) < _SHORTEST_SPLIT_NAME:
                continue
            before, word, after = "".join(words[:place]), words[place], "".join(words[place + 1 :])
            for cut in range(max(_SHORTEST_HALF, len(word) // 2), len(word)):
                self._exact |= {word[:cut], before + word[:cut], word[-cut:], word[-cut:] + after}
        heard = map(sound, self._exact)
        self._exact |= {half for half in heard if len(half) >= _SHORTEST_HALF}
        self._near = PieceIndex(
            (half for half in self._exact if len(half) >= _SHORTEST_MISSPELT_HALF), most_edits=1
        )

    def hold(self, word: str) -> bool:
        heard = sound(word)
        return (
            word in self._exact
            or heard in self._exact
            or self._near.has_near(word)
            or self._near.has_near(heard)
        )
