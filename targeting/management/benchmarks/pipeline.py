"""The whole pipeline against a raw COPY of the rows that it wrote into the same tables."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from risk.models import (
    IndicatorRow,
    LaneDecision,
    PartyLink,
    RiskAssessment,
    ScreenedText,
    SubstanceMatch,
    TradeRecord,
)
from shipments.models import (
    Container,
    Declaration,
    GoodsItem,
    GoodsItemDocument,
    Party,
    PartyIdentifier,
    PartyName,
    PartyRole,
    StageRun,
)
from shipments.models.choices import StageState
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.management.benchmarks.base import Part, Result, peak_memory_mb, seconds
from targeting.models import Alert

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
    ScreenedText,
    SubstanceMatch,
    RiskAssessment,
    IndicatorRow,
    LaneDecision,
    Alert,
)
"""Every table that the pipeline fills, parents first."""


def run(tell: Callable[[str], None]) -> Result:
    demo = Path(settings.TARGETING["FIXTURES_DIR"]) / "demo"
    submitter = register_submitter(key="bench")
    started = time.perf_counter()
    for name, format_key, mapping_key in (
        ("declarations.ndjson", "ndjson", ""),
        ("wco_korea_5000.csv", "csv", "wco_korea"),
    ):
        tell(f"pipeline over {name}")
        pipeline.receive(
            submitter=submitter,
            content=(demo / name).read_bytes(),
            format_key=format_key,
            mapping_key=mapping_key,
            file_name=name,
            received_at=timezone.now(),
        )
        _drain()
    taken = time.perf_counter() - started
    items = GoodsItem.objects.count()
    tell("raw COPY of the same rows")
    rows, raw = _copy_again()
    return Result(
        title="pipeline",
        notes=(
            f"{items} goods items (demonstration and WCO–Korea) from file to alerts in one"
            " process without a broker, the screener's build included; then the same rows by raw"
            f" COPY into the same emptied tables with their indexes ({rows} rows)."
        ),
        columns=("measure", "value", "times COPY"),
        rows=(
            ("raw COPY, items/s", f"{items / raw:,.0f}", "1.0"),
            ("pipeline, items/s", f"{items / taken:,.0f}", f"{taken / raw:.1f}"),
            ("peak memory of the process, MB", f"{peak_memory_mb():.0f}", ""),
        ),
    )


def _drain() -> None:
    """Work off every pending run, as the workers would."""
    while pending := list(
        StageRun.objects.filter(state=StageState.PENDING).values_list("pk", flat=True)
    ):
        for run_id in pending:
            pipeline.run_stage(run_id)


def _copy_again() -> tuple[int, float]:
    """Rows copied, and the seconds that one COPY of each table took together."""
    dumps: list[tuple[str, bytes]] = []
    rows = 0
    with connection.cursor() as cursor:
        for model in WRITTEN:
            rows += model._default_manager.count()
            buffer = BytesIO()
            with cursor.copy(_statement("COPY {} TO STDOUT", model)) as copy:
                for block in copy:
                    buffer.write(block)
            dumps.append((model._meta.db_table, buffer.getvalue()))

    def refill() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, dump in dumps:
                statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with cursor.copy(statement) as copy:
                    copy.write(dump)

    taken = []
    for _ in range(3):
        with connection.cursor() as cursor:
            tables = sql.SQL(", ").join(sql.Identifier(table) for table, _ in dumps)
            cursor.execute(sql.SQL("TRUNCATE {}").format(tables))
        taken.append(seconds(refill, repeats=1))
    return rows, sorted(taken)[1]


def _statement(text: str, model: type[models.Model]) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(model._meta.db_table))


PART = Part(name="pipeline", needs_database=True, run=run)
