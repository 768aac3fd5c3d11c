"""The whole network measured and refreshed on arrays; then stored, measured and asked."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from risk.domain.network.communities import structure
from risk.domain.network.groups import NONE
from risk.domain.network.metrics import WholeGraph, joined_graph, moved, proximity, whole_graph
from risk.domain.network.standings import Snapshot, news, standings
from targeting.management.benchmarks.base import (
    Bench,
    Part,
    Result,
    forget_peak_memory,
    peak_memory_mb,
)
from targeting.management.benchmarks.stored_networks import stored_table

SIZES = (10_000, 100_000, 1_000_000)
NEW_EDGES = 1_000
_SEEDS = 200
# At a million edges NetworkX takes minutes and gigabytes.
_LARGEST_OF_PEER = 100_000
Row = tuple[str, ...]


class Edges(NamedTuple):
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]

    def graph(self) -> WholeGraph:
        return whole_graph(*self)


def run(bench: Bench) -> Result:
    rows = []
    for count in (bench.items,) if bench.items else SIZES:
        bench.tell(f"{count:,} edges on arrays")
        rows.append(_row(count, bench.seed))
    bench.tell("the same in the database")
    stored = stored_table(bench.items or SIZES[-1], bench)
    return Result(
        title="networks",
        notes=(
            "Processor seconds of one process, of a generated graph (a node for every three edges,"
            " a third of the edges to suppliers, brokers and phones of many; seed"
            f" {bench.seed}). Measured: graph made of arrays, proximity to {_SEEDS} offenders from"
            " nothing, components, communities, cores, betweenness where affordable, and the rows."
            f" Refreshed: {NEW_EDGES:,} edges added, the stored arrays unpacked, proximity pushed"
            " on, components, communities, what changed. NetworkX: its components, PageRank (same"
            " precision) and cores alone, of the same edges. Below, the same size as stored rows,"
            " reading and writing them included, and what an analyst asks of it."
        ),
        columns=("edges", "measured", "refreshed", "NetworkX", "peak MB"),
        rows=tuple(rows),
        tables=(stored,),
    )


def generated_edges(count: int, seed: int) -> Edges:
    """Importers with few partners, and some partners of very many."""
    draw = np.random.default_rng(seed)
    nodes = max(10, count // 3)
    source = draw.integers(1, nodes, count)
    popular = np.minimum(draw.zipf(1.6, count), nodes)
    target = np.where(draw.random(count) < 1 / 3, popular, draw.integers(1, nodes, count))
    return Edges(source, target, draw.uniform(0.3, 1.0, count))


def _row(count: int, seed: int) -> Row:
    edges, more = generated_edges(count, seed), generated_edges(NEW_EDGES, seed + 1)
    added = more._replace(source=more.source % (count // 3) + 1, target=more.target * 7 % count + 1)
    forget_peak_memory()
    snapshot, measured = _timed(lambda: _measure(edges))
    packed = snapshot.packed()
    _, refreshed = _timed(lambda: _refresh(packed, added))
    memory = peak_memory_mb()
    peer = "not run"
    if count <= _LARGEST_OF_PEER:
        peer = f"{_timed(lambda: _networkx(snapshot))[1]:.2f} s"
    return (
        f"{snapshot.graph.edge_count:,}",
        f"{measured:.2f} s",
        f"{refreshed:.2f} s",
        peer,
        f"{memory:.0f}",
    )


def _measure(edges: Edges) -> Snapshot:
    graph = edges.graph()
    seeds = _seeds(graph)
    snapshot = Snapshot.of(graph, seeds, proximity(graph, seeds))
    parts = structure(graph)
    snapshot = snapshot._replace(community=np.where(parts.is_hub, NONE, graph.ids[parts.community]))
    standings(snapshot).rows(np.arange(len(graph.ids)))
    return snapshot


def _refresh(packed: bytes, added: Edges) -> int:
    before = Snapshot.unpacked(packed)
    graph = joined_graph(before.graph, added.graph())
    seeds = graph.places(before.graph.ids[before.seeds].tolist())
    start = moved(before.state, before.graph, graph)
    after = Snapshot.of(graph, seeds, proximity(graph, seeds, start))
    found = news(before, after.with_communities_of(before))
    return len(found.standings.rows(np.flatnonzero(found.is_changed)))


def _seeds(graph: WholeGraph) -> NDArray[np.intp]:
    return np.arange(0, len(graph.ids), max(1, len(graph.ids) // _SEEDS))


def _networkx(snapshot: Snapshot) -> int:
    graph = nx.from_scipy_sparse_array(snapshot.graph.weights)
    wanted = dict.fromkeys(snapshot.seeds.tolist(), 1)
    nx.pagerank(graph, personalization=wanted, tol=1e-9 / len(graph), max_iter=500)
    nx.core_number(graph)
    return len(list(nx.connected_components(graph)))


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


PART = Part(
    name="networks",
    summary="the whole network measured and refreshed, 10,000 to 1,000,000 edges, and asked",
    needs_database=True,
    run=run,
)
