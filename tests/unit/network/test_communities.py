"""Communities by day: begun with those of the night, hardly worse than a search from nothing."""

import networkx as nx
import numpy as np
import pytest

from risk.domain.network.communities import structure
from risk.domain.network.groups import NONE, groups_with
from risk.domain.network.metrics import joined_graph, without_hubs
from risk.domain.network.moving import moved_communities
from risk.domain.network.standings import Snapshot, news
from targeting.management.benchmarks.networks import generated_edges
from tests.unit.network.test_metrics import groups, ours, random_links, theirs

# Of the modularity of a cold search, after a hundredth more links; 0.05 in single small graphs.
DISTANCE = 0.01
DISTANCE_OF_SMALL = 0.05


def of_the_night(graph):
    """Labels as the night stores them, and their modularity."""
    found = structure(graph)
    return np.where(found.is_hub, NONE, graph.ids[found.community]), found.modularity


def modularity(graph, labels):
    """As NetworkX computes it of the graph without hubs."""
    inner = without_hubs(graph)
    peer = nx.from_scipy_sparse_array(inner.weights)
    names = np.where(labels == NONE, -1 - np.arange(len(labels)), labels)
    parts = [set(np.flatnonzero(names == one).tolist()) for one in np.unique(names)]
    return nx.community.modularity(peer, parts)


def test_communities_stay_where_nothing_came():
    for number in range(50):
        graph = ours(random_links(number))
        if graph.edge_count:
            labels, _ = of_the_night(graph)
            assert moved_communities(graph, labels, graph).tolist() == labels.tolist()


def test_after_a_hundredth_more_links_they_are_as_good_as_from_nothing():
    """Links of a generated network with hubs, and new parties among them."""
    for seed in (7, 8, 9):
        edges, more = generated_edges(6_000, seed), generated_edges(60, seed + 100)
        before = edges.graph()
        labels, _ = of_the_night(before)
        others = np.random.default_rng(seed).integers(1, 2_400, 60)
        added = more._replace(source=more.source + 1_000, target=others).graph()
        after = joined_graph(before, added)
        assert len(after.ids) > len(before.ids)
        warm = moved_communities(before, labels, after)
        _, cold = of_the_night(after)
        assert modularity(after, warm) >= cold - DISTANCE
        assert 0 < np.count_nonzero(warm[np.isin(after.ids, before.ids)] != labels) < 600


def test_many_small_networks_lose_little_and_never_fall_below_the_communities_before():
    lost = []
    for number in range(100):
        links = random_links(number)
        links = [*links, *links, *random_links(number + 500)]
        before = ours(links)
        after = ours([*links, *random_links(number + 1000)[:3]])
        labels, _ = of_the_night(before)
        warm = moved_communities(before, labels, after)
        kept = np.where(np.isin(after.ids, before.ids), 0, after.ids)
        kept[np.isin(after.ids, before.ids)] = labels
        found = modularity(after, warm)
        assert found >= modularity(after, kept) - 1e-9
        lost.append(structure(after).modularity - found)
    assert np.mean(lost) < DISTANCE
    assert max(lost) < DISTANCE_OF_SMALL


def test_modularity_is_that_of_networkx_and_new_parties_join_whom_they_trade_with():
    before = [(1, 2, 1.0), (2, 3, 1.0), (1, 3, 1.0), (5, 6, 1.0), (6, 7, 1.0), (5, 7, 1.0)]
    after = [*before, (3, 9, 1.0), (2, 9, 1.0), (20, 21, 1.0)]
    graph, later = ours(before), ours(after)
    labels, _ = of_the_night(graph)
    found = moved_communities(graph, labels, later)
    assert groups(later, found) == {
        frozenset({1, 2, 3, 9}), frozenset({5, 6, 7}), frozenset({20, 21})
    }  # fmt: skip
    assert modularity(later, found) == pytest.approx(
        nx.community.modularity(theirs(after), groups(later, found))
    )


def test_a_node_that_becomes_a_hub_leaves_its_community_and_the_rest_is_asked_again():
    links = [(1, 2, 1.0), (1, 3, 1.0), (2, 4, 0.1)]
    before = ours(links)
    after = ours([*links, *((1, 100 + n, 1.0) for n in range(60))])
    found = moved_communities(before, of_the_night(before)[0], after)
    assert found[after.places({1})].tolist() == [NONE]
    assert frozenset({2, 4}) in groups(after, found)


def test_news_name_the_communities_that_won_or_lost_a_node():
    triangles = [(1, 2, 1.0), (2, 3, 1.0), (1, 3, 1.0), (5, 6, 1.0), (6, 7, 1.0), (5, 7, 1.0)]
    before, after = ours(triangles), ours([*triangles, (7, 9, 1.0)])
    nobody = np.array([], dtype=np.intp)
    night = Snapshot.of(before, nobody, np.zeros(6))._replace(community=of_the_night(before)[0])
    night = Snapshot.unpacked(night.packed())
    now = Snapshot.of(after, nobody, np.zeros(7)).with_communities_of(night)
    found = news(night, now)
    assert found.changed_communities.tolist() == [5]
    told = groups_with(after.ids, found.standings.community, found.changed_communities)
    assert [column.tolist() for column in told] == [[5], [5], [4]]
    assert after.ids[found.is_changed].tolist() == [7, 9]


def test_without_communities_of_a_night_none_are_made_by_day():
    graph = ours([(1, 2, 1.0)])
    nobody = np.array([], dtype=np.intp)
    night = Snapshot.of(graph, nobody, np.zeros(2))
    assert night.with_communities_of(night).community.tolist() == [NONE, NONE]
