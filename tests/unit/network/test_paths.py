"""Paths against NetworkX, and what hubs, counts and kinds do to them."""

import itertools
import math
from datetime import UTC, datetime

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.errors import RiskError
from risk.domain.network.build import NetworkEdge, NetworkNode, build_graph
from risk.domain.network.paths import find_connection

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
UNLIMITED = 10**6

_pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9)), max_size=25)


def graph_of(pairs, **total_degrees):
    keys = {f"n{end}" for pair in pairs for end in pair[:2]} | {"n0", "n1"}
    nodes = [
        NetworkNode(key=key, kind="party", label="", total_degree=total_degrees.get(key))
        for key in sorted(keys)
    ]
    edges = [
        NetworkEdge(
            source=f"n{a}", target=f"n{b}", kind="trade", count=count,
            first_seen=SEEN, last_seen=SEEN,
        )
        for a, b, count in pairs
    ]  # fmt: skip
    return build_graph(nodes, edges)


def product(graph, path):
    """A path's strength by its definition."""
    strength = 1.0
    for a, b in itertools.pairwise(path):
        doubts = [1 - e["edge"].count / (e["edge"].count + 2) for e in graph.adj[a][b].values()]
        strength *= 1 - math.prod(doubts)
    for inner in path[1:-1]:
        strength /= max(1, len(graph.adj[inner]) - 1)
    return strength


@given(_pairs)
def test_paths_are_the_best_of_all_simple_paths(pairs):
    graph = graph_of(pairs)
    found = find_connection(graph, "n0", "n1", UNLIMITED)
    every = list(nx.all_simple_paths(nx.Graph(graph), "n0", "n1"))
    if not every:
        assert (found.shortest, found.strongest) == (None, None)
        return
    assert len(found.shortest.nodes) == min(map(len, every))
    best = max(product(graph, path) for path in every)
    assert found.strongest.strength == pytest.approx(best)
    shortest = [p for p in every if len(p) == len(found.shortest.nodes)]
    assert found.shortest.strength == pytest.approx(max(product(graph, p) for p in shortest))
    for path in (found.shortest, found.strongest):
        assert path.strength == pytest.approx(product(graph, list(path.nodes)))
        assert [step.source for step in path.steps] == list(path.nodes[:-1])


@given(_pairs)
def test_the_way_back_is_as_strong(pairs):
    graph = graph_of(pairs)
    there, back = (find_connection(graph, *ends) for ends in (("n0", "n1"), ("n1", "n0")))
    strengths = [one and one.strength for one in (there.shortest, there.strongest)]
    assert strengths == pytest.approx(
        [one and one.strength for one in (back.shortest, back.strongest)]
    )


def test_a_hub_is_passed_only_where_there_is_no_other_way():
    around = graph_of([(0, 2, 9), (2, 1, 9), (0, 3, 1), (3, 4, 1), (4, 1, 1)], n2=500)
    found = find_connection(around, "n0", "n1")
    assert found.shortest.nodes == ("n0", "n3", "n4", "n1")
    assert not found.shortest.passes_hub
    through = find_connection(graph_of([(0, 2, 9), (2, 1, 9)], n2=500), "n0", "n1")
    assert through.shortest.passes_hub
    assert through.shortest.strength == pytest.approx((9 / 11) ** 2 / 499)


def test_an_account_of_two_says_more_than_an_address_of_two():
    def shared(kind):
        middle = f"identifier:{kind}:x"
        keys = ("party:1", "party:2", middle)
        nodes = [NetworkNode(key=key, kind=key.split(":")[0], label="") for key in keys]
        edges = [
            NetworkEdge(source=one, target=middle, kind="has", first_seen=SEEN, last_seen=SEEN)
            for one in keys[:2]
        ]
        return find_connection(build_graph(nodes, edges), "party:1", "party:2").shortest.strength

    assert shared("bank_account") == pytest.approx(0.95)
    assert shared("address") == pytest.approx(0.5)


def test_an_unknown_end_is_refused():
    with pytest.raises(RiskError, match="unknown_node"):
        find_connection(graph_of([]), "n0", "n77")
