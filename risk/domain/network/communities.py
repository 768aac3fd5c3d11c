"""Which nodes of the whole network belong together, and which hold it together."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from risk.domain.network.ego import DEFAULT_HUB_DEGREE
from risk.domain.network.metrics import WholeGraph, components, degrees, without_hubs

# Steps of a search for shortest ways, about a second's worth for each hundred million: nodes
# times links of a component.
BETWEENNESS_BUDGET = 200_000_000
_SEED = 20


class Structure(NamedTuple):
    """Of each node, in the order of the graph's ids: its neighbours; whether it has too many of
    them and was left out of the rest; the place of the lowest id of its component and of its
    community; its core number; its betweenness, NaN in components that are too large.

    ``modularity`` tells how much more the communities hold together than chance would have it,
    NaN without links.
    """

    degree: NDArray[np.intp]
    is_hub: NDArray[np.bool_]
    component: NDArray[np.intp]
    community: NDArray[np.intp]
    core: NDArray[np.intp]
    betweenness: NDArray[np.float64]
    modularity: float


def structure(graph: WholeGraph, budget: int = BETWEENNESS_BUDGET) -> Structure:
    """Components, communities, cores and betweenness of the graph without its hubs.

    Communities: Louvain (Blondel et al. 2008) by weights, refined, in one thread and with one
    seed, so that the same graph gives the same. The core number of a node is the largest k for
    which it belongs to a part where all have k neighbours (Seidman 1983). Betweenness is the
    share of the pairs of its component whose shortest ways lead through it (Freeman 1977).
    """
    inner = without_hubs(graph)
    found = components(inner)
    community, modularity = _communities(inner)
    degree = degrees(graph)
    return Structure(
        degree=degree,
        is_hub=degree > DEFAULT_HUB_DEGREE,
        component=found,
        community=community,
        core=_cores(inner),
        betweenness=_betweenness(inner, found, budget),
        modularity=modularity,
    )


def _communities(graph: WholeGraph) -> tuple[NDArray[np.intp], float]:
    if not graph.edge_count:
        return np.arange(len(graph.ids)), float("nan")
    kit = _networkit()
    links = _as_graph(graph.weights, is_weighted=True)
    found = kit.community.PLM(links, refine=True, par="none").run().getPartition()
    quality = kit.community.Modularity().getQuality(found, links)
    _, first, label = np.unique(found.getVector(), return_index=True, return_inverse=True)
    return first[label], float(quality)


def _cores(graph: WholeGraph) -> NDArray[np.intp]:
    kit = _networkit()
    links = _as_graph(graph.weights, is_weighted=False)
    return np.array(kit.centrality.CoreDecomposition(links).run().scores(), dtype=np.intp)


def _betweenness(
    graph: WholeGraph, component: NDArray[np.intp], budget: int
) -> NDArray[np.float64]:
    """Of the nodes of small components; smaller ones first, as far as the budget goes."""
    found = np.full(len(graph.ids), np.nan)
    sizes = np.bincount(component, minlength=len(component))
    links = np.bincount(component, weights=degrees(graph) / 2, minlength=len(component))
    steps = sizes * links
    order = np.argsort(steps, kind="stable")
    chosen = np.zeros(len(component), dtype=bool)
    chosen[order[np.cumsum(steps[order]) <= budget]] = True
    nodes = np.flatnonzero(chosen[component])
    if not len(nodes):
        return found
    part = _as_graph(graph.weights[nodes][:, nodes], is_weighted=False)
    through = _networkit().centrality.Betweenness(part, normalized=False).run().scores()
    size = sizes[component[nodes]]
    # Each way is found from both of its ends; a component of two has no pair to stand between.
    found[nodes] = np.array(through) / np.maximum((size - 1) * (size - 2), 1)
    return found


def _as_graph(weights: csr_array, *, is_weighted: bool) -> Any:
    links = weights.tocoo()
    one, other = links.coords
    once = one < other
    values = links.data[once] if is_weighted else np.ones(int(once.sum()))
    ends = one[once], other[once]
    return _networkit().GraphFromCoo((values, ends), n=weights.shape[0], weighted=is_weighted)


@cache
def _networkit() -> Any:
    """Takes two seconds to import, which only the computation of a night is worth."""
    import networkit

    networkit.setNumberOfThreads(1)
    networkit.setSeed(_SEED, False)
    return networkit
