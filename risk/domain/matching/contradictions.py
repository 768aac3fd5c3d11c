"""What in one line cannot all be true: a number beside a name, the code, the text.

A false code or number is what disguised goods have, so a contradiction is evidence of its own
kind. It never takes an exact name away; a merely misspelt name falls under the alert point
when the number beside it says that it is something else.
"""

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from risk.domain.matching.evidence import Contradiction, ContradictionKind, Method
from risk.domain.matching.identifiers import Identifier
from risk.domain.matching.mentions import Mention, TextReading
from risk.domain.matching.normalise import Normalised
from risk.domain.matching.registry import CodeMeaning, EntryRegistry
from risk.domain.matching.tail import NamesOnNoList
from risk.domain.matching.words import runs_of, windows

Span = tuple[int, int]
NAME_METHODS = (Method.EXACT, Method.FUZZY)
# A text names its goods at the beginning.
_FIRST_RUNS, _FIRST_WORDS = 4, 12
# What is left of a misspelt name beside the number of another substance.
CONTRADICTED = 0.5
_REACH = 40
# A number in front begins further off, by its own length.
_FURTHEST = _REACH + 30
_LABEL = (
    r"(?:(?<!\w)(?:C\.?A\.?S|КАС)(?![a-zа-я])\.?(?:[\s-]*(?:RN|registry|reg|No|Nr|N|number|num|№|#|номер|рег"
    r"|登记号|号)(?![a-zа-я])\.?)*)?"
)
_AMOUNT = r"(?:\d{1,3}(?:[.,]\d{1,2})?\s?[%％])?"
_NUMBER_BEHIND = re.compile(
    rf"[\s(\[:–—/-]*{_AMOUNT}(?P<comma>[\s,]*)[\s(\[]*{_LABEL}[\s:.№#-]*", re.IGNORECASE
)
_NUMBER_IN_FRONT = re.compile(r"[\s)\]:|–—-]{0,6}")
# A number that belongs to the goods named before it: "ethanol 64-17-5, acetone".
_BEGINS_A_PHRASE = re.compile(rf"(?:^|[,;.(\[\n|])\s*{_LABEL}[\s:.№#-]*$", re.IGNORECASE)
_GOES_ON_WITH_A_NAME = re.compile(r"\s+[^\W\d_]{3}")


class Contradictions:
    """Asks the lists, and the names on no list, what numbers and codes belong to."""

    def __init__(self, registry: EntryRegistry, on_no_list: NamesOnNoList) -> None:
        self._registry = registry
        self._on_no_list = on_no_list

    def of_numbers(
        self, text: str, mentions: Sequence[Mention], numbers: Sequence[Identifier]
    ) -> dict[Span, Contradiction]:
        """By span: the CAS number of another substance directly beside a name."""
        if not numbers or not mentions:
            return {}
        numbers = sorted(
            (one for one in numbers if one.method is Method.CAS), key=lambda one: one.start
        )
        spans: dict[Span, set[str]] = {}
        for name in mentions if numbers else ():
            if name.method in NAME_METHODS:
                spans.setdefault((name.start, name.end), set()).add(name.substance_key)
        found = {}
        for span, keys in spans.items():
            number = _number_beside(text, *span, numbers)
            if number is not None and self._is_of_another(number.value, keys):
                found[span] = Contradiction(
                    ContradictionKind.CAS_OF_ANOTHER, number.value, number.start, number.end
                )
        return found

    def _is_of_another(self, cas_rn: str, keys: AbstractSet[str]) -> bool:
        """Whether the number is known to be of none of the substances: a number that nobody
        knows may be one of their forms."""
        owners = self._registry.substances_of(Method.CAS, cas_rn)
        return keys.isdisjoint(owners) and (
            bool(owners) or self._on_no_list.is_innocent_number(cas_rn)
        )

    def of_code(self, substance_key: str, commodity_code: str) -> tuple[Contradiction, ...]:
        """The declared code is that of other goods than those the lists give for a substance
        that the text names."""
        if not self._registry.is_code_of_others(substance_key, commodity_code):
            return ()
        return (Contradiction(ContradictionKind.CODE_OF_OTHER_GOODS, commodity_code, 0, 0),)

    def of_text(self, found: TextReading, code: CodeMeaning) -> tuple[Contradiction, ...]:
        """The code is that of a listed substance, but the text names another chemical."""
        if code.is_basket:
            return ()
        place = found.other_than(code.substance_key) or self._in_tail(found.text)
        if place is None:
            return ()
        start, end, name = place
        return (Contradiction(ContradictionKind.TEXT_OF_OTHER_GOODS, name, start, end),)

    def _in_tail(self, text: Normalised) -> tuple[int, int, str] | None:
        """The longest innocent chemical among the first words of a text."""
        first_words = itertools.islice(runs_of(text), _FIRST_RUNS)
        found = [
            (last - first, -first, words)
            for run in first_words
            for first, last, words in windows(run[:_FIRST_WORDS])
            if self._on_no_list.is_chemical("".join(words))
        ]
        if not found:
            return None
        length, first, words = max(found)
        return *text.span(-first, length - first), " ".join(words)


def weakened(
    mentions: Sequence[Mention], contradicted: Mapping[Span, Contradiction]
) -> list[Mention]:
    """The mentions, misspelt names that a number contradicts with half their score."""
    return [
        msgspec.structs.replace(one, score=one.score * CONTRADICTED)
        if one.method is Method.FUZZY and (one.start, one.end) in contradicted
        else one
        for one in mentions
    ]


def _number_beside(
    text: str, start: int, end: int, numbers: Sequence[Identifier]
) -> Identifier | None:
    """The CAS number directly behind a name, else the one directly in front of it."""
    first = bisect_left(numbers, start - _FURTHEST, key=lambda one: one.start)
    last = bisect_right(numbers, end + _REACH, key=lambda one: one.start)
    near = numbers[first:last]
    return next(_behind(text, end, near), None) or next(_in_front(text, start, near), None)


def _behind(text: str, end: int, numbers: Sequence[Identifier]) -> Iterator[Identifier]:
    for number in numbers:
        if not 0 <= number.start - end <= _REACH:
            continue
        between = _NUMBER_BEHIND.fullmatch(text, end, number.start)
        if between and not (
            "," in between["comma"] and _GOES_ON_WITH_A_NAME.match(text, number.end)
        ):
            yield number


def _in_front(text: str, start: int, numbers: Sequence[Identifier]) -> Iterator[Identifier]:
    for number in numbers:
        if (
            0 <= start - number.end <= _REACH
            and _NUMBER_IN_FRONT.fullmatch(text, number.end, start)
            and _BEGINS_A_PHRASE.search(text, max(0, number.start - _REACH), number.start)
        ):
            yield number
