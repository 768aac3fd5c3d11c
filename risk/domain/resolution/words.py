"""How far two folded names agree, word by word, in bits."""

import math
from collections.abc import Mapping
from typing import ClassVar

import msgspec
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from risk.domain.resolution.blocking import MOST_INITIALS
from risk.domain.resolution.names import FoldedName

_INITIAL_BITS = 3.0
_SLIP_BITS, _MORE_SLIPS_BITS = 2.5, 5.5
_UNMATCHED = 0.8
_OTHER_INITIALS = 0.6
_COMPACT_SLIPS = 1
_FEWEST_LETTERS = 3
_LONG, _VERY_LONG = 7, 13
_BITS_A_LETTER = 1.0
_BITS_A_DIGIT, _MOST_DIGITS = math.log2(10), 4
_USES_A_SLIP = 8
_BITS_TOGETHER, _TOGETHER_MOST = 2.0, 20.0
_NEAR = 60.0


class Rarity:
    """Bits of a word: how rare it is among the names of ``total`` parties."""

    def __init__(self, holders: Mapping[str, int], total: int) -> None:
        self._holders = holders
        self._total = max(total, 1024)
        self._bits: dict[str, float] = {}

    def bits(self, word: str) -> float:
        """1 to 24. An unknown word is as rare as one of two holders; one that is several
        words written together (as Chinese is) tells as much as they would."""
        if (known := self._bits.get(word)) is None:
            known = self._bits[word] = self._counted(word)
        return known

    def _counted(self, word: str) -> float:
        holders = max(2, self._holders.get(word, 0))
        by_length = len(word) * _BITS_A_LETTER if len(word) >= _VERY_LONG and holders < 9 else 0.0
        most = _INITIAL_BITS * len(word) if len(word) <= MOST_INITIALS else 24.0
        return min(most, max(1.0, math.log2(self._total / holders), by_length))

    def number_bits(self, number: str) -> float:
        """Of a number within names: 2 at least, and no more than its digits can tell."""
        return max(
            2.0, min(_BITS_A_DIGIT * min(len(number), _MOST_DIGITS), self.bits(f"#{number}"))
        )

    def is_slip(self, one: str, other: str) -> bool:
        """Whether the rarer of two words can be the other misspelt. The same slip is made now and
        then in a word that many names have; of two words that several have, each is its own."""
        few, many = sorted((self._holders.get(one, 0), self._holders.get(other, 0)))
        return few <= 1 + many / _USES_A_SLIP


class NameAgreement(msgspec.Struct, frozen=True):
    """``bits`` for (or against) one name, ``coverage`` the share of its information matched."""

    bits: float
    coverage: float
    detail: str = ""
    number_bits: float = 0.0
    numbers_differ: bool = False
    number_missing: bool = False

    NONE: ClassVar["NameAgreement"]


NameAgreement.NONE = NameAgreement(0.0, 0.0)


def compare_names(one: FoldedName, other: FoldedName, rarity: Rarity) -> NameAgreement:
    """Words are matched each to one: equal, an initial, or with slips of the keys.

    Words that match count by their rarity, slips and initials less; words that the other
    name lacks count against. Order does not matter. Where the names are spaced otherwise,
    they are compared written together.
    """
    if one.words == other.words:
        total = sum(map(rarity.bits, one.words))
        return _with_numbers(one, other, rarity, (total, 1.0, one.compact))
    if not _are_near(one, other):
        return _with_numbers(one, other, rarity, (0.0, 0.0, ""))
    matched, slips, left, right = _matched(_Words(one), _Words(other), rarity)
    lost = sum(map(rarity.bits, left)), sum(map(rarity.bits, right))
    coverage = matched / (matched + max(lost)) if matched else 0.0
    bits = matched - _bits_of_slips(slips) - _UNMATCHED * max(lost)
    if any(len(a) <= MOST_INITIALS and len(b) <= MOST_INITIALS for a in left for b in right):
        coverage, bits = min(coverage, _OTHER_INITIALS), bits - _INITIAL_BITS
    detail = f"{one.compact} ~ {other.compact}"
    together = _written_together(one, other, rarity)
    if together and together[1] > coverage:
        bits, coverage = together
    return _with_numbers(one, other, rarity, (bits, coverage, detail))


def _are_near(one: FoldedName, other: FoldedName) -> bool:
    """Whether a comparison by words can come to anything: cheap, and right for most pairs.
    Initials are much shorter than what they stand for, so names with short words pass."""
    if fuzz.ratio(one.compact, other.compact, score_cutoff=_NEAR):
        return True
    if min(map(len, (*one.words, *other.words)), default=0) > MOST_INITIALS:
        return bool(fuzz.ratio(one.ordered, other.ordered, score_cutoff=_NEAR))
    # What stands beside the initials decides.
    longest = max(one.words, key=len), max(other.words, key=len)
    return any(
        fuzz.ratio(longest[side], word, score_cutoff=_NEAR)
        for side, others in ((0, other.words), (1, one.words))
        for word in others
    )


def _with_numbers(
    one: FoldedName, other: FoldedName, rarity: Rarity, words: tuple[float, float, str]
) -> NameAgreement:
    bits, coverage, detail = words
    both = bool(one.numbers and other.numbers)
    are_equal = one.numbers == other.numbers or one.digits == other.digits
    return NameAgreement(
        bits=bits,
        coverage=coverage,
        detail=detail,
        number_bits=max(map(rarity.number_bits, one.numbers & other.numbers), default=0.0),
        numbers_differ=both and not are_equal,
        number_missing=not are_equal and not both,
    )


def _bits_of_slips(slips: int) -> float:
    """What slips count against a name. One is common; of names that are two slips apart there are
    so many more, and so few are one name, that every further one counts twice as much."""
    return slips * _SLIP_BITS if slips < 2 else _SLIP_BITS + (slips - 1) * _MORE_SLIPS_BITS


class _Words(dict[int, tuple[str, str]]):
    """The words of a name that are not matched yet, by place: folded, and as in Latin letters."""

    def __init__(self, name: FoldedName) -> None:
        super().__init__(enumerate(zip(name.words, name.latin, strict=True)))


def _matched(
    ours: _Words, theirs: _Words, rarity: Rarity
) -> tuple[float, int, list[str], list[str]]:
    """Bits of the words that match, the slips within them, and the words that are left."""
    matched, slips = 0.0, 0
    for place, (word, _) in list(ours.items()):
        if found := [at for at, (other, _) in theirs.items() if other == word]:
            del ours[place], theirs[found[0]]
            matched += rarity.bits(word)
    for short, long in ((ours, theirs), (theirs, ours)):
        matched += _match_initials(short, long)
    for place, both in list(ours.items()):
        more = int(bool(matched) and len(ours) == len(theirs) == 1)
        near = [
            (slips_in(both, other, more), at)
            for at, other in theirs.items()
            if rarity.is_slip(both[0], other[0])
        ]
        count, at = min((each for each in near if each[0]), default=(0, -1))
        if count:
            bits = max(rarity.bits(both[0]), rarity.bits(theirs[at][0]))
            del ours[place], theirs[at]
            matched += bits * (1 - count / 10)
            slips += count
    return matched, slips, [word for word, _ in ours.values()], [w for w, _ in theirs.values()]


def slips_in(one: tuple[str, str], other: tuple[str, str], more: int = 0) -> int:
    """The fewest slips, between the folded words or the Latin ones; 0 when too many. One ``more``
    is let pass in a long word where all other words agree."""
    found = (slips_between(*pair, more) for pair in zip(one, other, strict=True))
    return min(filter(None, found), default=0)


def _match_initials(short: _Words, long: _Words) -> float:
    """Take initials (alone or written together, as "ap") and the words they stand for out."""
    matched = 0.0
    for place, (word, _) in list(short.items()):
        if len(word) > MOST_INITIALS:
            continue
        meant: list[int] = []
        for letter in word:
            for at, (other, _) in long.items():
                if other[0] == letter and len(other) > len(word) and at not in meant:
                    meant.append(at)
                    break
        if len(meant) == len(word):
            del short[place]
            for at in meant:
                del long[at]
            matched += _INITIAL_BITS * len(word)
    return matched


def slips_between(one: str, other: str, more: int = 0) -> int:
    """How many slips of the keys (a letter lost, doubled, swapped, another) make one word the
    other; 0 when too many for their length."""
    length = min(len(one), len(other))
    if length < _FEWEST_LETTERS:
        return 0
    allowed = 1 + (1 + more) * (length >= _LONG) + (length >= _VERY_LONG)
    count = OSA.distance(one, other, score_cutoff=allowed)
    return count if count <= allowed else 0


def _written_together(
    one: FoldedName, other: FoldedName, rarity: Rarity
) -> tuple[float, float] | None:
    """Bits and coverage of the names written together; None when they are not that near."""
    if len(one.words) == len(other.words) or min(len(one.compact), len(other.compact)) < 8:
        return None
    bits = max(sum(map(rarity.bits, one.words)), sum(map(rarity.bits, other.words)))
    # Written in syllables or all together, the first part may stand last.
    if len(one.compact) == len(other.compact) and one.compact in other.compact * 2:
        return min(bits, _BITS_TOGETHER * len(one.compact)), 1.0
    slips = OSA.distance(one.compact, other.compact, score_cutoff=_COMPACT_SLIPS)
    short, long = sorted((one.compact, other.compact), key=len)
    # A short word more ("East", "ЮГ") is no slip: that is how sister firms are told apart.
    is_longer = len(long) > len(short) and (long.startswith(short) or long.endswith(short))
    if slips > _COMPACT_SLIPS or is_longer:
        return None
    return min(bits, _TOGETHER_MOST) - _bits_of_slips(slips), 1.0
