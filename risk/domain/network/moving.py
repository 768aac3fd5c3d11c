"""Communities by day: those of the night, with what its new links move.

A night finds communities from nothing (:mod:`risk.domain.network.communities`). By day only nodes
whose links are others now, and neighbours of what moved, are asked again which community holds
them best. Source: Louvain's local moving (Blondel et al. 2008), begun with known communities from
the frontier of a change (dynamic frontier: Sahu 2024).
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from risk.domain.network.ego import DEFAULT_HUB_DEGREE
from risk.domain.network.groups import NONE
from risk.domain.network.metrics import Ids, Numbers, WholeGraph, degrees, moved

# Gains below this are noise of sums; without a bound two nodes might change places for ever.
_LEAST_GAIN = 1e-12
_MOST_ASKED = 200_000
"""Nodes asked in one refresh; a second's worth. What is left stays where it was."""
_HUB = -1


def moved_communities(before: WholeGraph, community: Ids, after: WholeGraph) -> Ids:
    """Of each node of the later graph the community it is in: one of those before, or one that
    came since, called by the negated id of the node that began it; ``NONE`` for hubs.

    ``community`` are those of the nodes before, each called by the id of a node; nodes do not go.
    Modularity is at least that of the communities before with new nodes by themselves. Cost: the
    links of what is new or moves, and going through the nodes a few times. The same graphs give
    the same.
    """
    size = len(after.ids)
    is_hub = degrees(after) > DEFAULT_HUB_DEGREE
    labels = moved(community, before, after)
    is_fresh = (labels == NONE) & ~is_hub
    strength = _strength(after, is_hub)
    known = moved(_strength(before, degrees(before) > DEFAULT_HUB_DEGREE), before, after)
    is_free = ~is_hub & (is_fresh | ~np.isclose(strength, known, rtol=1e-9, atol=0.0))
    begins_own = is_fresh | (is_free & (strength == 0))
    home = np.where(begins_own, size + np.arange(size), np.searchsorted(after.ids, labels))
    home[is_hub] = _HUB
    _move(after, home, strength, np.flatnonzero(is_free))
    named = np.concatenate([after.ids, -after.ids])[home]
    return np.asarray(np.where(is_hub, NONE, named))


def _strength(graph: WholeGraph, is_hub: NDArray[np.bool_]) -> Numbers:
    """Of each node the weights of its links to others that are no hubs."""
    found = graph.weights @ (~is_hub).astype(np.float64)
    return np.asarray(np.where(is_hub, 0.0, found))


def _move(
    graph: WholeGraph, home: NDArray[np.intp], strength: Numbers, free: NDArray[np.intp]
) -> None:
    """Bring each free node to the community that holds it best, or let it begin one, and ask its
    neighbours again, until nobody moves. Changes ``home``: places of nodes that communities are
    called by, beyond the last those of communities that nodes begin."""
    whole = float(strength.sum())
    if not whole:
        return
    inner, size = home != _HUB, len(home)
    totals = np.bincount(home[inner], strength[inner], minlength=2 * size)
    members = np.bincount(home[inner], minlength=2 * size)
    waiting, is_waiting = deque(free.tolist()), set(free.tolist())
    columns, data, starts = graph.weights.indices, graph.weights.data, graph.weights.indptr
    for _ in range(_MOST_ASKED):
        if not waiting:
            return
        node = waiting.popleft()
        is_waiting.discard(node)
        row = slice(starts[node], starts[node + 1])
        neighbours = columns[row].tolist()
        homes = home[columns[row]].tolist()
        own, weight = int(home[node]), float(strength[node])
        held: dict[int, float] = {own: 0.0}
        for there, link in zip(homes, data[row].tolist(), strict=True):
            if there != _HUB:
                held[there] = held.get(there, 0.0) + link
        totals[own] -= weight
        members[own] -= 1
        if not members[size + node]:
            totals[size + node] = 0.0
            held.setdefault(size + node, 0.0)
        gain, best = max((link - weight * totals[to] / whole, -to) for to, link in held.items())
        stays = held[own] - weight * totals[own] / whole
        best = -best if gain > stays + _LEAST_GAIN else own
        totals[best] += weight
        members[best] += 1
        if best == own:
            continue
        home[node] = best
        for one, there in zip(neighbours, homes, strict=True):
            if there not in (_HUB, best) and one not in is_waiting:
                waiting.append(one)
                is_waiting.add(one)
