"""What the whole network says of each party, as columns; and what of it is new."""

import io
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from risk.domain.network.ego import DEFAULT_HUB_DEGREE
from risk.domain.network.metrics import (
    FIRST_IDENTIFIER,
    WholeGraph,
    components,
    degrees,
    moved,
    without_hubs,
)

# A proximity that changed by less than this share of itself is not told anew.
_NOTICED = 1e-3


class Snapshot(NamedTuple):
    """A graph, the places of its seeds, and the state of the proximities from these."""

    graph: WholeGraph
    seeds: NDArray[np.intp]
    state: NDArray[np.float64]

    @property
    def shares(self) -> NDArray[np.float64]:
        """The proximities themselves, which add up to 1 where there are seeds."""
        total = self.state.sum()
        return self.state / total if total else self.state

    def packed(self) -> bytes:
        """As :meth:`unpacked` reads it."""
        graph, buffer = self.graph, io.BytesIO()
        weights = graph.weights
        np.savez(
            buffer,
            ids=graph.ids,
            data=weights.data,
            indices=weights.indices,
            indptr=weights.indptr,
            seeds=self.seeds,
            state=self.state,
        )
        return buffer.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Snapshot":
        """Without pickles: what is stored is arrays or refused."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            parts = arrays["data"], arrays["indices"], arrays["indptr"]
            ids = arrays["ids"]
            weights = csr_array(parts, shape=(len(ids), len(ids)))
            return cls(WholeGraph(ids, weights), arrays["seeds"], arrays["state"])


class Standings(NamedTuple):
    """Of each node, in the order of the graph's ids. ``component`` is the lowest id of it and -1
    for hubs, which belong to none; ``component_parties`` counts the parties in it."""

    degree: NDArray[np.intp]
    is_hub: NDArray[np.bool_]
    is_seed: NDArray[np.bool_]
    proximity: NDArray[np.float64]
    component: NDArray[np.int64]
    component_parties: NDArray[np.intp]

    def rows(self, places: NDArray[np.intp]) -> list[tuple[Any, ...]]:
        """The columns' values at these places; None for the component of a hub."""
        columns = [column[places].tolist() for column in self]
        for n in (4, 5):
            columns[n] = [
                None if is_hub else one for is_hub, one in zip(columns[1], columns[n], strict=True)
            ]
        return list(zip(*columns, strict=True))


def standings(snapshot: Snapshot) -> Standings:
    """What can be told at any time; communities and cores take a night."""
    graph, degree = snapshot.graph, degrees(snapshot.graph)
    is_hub = degree > DEFAULT_HUB_DEGREE
    component = components(without_hubs(graph))
    is_seed = np.zeros(len(graph.ids), dtype=bool)
    is_seed[snapshot.seeds] = True
    return Standings(
        degree=degree,
        is_hub=is_hub,
        is_seed=is_seed,
        proximity=snapshot.shares,
        component=np.where(is_hub, -1, graph.ids[component]),
        component_parties=parties_in(graph, component),
    )


def parties_in(graph: WholeGraph, group: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of each node how many parties are in its group; ``group`` is a place in the graph."""
    is_party = graph.ids < FIRST_IDENTIFIER
    counts = np.bincount(group[is_party], minlength=len(group))
    return np.asarray(counts[group])


def news(before: Snapshot, after: Snapshot) -> tuple[Standings, NDArray[np.bool_]]:
    """The standings after, and of which nodes they are not what they were before."""
    was, now = standings(before), standings(after)
    _, is_known = before.graph.found(after.graph.ids)
    changed = ~is_known
    for old, new in zip(was, now, strict=True):
        given = moved(old, before.graph, after.graph)
        if new.dtype == np.float64:
            changed |= np.abs(new - given) > _NOTICED * np.maximum(new, given)
        else:
            changed |= new != given
    return now, changed
