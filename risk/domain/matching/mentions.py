"""What a text mentions: every number, structure and name of a listed substance with its place.

A name that the words around it take back, or that a longer or nearer innocent name takes over,
is no mention; who asks for them gets these dismissals with their reason.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from risk.domain.matching.chinese_near import ChineseNear
from risk.domain.matching.chinese_slips import ChineseSlips
from risk.domain.matching.context import Reading, read_context
from risk.domain.matching.coordinated import find_shared
from risk.domain.matching.dismissals import of_exact, of_near
from risk.domain.matching.evidence import Dismissal, Method, NearestInnocent, Reason
from risk.domain.matching.formulas import find_formulas
from risk.domain.matching.identifiers import Identifier, find_identifiers, find_slips
from risk.domain.matching.keyboard import KeyboardLayout
from risk.domain.matching.lexicon import Found, Lexicon, NameRef
from risk.domain.matching.names import FuzzyNames
from risk.domain.matching.near import Near
from risk.domain.matching.normalise import Normalised, normalise
from risk.domain.matching.quiet import QuietRuns
from risk.domain.matching.registry import EntryRegistry
from risk.domain.matching.scope import names_salt, salt_acid
from risk.domain.matching.strength import GOOD, SURE
from risk.domain.matching.structure import StructureIndex
from risk.domain.matching.vocabulary import squeezed_key

AMBIGUOUS_FIRST = 0.75
AMBIGUOUS_OTHER = 0.50
# Fuzzy matching of a very long text stops here; exact names and numbers are read to the end.
MAX_FUZZY_LENGTH = 8_192

_REASONS = {
    Reading.ABSENT: Reason.ABSENT,
    Reading.PURPOSE: Reason.PURPOSE,
    Reading.DERIVATIVE: Reason.DERIVATIVE,
}


class Mention(msgspec.Struct, frozen=True, gc=False):
    """One span that points to one substance by one method, with the score of that alone."""

    substance_key: str
    start: int
    end: int
    method: Method
    score: float
    name: str = ""
    lang: str = ""
    innocent: NearestInnocent | None = None


class TextReading(msgspec.Struct, frozen=True, gc=False):
    """What a text mentions, with the numbers in it and the names that were found, of listed
    and of innocent chemicals."""

    mentions: list[Mention]
    numbers: list[Identifier]
    text: Normalised
    names: list[Found]

    def other_than(self, substance_key: str) -> tuple[int, int, str] | None:
        """The place and name of a chemical that is another substance, the first one."""
        for name in self.names:
            refs = name.term.refs
            if refs and (len(refs) > 1 or refs[0].substance_key == substance_key):
                continue
            if refs and refs[0].score < GOOD:
                continue
            start, end = self.text.span(name.first, name.last)
            return start, end, refs[0].name if refs else name.term.innocent_name
        return None


class MentionFinder:
    """Finds mentions; ``find`` is linear in the text and never raises.

    ``others`` are lexicons of names that are found elsewhere and keep a text from naming nothing.
    """

    def __init__(
        self,
        registry: EntryRegistry,
        structures: StructureIndex,
        lexicon: Lexicon,
        fuzzy: FuzzyNames,
        others: Sequence[Lexicon] = (),
    ) -> None:
        self._registry = registry
        self._structures = structures
        self._lexicon = lexicon
        self._fuzzy = fuzzy
        self._keyboard = KeyboardLayout(
            word
            for term in lexicon.terms.values()
            if term.refs[0].score >= GOOD
            for word in term.words
        )
        self._chinese = ChineseSlips(lexicon.terms, lexicon.innocents)
        self._quiet = QuietRuns(lexicon, others, fuzzy, self._keyboard)

    def find(self, text: str, dismissed: list[Dismissal] | None = None) -> TextReading:
        """Mentions by method; what is none is added to ``dismissed``, where it is given."""
        return self._found(text, None, dismissed)

    def find_if_any(self, text: str) -> TextReading | None:
        """Mentions by method; None where the runs of ``text`` tell that it names nothing."""
        known = None
        if len(text) <= MAX_FUZZY_LENGTH and not self._structures.holds_learned(text):
            is_quiet = self._quiet.is_known(text)
            if is_quiet is None:
                normalised = normalise(text)
                known = normalised, self._lexicon.candidates(normalised)
                # A text with a name in it is read anyway.
                is_quiet = not known[1] and self._quiet.are_all_of(normalised)
            if is_quiet:
                return None
        return self._found(text, known, None)

    def _found(
        self,
        text: str,
        known: tuple[Normalised, list[Found]] | None,
        dismissed: list[Dismissal] | None,
    ) -> TextReading:
        """Mentions of a text that may have been normalised, and looked for names, before."""
        numbers = find_identifiers(text)
        mentions = self._number_mentions(numbers)
        mentions += [
            Mention(one.substance_key, one.start, one.end, one.method, one.score, one.name)
            for one in self._structures.find(text)
        ]
        meant = self._keyboard.as_meant(text)
        if known is None or meant is not text:
            normalised = normalise(meant)
            found = self._lexicon.find(normalised)
        else:
            normalised = known[0]
            found = self._lexicon.find(*known)
        is_short = len(text) <= MAX_FUZZY_LENGTH
        lost: list[Near] | None = None if dismissed is None else []
        fuzzy = self._fuzzy.find(normalised, found, lost) if is_short else []
        if is_short:
            chinese, innocent = self._chinese.find(normalised, found)
            fuzzy += chinese
            found = [name for name in found if not _is_inside(name, innocent)]
        if fuzzy:
            fuzzy = [near for near in fuzzy if not any(_is_better(name, near) for name in found)]
        for near in fuzzy:
            mentions.extend(self._near_mentions(normalised, near, dismissed))
        for name in found:
            if not any(near.first <= name.first and name.last <= near.last for near in fuzzy):
                mentions.extend(self._name_mentions(normalised, name, dismissed))
        if dismissed is not None:
            dismissed.extend(self._overruled(normalised, found, lost or (), is_short=is_short))
            dismissed.extend(self._slipped_numbers(text))
            if is_short:
                dismissed.extend(self._chinese_near.dismissed(normalised, found))
        mentions.extend(self._shared_mentions(text, mentions))
        mentions.extend(self._formula_mentions(text, mentions))
        return TextReading(mentions, numbers, normalised, found)

    @cached_property
    def _chinese_near(self) -> ChineseNear:
        return ChineseNear(self._lexicon.terms)

    def _number_mentions(self, numbers: Iterable[Identifier]) -> list[Mention]:
        return [
            Mention(
                substance_key=key,
                start=number.start,
                end=number.end,
                method=number.method,
                score=self._registry.number_score(number.method, number.value),
                name=number.value,
            )
            for number in numbers
            for key in self._registry.substances_of(number.method, number.value)
        ]

    def _formula_mentions(self, text: str, others: Sequence[Mention]) -> list[Mention]:
        """Formulas that are not part of what was read otherwise: "H2SO4" is a listed name."""
        formulas = list(find_formulas(text))
        taken = {at for one in others for at in range(one.start, one.end)} if formulas else set()
        return self._number_mentions(
            one for one in formulas if taken.isdisjoint(range(one.start, one.end))
        )

    def _shared_mentions(self, text: str, others: Sequence[Mention]) -> Iterator[Mention]:
        """Names whose last word stands further on: "sulphuric" in "sulphuric and hydrochloric
        acid"."""
        for shared in find_shared(text):
            keys = (squeezed_key(name)[0] for name in shared.names)
            term = next(
                (self._lexicon.terms[key] for key in keys if key in self._lexicon.terms), None
            )
            if term is None or any(
                one.start < shared.end and shared.start < one.end for one in others
            ):
                continue
            for order, ref in enumerate(term.refs):
                if self.is_present(text, shared.start, shared.row_end, ref):
                    score = _score_among(term.refs, order)
                    yield mention_of(ref, shared.start, shared.end, Method.EXACT, score)

    def _near_mentions(
        self, text: Normalised, near: Near, dismissed: list[Dismissal] | None
    ) -> list[Mention]:
        start, end = text.span(near.first, near.last)
        innocent = ""
        reading = self._reading(text.original, start, end, near.ref)
        if reading is Reading.PRESENT:
            innocent = self._fuzzy.innocent_around(text, near.first, near.last)
            if not innocent or self._is_salt(text.original, end, near.ref, innocent):
                mention = mention_of(near.ref, start, end, Method.FUZZY, near.score, near.innocent)
                return [mention]
        if dismissed is not None:
            reason = _REASONS.get(reading, Reason.INNOCENT_NAME)
            dismissed.append(of_near(text, near, reason, innocent))
        return []

    def _name_mentions(
        self, text: Normalised, found: Found, dismissed: list[Dismissal] | None
    ) -> list[Mention]:
        """Mentions by an exact name, one for each of its meanings, unless it is part of another."""
        refs = found.term.refs
        if not refs:
            return []
        start, end = text.span(found.first, found.last)
        mentions = []
        for order, ref in enumerate(refs):
            reading = self._reading(text.original, start, end, ref)
            if reading is Reading.PRESENT:
                score = _score_among(refs, order)
                innocent = self._fuzzy.nearest_innocent(found.term) if score < SURE else None
                mentions.append(mention_of(ref, start, end, Method.EXACT, score, innocent))
            elif dismissed is not None:
                dismissed.append(of_exact(text, start, end, ref, _REASONS[reading]))
        if not mentions or len(text.original) > MAX_FUZZY_LENGTH:
            return mentions
        innocent_name = self._fuzzy.innocent_around(text, found.first, found.last)
        if not innocent_name:
            return mentions
        if any(self._is_salt(text.original, end, ref, innocent_name) for ref in refs):
            return [one for one in mentions if self._registry.may_be_salt(one.substance_key)]
        if dismissed is not None:
            reason = Reason.INNOCENT_NAME
            dismissed.append(of_exact(text, start, end, refs[0], reason, innocent_name))
        return []

    def _is_salt(self, text: str, end: int, ref: NameRef, innocent: str) -> bool:
        """Whether an innocent name round the place is but a salt that a list covers."""
        if not self._registry.may_be_salt(ref.substance_key):
            return False
        keys = (squeezed_key(name)[0] for name in (ref.name, innocent))
        return names_salt(text, end, *keys)

    def is_present(self, text: str, start: int, end: int, ref: NameRef) -> bool:
        """Whether the words around the place leave the name standing."""
        return self._reading(text, start, end, ref) is Reading.PRESENT

    def _reading(self, text: str, start: int, end: int, ref: NameRef) -> Reading:
        excepted = self._registry.salts_covered.get(ref.substance_key)
        if excepted and salt_acid(text, end) in excepted:
            return Reading.DERIVATIVE
        return read_context(text, start, end, may_be_salt=excepted is not None)

    def _overruled(
        self, text: Normalised, found: Sequence[Found], lost: Sequence[Near], *, is_short: bool
    ) -> list[Dismissal]:
        """Places where an innocent name, or the veto of chemistry, won over a near listed one."""
        overruled = [
            of_near(
                text,
                near,
                Reason.INNOCENT_NAME if near.innocent else Reason.ANOTHER_MOLECULE,
                near.innocent.name if near.innocent else "",
            )
            for near in lost
        ]
        for name in found if is_short else ():
            if name.term.refs:
                continue
            because = (Reason.INNOCENT_NAME, name.term.innocent_name)
            listed = self._fuzzy.nearest_listed(name)
            if listed is not None:
                overruled.append(of_near(text, listed, *because))
            elif (inside := self._lexicon.listed_inside(text, name)) is not None:
                place = text.span(name.first, name.last)
                overruled.append(of_exact(text, *place, inside.term.refs[0], *because))
        return overruled

    def _slipped_numbers(self, text: str) -> list[Dismissal]:
        """CAS numbers whose check digit alone keeps them from being a listed one."""
        return [
            Dismissal(
                substance_key=key,
                matched_text=text[slip.start : slip.end],
                start=slip.start,
                end=slip.end,
                name=slip.value,
                method=slip.method,
                reason=Reason.WRONG_CHECK_DIGIT,
            )
            for slip in find_slips(text)
            for key in self._registry.substances_of(slip.method, slip.value)
        ]


def mention_of(
    ref: NameRef,
    start: int,
    end: int,
    method: Method,
    score: float,
    innocent: NearestInnocent | None = None,
) -> Mention:
    """The mention of a listed name at a place."""
    return Mention(ref.substance_key, start, end, method, score, ref.name, ref.lang, innocent)


def _score_among(refs: Sequence[NameRef], order: int) -> float:
    """The score of one meaning of a name; of several, all listed, the first stands for them."""
    if len(refs) == 1:
        return refs[0].score
    return min(refs[order].score, AMBIGUOUS_FIRST if order == 0 else AMBIGUOUS_OTHER)


def _is_inside(name: Found, places: Sequence[tuple[int, int]]) -> bool:
    return any(first <= name.first and name.last <= last for first, last in places)


def _is_better(exact: Found, near: Near) -> bool:
    """Whether an exact name inside a near one, or over one of its edges, names the same substance
    at least as well."""
    return (
        near.first < exact.last
        and exact.first < near.last
        and any(
            ref.substance_key == near.ref.substance_key and ref.score >= near.score
            for ref in exact.term.refs
        )
    )
