"""Listed and innocent names in one automaton; the longest name on word boundaries wins."""

import ahocorasick
import msgspec

from risk.domain.matching.normalise import Normalised
from risk.domain.matching.vocabulary import NameRef, Term, Vocabulary, squeezed_key
from risk.domain.matching.wholeness import is_on_boundaries, is_whole

__all__ = ["Found", "Lexicon", "NameRef", "Term"]


class Found(msgspec.Struct, frozen=True, gc=False):
    """A term at squeezed positions ``first`` up to but without ``last``."""

    first: int
    last: int
    term: Term


class Lexicon:
    """Names of substances and of innocent chemicals, matched exactly after normalisation."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.terms: dict[str, Term] = {term.key: term for term in vocabulary.terms}
        self.innocents: dict[str, Term] = {term.key: term for term in vocabulary.innocents}
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

    def listed_inside(self, text: Normalised, place: Found) -> Found | None:
        """The longest listed name on word boundaries inside ``place``, None without any."""
        inside = [
            Found(place.first + end + 1 - len(term.key), place.first + end + 1, term)
            for end, term in self._automaton.iter(text.squeezed[place.first : place.last])
            if term.refs
        ]
        whole = [found for found in inside if is_on_boundaries(text, found.first, found.last)]
        return max(whole, key=lambda found: (found.last - found.first, -found.first), default=None)
