"""Faults: a batch that is hurt again and again must leave what an undisturbed one leaves."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from shipments.services.intake import INLINE_BYTES
from targeting.management.benchmarks.base import Bench, Part, Result
from targeting.management.benchmarks.data import declarations_file
from targeting.management.benchmarks.fault_plan import plan_faults
from targeting.management.benchmarks.fault_run import (
    Outcome,
    differences,
    register,
    run_batch,
)
from targeting.management.benchmarks.formats import declarations_in, table_mapping
from targeting.management.benchmarks.installation import Installation
from targeting.management.benchmarks.written import SUFFIXES, write_declarations

ITEMS = 100_000
KILLS = 20
RESTARTS = 1
LEASE_SECONDS = 30
"""Longer than any stage of a chunk takes, and short enough that a lost one is soon retaken."""
LEAST_CHUNKS = 40
MOST_ITEMS = {"xlsx": 25_000}
"""A workbook has an end: this many are most of what its expanded size may be."""

_COLUMNS = (
    *("run", "goods items", "faults struck", "found", "most attempts", "undisturbed, s"),
    *("with faults, s", "times undisturbed", "until all is ready again, longest s"),
    *("until work goes on, longest s", "load before, after", "day"),
)
_NOTES = (
    "Generated goods items as one file of the format through the HTTP API into an installation of"
    " its own, once undisturbed and once with faults at seeded moments of the batch (`--seed`, by"
    " default 7): 20 SIGKILLs of all workers, one worker process, web and Redis in turn, and an"
    " immediate restart of PostgreSQL. Struck are those that fell before the batch's end; passed is"
    " a run after which every row of the tables of intake and risk, and the receipt, are those of"
    " the undisturbed one, and no work is left. With several hosts, workers with names and data"
    " folders of their own share one database, one broker and one folder of files, and all workers"
    f" of a host die at once, too. Lease {LEASE_SECONDS} s, chunks of 1,000 items or a"
    f" {LEAST_CHUNKS}th of the batch; while what fell starts again, workers go on as far as the"
    " next fault's moment. A workbook holds no 100,000 rows within its bound on expanded size."
    ' One run: `args="--format csv"`, `args="--hosts 2"`; a row replaces the one of its name.'
)


def run(bench: Bench) -> Result:
    key = bench.format or "ndjson"
    items = bench.items or MOST_ITEMS.get(key, ITEMS)
    load = os.getloadavg()[0]
    source = declarations_file(items, bench)
    file = source.path
    if key != "ndjson":
        file = bench.folder / f"declarations-{items}.{SUFFIXES[key]}"
        bench.tell(f"writing them as {key}")
        write_declarations(key, declarations_in(source.path), file, table_mapping())
    if file.stat().st_size <= INLINE_BYTES:
        raise ValueError(f"{items} items as {key} are not worked on as a large file: more --items")
    calm, hurt = compare(file, source.items, bench, key=key)
    planned = (bench.kills or KILLS) + RESTARTS
    return Result(
        title="faults",
        notes=_NOTES,
        columns=_COLUMNS,
        rows=(
            (
                f"{key}, {bench.hosts} hosts" if bench.hosts > 1 else key,
                f"{source.items:,}",
                f"{len(hurt.recoveries)} of {planned}",
                verdict(calm, hurt, planned=planned),
                str(hurt.most_attempts),
                f"{calm.seconds:.0f}",
                f"{hurt.seconds:.0f}",
                f"{hurt.seconds / calm.seconds:.1f}",
                _longest(hurt, "ready"),
                _longest(hurt, "work"),
                f"{load:.1f}, {os.getloadavg()[0]:.1f}",
                timezone.now().date().isoformat(),
            ),
        ),
        adds_rows=True,
    )


def _longest(hurt: Outcome, until: str) -> str:
    """The longest recovery, and after what: of all kinds the slowest."""
    if not hurt.recoveries:
        return ""
    worst = max(hurt.recoveries, key=lambda one: float(getattr(one, until)))
    return f"{getattr(worst, until):.1f} ({worst.fault.victim.value})"


def compare(file: Path, items: int, bench: Bench, *, key: str) -> tuple[Outcome, Outcome]:
    """The same file through two installations of one design, the second one hurt."""
    variables = {
        # The same draws in both.
        "TARGETING_DRAW_SECRET": secrets.token_urlsafe(48),
        "TARGETING_LEASE_SECONDS": str(LEASE_SECONDS),
        # Look-backs on the lists loaded at the start are no work of the batch; they are killed
        # in a test of their own.
        "TARGETING_LISTS_SECONDS": "86400",
        "TARGETING_CHUNK_SIZE": str(_chunk_size(items)),
    }
    hosts = [f"host-{number}" for number in range(2, bench.hosts + 1)]
    with (
        Installation(bench.folder / "undisturbed", variables, hosts=hosts) as undisturbed,
        Installation(bench.folder / "hurt", variables, hosts=hosts) as disturbed,
    ):
        bench.tell("making the tables of both installations")
        with ThreadPoolExecutor() as pool:
            list(pool.map(Installation.fill, (undisturbed, disturbed)))
            own, other = pool.map(register, (undisturbed, disturbed))
        bench.tell("undisturbed run")
        calm = run_batch(undisturbed, file, credentials=own, key=key, tell=bench.tell)
        undisturbed.down()
        bench.tell(f"undisturbed: {calm.seconds:.0f} s, {calm.stage_runs} stage runs")
        hurt = run_batch(
            disturbed,
            file,
            credentials=other,
            key=key,
            faults=plan_faults(
                seed=bench.seed,
                kills=bench.kills or KILLS,
                restarts=RESTARTS,
                is_distributed=bool(hosts),
            ),
            stage_runs=calm.stage_runs,
            tell=bench.tell,
        )
    return calm, hurt


def _chunk_size(items: int) -> int:
    """As configured, or smaller: a fault is to meet the middle of the work."""
    return min(int(settings.TARGETING["CHUNK_SIZE"]), max(1, items // LEAST_CHUNKS))


def verdict(calm: Outcome, hurt: Outcome, *, planned: int) -> str:
    """What the comparison says, every fault of it."""
    found = []
    if unlike := differences(calm.digests, hurt.digests):
        found.append(f"tables differ: {', '.join(unlike)}")
    if calm.receipt != hurt.receipt:
        found.append(f"receipts differ: {calm.receipt} and {hurt.receipt}")
    if not hurt.is_same_receipt:
        found.append("the same file sent again got another receipt")
    found += [f"stage failed: {failure}" for failure in hurt.failures]
    if hurt.unfinished:
        found.append(f"{hurt.unfinished} stage runs are not done")
    if len(hurt.recoveries) < planned:
        found.append(f"the batch ended before {planned - len(hurt.recoveries)} of the faults")
    if found:
        return f"Not passed: {'; '.join(found)}."
    tables = len(calm.digests)
    return f"Passed: {tables} tables and the receipt equal, no stage run left behind."


PART = Part(
    name="faults",
    summary="100,000 items under 20 SIGKILLs and a restart of PostgreSQL, against a calm run",
    needs_database=False,
    run=run,
)
