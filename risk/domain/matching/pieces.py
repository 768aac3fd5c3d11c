"""Keys by their pieces: which keys can be within k edits of a word, without comparing all.

A name within k edits of a word shares at least one of its k + 1 pieces with it, at a place
shifted by at most k. The index holds those pieces, so a word meets only names that can match,
and its cost hardly grows with the number of names. A swap of neighbours can touch two pieces
at once; so that long pieces serve it too, each is also held as the swap with the next leaves it.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LENGTH = 5
MAX_LENGTH = 64
MOST_EDITS = 3
# Shorter words differ from a key by one letter in length at most.
_LONG = 11

_Pieces = dict[str, int]
# A piece → the key that has it, or all that share it.
_Owners = dict[str, str | tuple[str, ...]]
_LookUp = Callable[[str], str | tuple[str, ...] | None]
_Plan = list[tuple[int, int, tuple[_LookUp, ...]]]


class PieceTables(msgspec.Struct, frozen=True, gc=False):
    """Keys by their pieces as plain data, which is kept on disk: looking pieces up is cheap,
    cutting a hundred thousand of them is not.

    ``tables`` are (length of the keys, start, end, piece → place in ``keys``); where several
    keys share a piece, −1 − place in ``groups``, which lists their places.
    """

    keys: list[str]
    tables: list[tuple[int, int, int, _Pieces]]
    groups: list[list[int]]
    most_edits: int


def allowed_edits(length: int) -> int:
    """How many plain edits a key of ``length`` characters may carry."""
    if length < MIN_LENGTH:
        return 0
    if length < 9:
        return 1
    return 2 if length < 18 else MOST_EDITS


def piece_tables(keys: Iterable[str], *, most_edits: int = MOST_EDITS) -> PieceTables:
    """The pieces of ``keys``; ``most_edits`` bounds the edits of long keys too."""
    known = [key for key in dict.fromkeys(keys) if MIN_LENGTH <= len(key) <= MAX_LENGTH]
    places: dict[tuple[int, int, int], dict[str, list[int]]] = {}
    for place, key in enumerate(known):
        size = len(key)
        for start, end in _cuts(size, min(most_edits, allowed_edits(size)) + 1):
            pieces = places.setdefault((size, start, end), {})
            pieces.setdefault(key[start:end], []).append(place)
            if end < size and key[end] != key[end - 1]:
                swapped = key[start : end - 1] + key[end]
                pieces.setdefault(swapped, []).append(place)
    groups: list[list[int]] = []
    tables = []
    for cut, pieces in places.items():
        table: _Pieces = {}
        for piece, found in pieces.items():
            if len(found) > 1:
                groups.append(found)
            table[piece] = found[0] if len(found) == 1 else -len(groups)
        tables.append((*cut, table))
    return PieceTables(known, tables, groups, most_edits)


class PieceIndex:
    """Look-up of the keys within the allowed number of edits; ``most_difference`` bounds that
    of lengths."""

    def __init__(self, tables: PieceTables, *, most_difference: int = 2) -> None:
        self._allowed = [
            min(tables.most_edits, allowed_edits(size)) for size in range(MAX_LENGTH + 4)
        ]
        self._differences = tuple(
            sorted(range(-most_difference, most_difference + 1), key=lambda size: abs(size))
        )
        # Per key length: (start, end, piece → keys) for each piece. The keys themselves, not their
        # places: each step on the way to one waits for memory.
        self._tables: dict[int, list[tuple[int, int, _LookUp]]] = {}
        keys = tables.keys
        groups = [tuple([keys[place] for place in group]) for group in tables.groups]
        for size, start, end, pieces in tables.tables:
            owners: _Owners = {
                piece: keys[place] if place >= 0 else groups[~place]
                for piece, place in pieces.items()
            }
            self._tables.setdefault(size, []).append((start, end, owners.get))
        self._plans: dict[tuple[int, int], _Plan] = {}
        self._letters = frozenset(char for key in tables.keys for char in key if char.isalpha())
        self._fewest_letters: dict[int, int] = {}
        self._fewest_by_size = _fewest_letters(tables.keys)

    def may_have_near(self, word: str) -> bool:
        """False where no key can be within its allowed edits, told by the letters alone: an edit
        takes or brings one. Article numbers and ideographs need no look-up.
        """
        size = len(word)
        fewest = self._fewest_letters.get(size)
        if fewest is None:
            fewest = self._fewest_letters[size] = self._fewest(size)
        if fewest > size:
            return False
        if (word.isascii() and word.isalpha()) or self._letters.issuperset(word):
            return True
        return sum(map(self._letters.__contains__, word)) >= fewest

    def _fewest(self, size: int) -> int:
        """The letters that a word of ``size`` has at least to be near any key."""
        return min(
            (
                letters - self._allowed[length]
                for length, letters in self._fewest_by_size.items()
                if size - length in self._differences
            ),
            default=size + 1,
        )

    def near(self, word: str, most_edits: int = MOST_EDITS) -> dict[str, int]:
        """Keys within their allowed edits of ``word``, or ``most_edits`` if that is less, with the
        number of edits.

        Lengths may differ by one, or by two where three edits are allowed: a longer run of
        missing letters is another word, not a typing error.
        """
        if not self.may_have_near(word):
            return {}
        candidates = self._candidates(word, most_edits)
        if not candidates:
            return {}
        # All at once: a third of the time of one by one.
        compared = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=most_edits, limit=None
        )
        if not compared:
            return {}
        allowed = self._allowed
        return {key: int(edits) for key, edits, _ in compared if edits <= allowed[len(key)]}

    def has_near(self, word: str) -> bool:
        """Whether any key is within its allowed edits of ``word``."""
        return bool(self.near(word))

    def _candidates(self, word: str, most_edits: int) -> Collection[str]:
        plan = self._plans.get((len(word), most_edits))
        if plan is None:
            plan = self._plans[len(word), most_edits] = self._plan(len(word), most_edits)
        found: set[str] = set()
        for start, end, look_ups in plan:
            piece = word[start:end]
            for owners_of in look_ups:
                owners = owners_of(piece)
                if owners is None:
                    continue
                if isinstance(owners, str):
                    found.add(owners)
                else:
                    found.update(owners)
        return found

    def _plan(self, size: int, most_edits: int) -> _Plan:
        """The slices of a word of ``size`` to look up, each with the pieces it may equal. A single
        edit leaves the first piece of a key or its last one."""
        plan: dict[tuple[int, int], list[_LookUp]] = {}
        for difference in self._differences:
            if not 0 <= size - difference < len(self._allowed):
                continue
            edits = min(most_edits, self._allowed[size - difference])
            if abs(difference) > edits or (abs(difference) > 1 and size < _LONG):
                continue
            for start, end, owners_of in self._tables.get(size - difference, ()):
                if edits == 1 and start and end < size - difference:
                    continue
                for shift in _shifts(start, end, size, difference, edits):
                    plan.setdefault((start + shift, end + shift), []).append(owners_of)
        return [(start, end, tuple(look_ups)) for (start, end), look_ups in plan.items()]


def _fewest_letters(keys: Iterable[str]) -> dict[int, int]:
    """The fewest letters of a key of each length."""
    fewest: dict[int, int] = {}
    for key in keys:
        size = len(key)
        letters = size if key.isalpha() else sum(map(str.isalpha, key))
        fewest[size] = min(letters, fewest.get(size, size))
    return fewest


def _shifts(start: int, end: int, size: int, difference: int, edits: int) -> Iterator[int]:
    """How far an unharmed piece of a key may have moved in a word of ``size`` letters.

    Moved by ``shift``, so many edits are before it and the rest after. Nothing is before the
    first piece or after the last: what was added there counts as harm to that piece, and then
    another one is unharmed.
    """
    for shift in range(-edits, edits + 1):
        if abs(shift) + abs(difference - shift) > edits:
            continue
        if (start == 0 and shift) or (end == size - difference and shift != difference):
            continue
        if start + shift >= 0 and end + shift <= size:
            yield shift


def _cuts(length: int, count: int) -> Iterator[tuple[int, int]]:
    marks = [length * part // count for part in range(count + 1)]
    return itertools.pairwise(marks)
