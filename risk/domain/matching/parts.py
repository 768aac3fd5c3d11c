"""Which stored words may stand for the parts of a misspelt name of several words.

Written in as many words as listed each of them is like its own; glued, one holds the part or the
part with its neighbours; split, one holds half of it or more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from risk.domain.matching.blocking import WORD
from risk.domain.matching.names import may_stand_for
from risk.domain.matching.near_words import NearWords, readings, word_tables
from risk.domain.matching.normalise import HARD
from risk.domain.matching.pieces import PieceIndex, piece_tables
from risk.domain.matching.sound import sound
from risk.domain.matching.vocabulary import Term

# Words of a name with shorter sounds or fewer letters may have no key in a text.
_SHORTEST_PART = 3
_FEWEST_LETTERS = 5
# Typing errors of a word cost at most 1, of one with a longer sound 1.5; the cheapest is 0.4.
_LONG_PART = 8
_EDITS, _EDITS_OF_LONG = 2, 3
_SHORTEST_HALF = 5
# A shorter half is looked for without errors: too many words are near it.
_SHORTEST_MISSPELT_HALF = 8
_SHORTEST_SPLIT_NAME = 10

# A name by its number, and the place of the word in it.
Place = tuple[int, int]
_Places = defaultdict[str, set[Place]]


def parts_of(term: Term) -> dict[int, str]:
    """The words of a name that each misspelling of it shows, by their place."""
    words = enumerate(word.rstrip(HARD) for word in term.words)
    return {at: word for at, word in words if _is_shown(word)}


def _is_shown(word: str) -> bool:
    is_sure = word.isalpha() or sum(map(str.isalpha, word)) >= _FEWEST_LETTERS
    return is_sure and len(sound(word)) >= _SHORTEST_PART


def keys_together(
    names: Sequence[tuple[Term, Mapping[int, str]]], words: Iterable[str]
) -> Iterator[tuple[frozenset[str], ...]]:
    """For each name that the stored words can make up the keys that may stand for each of its
    parts. ``names`` come with the words that have to be there, by place."""
    standing: defaultdict[Place, set[str]] = defaultdict(set)
    glued, halves = _Glued(names), _Halves(names)
    by_part: _Places = defaultdict(set)
    for number, (_, parts) in enumerate(names):
        for at, part in parts.items():
            by_part[part].add((number, at))
    read: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        for reading in readings(word):
            read[reading].append(word)
        for place in halves.of(word):
            standing[place].add(word)
    for reading, stored in read.items():
        for place in glued.of(reading):
            standing[place].update(stored)
    like = _LikeWords(read)
    for part, places in by_part.items():
        stored = [word for reading in like.of(part) for word in read[reading]]
        for place in places:
            standing[place].update(stored)
    for number, (_, parts) in enumerate(names):
        keys = [frozenset(f"{WORD}:{word}" for word in standing[number, at]) for at in parts]
        if all(keys):
            yield tuple(keys)


class _LikeWords:
    """Words as read that, one for one, may stand for the word of a name."""

    def __init__(self, readings_: Iterable[str]) -> None:
        heard: defaultdict[str, list[str]] = defaultdict(list)
        for reading in readings_:
            heard[sound(reading)].append(reading)
        self._heard = heard
        self._by_length = _by_length(readings_), _by_length(heard)

    def of(self, part: str) -> Iterator[str]:
        heard = sound(part)
        edits = _EDITS_OF_LONG if len(heard) >= _LONG_PART else _EDITS
        spelt_by_length, heard_by_length = self._by_length
        near = set(_near(part, spelt_by_length, edits))
        for one in _near(heard, heard_by_length, edits):
            near.update(self._heard[one])
        return (reading for reading in near if may_stand_for(reading, part))


class _Glued:
    """Words near one that holds a part: by itself, or glued with its neighbours."""

    def __init__(self, names: Sequence[tuple[Term, Mapping[int, str]]]) -> None:
        self._holders: _Places = defaultdict(set)
        for number, (term, parts) in enumerate(names):
            words = [word.rstrip(HARD) for word in term.words]
            for start in range(len(words)):
                for stop in {start + 1, start + 2, len(words)}:
                    run = "".join(words[start:stop])
                    held = (at for at in parts if start <= at < stop)
                    self._holders[run].update((number, at) for at in held)
        self._near = NearWords(word_tables(self._holders))

    def of(self, reading: str) -> Iterator[Place]:
        if self._near.has_near(reading):
            for run in self._near.of(reading):
                yield from self._holders[run]


class _Halves:
    """Beginnings and ends of long names: a name split within a word, and misspelt perhaps.

    The word itself is held by the side that has half of it or more.
    """

    def __init__(self, names: Sequence[tuple[Term, Mapping[int, str]]]) -> None:
        self._holders: _Places = defaultdict(set)
        for number, (term, parts) in enumerate(names):
            words = [word.rstrip(HARD) for word in term.words]
            if sum(map(len, words)) >= _SHORTEST_SPLIT_NAME:
                for half, first, last in _halves(words):
                    held = (at for at in parts if first <= at <= last)
                    self._holders[half].update((number, at) for at in held)
        for half in list(self._holders):
            heard = sound(half)
            if len(heard) >= _SHORTEST_HALF:
                self._holders[heard] |= self._holders[half]
        long = (half for half in self._holders if len(half) >= _SHORTEST_MISSPELT_HALF)
        self._near = PieceIndex(piece_tables(long, most_edits=1))

    def of(self, word: str) -> Iterator[Place]:
        for spelt in {word, sound(word)}:
            if spelt in self._holders:
                yield from self._holders[spelt]
            for half in self._near.near(spelt):
                yield from self._holders[half]


def _halves(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """What a word of the text may be where one of the name is cut in two, with the first and
    last place of the words of the name that it holds."""
    last = len(words) - 1
    for at, word in enumerate(words):
        for cut in range(1, len(word)):
            left, right = word[:cut], word[cut:]
            to = at if 2 * cut >= len(word) else at - 1
            since = at if 2 * cut <= len(word) else at + 1
            sides = {(left, at, to), (right, since, at)}
            if at:
                sides |= {(words[at - 1] + left, at - 1, to), ("".join(words[:at]) + left, 0, to)}
            if at < last:
                sides |= {
                    (right + words[at + 1], since, at + 1),
                    (right + "".join(words[at + 1 :]), since, last),
                }
            yield from (
                side for side in sides if len(side[0]) >= _SHORTEST_HALF and side[1] <= side[2]
            )


def _by_length(words: Iterable[str]) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for word in words:
        found[len(word)].append(word)
    return found


def _near(word: str, by_length: Mapping[int, list[str]], edits: int) -> Iterator[str]:
    for size in range(len(word) - edits, len(word) + edits + 1):
        choices = by_length.get(size)
        if choices:
            found = process.extract(
                word, choices, scorer=OSA.distance, score_cutoff=edits, limit=None
            )
            yield from (near for near, _, _ in found)
