"""Misspelt listed names: windows of words → near names → the veto of chemistry and of innocents.

A name within k edits of a window shares at least one of its k + 1 pieces with it, at a place
shifted by at most k. The index holds those pieces, so a window meets only names that can match.
"""

from collections.abc import Iterable, Iterator

import msgspec
from rapidfuzz.distance import OSA

from risk.domain.matching.chemistry import may_be_misspelt
from risk.domain.matching.lexicon import Lexicon, NameRef, Term
from risk.domain.matching.normalise import HARD, Boundary, Normalised
from risk.domain.matching.strength import GOOD

MIN_LENGTH = 6
MAX_LENGTH = 60
MAX_WORDS = 4
# A word this long or longer is taken to be a typed-in blob, not a name.
_MEMORY_SIZE = 200_000


class Near(msgspec.Struct, frozen=True):
    """A listed name near a window: ``score`` falls with edits and rises with length."""

    first: int
    last: int
    ref: NameRef
    score: float
    edits: int


class _Hit(msgspec.Struct, frozen=True):
    ref: NameRef
    score: float
    edits: int


def allowed_edits(length: int) -> int:
    """How many edits a name of ``length`` squeezed characters may carry."""
    if length < MIN_LENGTH:
        return 0
    if length < 10:
        return 1
    return 2 if length < 20 else 3


class PieceIndex:
    """Keys by their pieces, for look-up within the allowed number of edits."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._pieces: dict[tuple[int, int, str], list[str]] = {}
        self._lengths: set[int] = set()
        for key in keys:
            edits = allowed_edits(len(key))
            if not edits or len(key) > MAX_LENGTH:
                continue
            self._lengths.add(len(key))
            for start, end in _cuts(len(key), edits):
                self._pieces.setdefault((len(key), start, key[start:end]), []).append(key)

    def near(self, word: str) -> dict[str, int]:
        """Keys within their allowed edits of ``word``, with the number of edits."""
        found: dict[str, int] = {}
        size = len(word)
        reach = allowed_edits(size + 3) if size < MAX_LENGTH else 3
        pieces = self._pieces
        for length in range(max(MIN_LENGTH, size - reach), size + reach + 1):
            edits = allowed_edits(length)
            if abs(length - size) > edits or length not in self._lengths:
                continue
            for start, end in _cuts(length, edits):
                for shift in range(max(-edits, -start), edits + 1):
                    keys = pieces.get((length, start, word[start + shift : end + shift]))
                    if keys:
                        for key in keys:
                            if key not in found:
                                found[key] = OSA.distance(word, key, score_cutoff=edits)
        return {key: edits for key, edits in found.items() if edits <= allowed_edits(len(key))}


_CUTS: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}


def _cuts(length: int, edits: int) -> tuple[tuple[int, int], ...]:
    """Where a key of ``length`` is cut into ``edits`` + 1 pieces.

    A swap of neighbours can touch two pieces at once, so one piece more is cut.
    """
    known = _CUTS.get((length, edits))
    if known is None:
        count = edits + 2 if length >= 3 * (edits + 2) else edits + 1
        marks = [length * part // count for part in range(count + 1)]
        known = tuple(zip(marks, marks[1:], strict=False))
        _CUTS[(length, edits)] = known
    return known


class FuzzyNames:
    """Listed names that may be matched with typing errors, against innocent names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._terms = {key: term for key, term in lexicon.terms.items() if _is_typing_target(term)}
        self._listed = PieceIndex(self._terms)
        self._innocents = PieceIndex(lexicon.innocents)
        self._known = lexicon.terms.keys() | lexicon.innocents.keys()
        self._memory: dict[str, _Hit | None] = {}

    def find(self, text: Normalised, is_taken: bytearray) -> list[Near]:
        """Near names in windows of words that no exact name has taken, best first, disjoint."""
        found = []
        for first, last in _windows(text, is_taken):
            window = text.squeezed[first:last]
            hit = self._memory.get(window)
            if hit is None and window not in self._memory:
                hit = self._nearest(window)
                if len(self._memory) >= _MEMORY_SIZE:
                    self._memory.clear()
                self._memory[window] = hit
            if hit is not None:
                found.append(Near(first, last, hit.ref, hit.score, hit.edits))
        found.sort(key=lambda near: (-near.score, near.first - near.last))
        taken = bytearray(is_taken)
        chosen = []
        for near in found:
            if not any(taken[near.first : near.last]):
                taken[near.first : near.last] = b"\x01" * (near.last - near.first)
                chosen.append(near)
        return chosen

    def _nearest(self, window: str) -> _Hit | None:
        if window in self._known:
            return None
        near = {
            key: edits
            for key, edits in self._listed.near(window).items()
            if may_be_misspelt(window, key)
        }
        if not near:
            return None
        key = min(near, key=lambda k: (near[k], -self._terms[k].refs[0].score, k))
        edits = near[key]
        innocents = self._innocents.near(window)
        if innocents and min(innocents.values()) <= edits:
            return None
        ref = self._terms[key].refs[0]
        return _Hit(ref, _score(ref, edits, len(key)), edits)


def _is_typing_target(term: Term) -> bool:
    ref = term.refs[0]
    return (
        len(term.refs) == 1
        and ref.score >= GOOD
        and not ref.is_respelt
        and MIN_LENGTH <= len(term.key) <= MAX_LENGTH
        and ref.lang not in ("zh", "ja", "ko", "ar", "fa", "zh-pinyin")
    )


def _score(ref: NameRef, edits: int, length: int) -> float:
    """One edit in a long name is almost sure, in a short one fair; more edits cost more."""
    closeness = 1 - edits / length
    return round(ref.score * (0.55 + 0.4 * closeness), 4)


def _windows(text: Normalised, is_taken: bytearray) -> Iterator[tuple[int, int]]:
    """Runs of one to four words that cross neither a hard separator nor an exact name."""
    marks = [
        index
        for index, boundary in enumerate(text.boundaries)
        if boundary >= Boundary.JOINT or index == len(text.squeezed)
    ]
    squeezed = text.squeezed
    starts = [
        mark
        for mark in marks
        if mark < len(squeezed) and squeezed[mark] != HARD and not is_taken[mark]
    ]
    ends = {mark: order for order, mark in enumerate(marks)}
    for start in starts:
        if text.boundaries[start] == Boundary.CLASS:
            continue
        order = ends[start]
        words = 0
        for end in marks[order + 1 : order + 13]:
            if end - start > MAX_LENGTH or is_taken[end - 1]:
                break
            piece = squeezed[start:end]
            if HARD in piece:
                stop = start + piece.index(HARD)
                if stop - start >= MIN_LENGTH - 1 and stop not in marks:
                    yield start, stop
                break
            words += end == len(squeezed) or text.boundaries[end] == Boundary.SPACE
            if end - start >= MIN_LENGTH - 1 and not piece.isdigit():
                yield start, end
            if words >= MAX_WORDS:
                break
