"""Names near a window of words: which they can be, and what the typing errors cost.

Listed names are met through the words that were looked up anyway (``near_words.py``). Innocent
names are met by the pieces of the whole, as they only veto what is near a listed name.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from rapidfuzz.distance import OSA

from risk.domain.matching.chemistry import begins_alike, may_be_misspelt
from risk.domain.matching.near_words import NearWords, WordTables, word_tables
from risk.domain.matching.normalise import HARD
from risk.domain.matching.pieces import PieceIndex, PieceTables, allowed_edits, piece_tables
from risk.domain.matching.sound import sound
from risk.domain.matching.typing_costs import DOUBLED, HEARD, SWAPPED, typing_cost
from risk.domain.matching.vocabulary import Term
from risk.domain.matching.words import MAX_WORDS

# The same sound in other letters of the same alphabet ("fenil" for "phenyl").
OTHER_LETTERS = 0.2
_OTHER_ALPHABET = 0.3
# Letters are swapped by keys, not by ear: with other letters, too, only in a name this long.
_SWAPPED_BY_EAR = 8
# A name in the other alphabet may also be misspelt when it is this long.
_MISSPELT_ABROAD_MIN_LENGTH = 8
_MISSPELT_ABROAD_COST = 0.75
_LONG_ABROAD = 12
# A word glued from two or split in two counts as misspelt only in a name this long.
SPLIT_MIN_LENGTH = 10
# Ends of names as long as this are enough to tell most windows from them.
_LONGEST_END = 8
# More edits cost more than any name may carry.
_MOST_EDITS = 8


class Window:
    """A run of words as read: squeezed, and as it sounds."""

    __slots__ = ("heard", "spelt", "words")

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.spelt = "".join(words).strip(HARD)
        self.heard = "".join(map(sound, words)).strip(HARD)


def allowed_cost(length: int) -> float:
    """The dearest typing errors that a name whose sound has ``length`` letters may carry."""
    if length < 8:
        return 0.75
    if length < 10:
        return 0.95
    if length < 14:
        return 1.5
    return 2.1 if length < 20 else 3.0


class NearNames:
    """Terms and their sounds; subclasses know which of them a window can be."""

    def __init__(self, terms: Mapping[str, Term], sounds: Mapping[str, str]) -> None:
        self.terms = terms
        self.sounds = sounds

    def candidates(self, window: Window) -> Iterable[str]:
        """Keys worth a comparison with the window."""
        raise NotImplementedError

    def likely(self, window: Window) -> Iterable[str]:
        """Keys worth a comparison where the words of a name must each be those of the window, but
        for one slip in all of it."""
        return self.candidates(window)

    def nearest(
        self, window: Window, accepts: Callable[[str, float], bool], limit: float | None = None
    ) -> tuple[str, float] | None:
        """The key whose typing errors cost least, of those that chemistry and ``accepts`` (key,
        cost) let pass, with that cost; of several as cheap the strongest name.

        ``limit`` is the dearest cost, without one that which a name of its length may carry.
        """
        best: tuple[float, float, str] | None = None
        for edits, key, spelt, heard in sorted(self._compared(window, self.likely(window))):
            if best and edits * DOUBLED > best[0]:
                # So are all that follow.
                break
            name = self.sounds[key]
            most = allowed_cost(len(name)) if limit is None else limit
            if (
                edits * DOUBLED > most
                or not self._begins_alike(window, key)
                or not may_be_misspelt(window.heard, name)
            ):
                continue
            cost = self._cost(window, key, spelt, heard, min(most, best[0]) if best else most)
            if cost is None:
                continue
            refs = self.terms[key].refs
            found = (cost, -refs[0].score if refs else 0.0, key)
            if (best is None or found < best) and accepts(key, cost):
                best = found
        return (best[2], best[0]) if best else None

    def closest(self, window: Window, limit: float | None = None) -> tuple[str, float] | None:
        """The key whose typing errors cost least, whatever chemistry says, with that cost."""
        best: tuple[float, str] | None = None
        for _, key, spelt, heard in self._compared(window, self.candidates(window)):
            most = allowed_cost(len(self.sounds[key])) if limit is None else limit
            cost = self._cost(window, key, spelt, heard, most)
            if cost is not None and (best is None or (cost, key) < best):
                best = (cost, key)
        return (best[1], best[0]) if best else None

    def holds_within(self, window: Window, limit: float) -> bool:
        """Whether any name is as near, whatever chemistry says."""
        return any(
            self._cost(window, key, spelt, heard, limit) is not None
            for _, key, spelt, heard in self._compared(window, self.candidates(window))
        )

    def _compared(self, window: Window, keys: Iterable[str]) -> Iterator[tuple[int, str, int, int]]:
        """Those of ``keys`` within their allowed edits by spelling or by sound: the fewer of both
        numbers of edits, the key, the edits of its spelling and those of its sound."""
        for key in keys:
            name = self.sounds[key]
            spelt = OSA.distance(window.spelt, key, score_cutoff=_MOST_EDITS)
            heard = OSA.distance(window.heard, name, score_cutoff=_MOST_EDITS)
            if spelt <= allowed_edits(len(key)) or heard <= allowed_edits(len(name)):
                yield min(spelt, heard), key, spelt, heard

    def _cost(self, window: Window, key: str, spelt: int, heard: int, most: float) -> float | None:
        """The cost of the typing errors, None beyond ``most``. The edits of spelling and sound
        tell what it is at least."""
        if is_latin(window.spelt) != is_latin(key):
            return self._cost_abroad(window, key, heard, most)
        cost = most + 1
        if spelt * DOUBLED <= most:
            cost = typing_cost(window.spelt, key, most)
        bound = min(cost, most)
        if heard * DOUBLED + OTHER_LETTERS <= bound:
            by_sound = typing_cost(window.heard, self.sounds[key], bound, HEARD)
            if by_sound < SWAPPED or len(self.sounds[key]) >= _SWAPPED_BY_EAR:
                cost = min(cost, by_sound + OTHER_LETTERS)
        return cost if cost <= most else None

    def _cost_abroad(self, window: Window, key: str, heard: int, most: float) -> float | None:
        """By sound alone: the name is written in the other alphabet."""
        name = self.sounds[key]
        allowed = _MISSPELT_ABROAD_COST if len(name) >= _MISSPELT_ABROAD_MIN_LENGTH else 0.0
        allowed = 1.0 if len(name) >= _LONG_ABROAD else allowed
        if heard * DOUBLED > min(allowed, most):
            return None
        if any(ref.is_inflected for ref in self.terms[key].refs):
            return None
        by_sound = typing_cost(window.heard, name, allowed, HEARD)
        cost = by_sound + _OTHER_ALPHABET
        return cost if by_sound <= allowed and cost <= most else None

    def _begins_alike(self, window: Window, key: str) -> bool:
        if is_latin(window.spelt) == is_latin(key) and begins_alike(window.spelt, key):
            return True
        return begins_alike(window.heard, self.sounds[key])


class InnocentTables(msgspec.Struct, frozen=True, gc=False):
    """Innocent names as plain data: key → sound, sound → keys, the pieces of both."""

    sounds: dict[str, str]
    by_sound: dict[str, list[str]]
    spelt: PieceTables
    heard: PieceTables


def innocent_tables(terms: Iterable[Term]) -> InnocentTables:
    """The tables of innocent names."""
    sounds = _sounds(terms)
    by_sound: dict[str, list[str]] = {}
    for key, heard in sounds.items():
        by_sound.setdefault(heard, []).append(key)
    return InnocentTables(sounds, by_sound, piece_tables(sounds), piece_tables(by_sound))


class InnocentNames(NearNames):
    """Names met by shared pieces of spelling and of sound."""

    def __init__(self, terms: Mapping[str, Term], tables: InnocentTables) -> None:
        super().__init__(terms, tables.sounds)
        self._by_sound = tables.by_sound
        self._spelt = PieceIndex(tables.spelt)
        self._heard = PieceIndex(tables.heard)

    def candidates(self, window: Window) -> set[str]:
        """Keys within their allowed edits, by spelling or by sound."""
        keys = set(self._spelt.near(window.spelt))
        for near in self._heard.near(window.heard):
            keys.update(self._by_sound[near])
        return keys


class ListedTables(msgspec.Struct, frozen=True, gc=False):
    """Listed names as plain data: key → sound, words glued → keys, runs of their words."""

    sounds: dict[str, str]
    glued: dict[str, list[str]]
    words: WordTables


def listed_tables(terms: Sequence[Term]) -> ListedTables:
    """The tables of listed names."""
    glued: dict[str, list[str]] = {}
    for term in terms:
        glued.setdefault(_glued(term.words), []).append(term.key)
    return ListedTables(_sounds(terms), glued, word_tables(_runs_of_words(terms)))


class _Ends:
    """Both ends of names: a single edit leaves one of them as it is."""

    def __init__(self, names: Iterable[str]) -> None:
        self._heads: set[str] = set()
        self._tails: set[str] = set()
        for name in names:
            for length in (len(name) - 1, len(name) + 1):
                size = _end_of(length)
                self._heads.add(name[:size])
                self._tails.add(name[-size:])

    def may_hold(self, spelling: str) -> bool:
        """False where no name is within one edit of a spelling of more than three letters."""
        size = _end_of(len(spelling))
        return spelling[:size] in self._heads or spelling[-size:] in self._tails


def _end_of(length: int) -> int:
    """How much of either end the two letters of a swap cannot touch both."""
    return min(_LONGEST_END, (length - 2) // 2)


class ListedNames(NearNames):
    """Names met as words: the words of a window, glued, are near a name's, glued."""

    def __init__(self, terms: Mapping[str, Term], tables: ListedTables) -> None:
        super().__init__(terms, tables.sounds)
        self._glued = tables.glued
        self.near_words = NearWords(tables.words)
        long = [key for key in tables.sounds if len(key) >= SPLIT_MIN_LENGTH]
        self._spelt_ends = _Ends(long)
        self._heard_ends = _Ends(tables.sounds[key] for key in long)
        # By the number of words and the place of one of them: that word → keys.
        self._by_word: dict[int, tuple[dict[str, list[str]], ...]] = {
            size: tuple({} for _ in range(size)) for size in range(2, MAX_WORDS + 1)
        }
        for key in tables.sounds:
            words = terms[key].words
            for by_word, word in zip(self._by_word.get(len(words), ()), words, strict=False):
                by_word.setdefault(word.rstrip(HARD), []).append(key)

    def candidates(self, window: Window) -> Iterator[str]:
        """Keys within their allowed edits, by spelling or by sound."""
        for word in self.near_words.of(_glued(window.words)):
            yield from self._glued.get(word, ())

    def likely(self, window: Window) -> Iterable[str]:
        """Of several words: names of as many, each near its word; and names of other words glued
        or split, of which one slip is all that may be."""
        words = window.words
        if len(words) == 1:
            return self.candidates(window)
        keys = set(self._word_by_word(words))
        if len(window.spelt) >= SPLIT_MIN_LENGTH - 1 and (
            self._spelt_ends.may_hold(window.spelt) or self._heard_ends.may_hold(window.heard)
        ):
            for known in self.near_words.within_one(_glued(words)):
                keys.update(self._glued.get(known, ()))
        return keys

    def _word_by_word(self, words: Sequence[str]) -> Iterable[str]:
        places = self._by_word.get(len(words), ())
        fewest: list[list[str]] | None = None
        near = []
        for by_word, word in zip(places, words, strict=False):
            alike = self.near_words.of(word.rstrip(HARD))
            near.append(alike)
            named = [by_word[one] for one in alike if one in by_word]
            if not named:
                return
            if fewest is None or sum(map(len, named)) < sum(map(len, fewest)):
                fewest = named
        for key in itertools.chain.from_iterable(fewest or ()):
            if all(
                word.rstrip(HARD) in alike
                for word, alike in zip(self.terms[key].words, near, strict=True)
            ):
                yield key


def is_latin(key: str) -> bool:
    """Whether a squeezed key is written in Latin letters (digits aside)."""
    return key.isascii()


def _sounds(terms: Iterable[Term]) -> dict[str, str]:
    return {term.key: "".join(map(sound, term.words)) for term in terms}


def _glued(words: Iterable[str]) -> str:
    return "".join([word.rstrip(HARD) for word in words])


def _runs_of_words(terms: Iterable[Term]) -> Iterator[str]:
    """Words of names, and neighbouring ones glued ("methylethyl" of methyl ethyl ketone)."""
    for term in terms:
        words = term.words
        for start in range(len(words)):
            for stop in (start + 1, start + 2, len(words)):
                if stop <= len(words):
                    yield _glued(words[start:stop])
