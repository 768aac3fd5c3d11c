"""Misspelt listed names: windows of words → near names → the veto of chemistry and of innocents.

A name within k edits of a window shares at least one of its k + 1 pieces with it, at a place
shifted by at most k. The index holds those pieces, so a window meets only names that can match.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from rapidfuzz.distance import OSA

from risk.domain.matching.chemistry import may_be_misspelt
from risk.domain.matching.lexicon import Found, Lexicon, NameRef, Term
from risk.domain.matching.normalise import HARD, Boundary, Normalised
from risk.domain.matching.strength import FAIR, GOOD

MIN_LENGTH = 6
MAX_LENGTH = 60
MAX_WORDS = 3
_MEMORY_SIZE = 200_000
_PART_OF_A_NAME = frozenset("-‐‑–—−()[]{}'’′,")
# A word glued from two or split in two counts as misspelt only in a long name.
_SPLIT_MIN_LENGTH = 10
# A weakly sourced name is a target for typing errors only when it is long.
_WEAK_NAME_MIN_LENGTH = 14
# Words of four and five letters may carry one edit inside a longer name, shorter ones none.
_SHORT_WORD = 4
# A long word of a longer name may carry the edits of a name that much longer.
_WORD_BONUS = 2


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
    """Keys by their pieces, for look-up within the allowed number of edits.

    A swap of neighbours can touch two pieces at once, so one piece more than needed is cut.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        # Per key length: (start, end, piece → keys) for each piece.
        self._tables: dict[int, list[tuple[int, int, dict[str, list[str]]]]] = {}
        self._plans: dict[int, list[tuple[int, int, dict[str, list[str]]]]] = {}
        for key in keys:
            size = len(key)
            if not MIN_LENGTH <= size <= MAX_LENGTH:
                continue
            tables = self._tables.get(size)
            if tables is None:
                tables = self._tables[size] = [(*cut, {}) for cut in _cuts(size)]
            for start, end, pieces in tables:
                pieces.setdefault(key[start:end], []).append(key)

    def near(self, word: str) -> dict[str, int]:
        """Keys within their allowed edits of ``word``, with the number of edits.

        Lengths may differ by one, or by two where three edits are allowed: a longer run of
        missing letters is another word, not a typing error.
        """
        plan = self._plans.get(len(word))
        if plan is None:
            plan = self._plans[len(word)] = self._plan(len(word))
        candidates: set[str] = set()
        for start, end, pieces in plan:
            keys = pieces.get(word[start:end])
            if keys is not None:
                candidates.update(keys)
        found = {}
        for key in candidates:
            edits = allowed_edits(len(key))
            distance = OSA.distance(word, key, score_cutoff=edits)
            if distance <= edits:
                found[key] = distance
        return found

    def _plan(self, size: int) -> list[tuple[int, int, dict[str, list[str]]]]:
        """The slices of a word of ``size`` to look up, each with the pieces it may equal."""
        plan = []
        for difference in (0, -1, 1, -2, 2) if size >= 18 else (0, -1, 1):
            edits = allowed_edits(size - difference)
            if abs(difference) >= max(edits, 2):
                continue
            for start, end, pieces in self._tables.get(size - difference, ()):
                # A piece moved by `shift` costs that many edits before it, and the rest after.
                for shift in range(-edits, edits + 1):
                    is_dear = abs(shift) + abs(difference - shift) > edits
                    if not is_dear and start + shift >= 0:
                        plan.append((start + shift, end + shift, pieces))
        return plan


def _cuts(length: int) -> Iterator[tuple[int, int]]:
    count = allowed_edits(length) + 2
    marks = [length * part // count for part in range(count + 1)]
    return itertools.pairwise(marks)


class FuzzyNames:
    """Listed names that may be matched with typing errors, against innocent names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._terms = {key: term for key, term in lexicon.terms.items() if _is_typing_target(term)}
        self._listed = PieceIndex(self._terms)
        self._innocents = PieceIndex(lexicon.innocents)
        self._known = lexicon.terms.keys() | lexicon.innocents.keys()
        self._memory: dict[tuple[str, ...], _Hit | None] = {}

    def find(self, text: Normalised, exact: Sequence[Found]) -> list[Near]:
        """Near names in windows of words, best first, disjoint.

        A window may hold a shorter exact name ("ether" in "diethly ether"), but not lie in one.
        """
        exact_spans = {(found.first, found.last) for found in exact}
        covered = _covering(text, exact)
        found = []
        for first, last in _windows(text):
            if (first, last) in exact_spans or covered[first] >= last:
                continue
            hit = self._remembered(text.words(first, last))
            if hit is not None:
                found.append(Near(first, last, hit.ref, hit.score, hit.edits))
        found.sort(key=lambda near: (-near.score, near.first - near.last))
        taken = bytearray(len(text.squeezed))
        chosen = []
        for near in found:
            if not any(taken[near.first : near.last]):
                taken[near.first : near.last] = b"\x01" * (near.last - near.first)
                chosen.append(near)
        return chosen

    def _remembered(self, window: tuple[str, ...]) -> _Hit | None:
        hit = self._memory.get(window)
        if hit is None and window not in self._memory:
            hit = self._nearest(window)
            if len(self._memory) >= _MEMORY_SIZE:
                self._memory.clear()
            self._memory[window] = hit
        return hit

    def _nearest(self, words: tuple[str, ...]) -> _Hit | None:
        window = "".join(words)
        if window in self._known:
            return None
        near = {
            key: edits
            for key, edits in self._listed.near(window).items()
            if may_be_misspelt(window, key)
            and _is_like_word_by_word(words, self._terms[key].words, edits)
        }
        if not near:
            return None
        key = min(near, key=lambda k: (near[k], -self._terms[k].refs[0].score, k))
        edits = near[key]
        cost = _cost(window, key, edits)
        innocents = self._innocents.near(window)
        if any(_cost(window, name, apart) <= cost for name, apart in innocents.items()):
            return None
        ref = self._terms[key].refs[0]
        return _Hit(ref, _score(ref, edits, len(key)), edits)


def _cost(word: str, name: str, edits: int) -> float:
    """Edits, where a single doubled letter or swap of neighbours costs half: it says most."""
    if edits != 1:
        return float(edits)
    if len(word) == len(name):
        return 0.5 if sorted(word) == sorted(name) else 1.0
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    at = next((i for i, char in enumerate(shorter) if char != longer[i]), len(shorter))
    return 0.5 if longer[at] in longer[max(0, at - 1) : at] else 1.0


def _is_like_word_by_word(words: tuple[str, ...], listed: tuple[str, ...], edits: int) -> bool:
    """Whether each word is near its listed word; words glued or split only in a long name."""
    if len(words) != len(listed):
        return edits <= 1 and sum(map(len, listed)) >= _SPLIT_MIN_LENGTH
    for word, wanted in zip(words, listed, strict=True):
        allowed = allowed_edits(len(wanted) + _WORD_BONUS) or len(wanted) // _SHORT_WORD
        if OSA.distance(word, wanted, score_cutoff=allowed) > allowed:
            return False
    return True


def _is_typing_target(term: Term) -> bool:
    ref = term.refs[0]
    return (
        len(term.refs) == 1
        and ref.score >= (GOOD if len(term.key) < _WEAK_NAME_MIN_LENGTH else FAIR)
        and not ref.is_respelt
        and MIN_LENGTH <= len(term.key) <= MAX_LENGTH
        and (len(term.key) >= _SPLIT_MIN_LENGTH or term.key.isalpha())
        and not ref.substance_key.startswith("eq-")
        and ref.lang not in ("zh", "ja", "ko", "ar", "fa", "zh-pinyin")
    )


def _score(ref: NameRef, edits: int, length: int) -> float:
    """One edit in a long name is almost sure, in a short one fair; more edits cost more."""
    closeness = 1 - edits / length
    return round(ref.score * (0.55 + 0.4 * closeness), 4)


def _covering(text: Normalised, exact: Sequence[Found]) -> list[int]:
    """For each position the end of the exact name that covers it, or 0."""
    ends = [0] * (len(text.squeezed) + 1)
    for found in exact:
        ends[found.first : found.last] = [found.last] * (found.last - found.first)
    return ends


def _windows(text: Normalised) -> Iterator[tuple[int, int]]:
    """Runs of one to three words that cross no hard separator.

    A word ends at a space or at a sign other than a hyphen: "methylamino-" is a part.
    """
    squeezed = text.squeezed
    marks = [index for index in range(len(squeezed) + 1) if _is_word_edge(text, index)]
    for order, start in enumerate(marks[:-1]):
        if squeezed[start] == HARD:
            continue
        for end in marks[order + 1 : order + 1 + MAX_WORDS]:
            if end - start > MAX_LENGTH or squeezed[end - 1] == HARD:
                break
            if end - start >= MIN_LENGTH - 1 and not squeezed[start:end].isdigit():
                yield start, end


def _is_word_edge(text: Normalised, index: int) -> bool:
    boundary = text.boundaries[index]
    if boundary < Boundary.JOINT:
        return False
    if index in (0, len(text.squeezed)) or boundary == Boundary.SPACE:
        return True
    if HARD in text.squeezed[index - 1 : index + 1]:
        return True
    between = text.original[text.ends[index - 1] : text.starts[index]]
    return not any(char in _PART_OF_A_NAME for char in between)
