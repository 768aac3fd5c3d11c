"""Faults: a batch that is hurt again and again must leave what an undisturbed one leaves."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from shipments.services.intake import INLINE_BYTES
from targeting.management.benchmarks.base import Bench, Part, Result
from targeting.management.benchmarks.data import declarations_file
from targeting.management.benchmarks.fault_plan import Victim, plan_faults
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


def run(bench: Bench) -> Result:
    items = bench.items or ITEMS
    source = declarations_file(items, bench)
    key = bench.format or "ndjson"
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
        title=_title(key, bench.hosts),
        notes=(
            f"{source.items} goods items ({source.name}) as {key} through the HTTP API into an"
            " installation of its own, once undisturbed and once with"
            f" {len(hurt.recoveries)} of {planned} planned faults (seed {bench.seed}) struck"
            " before the end: SIGKILL of workers, web and Redis, and an immediate restart of"
            f" PostgreSQL.{_hosts_words(bench.hosts)} Lease {LEASE_SECONDS} s, chunks of"
            f" {_chunk_size(source.items)} items; while what fell starts again, workers go on as"
            f" far as the next fault's moment. **{verdict(calm, hurt, planned=planned)}**"
        ),
        columns=("measure", "value", "times undisturbed"),
        rows=(
            ("undisturbed, s", f"{calm.seconds:.0f}", "1.0"),
            ("with faults, s", f"{hurt.seconds:.0f}", f"{hurt.seconds / calm.seconds:.1f}"),
            ("most attempts of a stage run", str(hurt.most_attempts), ""),
            *_recovery_rows(hurt),
        ),
    )


def _title(key: str, hosts: int) -> str:
    """Each format and number of hosts has a section of its own."""
    title = "faults" if key == "ndjson" else f"faults, {key}"
    return f"{title}, {hosts} hosts" if hosts > 1 else title


def _hosts_words(hosts: int) -> str:
    if hosts <= 1:
        return ""
    return (
        f" {hosts} hosts with workers (processes with names and data folders of their own) on one"
        " database, one broker and one folder of files: all workers of a host die at once."
    )


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


def _recovery_rows(hurt: Outcome) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for victim in Victim:
        own = [one for one in hurt.recoveries if one.fault.victim is victim]
        if own:
            name = f"{victim.value} (×{len(own)}): ready again, longest s"
            rows.append((name, f"{max(one.ready for one in own):.1f}", ""))
            name = f"{victim.value} (×{len(own)}): work goes on, longest s"
            rows.append((name, f"{max(one.work for one in own):.1f}", ""))
    return rows


PART = Part(
    name="faults",
    summary="100,000 items under 20 SIGKILLs and a restart of PostgreSQL, against a calm run",
    needs_database=False,
    run=run,
)
