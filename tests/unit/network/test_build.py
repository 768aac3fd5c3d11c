"""The graph from nodes and links: joined observations, order, refusals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.errors import RiskError
from risk.domain.network.build import NetworkEdge, NetworkGraph, NetworkNode, build_graph

DAY = datetime(2025, 11, 12, tzinfo=UTC)
KEYS = [f"party:{number}" for number in range(6)]
NODES = [NetworkNode(key=key, kind="party", label=key.upper()) for key in KEYS]


def _edge(
    source: str, target: str, kind: str = "trade", day: int = 0, **more: object
) -> NetworkEdge:
    seen = DAY + timedelta(days=day)
    values = {"source": source, "target": target, "kind": kind, **more}
    return NetworkEdge(first_seen=seen, last_seen=seen, **values)  # type: ignore[arg-type]


_edges = st.lists(
    st.builds(
        _edge,
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
        st.sampled_from(["trade", "shared_phone"]),
        st.integers(0, 30),
        mass_kg=st.none() | st.integers(0, 1000).map(Decimal),
    ),
    max_size=30,
)


def _content(graph: NetworkGraph) -> dict[tuple[str, str, str], NetworkEdge]:
    return {data["edge"].identity: data["edge"] for *_, data in graph.edges(data=True)}


@given(_edges, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_change_the_graph(
    edges: list[NetworkEdge], random: Random
) -> None:
    shuffled = random.sample(edges, len(edges))
    ordered, other = build_graph(NODES, edges), build_graph(NODES[::-1], shuffled)
    assert _content(ordered) == _content(other)
    assert set(ordered.nodes) == set(other.nodes)


def test_observations_of_one_link_are_joined() -> None:
    a, b = KEYS[:2]
    graph = build_graph(
        NODES,
        [
            _edge(a, b, day=3, count=2, mass_kg=Decimal("1.5")),
            _edge(a, b, day=1),
            _edge(a, b, day=9, mass_kg=Decimal("0.5")),
        ],
    )
    (joined,) = _content(graph).values()
    assert (joined.first_seen, joined.last_seen) == (
        DAY + timedelta(days=1),
        DAY + timedelta(days=9),
    )
    assert (joined.count, joined.mass_kg) == (4, Decimal("2.0"))


def test_kinds_and_directions_stay_apart() -> None:
    a, b = KEYS[:2]
    graph = build_graph(NODES, [_edge(a, b), _edge(b, a), _edge(a, b, "shared_phone")])
    assert graph.number_of_edges() == 3
    assert set(graph.adj[a]) == {b}


def test_party_in_two_roles_is_not_linked_to_itself() -> None:
    assert build_graph(NODES, [_edge(KEYS[0], KEYS[0])]).number_of_edges() == 0


def test_link_to_an_unknown_node_is_refused() -> None:
    with pytest.raises(RiskError) as refusal:
        build_graph(NODES, [_edge(KEYS[0], "party:unknown")])
    assert refusal.value.code == "unknown_node"
    assert refusal.value.params["node"] == "party:unknown"
