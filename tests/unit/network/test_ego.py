"""Ego networks against NetworkX, and what hubs and limits do to them."""

from datetime import UTC, datetime
from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.errors import RiskError
from risk.domain.network.build import NetworkEdge, NetworkGraph, NetworkNode, build_graph
from risk.domain.network.ego import EgoNetwork, ego_network

SEEN = datetime(2025, 11, 12, tzinfo=UTC)
UNLIMITED = 10**6

_pairs = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=60)
_depth = st.integers(0, 4)


def _graph(pairs: list[tuple[int, int]], **total_degrees: int) -> NetworkGraph:
    numbers = {number for pair in pairs for number in pair} | {0}
    nodes = [
        NetworkNode(
            key=f"n{number:02}",
            kind="party",
            label="",
            total_degree=total_degrees.get(f"n{number:02}"),
        )
        for number in numbers
    ]
    edges = [
        NetworkEdge(
            source=f"n{a:02}", target=f"n{b:02}", kind="trade", first_seen=SEEN, last_seen=SEEN
        )
        for a, b in pairs
    ]
    return build_graph(nodes, edges)


def _keys(ego: EgoNetwork) -> list[str]:
    return [shown.node.key for shown in ego.nodes]


@given(_pairs, _depth)
def test_undamped_ego_network_is_that_of_networkx(pairs: list[tuple[int, int]], depth: int) -> None:
    graph = _graph(pairs)
    ego = ego_network(graph, "n00", depth, UNLIMITED, hub_degree=UNLIMITED)
    expected = nx.ego_graph(graph, "n00", radius=depth)
    assert set(_keys(ego)) == set(expected.nodes)
    assert {edge.identity for edge in ego.edges} == {key for *_, key in expected.edges(keys=True)}
    lengths = nx.single_source_shortest_path_length(graph, "n00", cutoff=depth)
    assert {shown.node.key: shown.distance for shown in ego.nodes} == lengths
    assert not ego.is_truncated


@given(_pairs, _depth, st.integers(0, 6))
def test_hubs_are_shown_but_not_looked_through(
    pairs: list[tuple[int, int]], depth: int, hub_degree: int
) -> None:
    graph = _graph(pairs)
    # The same question to NetworkX: a graph in which nothing leaves a hub.
    onward = nx.DiGraph()
    onward.add_nodes_from(graph)
    for node in graph:
        if node == "n00" or len(graph.adj[node]) <= hub_degree:
            onward.add_edges_from((node, neighbour) for neighbour in graph.adj[node])
    ego = ego_network(graph, "n00", depth, UNLIMITED, hub_degree)
    lengths = nx.single_source_shortest_path_length(onward, "n00", cutoff=depth)
    assert {shown.node.key: shown.distance for shown in ego.nodes} == lengths
    assert all(shown.is_hub == (shown.degree > hub_degree) for shown in ego.nodes)


@given(_pairs, _depth, st.integers(1, 8), st.randoms(use_true_random=False))
def test_limit_is_kept_said_and_independent_of_order(
    pairs: list[tuple[int, int]], depth: int, max_nodes: int, random: Random
) -> None:
    ego = ego_network(_graph(pairs), "n00", depth, max_nodes)
    whole = ego_network(_graph(pairs), "n00", depth, UNLIMITED)
    assert len(ego.nodes) == min(max_nodes, len(whole.nodes))
    assert ego.is_truncated == (len(whole.nodes) > max_nodes)
    assert set(_keys(ego)) <= set(_keys(whole))
    shuffled = _graph(random.sample(pairs, len(pairs)))
    assert ego_network(shuffled, "n00", depth, max_nodes) == ego


def test_links_with_more_declarations_stay_when_room_is_short() -> None:
    graph = _graph([(0, 1), (0, 2), (0, 3), (0, 3)])
    ego = ego_network(graph, "n00", 1, 2)
    assert _keys(ego) == ["n00", "n03"]
    assert (ego.omitted, ego.nodes[0].hidden_neighbours) == (2, 2)


def test_hub_is_known_by_its_degree_in_the_whole_network() -> None:
    graph = _graph([(0, 1), (1, 2)], n01=5000)
    ego = ego_network(graph, "n00", 2, UNLIMITED, hub_degree=50)
    assert _keys(ego) == ["n00", "n01"]
    assert (ego.nodes[1].is_hub, ego.nodes[1].hidden_neighbours) == (True, 4999)


def test_hub_in_the_centre_is_expanded() -> None:
    graph = _graph([(0, number) for number in range(1, 10)])
    assert len(ego_network(graph, "n00", 1, UNLIMITED, hub_degree=3).nodes) == 10


def test_unknown_centre_is_refused() -> None:
    with pytest.raises(RiskError, match="unknown_node"):
        ego_network(_graph([]), "n77", 1, 10)
