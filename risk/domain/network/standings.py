"""What the whole network says of each party, as columns; and what of it is new."""

import io
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from risk.domain.network.ego import DEFAULT_HUB_DEGREE
from risk.domain.network.groups import NONE, Groups, groups_of, kept_keys
from risk.domain.network.metrics import (
    FIRST_IDENTIFIER,
    Ids,
    WholeGraph,
    components,
    degrees,
    moved,
    without_hubs,
)
from risk.domain.network.moving import moved_communities

NOTICED = 1e-2
"""A proximity that changed by less than this share of itself is not told anew by day."""

MOST_MOVED = 10_000
"""Of more parties of which nothing but the proximity changed, those are told by day of which it
changed most: one more offender among few moves the proximity of everybody a little, and rows cost
more than the arrays."""


class Snapshot(NamedTuple):
    """A graph, the places of its seeds, the state of the proximities from these, and of each node
    the lowest id of its component, ``NONE`` for hubs, and the id of a node for its community. All
    communities are ``NONE`` as long as none is known."""

    graph: WholeGraph
    seeds: NDArray[np.intp]
    state: NDArray[np.float64]
    component: Ids
    community: Ids

    @classmethod
    def of(
        cls, graph: WholeGraph, seeds: NDArray[np.intp], state: NDArray[np.float64]
    ) -> "Snapshot":
        """The same with the components, which the graph says, and without communities."""
        return cls(graph, seeds, state, _component_names(graph), np.zeros_like(graph.ids))

    def with_communities_of(self, before: "Snapshot") -> "Snapshot":
        """The same with the communities of an earlier graph, as far as its links hold them."""
        if not before.community.any():
            return self
        return self._replace(
            community=moved_communities(before.graph, before.community, self.graph)
        )

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
            component=self.component,
            community=self.community,
        )
        return buffer.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Snapshot":
        """Without pickles: what is stored is arrays or refused. Those of an earlier release have
        no components, which are computed, or no communities."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            parts = arrays["data"], arrays["indices"], arrays["indptr"]
            ids = arrays["ids"]
            graph = WholeGraph(ids, csr_array(parts, shape=(len(ids), len(ids))))
            if "community" not in arrays:
                return cls.of(graph, arrays["seeds"], arrays["state"])
            groups = arrays["component"], arrays["community"]
            return cls(graph, arrays["seeds"], arrays["state"], *groups)


class Standings(NamedTuple):
    """Of each node, in the order of the graph's ids. ``component`` is the key under which its
    component is stored, ``community`` that of its community; ``NONE`` for hubs, which belong to
    none."""

    degree: NDArray[np.intp]
    is_hub: NDArray[np.bool_]
    is_seed: NDArray[np.bool_]
    proximity: NDArray[np.float64]
    component: Ids
    community: Ids

    def rows(self, places: NDArray[np.intp]) -> list[tuple[Any, ...]]:
        """The columns' values at these places; None for the groups of a hub."""
        *columns, component, community = (column[places].tolist() for column in self)
        groups = ([one or None for one in column] for column in (component, community))
        return list(zip(*columns, *groups, strict=True))


class News(NamedTuple):
    """What is not as it was: the standings after, of which nodes they are others, the components
    after, which rows of them are others, and the keys of communities that lost or won a node."""

    standings: Standings
    is_changed: NDArray[np.bool_]
    components: Groups
    is_component_changed: NDArray[np.bool_]
    changed_communities: Ids


def standings(snapshot: Snapshot) -> Standings:
    """What can be told at any time; cores take a night. A component's key is its name."""
    graph, degree = snapshot.graph, degrees(snapshot.graph)
    is_seed = np.zeros(len(graph.ids), dtype=bool)
    is_seed[snapshot.seeds] = True
    return Standings(
        degree=degree,
        is_hub=degree > DEFAULT_HUB_DEGREE,
        is_seed=is_seed,
        proximity=snapshot.shares,
        component=snapshot.component,
        community=snapshot.community,
    )


def component_groups(snapshot: Snapshot) -> Groups:
    """The components by their names."""
    return groups_of(snapshot.graph.ids, snapshot.component, snapshot.component)


def news(before: Snapshot, after: Snapshot, most_moved: int = MOST_MOVED) -> News:
    """What differs from before: of nodes, and of the components that they keep (see
    :mod:`risk.domain.network.groups`). Proximities by more than :data:`NOTICED`, and of
    ``most_moved`` parties that differ in nothing else."""
    keys = kept_keys(moved(before.component, before.graph, after.graph), after.component)
    was, now = standings(before), standings(after)._replace(component=keys)
    _, is_known = before.graph.found(after.graph.ids)
    changed = ~is_known
    for old, new in zip(was, now, strict=True):
        if new.dtype != np.float64:
            changed |= new != moved(old, before.graph, after.graph)
    given = moved(was.proximity, before.graph, after.graph)
    way = np.abs(now.proximity - given)
    is_moved = way > NOTICED * np.maximum(now.proximity, given)
    is_moved &= ~changed & (after.graph.ids < FIRST_IDENTIFIER)
    changed |= _most(is_moved, way, most_moved)
    groups = groups_of(after.graph.ids, keys, after.component)
    is_other = groups.other_than(component_groups(before))
    return News(now, changed, groups, is_other, _changed_communities(before, after))


def _most(chosen: NDArray[np.bool_], way: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Of the chosen nodes at most so many, those with the longest way, the lower id of equals."""
    places = np.flatnonzero(chosen)
    if len(places) <= count:
        return chosen
    found = np.zeros_like(chosen)
    found[places[np.argsort(-way[places], kind="stable")[:count]]] = True
    return found


def _changed_communities(before: Snapshot, after: Snapshot) -> Ids:
    was = moved(before.community, before.graph, after.graph)
    is_other = was != after.community
    return np.setdiff1d(np.concatenate([was[is_other], after.community[is_other]]), [NONE])


def _component_names(graph: WholeGraph) -> Ids:
    names = graph.ids[components(without_hubs(graph))]
    return np.asarray(np.where(degrees(graph) > DEFAULT_HUB_DEGREE, NONE, names))
