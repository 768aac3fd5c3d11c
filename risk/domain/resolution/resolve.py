"""All parties at once: which of them are one trader, and which pairs a person should see."""

from collections.abc import Sequence

import msgspec

from risk.domain.resolution.blocking import candidate_pairs
from risk.domain.resolution.clusters import clusters
from risk.domain.resolution.comparison import Comparison, compare, statistics
from risk.domain.resolution.records import Outcome, PartyRecord, prepare


class Resolved(msgspec.Struct, frozen=True):
    """Places in the sequence that was given: groups of one trader (singles left out), and
    pairs for review with what was seen. ``compared`` counts the pairs looked at."""

    groups: list[list[int]]
    review: dict[tuple[int, int], Comparison]
    compared: int


def resolve(records: Sequence[PartyRecord]) -> Resolved:
    """Traders among ``records``; the result does not depend on their order but for places.

    Cost: linear in records but for keys that up to 40 share, whose pairs are compared.
    """
    parties = [prepare(record) for record in records]
    known = statistics(parties)
    found: dict[tuple[int, int], Comparison] = {}
    pairs = candidate_pairs(parties)
    for pair in pairs:
        seen = compare(parties[pair[0]], parties[pair[1]], known)
        if seen.outcome is not Outcome.DIFFERENT or seen.is_contradicted:
            found[pair] = seen
    groups = clusters(parties, found, lambda one, other: compare(one, other, known))
    grouped = {place: number for number, group in enumerate(groups) for place in group}
    review = {
        (one, other): seen
        for (one, other), seen in found.items()
        if seen.outcome is not Outcome.DIFFERENT
        and (one not in grouped or grouped[one] != grouped.get(other))
    }
    return Resolved(groups, review, len(pairs))


class PairScores(msgspec.Struct, frozen=True):
    """Pairs of records of one trader: how many there are, joined, and joined wrongly."""

    true: int
    joined: int
    wrong: int

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are of one trader; 1 when none was joined."""
        return 1 - self.wrong / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were joined; 1 when there is none."""
        return (self.joined - self.wrong) / self.true if self.true else 1.0


def pair_scores(traders: Sequence[int], groups: Sequence[Sequence[int]]) -> PairScores:
    """Judge groups of places by the traders that stand there."""
    sizes: dict[int, int] = {}
    for trader in traders:
        sizes[trader] = sizes.get(trader, 0) + 1
    joined = right = 0
    for group in groups:
        joined += len(group) * (len(group) - 1) // 2
        inside: dict[int, int] = {}
        for place in group:
            inside[traders[place]] = inside.get(traders[place], 0) + 1
        right += sum(n * (n - 1) // 2 for n in inside.values())
    true = sum(n * (n - 1) // 2 for n in sizes.values())
    return PairScores(true, joined, joined - right)
