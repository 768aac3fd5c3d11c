"""Which stored words may stand for the parts of a misspelt name of several words.

Written in as many words as listed each of them is like its own; glued, one holds the part or the
part with its neighbours; split, one holds half of it or more.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from risk.domain.matching.blocking import WORD
from risk.domain.matching.names import is_slip_of_ear, is_slip_of_hand, may_stand_for
from risk.domain.matching.near_names import SPLIT_MIN_LENGTH
from risk.domain.matching.near_words import readings
from risk.domain.matching.normalise import HARD
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
# One edit leaves the first or the second of two such pieces of it as it is, perhaps shifted.
_PIECE = 4

_COMPARED_AT_ONCE = 256

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
    names: Sequence[tuple[Term, Mapping[int, str]]],
    words: Iterable[str],
    near: Callable[[str], Iterable[str]],
) -> Iterator[tuple[frozenset[str], ...]]:
    """For each name that the stored words can make up the keys that may stand for each of its
    parts. ``names`` come with the words that have to be there, by place; ``near`` tells of a word
    as read which words of names, and glued from such, are near it."""
    standing: defaultdict[Place, set[str]] = defaultdict(set)
    glued, halves = _Glued(names, near), _Halves(names)
    by_part: _Places = defaultdict(set)
    for number, (_, parts) in enumerate(names):
        for at, part in parts.items():
            by_part[part].add((number, at))
    read: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        for reading in readings(word):
            read[reading].append(word)
    for reading, stored in read.items():
        for place in {*halves.of(reading), *glued.of(reading)}:
            standing[place].update(stored)
    for part, reading in _like(list(by_part), read):
        for place in by_part[part]:
            standing[place].update(read[reading])
    for number, (_, parts) in enumerate(names):
        keys = [frozenset(f"{WORD}:{word}" for word in standing[number, at]) for at in parts]
        if all(keys):
            yield tuple(keys)


def _like(parts: Sequence[str], readings_: Collection[str]) -> Iterator[tuple[str, str]]:
    """The words of names with the words as read that, one for one, may stand for them."""
    heard: defaultdict[str, list[str]] = defaultdict(list)
    for reading in readings_:
        heard[sound(reading)].append(reading)
    sounds = [sound(part) for part in parts]
    edits = [_EDITS_OF_LONG if len(one) >= _LONG_PART else _EDITS for one in sounds]
    found = set(_near(parts, list(readings_), edits))
    found.update((at, one) for at, near in _near(sounds, list(heard), edits) for one in heard[near])
    for at, reading in found:
        if may_stand_for(reading, parts[at]):
            yield parts[at], reading


class _Glued:
    """Words near one that holds a part: by itself, or glued with its neighbours, with no more than
    a slip. ``near`` has at least the words of the names, and those glued."""

    def __init__(
        self, names: Sequence[tuple[Term, Mapping[int, str]]], near: Callable[[str], Iterable[str]]
    ) -> None:
        self._near = near
        self._holders: _Places = defaultdict(set)
        self._sounds: defaultdict[str, set[str]] = defaultdict(set)
        for number, (term, parts) in enumerate(names):
            words = [word.rstrip(HARD) for word in term.words]
            may_be_glued = sum(map(len, term.words)) >= SPLIT_MIN_LENGTH
            for start in range(len(words)):
                for stop in {start + 1, start + 2, len(words)} if may_be_glued else {start + 1}:
                    run = "".join(words[start:stop])
                    held = (at for at in parts if start <= at < stop)
                    self._holders[run].update((number, at) for at in held)
                    self._sounds[run].add("".join(map(sound, words[start:stop])))

    def of(self, reading: str) -> Iterator[Place]:
        for run in self._near(reading):
            if run in self._holders and (
                is_slip_of_hand(reading, run)
                or any(is_slip_of_ear(sound(reading), heard) for heard in self._sounds[run])
            ):
                yield from self._holders[run]


class _Halves:
    """Beginnings and ends of long names: a name split within a word, and misspelt perhaps.

    The word itself is held by the side that has half of it or more.
    """

    def __init__(self, names: Sequence[tuple[Term, Mapping[int, str]]]) -> None:
        self._spelt = _Sides(is_slip_of_hand), _Sides(_turned(is_slip_of_hand))
        self._heard = _Sides(is_slip_of_ear), _Sides(_turned(is_slip_of_ear))
        for number, (term, parts) in enumerate(names):
            if sum(map(len, term.words)) < SPLIT_MIN_LENGTH:
                continue
            words = [word.rstrip(HARD) for word in term.words]
            for (left, right), run in (
                (self._spelt, words),
                (self._heard, [sound(word) for word in words]),
            ):
                left.add(number, run, parts)
                # From the end everything is the other way round.
                turned = [word[::-1] for word in reversed(run)]
                right.add(number, turned, parts, first=len(run) - 1)

    def of(self, word: str) -> Iterable[Place]:
        heard = sound(word)
        return {
            *self._spelt[0].of(word),
            *self._spelt[1].of(word[::-1]),
            *self._heard[0].of(heard),
            *self._heard[1].of(heard[::-1]),
        }


def _turned(is_slip: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    return lambda side, half: is_slip(side[::-1], half[::-1])


class _Sides:
    """What names begin with where they are cut within a word."""

    def __init__(self, is_slip: Callable[[str, str], bool]) -> None:
        self._is_slip = is_slip
        self._holders: _Places = defaultdict(set)
        self._heads: defaultdict[str, list[str]] = defaultdict(list)
        self._seconds: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, number: int, words: Sequence[str], parts: Container[int], first: int = 0) -> None:
        """The name of that number; ``parts`` has the places of its parts, counted from ``first``
        away."""
        for at, word in enumerate(words):
            for start in {0, max(0, at - 1), at}:
                before = "".join(words[start:at])
                held = [(number, abs(first - one)) for one in range(start, at + 1)]
                held = [place for place in held if place[1] in parts]
                whole = abs(first - at) in parts
                for cut in range(max(1, _SHORTEST_HALF - len(before)), len(word)):
                    is_held = whole and 2 * cut >= len(word)
                    places = held if is_held or not whole else held[:-1]
                    if places:
                        self._add(before + word[:cut], places)

    def _add(self, half: str, places: Iterable[Place]) -> None:
        if half not in self._holders and len(half) >= _SHORTEST_MISSPELT_HALF:
            self._heads[half[:_PIECE]].append(half)
            # Letters swapped across the edge of both pieces.
            self._heads[half[: _PIECE - 1] + half[_PIECE]].append(half)
            self._seconds[half[_PIECE : 2 * _PIECE]].append(half)
        self._holders[half].update(places)

    def of(self, side: str) -> Iterable[Place]:
        """The parts that a word may hold, being such a beginning."""
        found = list(self._holders.get(side, ()))
        if len(side) < _SHORTEST_MISSPELT_HALF - 1:
            return found
        halves = list(self._heads.get(side[:_PIECE], ()))
        for at in (_PIECE - 1, _PIECE, _PIECE + 1):
            halves += self._seconds.get(side[at : at + _PIECE], ())
        if halves:
            near = process.extract(side, halves, scorer=OSA.distance, score_cutoff=1, limit=None)
            for half, _, _ in near:
                if self._is_slip(side, half):
                    found += self._holders[half]
        return found


def _near(
    words: Sequence[str], others: Sequence[str], edits: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """The places of ``words`` with the others that are so many ``edits`` from them at most."""
    most = max(edits, default=0)
    for first in range(0, len(words) if others else 0, _COMPARED_AT_ONCE):
        few = words[first : first + _COMPARED_AT_ONCE]
        distances = process.cdist(
            few, others, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8
        )
        for at, other in np.argwhere(distances <= most).tolist():
            if distances[at, other] <= edits[first + at]:
                yield first + at, others[other]
