"""Which stored texts can meet new list entries, told by their blocking keys alone.

One key is enough for a number, a code, an exact name (by its beginning) and a misspelt name of
one word. A misspelt name of several words is there only if each of its longer words is, so
their keys must be *together*. Glued or split otherwise than listed a name carries one slip at
most (``names.py``), so the beginning of such a place is one edit from that of the name.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from risk.domain.matching.beginnings import Beginnings, within_one
from risk.domain.matching.blocking import (
    ARTICLE,
    ARTICLE_LETTERS,
    CODE,
    DIGITS,
    NUMBER,
    START,
    START_LENGTH,
    STRUCTURE,
    WORD,
)
from risk.domain.matching.calibration import Calibration
from risk.domain.matching.chinese_slips import slip_targets
from risk.domain.matching.combine import SHOW_POINT, code_only_score
from risk.domain.matching.compiled import is_typing_target, near_tables
from risk.domain.matching.covers import as_name
from risk.domain.matching.evidence import Method
from risk.domain.matching.given_identifiers import of_listed, with_structures
from risk.domain.matching.lexicon import Lexicon
from risk.domain.matching.names import FuzzyNames, is_slip_of_ear, is_slip_of_hand
from risk.domain.matching.normalise import HARD
from risk.domain.matching.parts import keys_together, parts_of
from risk.domain.matching.registry import EntryRegistry
from risk.domain.matching.sound import sound
from risk.domain.matching.vocabulary import Term, compile_vocabulary
from risk.domain.substances import CoverName, ListEntry, SubstanceIdentifier, SubstanceName

Key = TypeVar("Key", bound=Hashable)
Id = TypeVar("Id", bound=Hashable)

_UNSAID = str.maketrans("", "", f" -{HARD}")
# One letter less than a name that may be glued or split has.
_SHORTEST_GLUED = 9
# Typing errors take two letters.
_SLIPS = 2
# The beginnings of short names, which tell most texts from them.
_HEAD = 2
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


class Choice(Generic[Key]):
    """What keys make a text a candidate: one of ``alone``, or for some name of ``together`` one
    key of each of its parts."""

    def __init__(
        self, alone: Iterable[Key], together: Iterable[tuple[frozenset[Key], ...]] = ()
    ) -> None:
        self.alone = frozenset(alone)
        self.together = frozenset(together)
        self._parts: dict[Key, list[tuple[int, int]]] = defaultdict(list)
        self._whole: list[int] = []
        for number, parts in enumerate(self.together):
            self._whole.append((1 << len(parts)) - 1)
            for place, keys in enumerate(parts):
                for key in keys:
                    self._parts[key].append((number, 1 << place))

    def admits(self, keys: Collection[Key]) -> bool:
        """Whether a text with these keys can meet an entry."""
        if not self.alone.isdisjoint(keys):
            return True
        held: dict[int, int] = {}
        for key in keys:
            for number, part in self._parts.get(key, ()):
                held[number] = held.get(number, 0) | part
                if held[number] == self._whole[number]:
                    return True
        return False

    def asked(self, shares: Mapping[Key, float]) -> frozenset[Key]:
        """Keys of which every admitted text has one: of each name together the part that the
        fewest texts have, as far as ``shares`` tells."""
        rarest = (
            min(parts, key=lambda keys: (sum(shares.get(key, 0.0) for key in keys), len(keys)))
            for parts in self.together
        )
        return self.alone.union(*rarest)

    def renamed(self, ids: Mapping[Key, Id]) -> "Choice[Id]":
        """The same choice of other names for the keys."""
        return Choice(
            (ids[key] for key in self.alone),
            (
                tuple(frozenset(ids[key] for key in keys) for keys in parts)
                for parts in self.together
            ),
        )


def choose_keys(
    entries: Sequence[ListEntry],
    names: Sequence[SubstanceName],
    stored: Iterable[str],
    cover_names: Sequence[CoverName] = (),
    *,
    identifiers: Sequence[SubstanceIdentifier] = (),
    calibration: Calibration | None = None,
) -> Choice[str]:
    """Of the distinct ``stored`` keys those by which a text can be shown to name a substance of
    the entries.

    ``entries`` are all of the substances in question on any list, ``names`` may hold more than
    theirs, ``cover_names`` are what those were declared as, ``identifiers`` what editors gave.
    Innocent names, other substances and context only take matches away, so they play no part. A
    text that may hold a structure (InChIKey, SMILES) is chosen when an entry or an identifier is
    one; systematic names read by OPSIN have no keys. O(number of stored keys).
    """
    listed = {entry.substance_key for entry in entries}
    own = [name for name in names if name.substance_key in listed]
    vocabulary = compile_vocabulary(own, ())
    lexicon = Lexicon(vocabulary)
    declared = [as_name(cover) for cover in cover_names if cover.substance_key in listed]
    covered = [term.key for term in compile_vocabulary(declared, ()).terms]
    targets = [term for term in lexicon.terms.values() if is_typing_target(term)]
    by_kind: dict[str, list[str]] = defaultdict(list)
    for key in stored:
        kind, _, value = key.partition(":")
        by_kind[kind].append(value)
    words = by_kind[WORD]
    misspelt = FuzzyNames(lexicon, near_tables(vocabulary))
    starts = _Starts((*lexicon.terms, *covered), targets, slip_targets(lexicon.terms.values()))
    alone = [f"{WORD}:{word}" for word in words if misspelt.is_near_alone(word)]
    alone += [f"{START}:{start}" for start in starts.of(by_kind[START])]
    given = of_listed(identifiers, listed)
    registry = EntryRegistry(entries, own, given)
    alone += _identifying(by_kind, registry, calibration or Calibration())
    drawn = with_structures(entries, given)
    if any(entry.smiles or entry.inchikey or entry.clause_smarts for entry in drawn):
        alone += [f"{STRUCTURE}:" for _ in by_kind[STRUCTURE]]
    if any(sum(map(str.isalpha, term.key)) <= ARTICLE_LETTERS + _SLIPS for term in targets):
        alone += [f"{ARTICLE}:" for _ in by_kind[ARTICLE]]
    several = [
        (term, parts) for term in targets if len(term.words) > 1 and (parts := parts_of(term))
    ]
    return Choice(alone, keys_together(several, words, misspelt.words_near))


def _identifying(
    by_kind: Mapping[str, Iterable[str]], registry: EntryRegistry, calibration: Calibration
) -> Iterator[str]:
    """Numbers of the entries, and codes that are worth showing without a name."""
    for value in by_kind[NUMBER]:
        if registry.has_number(*value.split(":", 1)):
            yield f"{NUMBER}:{value}"
    for code in by_kind[CODE]:
        scores = (code_only_score(meaning.score) for meaning in registry.meanings_of(code))
        if any(calibration.score(Method.CODE, score) >= SHOW_POINT for score in scores):
            yield f"{CODE}:{code}"


class _Starts:
    """Beginnings of texts at which a name may stand: an exact one, or one written in other
    words than listed."""

    def __init__(
        self, exact: Iterable[str], targets: Iterable[Term], chinese: Iterable[Term]
    ) -> None:
        keys = {key.translate(_UNSAID).translate(DIGITS) for key in exact}
        self._long = {key[:START_LENGTH] for key in keys if len(key) >= START_LENGTH}
        self._short = {key for key in keys if len(key) < START_LENGTH}
        self._short_heads = {key[:_HEAD] for key in self._short}
        glued = [
            term
            for term in targets
            if (len(term.key) >= _SHORTEST_GLUED if len(term.words) == 1 else not parts_of(term))
        ]
        self._spelt = Beginnings(
            (term.key.translate(_UNSAID).translate(DIGITS) for term in glued),
            _is_one_slip_of(is_slip_of_hand),
        )
        self._chinese = Beginnings(
            term.key.translate(_UNSAID).translate(DIGITS) for term in chinese
        )
        self._heard = Beginnings(
            (
                "".join(map(sound, term.words)).translate(_UNSAID).translate(DIGITS)
                for term in glued
            ),
            _is_one_slip_of(is_slip_of_ear),
        )

    def of(self, starts: Sequence[str]) -> set[str]:
        """Those of ``starts`` where a name may stand. Most share no piece with any name, which is
        told of all at once: call by call it would be most of the time of choosing."""
        said = "\n".join(starts).replace("-", "").replace(HARD, " ")
        words, letters = said.split("\n"), said.replace(" ", "").split("\n")
        found = set()
        for start, squeezed in zip(starts, letters, strict=True):
            is_exact = squeezed in self._long or (
                squeezed[:_HEAD] in self._short_heads and self._holds_short(start)
            )
            if is_exact or self._is_chinese(squeezed):
                found.add(start)
        heard = [" ".join(map(sound, run.split(" "))) for run in words]
        for at in self._spelt.likely(letters):
            if self._spelt.hold(letters[at], words[at].split(" "), is_cut=_is_cut(letters[at])):
                found.add(starts[at])
        for at in self._heard.likely([run.replace(" ", "") for run in heard]):
            run = heard[at].split(" ")
            # Where a word is cut its last letters may sound otherwise: "sc", "tsc" before an "h".
            unsure = 2 if words[at].rpartition(" ")[2].isascii() else 1
            is_cut = _is_cut(letters[at])
            if self._heard.hold("".join(run), run, is_cut=is_cut, unsure=unsure if is_cut else 0):
                found.add(starts[at])
        return found

    def _is_chinese(self, letters: str) -> bool:
        """Whether a Chinese name begins there, with a wrong character perhaps."""
        if letters.isascii() or not _IDEOGRAPH.search(letters):
            return False
        return self._chinese.hold(letters, is_cut=_is_cut(letters))

    def _holds_short(self, start: str) -> bool:
        """Whether a short name stands there up to the end of a word."""
        letters = ""
        for part in start.replace("-", " ").replace(HARD, " ").split(" "):
            letters += part
            if letters in self._short:
                return True
        return False


def _is_cut(letters: str) -> bool:
    return len(letters) >= START_LENGTH


def _is_one_slip_of(is_slip: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    def is_one(text: str, name: str) -> bool:
        # Which figure it was is not known, nor what letter it looks like.
        return within_one(text, name) and ("0" in text or "0" in name or is_slip(text, name))

    return is_one
