"""From pairs that are the same trader to traders."""

from collections.abc import Collection, Mapping, Sequence

from risk.domain.resolution.comparison import Comparison
from risk.domain.resolution.records import TAX_KINDS, Outcome, Prepared
from shipments.domain.values import IdentifierKind

Place = int


def clusters(
    parties: Sequence[Prepared],
    compared: Mapping[tuple[Place, Place], Comparison],
    apart: Collection[tuple[Place, Place]] = frozenset(),
) -> list[list[Place]]:
    """Groups of places that are one trader, each sorted, singles left out.

    The surest pairs join first. Two groups are not joined when members hold different tax
    numbers of a kind, when something contradicts a compared pair across them, when their
    countries differ and they were not found the same all the same, or when more of the pairs
    compared across them are two traders (``apart``: found different, lower place first) than one.
    A chain of likenesses does not make one of what is apart. The order of the pairs matters not.
    """
    groups = {place: [place] for pair in compared for place in pair}
    same = [(-c.bits, pair) for pair, c in compared.items() if c.outcome is Outcome.SAME]
    for _, (one, other) in sorted(same):
        first, second = groups[one], groups[other]
        if first is second or not _may_join(first, second, parties, compared, apart):
            continue
        if len(first) < len(second):
            first, second = second, first
        first.extend(second)
        for place in second:
            groups[place] = first
    found = {id(group): group for group in groups.values() if len(group) > 1}
    return sorted(sorted(group) for group in found.values())


def _may_join(
    first: Sequence[Place],
    second: Sequence[Place],
    parties: Sequence[Prepared],
    compared: Mapping[tuple[Place, Place], Comparison],
    apart: Collection[tuple[Place, Place]],
) -> bool:
    likely = 0
    for one in first:
        for other in second:
            pair = (one, other) if one < other else (other, one)
            known = compared.get(pair)
            if known and known.outcome is Outcome.SAME:
                likely += 1
                continue
            if known and known.is_contradicted:
                return False
            if hold_different_numbers(parties[one], parties[other]):
                return False
            if _countries_differ(parties[one], parties[other]):
                return False
            likely -= pair in apart
    return likely >= 0


def _countries_differ(one: Prepared, other: Prepared) -> bool:
    ours, theirs = one.record.country, other.record.country
    return bool(ours and theirs and ours != theirs)


def hold_different_numbers(one: Prepared, other: Prepared) -> bool:
    """Whether both hold a tax number of one kind in one country, and none in common."""
    return any(
        one.has(kind)
        and other.has(kind)
        and not one.has(kind) & other.has(kind)
        and (kind is not IdentifierKind.TAX_ID or one.record.country == other.record.country)
        for kind in TAX_KINDS
    )
