"""The whole pipeline against a raw COPY of the rows that it wrote into the same tables."""

import secrets
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from django.core.files import File
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from risk.models import (
    IndicatorRow,
    LaneDecision,
    LinkSubstance,
    PartyLink,
    PartyTie,
    RiskAssessment,
    ScreenedText,
    SubstanceMatch,
    TieSubstance,
    TradeRecord,
    WeighedSubstance,
)
from risk.selectors.lists import lists_in_force
from risk.selectors.office import office_day
from shipments.models import (
    Container,
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    IntakeBatch,
    Party,
    PartyIdentifier,
    PartyName,
    PartyRole,
    StageRun,
)
from shipments.models.choices import Stage, StageState
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.management.benchmarks.base import (
    Bench,
    Part,
    Result,
    Table,
    forget_peak_memory,
    peak_memory_mb,
    seconds,
)
from targeting.management.benchmarks.data import Source, declarations_file
from targeting.management.benchmarks.fault_run import register, run_batch
from targeting.management.benchmarks.installation import Installation
from targeting.models import Alert
from targeting.services.telemetry import STAGE_SECONDS

WRITTEN: tuple[type[models.Model], ...] = (
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    Container,
    Party,
    PartyName,
    PartyIdentifier,
    PartyRole,
    TradeRecord,
    PartyLink,
    PartyTie,
    ScreenedText,
    SubstanceMatch,
    LinkSubstance,
    TieSubstance,
    WeighedSubstance,
    RiskAssessment,
    IndicatorRow,
    LaneDecision,
    Alert,
)
"""Every table that the pipeline fills, parents first."""

SIZES = (10_000, 100_000)
MILLION = 1_000_000
BLOCK_BYTES = 1024 * 1024


class _Measured(NamedTuple):
    source: Source
    rows: int
    raw: float
    taken: float
    memory_mb: float
    stages: Mapping[str, float]

    @property
    def rate(self) -> float:
        return self.source.items / self.taken

    @property
    def times_copy(self) -> float:
        return self.taken / self.raw


def run(bench: Bench) -> Result:
    sizes = [bench.items] if bench.items else [*SIZES, *([MILLION] if bench.with_million else [])]
    measured = [_measure(size, bench) for size in sizes]
    rows: list[tuple[str, ...]] = []
    for one in measured:
        at = f"{one.source.items:,} items"
        rows += [
            (f"raw COPY at {at}, items/s", f"{one.source.items / one.raw:,.0f}", "1.0"),
            (f"pipeline at {at}, items/s", f"{one.rate:,.0f}", f"{one.times_copy:.1f}"),
            (f"memory above idle, the screener built, at {at}, MB", f"{one.memory_mb:.0f}", ""),
        ]
    for small, large in pairwise(measured):
        growth = f"rate at {large.source.items:,} ÷ rate at {small.source.items:,} items"
        rows.append((growth, f"{large.rate / small.rate:.2f}", ""))
    if bench.with_workers:
        rows.append(_with_workers(measured[-1], bench))
    copied = ", ".join(f"{one.rows:,}" for one in measured)
    return Result(
        title="pipeline",
        notes=(
            f"Declarations ({measured[0].source.name}) from file to alerts in one process without"
            " a broker, the screener built before, tables empty at the start of each size; then the"
            f" same rows ({copied}) by raw COPY into the same emptied tables with their indexes."
        ),
        columns=("measure", "value", "times COPY"),
        rows=tuple(rows),
        tables=(_stage_table(measured),),
    )


def _stage_table(measured: Sequence[_Measured]) -> Table:
    """What a thousand items cost in each stage at each size: which of them grows."""
    return Table(
        columns=("stage", *(f"ms for 1,000 of {one.source.items:,} items" for one in measured)),
        rows=tuple(
            (
                stage.value,
                *(f"{one.stages[stage.value] / one.source.items * 1e6:,.0f}" for one in measured),
            )
            for stage in Stage
        ),
    )


def _stage_seconds() -> dict[str, float]:
    """What this process has spent in each stage so far, in seconds."""
    spent = dict.fromkeys(Stage.values, 0.0)
    for family in STAGE_SECONDS.collect():
        for sample in family.samples:
            if sample.name.endswith("_sum"):
                spent[sample.labels["stage"]] = sample.value
    return spent


def _measure(size: int, bench: Bench) -> _Measured:
    source = declarations_file(size, bench)
    empty()
    lists_in_force(office_day(timezone.now()))
    bench.tell(f"pipeline over {source.items} items")
    forget_peak_memory()
    idle = peak_memory_mb()
    before = _stage_seconds()
    started = time.perf_counter()
    with source.path.open("rb") as stream:
        pipeline.receive(
            submitter=register_submitter(key="bench"),
            content=File(stream, name=source.path.name),
            format_key="ndjson",
            file_name=source.path.name,
            received_at=timezone.now(),
        )
    drain()
    taken = time.perf_counter() - started
    stages = {stage: spent - before.get(stage, 0) for stage, spent in _stage_seconds().items()}
    stored = GoodsItem.objects.count()
    memory = peak_memory_mb() - idle
    bench.tell(f"{stored} items stored in {taken:.0f} s; raw COPY of the same rows")
    rows, raw = _copy_again(bench.folder, repeats=3 if size <= SIZES[0] else 1)
    return _Measured(source._replace(items=stored), rows, raw, taken, memory, stages)


def _with_workers(last: _Measured, bench: Bench) -> tuple[str, ...]:
    """The same file by the embedded parts: web, broker, two worker processes."""
    variables = {"TARGETING_DRAW_SECRET": secrets.token_urlsafe(48)}
    with Installation(bench.folder / "workers", variables) as installation:
        bench.tell("the same file through the API and two worker processes")
        installation.fill()
        outcome = run_batch(
            installation,
            last.source.path,
            credentials=register(installation),
            tell=bench.tell,
        )
    name = f"two workers at {last.source.items:,} items, from POST to alerts, items/s"
    rate = last.source.items / outcome.seconds
    return name, f"{rate:,.0f}", f"{outcome.seconds / last.raw:.1f}"


def empty() -> None:
    """Every table that holds what came in; lists, profile and submitters stay."""
    truncate(IntakeBatch, *WRITTEN)


def truncate(*emptied: type[models.Model]) -> None:
    # CASCADE reaches what analysts and later messages add to these rows: empty here.
    tables = sql.SQL(", ").join(sql.Identifier(model._meta.db_table) for model in emptied)
    connection.check_constraints()  # Inside a transaction no check may be pending.
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))


def drain() -> None:
    """Work off every pending run, as the workers would."""
    while pending := list(
        StageRun.objects.filter(state=StageState.PENDING).values_list("pk", flat=True)
    ):
        for run_id in pending:
            pipeline.run_stage(run_id)


def _copy_again(folder: Path, *, repeats: int) -> tuple[int, float]:
    """Rows copied, and the seconds that one COPY of each table took together (a median)."""
    dumps = [(model, folder / f"{model._meta.db_table}.copy") for model in WRITTEN]
    rows = 0
    with connection.cursor() as cursor:
        for model, path in dumps:
            rows += model._default_manager.count()
            statement = _statement("COPY (SELECT * FROM {}) TO STDOUT", model)
            with path.open("wb") as stream, cursor.copy(statement) as copy:
                for block in copy:
                    stream.write(block)

    def refill() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for model, path in dumps:
                statement = _statement("COPY {} FROM STDIN", model)
                with path.open("rb") as stream, cursor.copy(statement) as copy:
                    while block := stream.read(BLOCK_BYTES):
                        copy.write(block)

    taken = []
    for _ in range(repeats):
        truncate(*WRITTEN)
        taken.append(seconds(refill, repeats=1))
    return rows, median(taken)


def _statement(text: str, model: type[models.Model]) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(model._meta.db_table))


PART = Part(
    name="pipeline",
    summary="file to alerts at 10,000 and 100,000 items, beside raw COPY of the same rows",
    needs_database=True,
    run=run,
)
