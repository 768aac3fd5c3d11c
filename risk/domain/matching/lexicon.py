"""Listed and innocent names in one automaton; the longest name on word boundaries wins."""

from collections.abc import Iterable, Sequence

import ahocorasick
import msgspec

from risk.domain.matching import russian
from risk.domain.matching.normalise import HARD, Normalised, normalise
from risk.domain.matching.spellings import spellings
from risk.domain.matching.wholeness import is_on_boundaries, is_whole
from risk.domain.substances import SubstanceName

MIN_KEY_LENGTH = 2
TRANSLITERATED_SCORE = 0.82


class NameRef(msgspec.Struct, frozen=True):
    """A listed name behind a key; ``score`` is that of the name alone."""

    substance_key: str
    name: str
    lang: str
    score: float
    is_inflected: bool = False


class Term(msgspec.Struct, frozen=True):
    """What a squeezed key means: listed names (best first) or, without any, an innocent one.

    ``is_inverted``: the words stand in the order of an index ("acid, phenylacetic").
    """

    key: str
    words: tuple[str, ...]
    refs: tuple[NameRef, ...]
    innocent_name: str = ""
    is_inverted: bool = False


class Found(msgspec.Struct, frozen=True):
    """A term at squeezed positions ``first`` up to but without ``last``."""

    first: int
    last: int
    term: Term


class Lexicon:
    """Names of substances and of innocent chemicals, matched exactly after normalisation."""

    def __init__(self, names: Sequence[SubstanceName], innocent_names: Sequence[str]) -> None:
        refs: dict[str, list[NameRef]] = {}
        words: dict[str, tuple[str, ...]] = {}
        inverted: dict[str, bool] = {}
        for name in names:
            for spelling in spellings(name):
                key, parts = squeezed_key(spelling.text)
                if len(key) < MIN_KEY_LENGTH:
                    continue
                ref = NameRef(
                    name.substance_key, name.name, name.lang, spelling.score, spelling.is_inflected
                )
                refs.setdefault(key, []).append(ref)
                words[key] = max(parts, words.get(key, ()), key=len)
                inverted[key] = inverted.get(key, True) and spelling.is_inverted
        self.terms: dict[str, Term] = {
            key: Term(key, words[key], _best_per_substance(found), "", inverted[key])
            for key, found in refs.items()
        }
        self.innocents: dict[str, Term] = {}
        for innocent in innocent_names:
            for form in (innocent, *russian.inflected(innocent)):
                key, parts = squeezed_key(form)
                if len(key) >= 4 and key not in self.terms:
                    self.innocents.setdefault(key, Term(key, parts, (), innocent))
        self._automaton = ahocorasick.Automaton()
        for key, term in (*self.innocents.items(), *self.terms.items()):
            self._automaton.add_word(key, term)
        self._automaton.make_automaton()

    def is_known(self, name: str) -> bool:
        """Whether ``name`` as a whole is a listed or an innocent name."""
        key, _words = squeezed_key(name)
        return key in self.terms or key in self.innocents

    def find(self, text: Normalised) -> list[Found]:
        """Names in ``text`` in order of place: the longest first, none inside another."""
        if not len(self._automaton):
            return []
        candidates = [
            Found(end + 1 - len(term.key), end + 1, term)
            for end, term in self._automaton.iter(text.squeezed)
            if is_on_boundaries(text, end + 1 - len(term.key), end + 1)
        ]
        candidates.sort(
            key=lambda found: (found.term.is_inverted, found.first - found.last, found.first)
        )
        taken = bytearray(len(text.squeezed))
        chosen: list[Found] = []
        for found in candidates:
            if taken[found.first] or taken[found.last - 1]:
                continue
            if not is_whole(text, found.first, found.last, found.term):
                continue
            taken[found.first : found.last] = b"\x01" * (found.last - found.first)
            chosen.append(found)
        chosen.sort(key=lambda found: found.first)
        return chosen


def squeezed_key(name: str) -> tuple[str, tuple[str, ...]]:
    """The key of a name, and its words."""
    text = normalise(name)
    return text.squeezed.strip(HARD), text.words()


def _best_per_substance(refs: Iterable[NameRef]) -> tuple[NameRef, ...]:
    """The strongest name of each substance, strongest first; several make a name ambiguous."""
    best: dict[str, NameRef] = {}
    for ref in refs:
        known = best.get(ref.substance_key)
        if known is None or (ref.score, not ref.is_inflected) > (
            known.score,
            not known.is_inflected,
        ):
            best[ref.substance_key] = ref
    return tuple(sorted(best.values(), key=lambda ref: (-ref.score, ref.substance_key)))
