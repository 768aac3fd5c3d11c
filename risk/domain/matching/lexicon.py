"""Listed and innocent names in one automaton; the longest name on word boundaries wins."""

from collections.abc import Iterator, Sequence

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
            self._automaton.add_word(key, (len(key), term))
        self._automaton.make_automaton()

    def is_known(self, name: str) -> bool:
        """Whether ``name`` as a whole is a listed or an innocent name."""
        key, _words = squeezed_key(name)
        return key in self.terms or key in self.innocents

    def candidates(self, text: Normalised) -> list[Found]:
        """All names that stand in ``text`` on word boundaries, in the order of their ends."""
        squeezed, boundaries = text.squeezed, text.boundaries
        found: list[Found] = []
        if not squeezed or not len(self._automaton):
            return found
        for end, (size, term) in self._automaton.iter(squeezed):
            last = end + 1
            first = last - size
            if boundaries[last] and boundaries[first] and is_on_boundaries(text, first, last):
                found.append(Found(first, last, term))
        return found

    def find(self, text: Normalised, known: list[Found] | None = None) -> list[Found]:
        """Names in ``text`` in order of place: the longest first, none inside another; ``known``
        are its candidates, where they were found before."""
        candidates = self.candidates(text) if known is None else known
        if not candidates:
            return []
        weak = _weaker_inside(candidates)
        candidates.sort(
            key=lambda found: (
                found.term.is_inverted and (found.first, found.last) not in weak,
                found.first - found.last,
                found.first,
            )
        )
        taken = bytearray(len(text.squeezed))
        chosen: list[Found] = []
        for found in candidates:
            is_begun, is_ended = taken[found.first], taken[found.last - 1]
            if is_begun and is_ended:
                continue
            if not is_whole(text, found.first, found.last, found.term):
                continue
            whole = _joined(found, chosen) if is_begun or is_ended else found
            if whole is None:
                continue
            taken[whole.first : whole.last] = b"\x01" * (whole.last - whole.first)
            chosen.append(whole)
        chosen.sort(key=lambda found: found.first)
        return chosen

    def holds_name(self, text: Normalised) -> bool:
        """Whether any name stands in ``text`` on word boundaries."""
        return bool(self.candidates(text))

    def begins(self, word: str) -> bool:
        """Whether any name is the squeezed word or begins with it."""
        return bool(self._automaton.match(word))

    def open_ends(self, text: Normalised) -> Iterator[str]:
        """Ends of ``text``, from a boundary on, with which a longer name begins."""
        for at, boundary in enumerate(text.boundaries[:-1]):
            if boundary and self._automaton.match(text.squeezed[at:]):
                yield text.squeezed[at:]

    def goes_on(self, end: str, text: Normalised) -> bool:
        """Whether a name that begins with ``end`` may go on into ``text`` behind it."""
        whole = end + text.squeezed
        size = self._automaton.longest_prefix(whole)
        return size == len(whole) or any(
            text.boundaries[at - len(end)] and self._automaton.exists(whole[:at])
            for at in range(len(end) + 1, size + 1)
        )

    def listed_inside(self, text: Normalised, place: Found) -> Found | None:
        """The longest listed name on word boundaries inside ``place``, None without any."""
        inside = [
            Found(place.first + end + 1 - size, place.first + end + 1, term)
            for end, (size, term) in self._automaton.iter(text.squeezed[place.first : place.last])
            if term.refs
        ]
        whole = [found for found in inside if is_on_boundaries(text, found.first, found.last)]
        return max(whole, key=lambda found: (found.last - found.first, -found.first), default=None)


def _joined(found: Found, chosen: list[Found]) -> Found | None:
    """A name and a longer one of the same substance that it overlaps as one, in the place of the
    longer: "ethyl ether" and "ether, anhydrous". None where they are of different substances."""
    if found.term.is_inverted or not found.term.refs:
        return None
    overlapped = [one for one in chosen if one.first < found.last and found.first < one.last]
    if len(overlapped) != 1 or overlapped[0].term.is_inverted:
        return None
    longer = overlapped[0]
    if _substances(longer).isdisjoint(_substances(found)):
        return None
    chosen.remove(longer)
    return Found(min(found.first, longer.first), max(found.last, longer.last), longer.term)


def _substances(found: Found) -> set[str]:
    return {ref.substance_key for ref in found.term.refs}


def _weaker_inside(candidates: Sequence[Found]) -> set[tuple[int, int]]:
    """Names in the order of an index whose beginning or end alone is a weaker name of the same
    substance, or begins with the innocent word that every name of its kind ends with: "ether,
    sulphuric" is more than "ether", "anhydride, acetic" more than "anhydride"."""
    inverted = [found for found in candidates if found.term.is_inverted and found.term.refs]
    if not inverted:
        return set()
    edges: dict[tuple[int, int], list[Found]] = {}
    for found in candidates:
        if not found.term.is_inverted:
            for edge in ((0, found.first), (1, found.last)):
                edges.setdefault(edge, []).append(found)
    return {
        (whole.first, whole.last)
        for whole in inverted
        for part in (*edges.get((0, whole.first), ()), *edges.get((1, whole.last), ()))
        if whole.first <= part.first
        and part.last <= whole.last
        and (_is_weaker(part, whole) or _is_head(part, whole, edges[1, part.last]))
    }


def _is_weaker(part: Found, whole: Found) -> bool:
    if not part.term.refs:
        return False
    known, wanted = part.term.refs[0], whole.term.refs[0]
    return known.substance_key == wanted.substance_key and known.score < wanted.score


def _is_head(part: Found, whole: Found, ending_there: Sequence[Found]) -> bool:
    """Whether an innocent word begins the name of an index and ends no longer name there:
    "anhydride", but not that of "maleic anhydride, acetic acid"."""
    return (
        not part.term.refs
        and part.first == whole.first
        and len(part.term.words) == 1
        and all(found.first >= part.first for found in ending_there)
    )
