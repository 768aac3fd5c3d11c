"""From decisions on pairs to traders: what people said once, read through one number."""

from collections.abc import Iterable, Mapping


def representatives(same: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For every party that stands for another one's trader: its representative, the lowest id.

    ``same`` are the pairs decided to be one trader, in any order and direction; they chain.
    A representative itself is left out. The result follows from the pairs alone, so taking a
    decision back gives exactly what was before it.

    >>> representatives([(7, 3), (9, 7), (4, 5)])
    {5: 4, 7: 3, 9: 3}
    """
    lower: dict[int, int] = {}

    def first(party: int) -> int:
        while (nearer := lower.get(party, party)) != party:
            lower[party] = lower.get(nearer, nearer)
            party = nearer
        return party

    for one, other in same:
        ends = first(one), first(other)
        lower[max(ends)] = min(ends)
    found = {party: first(party) for party in sorted(lower)}
    return {party: head for party, head in found.items() if party != head}


def group_of(party: int, same: Mapping[int, Iterable[int]]) -> frozenset[int]:
    """All parties that the decisions chain to this one, itself among them; ``same`` gives the
    neighbours of each."""
    seen, ahead = {party}, [party]
    while ahead:
        fresh = set(same.get(ahead.pop(), ())) - seen
        seen |= fresh
        ahead.extend(fresh)
    return frozenset(seen)
