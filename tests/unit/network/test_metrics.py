"""Numbers of the whole network are NetworkX's own; a refresh gives what a new start gives."""

from random import Random

import networkx as nx
import numpy as np
import pytest

from risk.domain.network.communities import structure
from risk.domain.network.groups import Groups
from risk.domain.network.metrics import (
    FIRST_IDENTIFIER,
    WholeGraph,
    components,
    joined_graph,
    moved,
    proximity,
    unknown_links,
    whole_graph,
    without_hubs,
    without_leaves,
)
from risk.domain.network.standings import Snapshot, component_groups, news

GRAPHS = 200
EXACT = 1e-8


def random_links(seed: int) -> list[tuple[int, int, float]]:
    """Sparse or dense, some links twice or to the node itself, ids with gaps."""
    draw = Random(seed)
    nodes = draw.sample(range(1, 300), draw.randint(2, 40))
    count = draw.randint(1, 3 * len(nodes))
    return [(draw.choice(nodes), draw.choice(nodes), draw.uniform(0.1, 2)) for _ in range(count)]


def ours(links) -> WholeGraph:
    source, target, weight = zip(*links, strict=True)
    return whole_graph(np.array(source), np.array(target), np.array(weight))


def theirs(links) -> nx.Graph:
    graph = nx.Graph()
    for one, other, weight in links:
        if one != other:
            known = graph.get_edge_data(one, other, {"weight": 0.0})["weight"]
            graph.add_edge(one, other, weight=known + weight)
    return graph


def shares(graph, seeds, start=None):
    state = proximity(graph, graph.places(seeds), start)
    return state / state.sum()


def groups(graph, labels):
    return {frozenset(graph.ids[labels == one].tolist()) for one in np.unique(labels)}


@pytest.fixture(scope="module")
def pairs():
    links = [random_links(seed) for seed in range(GRAPHS)]
    made = [(ours(one), theirs(one)) for one in links]
    return [(graph, peer) for graph, peer in made if len(peer)]


def test_edges_and_components_are_those_of_networkx(pairs):
    assert len(pairs) > GRAPHS * 0.95
    for graph, peer in pairs:
        assert (graph.ids.tolist(), graph.edge_count) == (sorted(peer), peer.number_of_edges())
        found = components(graph)
        assert groups(graph, found) == {frozenset(one) for one in nx.connected_components(peer)}
        assert all(graph.ids[found] <= graph.ids)


def test_proximity_is_the_personalised_pagerank_of_networkx(pairs):
    for number, (graph, peer) in enumerate(pairs):
        draw = Random(number)
        seeds = set(draw.sample(sorted(peer), min(len(peer), draw.randint(1, 3))))
        wanted = nx.pagerank(peer, personalization=dict.fromkeys(seeds, 1), tol=1e-13, max_iter=500)
        found = shares(graph, seeds)
        assert found == pytest.approx([wanted[one] for one in graph.ids.tolist()], abs=EXACT)


def test_cores_betweenness_and_modularity_are_those_of_networkx(pairs):
    ours_in_all = theirs_in_all = 0.0
    for graph, peer in pairs:
        found, ids = structure(graph), graph.ids.tolist()
        cores = nx.core_number(peer)
        assert found.core.tolist() == [cores[one] for one in ids]
        through = {}
        for part in nx.connected_components(peer):
            through |= nx.betweenness_centrality(peer.subgraph(part))
        assert found.betweenness == pytest.approx([through[one] for one in ids], abs=EXACT)
        communities = groups(graph, found.community)
        assert found.modularity == pytest.approx(nx.community.modularity(peer, communities))
        ours_in_all += found.modularity
        rivals = nx.community.louvain_communities(peer, seed=1)
        theirs_in_all += nx.community.modularity(peer, rivals)
    assert ours_in_all > theirs_in_all * 0.995


def test_refresh_gives_what_a_new_start_gives():
    """Edges and nodes come, a seed goes and another comes."""
    for number in range(50):
        links = [*random_links(number), (1, 2, 1.0), (2, 3, 0.5)]
        more = [*random_links(number + 1000)[:4], (3, 4, 1.0), (500, 1, 1.0)]
        before, after = ours(links), ours(links + more)
        joined = joined_graph(before, ours(more))
        assert joined.ids.tolist() == after.ids.tolist()
        assert abs(joined.weights - after.weights).max() < 1e-12
        state = moved(proximity(before, before.places({1, 2})), before, joined)
        assert shares(joined, {2, 3}, state) == pytest.approx(shares(after, {2, 3}), abs=EXACT)


def test_few_new_edges_of_a_large_network_touch_few_nodes_and_are_exact():
    """The push in the neighbourhood, not the product over all."""
    ring = [(n, n + 1, 1.0) for n in range(1, 4000)]
    before = ours(ring)
    state = proximity(before, before.places({1}))
    after = joined_graph(before, ours([(10, 30, 1.0)]))
    assert shares(after, {1}, moved(state, before, after)) == pytest.approx(
        shares(ours([*ring, (10, 30, 1.0)]), {1}), abs=EXACT
    )


def test_hubs_join_nothing_and_the_same_network_gives_the_same():
    star = [(1, n, 1.0) for n in range(2, 60)]
    graph = ours([*star, (2, 3, 1.0), (100, 101, 1.0)])
    assert groups(graph, components(graph)) == {
        frozenset(range(1, 60)), frozenset({100, 101})
    }  # fmt: skip
    found = structure(graph)
    assert graph.ids[found.is_hub].tolist() == [1]
    assert frozenset({2, 3}) in groups(graph, found.component)
    assert found.core[graph.places({2})].tolist() == [1]
    assert without_hubs(graph).edge_count == 2
    again = structure(graph)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found, again, strict=True))


def test_betweenness_when_a_component_is_too_large_then_empty():
    path = ours(
        [(1, 2, 1.0), (2, 3, 1.0), (10, 11, 1.0), *((n, n + 1, 1.0) for n in range(20, 40))]
    )
    found = structure(path, budget=50).betweenness
    assert found[:5].tolist() == [0, 1, 0, 0, 0]
    assert np.isnan(found[5:]).all()


def test_identifiers_of_one_party_are_left_out():
    """7 and 8 bear one phone, 7 alone another, and twice."""
    phone, own = FIRST_IDENTIFIER + 1, FIRST_IDENTIFIER + 2
    source, target = np.array([7, 8, 7, 7]), np.array([phone, phone, own, own])
    assert without_leaves(source, target).tolist() == [True, True, False, False]
    assert without_leaves(source[:0], target[:0]).tolist() == []


def test_known_links_are_told_from_new_ones():
    graph = ours([(1, 2, 1.0), (2, 3, 1.0)])
    source, target = np.array([1, 2, 1, 9]), np.array([2, 1, 3, 1])
    assert unknown_links(graph, source, target).tolist() == [False, False, True, True]
    nothing = whole_graph(source[:0], target[:0], np.array([]))
    assert unknown_links(nothing, source, target).all()


def test_news_are_what_differs_and_a_snapshot_comes_back_as_it_was():
    """A component that another joins is told once, and in no node of it that has no new link."""
    graph = ours([(1, 2, 1.0), (3, 4, 1.0), (4, 6, 1.0), (8, 9, 1.0)])
    seeds = graph.places({1})
    before = Snapshot.of(graph, seeds, proximity(graph, seeds))
    again = Snapshot.unpacked(before.packed())
    unchanged = news(before, again.with_communities_of(before))
    assert not unchanged.is_changed.any()
    assert not len(unchanged.changed_communities)
    assert not unchanged.is_component_changed.any()
    assert (abs(again.graph.weights - graph.weights)).max() == 0
    assert told(component_groups(before)) == [(1, 1, 2), (3, 3, 3), (8, 8, 2)]
    joined = joined_graph(graph, ours([(5, 9, 1.0), (8, 10, 1.0), (3, 8, 1.0)]))
    after = Snapshot.of(joined, joined.places({1}), proximity(joined, joined.places({1})))
    found = news(before, after)
    assert dict(zip(joined.ids.tolist(), found.is_changed.tolist(), strict=True)) == {
        1: False, 2: False, 3: True, 4: False, 5: True, 6: False, 8: True, 9: True, 10: True
    }  # fmt: skip
    assert found.standings.component.tolist() == [1, 1, 3, 3, 3, 3, 8, 8, 3]
    assert told(found.components) == [(1, 1, 2), (3, 3, 7), (8, 3, 7)]
    assert found.is_component_changed.tolist() == [False, True, True]


def test_of_many_that_only_came_nearer_those_are_told_that_moved_most():
    """A second offender at the end of a chain; whatever else changed is told all the same."""
    graph = ours([(n, n + 1, 1.0) for n in range(1, 40)])
    before, after = (
        Snapshot.of(graph, seeds, proximity(graph, seeds))
        for seeds in (graph.places({1}), graph.places({1, 40}))
    )
    every = news(before, after)
    assert every.is_changed.all()
    few = news(before, after, most_moved=5)
    way = np.abs(after.shares - before.shares)
    moved_most = set(np.argsort(-way, kind="stable")[:6].tolist())
    assert graph.ids[few.is_changed].tolist() == sorted(
        {40, *(graph.ids[place] for place in moved_most)}
    )
    assert few.is_changed.sum() == 6


def told(groups: Groups):
    return list(zip(*(column.tolist() for column in groups), strict=True))


def test_components_by_their_keys_are_those_of_a_new_start():
    """Whatever joins, and where a node becomes a hub by day and its component falls apart."""
    for number in range(100):
        draw = Random(number)
        links = random_links(number)
        more = random_links(number + 1000)[: draw.randint(1, 9)]
        if number % 3 == 0:
            hub = links[0][0]
            more += [(hub, 1000 + n, 1.0) for n in range(55)]
        before, joined = ours(links), joined_graph(ours(links), ours(more))
        nobody = before.places(set())
        snapshots = [Snapshot.of(one, nobody, np.zeros(len(one.ids))) for one in (before, joined)]
        found = news(*snapshots)
        names = dict(
            zip(found.components.key.tolist(), found.components.name.tolist(), strict=True)
        )
        by_key = [names.get(key, 0) for key in found.standings.component.tolist()]
        assert by_key == snapshots[1].component.tolist()
        sizes = np.bincount(np.unique(snapshots[1].component, return_inverse=True)[1])
        by_name = dict(zip(np.unique(snapshots[1].component).tolist(), sizes.tolist(), strict=True))
        assert all(by_name[name] == size for _, name, size in told(found.components))


def test_nobody_is_near_when_there_is_no_seed():
    graph = ours([(1, 2, 1.0)])
    assert proximity(graph, graph.places({5})).tolist() == [0, 0]
