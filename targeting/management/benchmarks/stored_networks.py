"""A stored network of a million edges: read, measured, refreshed, and asked as analysts do."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from random import Random
from typing import Any, TypeVar

import numpy as np
from django.db import connection

from risk.selectors.network import party_key
from risk.selectors.whole_network import current_marks, whole_links
from risk.services.network_metrics import measure_network, refresh_network
from targeting.management.benchmarks.base import Bench, Table, processor_seconds
from targeting.selectors.connections import scoped_connection
from targeting.selectors.networks import scoped_network
from targeting.selectors.scope import EVERYTHING

T = TypeVar("T")

DAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC)
QUESTIONS = 200
# Of ten edges seven are trade, one a broker's, two shared phones; some partners have very many.
_PARTIES = """
    INSERT INTO shipments_party (key, name, country)
    SELECT 'bin:' || n, 'Party ' || n, 'KZ' FROM generate_series(1, %(parties)s) AS n
"""
_LINKS = """
    INSERT INTO risk_partylink (source_id, target_id, kind, first_seen_at, last_seen_at,
                                declaration_count, mass_kg)
    SELECT least(one, other), greatest(one, other), %(kind)s, %(now)s, %(now)s, 1 + n %% 9, 100
    FROM (SELECT n, %(first)s + floor(random() * %(parties)s)::bigint AS one,
                 %(first)s + floor(power(random(), %(skew)s) * %(parties)s)::bigint AS other
          FROM generate_series(1, %(count)s) AS n) AS drawn
    WHERE one <> other ON CONFLICT DO NOTHING
"""
_PHONES = """
    INSERT INTO shipments_partyidentifier (party_id, kind, value, first_seen_at)
    SELECT %(first)s + floor(random() * %(parties)s)::bigint, 'phone',
           '+7' || floor(random() * %(count)s / 3)::bigint, %(now)s
    FROM generate_series(1, %(count)s) AS n ON CONFLICT DO NOTHING
"""
_WATCHED = """
    INSERT INTO risk_watchlistentry (kind, value, reason, source, sharing, valid_from, state,
      proposed_by, proposed_person, proposed_at, approved_by, approved_person, approved_at,
      withdrawn_by, withdrawal_reason)
    SELECT 'phone', '+7' || n, 'generated', 'generated', 'analysts', %(day)s, 'active', 'user:1',
           'person:1', %(now)s, 'user:2', 'person:2', %(now)s, '', ''
    FROM generate_series(1, 200) AS n
"""


def stored_table(edges: int, bench: Bench) -> Table:
    """Make the rows, then time each of what is done with them."""
    first, parties = _make(edges, bench.seed)
    bench.tell("measuring, refreshing, asking")
    links, *read = _spent(lambda: whole_links(current_marks()))
    run, *measured = _spent(lambda: measure_network(day=DAY, now=NOW))
    _add(edges // 1000 if edges < 1_000_000 else 1000, first, parties)
    changed, *refreshed = _spent(lambda: refresh_network(day=DAY, now=NOW))
    draw = Random(bench.seed)  # noqa: S311
    some = [draw.randrange(first, first + parties) for _ in range(2 * QUESTIONS)]
    pairs = list(zip(some[:QUESTIONS], some[QUESTIONS:], strict=True))
    ego = _percentiles([partial(_ego, pk) for pk, _ in pairs])
    paths = _percentiles([partial(_path, *pair) for pair in pairs if pair[0] != pair[1]])
    return Table(
        columns=("stored", "wall time", "processor time"),
        rows=(
            (f"{len(links.source):,} links of three tables read as arrays", *read),
            (f"measured and stored, {run.edge_count if run else 0:,} edges", *measured),
            (f"new edges pushed in, {changed:,} parties written", *refreshed),
            (f"ego network, depth 2, {QUESTIONS} parties, p50 and p95", ego, ""),
            (f"connection of two, {QUESTIONS} pairs, p50 and p95", paths, ""),
        ),
    )


def _make(edges: int, seed: int) -> tuple[int, int]:
    parties = max(10, edges // 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed % 100 / 100])
        cursor.execute(_PARTIES, {"parties": parties})
        cursor.execute("SELECT min(id) FROM shipments_party WHERE key LIKE 'bin:%%'", [])
        first = cursor.fetchone()[0]
        given: dict[str, Any] = {"parties": parties, "first": first, "now": NOW, "day": DAY}
        for kind, share, skew in (("trade", 0.7, 2), ("represented_by", 0.1, 6)):
            count = int(edges * share)
            cursor.execute(_LINKS, {**given, "kind": kind, "count": count, "skew": skew})
        cursor.execute(_PHONES, {**given, "count": edges // 5})
        cursor.execute(_WATCHED, given)
        cursor.execute("ANALYZE")
    return first, parties


def _add(count: int, first: int, parties: int) -> None:
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"parties": parties, "first": first, "now": NOW}
        cursor.execute(_LINKS, {**given, "kind": "carried_by", "count": count, "skew": 2})


def _ego(party_id: int) -> None:
    scoped_network(node=party_key(party_id), scope=EVERYTHING, depth=2)


def _path(one: int, other: int) -> None:
    scoped_connection(party_ids=(one, other), scope=EVERYTHING)


def _percentiles(questions: list[Callable[[], None]]) -> str:
    taken = [_timed(question)[1] for question in questions]
    return " and ".join(f"{1000 * np.quantile(taken, share):.0f} ms" for share in (0.5, 0.95))


def _spent(work: Callable[[], T]) -> tuple[T, str, str]:
    """What it gives, the wall time, and the processor's, the database's included."""
    before = processor_seconds()
    result, wall = _timed(work)
    return result, f"{wall:.2f} s", f"{processor_seconds() - before:.2f} s"


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started
