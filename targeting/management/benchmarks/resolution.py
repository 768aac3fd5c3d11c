"""Entity resolution on generated spellings: pairs right and wrong, speed, beside Splink."""

import time
from collections.abc import Callable, Sequence

from risk.domain.proving.spellings import declared_parties
from risk.domain.resolution.records import PartyRecord
from risk.domain.resolution.resolve import PairScores, pair_scores, resolve
from targeting.management.benchmarks.base import Bench, Part, Result, peak_memory_mb
from targeting.management.benchmarks.resolution_peer import is_installed, splink_groups

SIZES = (20_000, 100_000)
Row = tuple[str, ...]


def run(bench: Bench) -> Result:
    rows: list[Row] = []
    for count in (bench.items,) if bench.items else SIZES:
        bench.tell(f"{count:,} records of generated spellings")
        declared = declared_parties(bench.seed, count)
        records, traders = [one.record for one in declared], [one.trader for one in declared]
        rows.append(_row("this project", records, traders, lambda given: resolve(given).groups))
        if is_installed():
            bench.tell(f"Splink on the same {count:,} records")
            peer = lambda given: splink_groups(given, bench.seed)  # noqa: E731
            rows.append(_row("Splink 5", records, traders, peer))
    without = "" if is_installed() else " Splink was not measured: requirements/bench.txt has it."
    return Result(
        title="resolution",
        notes=(
            "Parties under many spellings (risk/domain/proving/spellings.py; seed"
            f" {bench.seed}), each of which the link stage keeps apart: pairs of records of one"
            " trader that were joined, after groups were closed. Pairs for review count as not"
            " joined. Splink is given our folded names, usual comparisons, its own training on"
            f" these records, and joins at 0.95.{without} Peak memory"
            f" {peak_memory_mb():.0f} MB."
        ),
        columns=("by", "records", "true pairs", "precision", "recall", "processor s"),
        rows=tuple(rows),
    )


def _row(
    name: str,
    records: Sequence[PartyRecord],
    traders: Sequence[int],
    groups: Callable[[Sequence[PartyRecord]], list[list[int]]],
) -> Row:
    started = time.process_time()
    found = groups(records)
    taken = time.process_time() - started
    scores: PairScores = pair_scores(traders, found)
    return (
        name,
        f"{len(records):,}",
        f"{scores.true:,}",
        f"{scores.precision:.4f}",
        f"{scores.recall:.4f}",
        f"{taken:.1f}",
    )


PART = Part(
    name="resolution",
    summary="entity resolution: 20,000 and 100,000 generated records, beside Splink if installed",
    needs_database=False,
    run=run,
)
