"""Whether two parties are the same trader: an explained score in bits.

A part of the score is how much more often that agreement or difference is seen between two
spellings of one trader than between two traders (Fellegi and Sunter, "A Theory for Record
Linkage", 1969), as a base-2 logarithm. What agrees counts by its rarity: a word or a phone that
many have says little. What the name cannot carry no identifier carries for it: an address or a
broker's phone alone never makes two parties one.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
from rapidfuzz import fuzz

from risk.domain.resolution.records import TAX_KINDS, Outcome, Prepared
from risk.domain.resolution.words import NameAgreement, Rarity, compare_names
from shipments.domain.names import latin_key
from shipments.domain.values import IdentifierKind

SAME_MARGIN, REVIEW_MARGIN = 1.0, -4.0
NAME_ALONE = 0.5
SAME_COVERAGE, REVIEW_COVERAGE = 0.95, 0.5
HOLDER_COVERAGE = 0.6
"""So much of the names suffices where an account is shared: it has one holder."""
HUB_HOLDERS = 20
"""What more parties share is a broker's or a business centre's, and counts nothing."""

_COUNTRY_SAME, _COUNTRY_DIFFERENT = 1.0, -8.0
_NUMBER_MISSING = -4.0
_SHARED_MOST: Mapping[IdentifierKind, float] = {
    IdentifierKind.BANK_ACCOUNT: 13.0,
    IdentifierKind.WALLET: 13.0,
    IdentifierKind.EMAIL: 12.0,
    IdentifierKind.PHONE: 11.0,
    IdentifierKind.WEBSITE: 10.0,
}
_OF_ONE_HOLDER = (IdentifierKind.BANK_ACCOUNT, IdentifierKind.WALLET)
_DIFFERS = -2.0
_ADDRESS_MOST, _ADDRESS_DIFFERS = 6.0, -2.5
_ADDRESS_NEAR = 80.0


class Part(msgspec.Struct, frozen=True):
    """One reason: what was compared, what it counts in bits, and what was seen."""

    code: str
    bits: float
    detail: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """The outcome with its reasons, the strongest first. ``coverage`` is the share of the
    names' information on which they agree, 0 to 1. ``is_contradicted`` tells that something
    says they are two (numbers that differ, namesakes abroad), not only that little says they
    are one."""

    outcome: Outcome
    bits: float
    coverage: float
    parts: tuple[Part, ...]
    is_contradicted: bool = False


class Statistics(msgspec.Struct, frozen=True):
    """How rare words of names are, and how many parties hold an identifier.

    Among ``n`` parties there are n² / 2 pairs and about n that are the same: chance makes some
    twenty wrong of a hundred of those that have just log₂ n + 1 bits, were words independent and
    names all, and far fewer of those with more. So that is where ``same`` begins; what members of
    two groups say of each other (:mod:`risk.domain.resolution.clusters`) takes most of that back.
    """

    words: Rarity
    holders: Mapping[tuple[IdentifierKind, str], int]
    parties: int

    @property
    def prior(self) -> float:
        """Bits that chance explains: log₂ of the parties, of a thousand at least."""
        return math.log2(max(self.parties, 1024))


def statistics(parties: Iterable[Prepared]) -> Statistics:
    """The statistics of these parties, as good as they are many."""
    words: Counter[str] = Counter()
    holders: Counter[tuple[IdentifierKind, str]] = Counter()
    names: set[tuple[frozenset[str], frozenset[str]]] = set()
    count = 0
    for party in parties:
        count += 1
        # A name counts once: a trader of many spellings does not make its own words usual.
        names.update((frozenset(name.words), name.numbers) for name in party.names)
        for kind, values in party.record.identifiers.items():
            holders.update((kind, value) for value in values)
    for folded, numbers in names:
        words.update(folded)
        words.update(f"#{number}" for number in numbers)
    return Statistics(Rarity(words, count), holders, count)


def compare(one: Prepared, other: Prepared, known: Statistics) -> Comparison:
    """What speaks for and against one trader, and what it comes to.

    Equal numbers of a kind decide, as do different ones where no number is equal. Otherwise
    ``same`` needs :data:`SAME_MARGIN` bits more than chance explains (and
    :data:`NAME_ALONE` more where no identifier is shared) and
    :data:`SAME_COVERAGE` of the names; ``review`` is what lies between. A number that only one
    name has is for review at best. The order of the two does not matter.
    """
    if decided := _by_number(one, other):
        return decided
    agreement = _best_names(one, other, known.words)
    is_abroad = _is_abroad(one, other)
    if agreement.coverage < REVIEW_COVERAGE:
        is_contradicted = agreement.numbers_differ or is_abroad
        return Comparison(
            Outcome.DIFFERENT, agreement.bits, agreement.coverage, (), is_contradicted
        )
    shared = [part for part in _identifier_parts(one, other, known) if part.bits]
    parts = [
        Part("name", round(agreement.bits, 2), agreement.detail),
        *_number_parts(agreement),
        *_country_parts(one.record.country, other.record.country),
        *shared,
        *_address_parts(one, other, known),
    ]
    bits = sum(part.bits for part in parts)
    return Comparison(
        outcome := _outcome(bits - known.prior, agreement, shared, is_abroad),
        round(bits, 2),
        round(agreement.coverage, 3),
        tuple(sorted(parts, key=lambda part: (-abs(part.bits), part.code))),
        outcome is not Outcome.SAME and (agreement.numbers_differ or is_abroad),
    )


def _is_abroad(one: Prepared, other: Prepared) -> bool:
    ours, theirs = one.record.country, other.record.country
    return bool(ours and theirs and ours != theirs)


def _outcome(
    margin: float, agreement: NameAgreement, shared: Sequence[Part], is_abroad: bool
) -> Outcome:
    is_tied = any(part.bits > 0 for part in shared)
    if agreement.numbers_differ:
        is_own = sum(part.bits > 0 for part in shared) > 1
        return Outcome.REVIEW if is_own and margin >= REVIEW_MARGIN else Outcome.DIFFERENT
    is_holder = any(part.code in _OF_ONE_HOLDER and part.bits > 0 for part in shared)
    enough = HOLDER_COVERAGE if is_holder else SAME_COVERAGE
    is_whole = agreement.coverage >= enough and not agreement.number_missing
    # A namesake in another country is another trader unless more than the name is the same.
    needed = SAME_MARGIN + (0 if is_tied else NAME_ALONE)
    if is_whole and (is_tied or not is_abroad) and margin >= needed:
        return Outcome.SAME
    return Outcome.REVIEW if margin >= REVIEW_MARGIN else Outcome.DIFFERENT


def _by_number(one: Prepared, other: Prepared) -> Comparison | None:
    differing = ""
    for kind in sorted(TAX_KINDS):
        ours, theirs = one.has(kind), other.has(kind)
        is_local = kind is not IdentifierKind.TAX_ID
        if ours and theirs and (is_local or one.record.country == other.record.country):
            if equal := ours & theirs:
                part = Part(kind.value, math.inf, min(equal))
                return Comparison(Outcome.SAME, math.inf, 1.0, (part,))
            differing = kind.value
    if not differing:
        return None
    return Comparison(Outcome.DIFFERENT, -math.inf, 0.0, (Part(differing, -math.inf),), True)


def _best_names(one: Prepared, other: Prepared, rarity: Rarity) -> NameAgreement:
    """The two spellings that agree best speak for the parties."""
    found = [compare_names(ours, theirs, rarity) for ours in one.names for theirs in other.names]
    return max(found, key=lambda each: (each.coverage, each.bits), default=NameAgreement.NONE)


def _number_parts(agreement: NameAgreement) -> list[Part]:
    if agreement.numbers_differ:
        return [Part("number_in_name", -15.0)]
    if agreement.number_bits:
        return [Part("number_in_name", round(agreement.number_bits, 2))]
    return [Part("number_in_name", _NUMBER_MISSING)] if agreement.number_missing else []


def _country_parts(ours: str, theirs: str) -> list[Part]:
    if not ours or not theirs:
        return []
    bits = _COUNTRY_SAME if ours == theirs else _COUNTRY_DIFFERENT
    return [Part("country", bits, ours if ours == theirs else f"{ours}, {theirs}")]


def _identifier_parts(one: Prepared, other: Prepared, known: Statistics) -> list[Part]:
    parts = []
    for kind, most in _SHARED_MOST.items():
        ours, theirs = one.has(kind), other.has(kind)
        if not ours or not theirs:
            continue
        if equal := ours & theirs:
            value = min(equal, key=lambda v: (known.holders.get((kind, v), 2), v))
            holders = known.holders.get((kind, value), 2)
            parts.append(Part(kind.value, _rarity_of_shared(most, holders), value))
        else:
            parts.append(Part(kind.value, _DIFFERS))
    return parts


def _rarity_of_shared(most: float, holders: int) -> float:
    """A value of two counts all it may, one of many less, a hub's nothing."""
    if holders > HUB_HOLDERS:
        return 0.0
    return round(max(0.0, most - 2 * math.log2(max(holders, 2) / 2)), 2)


def _address_parts(one: Prepared, other: Prepared, known: Statistics) -> list[Part]:
    ours, theirs = one.has(IdentifierKind.ADDRESS), other.has(IdentifierKind.ADDRESS)
    if not ours or not theirs:
        return []
    if equal := ours & theirs:
        value = min(equal)
        holders = known.holders.get((IdentifierKind.ADDRESS, value), 2)
        return [Part("address", _rarity_of_shared(_ADDRESS_MOST, holders), value)]
    near = max(fuzz.token_sort_ratio(_latin(a), _latin(b)) for a in ours for b in theirs)
    if near >= _ADDRESS_NEAR:
        return [Part("address", round(_ADDRESS_MOST / 2 * (near - 70) / 30, 2), f"{near:.0f} %")]
    return [Part("address", _ADDRESS_DIFFERS)]


@lru_cache(maxsize=65_536)
def _latin(address: str) -> str:
    return latin_key(address)
