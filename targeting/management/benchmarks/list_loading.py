"""Loading a list of 50,000 entries and 500,000 names, beside raw COPY of the same rows."""

import time
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from risk.domain.lists.base import ListFile, ListMeta
from risk.domain.substances import ListEntry, SubstanceKind, SubstanceName
from risk.models import ListEntry as ListEntryRow
from risk.models import Substance, SubstanceIdentifier
from risk.models import SubstanceName as SubstanceNameRow
from risk.services.lists import load_list
from targeting.management.benchmarks.base import Bench, Part, Result, peak_memory_mb
from targeting.services.history import changes_by

ENTRIES = 50_000
NAMES_OF_EACH = 10
_PARTS = ("acetyl", "benzyl", "chloro", "dimethyl", "ethoxy", "fluoro", "hydroxy", "iodo")
_ENDS = ("amine", "ketone", "nitrile", "acid", "ester", "lactone", "oxime")


def run(bench: Bench) -> Result:
    count = bench.items or ENTRIES
    list_file = _list_file(count)
    bench.tell(f"loading {count:,} entries and {count * NAMES_OF_EACH:,} names")
    started = time.perf_counter()
    with changes_by("command:bench"):
        load_list(list_file=list_file, actor="command:bench", now=timezone.now())
    taken = time.perf_counter() - started
    bench.tell(f"{taken:.1f} s; raw COPY of the same rows into the same tables")
    rows, raw = _copy_again()
    return Result(
        title="list_loading",
        notes=(
            f"One list of {count:,} entries with {count * NAMES_OF_EACH:,} names, brought into"
            " force by the service: substances, names, identifiers and entries with their"
            " history, constraints and indexes, in one transaction, after which it is law. Beside"
            f" it raw COPY of the same {rows:,} rows into copies of the four tables with their"
            " indexes, without history."
        ),
        columns=("measure", "value", "times COPY"),
        rows=(
            ("raw COPY, s", f"{raw:.1f}", "1.0"),
            ("loading, s", f"{taken:.1f}", f"{taken / raw:.1f}"),
            ("entries and names a second", f"{count * (1 + NAMES_OF_EACH) / taken:,.0f}", ""),
            ("peak memory of the process, MB", f"{peak_memory_mb():.0f}", ""),
        ),
    )


def _list_file(count: int) -> ListFile:
    entries = []
    names: list[SubstanceName] = []
    for number in range(count):
        key = f"bench-{number}"
        name = f"{number}-{_PARTS[number % len(_PARTS)]}{_ENDS[number % len(_ENDS)]}"
        entries.append(
            ListEntry(
                list_code="BENCH",
                substance_key=key,
                schedule="I",
                kind=SubstanceKind.PRECURSOR,
                form="base",
                form_name=name,
                cas_rn=_cas(number),
                hs6="293399",
                concentration_min_pct=Decimal(number % 100),
                source="bench",
            )
        )
        names.extend(
            SubstanceName(
                substance_key=key,
                name=f"{name} {_PARTS[variant % len(_PARTS)]} {variant}",
                lang=("en", "ru", "kk")[variant % 3],
                kind="common",
                source="bench",
            )
            for variant in range(NAMES_OF_EACH)
        )
    meta = ListMeta(
        layout="bench",
        list_code="BENCH",
        title="A list of the benchmark",
        authority="",
        jurisdiction="",
        legal_act="",
        licence="",
        provenance="generated",
        verified=False,
        verified_reason="",
        limits_known=True,
        limits_reason="",
        expected_rows=(count, count),
        kinds=(SubstanceKind.PRECURSOR.value,),
        act_date=date(2026, 1, 1),
    )
    return ListFile(meta=meta, entries=tuple(entries), names=tuple(names))


def _cas(number: int) -> str:
    """A number with a right check digit."""
    digits = f"{100_000 + number:07}00"[:9]
    check = sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 10
    return f"{int(digits[:-2])}-{digits[-2:]}-{check}"


def _copy_again() -> tuple[int, float]:
    """Rows and seconds of COPY into empty copies of the tables, with their indexes."""
    rows = 0
    taken = 0.0
    for model in (Substance, SubstanceNameRow, SubstanceIdentifier, ListEntryRow):
        table = sql.Identifier(model._meta.db_table)
        copy = sql.Identifier("bench_copy")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(copy, table))
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(table)) as out:
                blocks = [bytes(block) for block in out]
            started = time.perf_counter()
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(copy)) as into:
                for block in blocks:
                    into.write(block)
            taken += time.perf_counter() - started
            rows += model._default_manager.count()
            cursor.execute(sql.SQL("DROP TABLE {}").format(copy))
    return rows, taken


PART = Part(
    name="list_loading",
    summary="a list of 50,000 entries and 500,000 names, beside raw COPY of its rows",
    needs_database=True,
    run=run,
)
