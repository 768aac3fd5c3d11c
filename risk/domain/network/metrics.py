"""Numbers about the whole network: who hangs together, and how near everybody is to offenders.

Nodes are integers that the caller gives them; edges are arrays. A walk over Python objects takes
minutes where these take a second (docs/adr/0024-whole-graph-metrics.md).
"""

from collections.abc import Collection
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from risk.domain.network.ego import DEFAULT_HUB_DEGREE

Ids: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float64]

# As in PageRank's first paper and in NetworkX: how often a walk goes on instead of beginning anew.
DAMPING = 0.85
TOLERANCE = 1e-9
FIRST_IDENTIFIER = 1 << 62
"""Nodes from here on are identifiers, vehicles and containers, by their hash; below are parties,
by their id. So the lowest node of a component is a party."""
# A frontier of more than this share of the nodes is cheaper to push as a whole.
_LOCAL_SHARE = 0.1
_MOST_PUSHES = 1000


class WholeGraph(NamedTuple):
    """An undirected graph: ``ids`` of its nodes in rising order, and a symmetric matrix over
    their places with the weights of the edges (more than 0, nothing on the diagonal)."""

    ids: Ids
    weights: csr_array

    @property
    def edge_count(self) -> int:
        return int(self.weights.nnz // 2)

    def found(self, ids: Ids) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each of the ids stands, and whether it does: a place of one that does not is
        of no use."""
        places = np.minimum(np.searchsorted(self.ids, ids), max(0, len(self.ids) - 1))
        if not len(self.ids):
            return places, np.zeros(len(ids), dtype=bool)
        return places, np.asarray(self.ids[places] == ids)

    def places(self, ids: Collection[int]) -> NDArray[np.intp]:
        """Where these nodes stand; ids of no node are left out."""
        places, is_there = self.found(np.unique(np.fromiter(ids, np.int64, len(ids))))
        return np.asarray(places[is_there])


def whole_graph(source: Ids, target: Ids, weight: Numbers) -> WholeGraph:
    """The graph of these links; several between the same two nodes are one with their weights
    added up, and a node's link to itself is none. Cost: sorting the links once."""
    is_link = source != target
    source, target, weight = source[is_link], target[is_link], weight[is_link]
    ids, places = np.unique(np.concatenate([source, target]), return_inverse=True)
    one, other = places[: len(source)], places[len(source) :]
    both = np.concatenate([one, other]), np.concatenate([other, one])
    matrix = coo_array((np.concatenate([weight, weight]), both), shape=(len(ids), len(ids)))
    return WholeGraph(ids, csr_array(matrix))


def joined_graph(graph: WholeGraph, added: WholeGraph) -> WholeGraph:
    """Both graphs as one, weights of the same link added up. Cost: going through both once."""
    _, is_known = graph.found(added.ids)
    fresh = added.ids[~is_known]
    ids = np.insert(graph.ids, np.searchsorted(graph.ids, fresh), fresh)
    one, other = (_placed(part, ids) for part in (graph, added))
    return WholeGraph(ids, csr_array(one + other))


def _placed(graph: WholeGraph, ids: Ids) -> csr_array:
    """The weights at the places that the nodes have among these ids, which hold all of them: rows
    and columns keep their order, so nothing is sorted."""
    weights, places = graph.weights, np.searchsorted(ids, graph.ids)
    counts = np.zeros(len(ids), dtype=weights.indptr.dtype)
    counts[places] = np.diff(weights.indptr)
    columns = places.astype(weights.indices.dtype)[weights.indices]
    return _rows_of(weights.data, columns, counts)


def _rows_of(data: Numbers, columns: NDArray[Any], counts: NDArray[Any]) -> csr_array:
    """The square matrix with so many of the values in each row."""
    starts = np.zeros(len(counts) + 1, dtype=columns.dtype)
    np.cumsum(counts, out=starts[1:])
    return csr_array((data, columns, starts), shape=(len(counts), len(counts)))


def unknown_links(graph: WholeGraph, source: Ids, target: Ids) -> NDArray[np.bool_]:
    """Which of the links the graph does not have yet."""
    (one, is_one), (other, is_other) = (graph.found(ends) for ends in (source, target))
    is_both = is_one & is_other
    is_new = ~is_both
    if is_both.any():
        is_new[is_both] = np.asarray(graph.weights[one[is_both], other[is_both]]) == 0
    return np.asarray(is_new)


def moved(values: NDArray[Any], graph: WholeGraph, to: WholeGraph) -> NDArray[Any]:
    """Numbers of the nodes of one graph for those of another; 0 for nodes that are new there."""
    places, is_there = graph.found(to.ids)
    given = np.zeros(len(to.ids), dtype=values.dtype)
    given[is_there] = values[places[is_there]]
    return given


def without_leaves(source: Ids, target: Ids) -> NDArray[np.bool_]:
    """Which of the links lead to a ``target`` that another source has too: a phone of one party
    only tells nothing."""
    order = np.lexsort((source, target))
    sources, targets = source[order], target[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (sources[1:] != sources[:-1]) | (targets[1:] != targets[:-1])
    _, places = np.unique(target, return_inverse=True)
    holders = np.bincount(places[order[is_new]], minlength=1)
    return np.asarray(holders[places] > 1)


def without_hubs(graph: WholeGraph, hub_degree: int = DEFAULT_HUB_DEGREE) -> WholeGraph:
    """The same nodes without the links of those with more neighbours than ``hub_degree``.

    Brokers and business centres join everything: with them, one component holds nearly all.
    """
    is_hub = degrees(graph) > hub_degree
    if not is_hub.any():
        return graph
    weights = graph.weights
    row = np.repeat(np.arange(len(is_hub), dtype=weights.indices.dtype), degrees(graph))
    kept = ~(is_hub[row] | is_hub[weights.indices])
    counts = np.bincount(row[kept], minlength=len(is_hub))
    return WholeGraph(graph.ids, _rows_of(weights.data[kept], weights.indices[kept], counts))


def degrees(graph: WholeGraph) -> NDArray[np.intp]:
    """How many neighbours each node has, in the order of ``ids``."""
    return np.asarray(np.diff(graph.weights.indptr))


def components(graph: WholeGraph) -> NDArray[np.intp]:
    """Of each node the place of the lowest id that links, over any number of steps, lead to."""
    # Strong components of a symmetric matrix are those of the graph, and need no transposed copy.
    count, labels = connected_components(graph.weights, directed=True, connection="strong")
    first = np.empty(count, dtype=np.intp)
    first[labels[::-1]] = np.arange(len(labels))[::-1]
    return np.asarray(first[labels])


def proximity(graph: WholeGraph, seeds: NDArray[np.intp], start: Numbers | None = None) -> Numbers:
    """The state of the personalised PageRank from the seeds (places): divided by its sum, how
    often a walk that begins at a seed, and begins anew with 15 % at each step, is at each node.

    All 0 without seeds. ``start`` is the state for an earlier graph, in the order of this one's
    ids: then only what is new is pushed through the network, near to where it is. Links count by
    their weight. Exact to 1e-9 over all nodes together. Source: Page et al. 1999; pushes of what
    is missing: Andersen, Chung, Lang 2006, and for graphs that grow Zhang, Lofgren, Goel 2016.
    """
    size = len(graph.ids)
    if not len(seeds):
        return np.zeros(size)
    totals = np.maximum(np.asarray(graph.weights.sum(axis=0)).ravel(), np.finfo(np.float64).tiny)
    # A walk that ends at a node without links begins anew at the seeds: the same shares of a
    # smaller sum, so that nothing has to be passed on from there.
    state = np.zeros(size) if start is None else start.copy()
    missing = DAMPING * (graph.weights @ (state / totals)) - state
    missing[seeds] += (1 - DAMPING) / len(seeds)
    for _ in range(_MOST_PUSHES):
        if float(np.abs(missing).sum()) <= TOLERANCE * (1 - DAMPING):
            break
        missing = _push(graph.weights, totals, state, missing)
    return state


def _push(weights: csr_array, totals: Numbers, state: Numbers, missing: Numbers) -> Numbers:
    """Give nodes what they still miss, and their neighbours what follows from it: only those that
    miss more than what the tolerance leaves to each, unless these are many."""
    floor = TOLERANCE * (1 - DAMPING) / (2 * len(state))
    active = np.flatnonzero(np.abs(missing) > floor)
    if len(active) > _LOCAL_SHARE * len(state):
        state += missing
        return np.asarray(DAMPING * (weights @ (missing / totals)))
    given = missing[active]
    state[active] += given
    missing[active] = 0.0
    first, counts = weights.indptr[active], np.diff(weights.indptr)[active]
    # The places of all rows of the active nodes, one row after the other.
    starts = np.cumsum(counts) - counts
    places = np.repeat(first - starts, counts) + np.arange(counts.sum())
    passed = np.repeat(DAMPING * given / totals[active], counts) * weights.data[places]
    np.add.at(missing, weights.indices[places], passed)
    return missing
