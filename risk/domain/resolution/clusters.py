"""From pairs that are the same trader to traders."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from risk.domain.resolution.comparison import Comparison
from risk.domain.resolution.records import TAX_KINDS, Outcome, Prepared
from shipments.domain.values import IdentifierKind

Place = int
Compare: TypeAlias = Callable[[Prepared, Prepared], Comparison]


def clusters(
    parties: Sequence[Prepared],
    compared: Mapping[tuple[Place, Place], Comparison],
    compare: Compare,
) -> list[list[Place]]:
    """Groups of places that are one trader, each sorted, singles left out.

    The surest pairs join first. Two groups are not joined when members hold different tax
    numbers of a kind, when something contradicts a pair across them, when their countries differ
    and they were not found the same all the same, or when fewer than half of the pairs across them
    were found the same. Pairs that are not in ``compared`` (no key led to them, or nothing spoke
    for them) are compared then: two groups meet in their likest members, and the others tell
    whether that was chance. The order of the pairs matters not.
    """
    groups = {place: [place] for pair in compared for place in pair}
    same = [(-c.bits, pair) for pair, c in compared.items() if c.outcome is Outcome.SAME]
    across = _Across(parties, compared, compare)
    for _, (one, other) in sorted(same):
        first, second = groups[one], groups[other]
        if first is second or not across.may_join(first, second):
            continue
        if len(first) < len(second):
            first, second = second, first
        first.extend(second)
        for place in second:
            groups[place] = first
    found = {id(group): group for group in groups.values() if len(group) > 1}
    return sorted(sorted(group) for group in found.values())


class _Across:
    """What the pairs across two groups say together."""

    def __init__(
        self,
        parties: Sequence[Prepared],
        compared: Mapping[tuple[Place, Place], Comparison],
        compare: Compare,
    ) -> None:
        self._parties = parties
        self._compared = compared
        self._compare = compare

    def may_join(self, first: Sequence[Place], second: Sequence[Place]) -> bool:
        same = 0
        for one in first:
            for other in second:
                seen = self._seen(one, other)
                if seen.outcome is Outcome.SAME:
                    same += 1
                elif seen.is_contradicted or _are_apart(self._parties[one], self._parties[other]):
                    return False
        return 2 * same >= len(first) * len(second)

    def _seen(self, one: Place, other: Place) -> Comparison:
        pair = (one, other) if one < other else (other, one)
        if seen := self._compared.get(pair):
            return seen
        return self._compare(self._parties[pair[0]], self._parties[pair[1]])


def _are_apart(one: Prepared, other: Prepared) -> bool:
    ours, theirs = one.record.country, other.record.country
    return bool(ours and theirs and ours != theirs) or hold_different_numbers(one, other)


def hold_different_numbers(one: Prepared, other: Prepared) -> bool:
    """Whether both hold a tax number of one kind in one country, and none in common."""
    return any(
        one.has(kind)
        and other.has(kind)
        and not one.has(kind) & other.has(kind)
        and (kind is not IdentifierKind.TAX_ID or one.record.country == other.record.country)
        for kind in TAX_KINDS
    )
