"""Where the nodes of a picture stand: in rings round the centre, or in layers side by side."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import networkx as nx

from risk.domain.network.exports.view import Arrangement, NetworkView

Places = Mapping[str, tuple[float, float]]
"""By key of the node its place in pixels, the leftmost and topmost at 0."""

RING_GAP = 150.0
LAYER_GAP = 190.0
ROOM_FOR_A_NODE = 62.0


def place_nodes(view: NetworkView) -> Places:
    """By the view's arrangement; the same view is laid out the same."""
    if not view.nodes:
        return {}
    by_rank: dict[int, list[str]] = defaultdict(list)
    for node in view.nodes:
        by_rank[node.rank].append(node.key)
    ranks = _ordered([by_rank[rank] for rank in sorted(by_rank)], _neighbours(view))
    places = _rings(ranks) if view.arrangement is Arrangement.RINGS else _layers(ranks)
    left, top = (min(place[axis] for place in places.values()) for axis in (0, 1))
    return {key: (x - left, y - top) for key, (x, y) in places.items()}


def _neighbours(view: NetworkView) -> Mapping[str, set[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for edge in view.edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    return near


def _ordered(ranks: Sequence[Sequence[str]], near: Mapping[str, set[str]]) -> list[list[str]]:
    """Each rank in the order of its neighbours of the rank before, so that few links cross."""
    ordered: list[list[str]] = []
    share: dict[str, float] = {}
    for rank in ranks:
        along = sorted(
            (_mean([share[one] for one in near.get(key, ()) if one in share]), key) for key in rank
        )
        ordered.append([key for _, key in along])
        share = {key: place / len(rank) for place, key in enumerate(ordered[-1])}
    return ordered


def _mean(shares: Sequence[float]) -> float:
    """1, behind all others, where there are none."""
    return sum(shares) / len(shares) if shares else 1.0


def _rings(ranks: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    graph = nx.Graph()
    graph.add_nodes_from(key for rank in ranks for key in rank)
    gap = max(
        [RING_GAP]
        + [ROOM_FOR_A_NODE * len(rank) / (math.tau * n) for n, rank in enumerate(ranks) if n]
    )
    shells = [list(rank) for rank in ranks]
    found = nx.shell_layout(graph, shells, rotate=0.0, scale=gap * len(shells))
    return {key: (float(x), float(y)) for key, (x, y) in found.items()}


def _layers(ranks: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    graph = nx.Graph()
    graph.add_nodes_from(key for rank in ranks for key in rank)
    # The library scales both axes alike, to at most 1 from the middle.
    most = max(len(ranks), *(len(rank) for rank in ranks)) - 1
    found = nx.multipartite_layout(
        graph, subset_key={n: list(rank) for n, rank in enumerate(ranks)}, scale=most / 2 or 1
    )
    return {
        key: (float(x) * LAYER_GAP, float(y) * ROOM_FOR_A_NODE) for key, (x, y) in found.items()
    }
