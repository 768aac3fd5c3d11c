"""Misspelt and transliterated listed names, against innocent names that are as near.

runs of words that are all near a word of a listed name (``near_words.py``) → windows of them →
names made of such words (``near_names.py``) → the cost of the typing errors → the veto of
chemistry → the veto of innocent names. Most words of trade papers are near none and cost one
look-up.
"""

from collections.abc import Iterator, Sequence
from operator import attrgetter

import msgspec

from risk.domain.matching.compiled import NearTables
from risk.domain.matching.evidence import NearestInnocent
from risk.domain.matching.lexicon import Found, Lexicon, NameRef, Term
from risk.domain.matching.near import Near, near_score
from risk.domain.matching.near_names import (
    OTHER_LETTERS,
    SPLIT_MIN_LENGTH,
    InnocentNames,
    ListedNames,
    Window,
    allowed_cost,
    is_latin,
)
from risk.domain.matching.near_words import readings
from risk.domain.matching.normalise import HARD, Normalised
from risk.domain.matching.pieces import PieceIndex
from risk.domain.matching.runs import Piece, Words
from risk.domain.matching.sound import sound
from risk.domain.matching.tail import NamesOnNoList
from risk.domain.matching.typing_costs import HEARD, typing_cost
from risk.domain.matching.vocabulary import TRANSLITERATED_SCORE
from risk.domain.matching.words import (
    MAX_AROUND,
    MIN_LENGTH,
    Word,
    runs_between,
    windows,
    windows_around,
    windows_in_phrase,
    words_at,
)
from risk.domain.proving.purity import stem

_SHORT_SOUND = 4
# Slips that such a longer name may carry.
_AROUND_COST = 1.0
_LOCANT_LETTERS = frozenset("mopnмопн")
_MEMORY_SIZE = 200_000
# What a word glued from two or split in two may cost: one slip.
_GLUED_COST = 0.7
# How much further than the listed name the nearest innocent one is looked for.
_FURTHER = 1.0


_KEY = attrgetter("key")


class _Hit(msgspec.Struct, frozen=True, gc=False):
    """``innocent`` is the nearest innocent name; when it is as near the place ``is_lost``."""

    ref: NameRef
    score: float
    cost: float
    innocent: NearestInnocent | None
    is_lost: bool


class FuzzyNames:
    """Listed names that may be matched with typing errors, against innocent names."""

    def __init__(
        self, lexicon: Lexicon, tables: NearTables, on_no_list: NamesOnNoList | None = None
    ) -> None:
        self._on_no_list = on_no_list or NamesOnNoList(None, ())
        self._listed = ListedNames(lexicon.terms, tables.listed)
        self._innocent = InnocentNames(lexicon.innocents, tables.innocent)
        self._known = lexicon.terms.keys() | lexicon.innocents.keys()
        self._innocent_words = frozenset(tables.innocent_words)
        self._innocent_word_pieces = PieceIndex(tables.innocent_word_pieces)
        self._innocent_words_seen: dict[str, bool] = {}
        self._belonging = dict.fromkeys(tables.met.unlike, False)
        self._listed.near_words.remember(tables.met.alike)
        self._possible: dict[str | Words, bool] = {}
        self._innocent_memory: dict[tuple[str, ...], str] = {}
        self._memory: dict[tuple[str, ...], _Hit | None] = {}
        self._nearest_to: dict[str, NearestInnocent | None] = {}

    def find(
        self, text: Normalised, exact: Sequence[Found], lost: list[Near] | None = None
    ) -> list[Near]:
        """Near names in windows of words, longest first, disjoint.

        A window may hold a shorter exact name ("ether" in "diethly ether"), but not lie in one.
        Those that lost to an innocent name or to chemistry are added to ``lost``, if given.
        """
        runs = list(self._runs(text))
        if not runs:
            return []
        exact_spans = {(found.first, found.last) for found in exact}
        covered = _covering(text, exact)
        found = []
        for run in runs:
            for first, last, words in windows(run):
                if (first, last) in exact_spans or covered[first] >= last:
                    continue
                hit = self._remembered(words)
                if hit is None and lost is not None:
                    hit = self._vetoed(words)
                if hit is None:
                    continue
                near = Near(first, last, hit.ref, hit.score, hit.cost, hit.innocent)
                if not hit.is_lost:
                    found.append(near)
                elif lost is not None:
                    lost.append(near)
        return _longest_apart(text, found)

    def innocent_around(self, text: Normalised, first: int, last: int) -> str:
        """A longer innocent name that holds the place, misspelt perhaps; empty if there is none.

        "acetone oxmie" is acetone oxime, so "acetone" in it names nothing listed.
        """
        place = words_at(text, first, last, MAX_AROUND)
        for words in windows_around(*place, first, last, self._is_innocent_word):
            name = self._innocent_near(words)
            if name:
                return name
        if self._on_no_list.is_known:
            for words in windows_in_phrase(*place, first, last):
                if self._on_no_list.is_innocent("".join(words)):
                    return " ".join(words)
        return ""

    def nearest_innocent(self, term: Term) -> NearestInnocent | None:
        """The innocent name nearest to a listed one, as far as one lies near; remembered."""
        known = self._nearest_to.get(term.key)
        if known is None and term.key not in self._nearest_to:
            known = self._innocent_beside(Window(term.words), 0.0, term.key)
            self._nearest_to[term.key] = known
        return known

    def nearest_listed(self, found: Found) -> Near | None:
        """The listed name nearest to an innocent one that stands in a text, if one is near."""
        nearest = self._listed.closest(Window(found.term.words))
        if nearest is None:
            return None
        key, cost = nearest
        return Near(found.first, found.last, self._listed.terms[key].refs[0], 0.0, cost)

    def _is_innocent_word(self, word: str) -> bool:
        """Whether a neighbour can belong to a longer innocent name; most words cannot."""
        known = self._innocent_words_seen.get(word)
        if known is None:
            plain = word.rstrip(HARD)
            known = plain in self._innocent_words or (
                len(plain) >= MIN_LENGTH and self._innocent_word_pieces.has_near(plain)
            )
            if len(self._innocent_words_seen) >= _MEMORY_SIZE:
                self._innocent_words_seen.clear()
            self._innocent_words_seen[word] = known
        return known

    def _innocent_near(self, words: tuple[str, ...]) -> str:
        known = self._innocent_memory.get(words)
        if known is None:
            known = self._nearest_innocent(words)
            if len(self._innocent_memory) >= _MEMORY_SIZE:
                self._innocent_memory.clear()
            self._innocent_memory[words] = known
        return known

    def _nearest_innocent(self, words: tuple[str, ...]) -> str:
        window = Window(words)
        terms = self._innocent.terms
        near = self._innocent.nearest(
            window,
            lambda key, cost: _is_like_word_by_word(words, terms[key].words, cost),
            _AROUND_COST,
        )
        if near is None or self._listed.holds_within(window, near[1]):
            return ""
        return terms[near[0]].innocent_name

    def _runs(self, text: Normalised) -> Iterator[list[Word]]:
        """Runs of neighbouring words that can all belong to a listed name."""
        for from_piece, to_piece in self._stretches(text):
            for words in runs_between(text, from_piece, to_piece):
                run: list[Word] = []
                for word in words:
                    if self.may_belong(word[2]):
                        run.append(word)
                    elif run:
                        yield run
                        run = []
                if run:
                    yield run

    def _stretches(self, text: Normalised) -> Iterator[tuple[int, int]]:
        """Stretches of pieces that all have a word that can belong to a listed name, long
        enough for one; from and up to which piece. A separator alone ends none."""
        pieces = text.pieces
        known = list(map(self._possible.get, map(_KEY, pieces)))
        if None in known:
            known = [
                self._is_possible(piece) if one is None else one
                for one, piece in zip(known, pieces, strict=True)
            ]
        if True not in known:
            return
        begin, end = -1, 0
        for at, is_possible in enumerate(known):
            if is_possible:
                begin, end = at if begin < 0 else begin, at + 1
            elif begin >= 0 and pieces[at].squeezed != HARD:
                if text.firsts[end] - text.firsts[begin] >= MIN_LENGTH - 1:
                    yield begin, end
                begin = -1
        if begin >= 0 and len(text.squeezed) - text.firsts[begin] >= MIN_LENGTH - 1:
            yield begin, end

    def may_hold(self, piece: Piece) -> bool:
        """Whether any word of a piece can belong to a listed name."""
        known = self._possible.get(piece.key)
        return self._is_possible(piece) if known is None else known

    def _is_possible(self, piece: Piece) -> bool:
        """Whether any word of a piece can belong to a listed name; pieces repeat, too."""
        known = any(self.may_belong(word) for _, _, word in piece.words if word != HARD)
        if len(self._possible) >= _MEMORY_SIZE:
            self._possible.clear()
        self._possible[piece.key] = known
        return known

    def may_belong(self, word: str) -> bool:
        """Whether a word is near a word, or a glued run of words, of a listed name."""
        known = self._belonging.get(word)
        if known is None:
            known = any(map(self._listed.near_words.has_near, readings(word.rstrip(HARD))))
            if len(self._belonging) >= _MEMORY_SIZE:
                self._belonging.clear()
            self._belonging[word] = known
        return known

    def is_near_alone(self, word: str) -> bool:
        """Whether a word by itself, without others around it, is a misspelt listed name."""
        return self.may_belong(word) and self._nearest((word,)) is not None

    def words_near(self, word: str) -> frozenset[str]:
        """The words of listed names, and those glued from them, that a word as read is near."""
        near_words = self._listed.near_words
        return near_words.of(word) if near_words.has_near(word) else frozenset()

    def _remembered(self, window: tuple[str, ...]) -> _Hit | None:
        hit = self._memory.get(window)
        if hit is None and window not in self._memory:
            hit = self._nearest(window)
            if len(self._memory) >= _MEMORY_SIZE:
                self._memory.clear()
            self._memory[window] = hit
        return hit

    def _nearest(self, words: tuple[str, ...]) -> _Hit | None:
        if "".join(words) in self._known:
            return None
        lost = None
        for reading in readings(" ".join(words)):
            hit = self._nearest_as_read(tuple(reading.split(" ")))
            if hit is not None and not hit.is_lost:
                return hit
            lost = lost or hit
        return lost

    def _vetoed(self, words: tuple[str, ...]) -> _Hit | None:
        """The listed name that is near, though chemistry says no; for who asks why not."""
        nearest = None if "".join(words) in self._known else self._listed.closest(Window(words))
        if nearest is None:
            return None
        return _Hit(self._listed.terms[nearest[0]].refs[0], 0.0, nearest[1], None, True)

    def _nearest_as_read(self, words: tuple[str, ...]) -> _Hit | None:
        window = Window(words)
        terms = self._listed.terms
        near = self._listed.nearest(
            window, lambda key, cost: _is_like_word_by_word(words, terms[key].words, cost)
        )
        if near is None:
            return None
        key, cost = near
        innocent = self._innocent_beside(window, cost, key)
        ref = terms[key].refs[0]
        score = near_score(ref, cost, len(self._listed.sounds[key]))
        if is_latin(window.spelt) != is_latin(key):
            score = min(score, TRANSLITERATED_SCORE)
        is_lost = innocent is not None and innocent.distance <= round(cost, 2)
        return _Hit(ref, score, cost, innocent, is_lost)

    def _innocent_beside(self, window: Window, cost: float, key: str) -> NearestInnocent | None:
        """The nearest innocent name, looked for a little further than the listed one lies.

        A word that sounds as the listed name in the other alphabet is that name.
        """
        is_abroad = is_latin(window.spelt) != is_latin(key)
        is_transliterated = is_abroad and sound(stem(window.spelt)) == sound(stem(key))
        if not is_transliterated and self._on_no_list.is_innocent(window.spelt):
            return NearestInnocent(" ".join(window.words).replace(HARD, ","), 0.0)
        nearest = self._innocent.closest(window, cost + _FURTHER)
        if nearest is None:
            return None
        return NearestInnocent(self._innocent.terms[nearest[0]].innocent_name, round(nearest[1], 2))


def may_stand_for(word: str, listed: str) -> bool:
    """Whether a word among others may be that word of a name of as many words."""
    return _is_like_word_by_word((word, ""), (listed, ""), 0.0)


def is_slip_of_hand(spelling: str, listed: str) -> bool:
    """Whether no more is wrong than may be where the words of a name are glued or split."""
    return typing_cost(spelling, listed, _GLUED_COST) <= _GLUED_COST


def is_slip_of_ear(heard: str, listed: str) -> bool:
    """The same of sounds."""
    return typing_cost(heard, listed, _GLUED_COST, HEARD) + OTHER_LETTERS <= _GLUED_COST


def _is_like_word_by_word(words: Sequence[str], listed: Sequence[str], cost: float) -> bool:
    """Whether each word is near its listed word; words glued or split only in a long name."""
    if len(words) != len(listed):
        return cost <= _GLUED_COST and sum(map(len, listed)) >= SPLIT_MIN_LENGTH
    for word, name in zip(words, listed, strict=True):
        if word == name:
            continue
        if word[1:] == name[1:] and _LOCANT_LETTERS.issuperset((word[0], name[0])):
            return False
        wanted = sound(name)
        most = 0.0 if len(wanted) < _SHORT_SOUND else max(1.0, allowed_cost(len(wanted) + 2))
        most = max(most, cost) if len(words) == 1 else most
        if typing_cost(sound(word), wanted, most, HEARD) > most and (
            is_latin(word) != is_latin(name) or typing_cost(word, name, most) > most
        ):
            return False
    return True


def _longest_apart(text: Normalised, found: list[Near]) -> list[Near]:
    """The longest names, of equal ones the surest, none over another."""
    found.sort(key=lambda near: (near.first - near.last, -near.score))
    taken = bytearray(len(text.squeezed)) if found else bytearray()
    chosen = []
    for near in found:
        if not any(taken[near.first : near.last]):
            taken[near.first : near.last] = b"\x01" * (near.last - near.first)
            chosen.append(near)
    return chosen


def _covering(text: Normalised, exact: Sequence[Found]) -> list[int]:
    """For each position the end of the exact name that covers it, or 0."""
    ends = [0] * (len(text.squeezed) + 1)
    for found in exact:
        ends[found.first : found.last] = [found.last] * (found.last - found.first)
    return ends
