"""A look-back over stored texts for twenty new entries, beside reading all of them again."""

import json
import os
import random
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from risk.domain.lists.changes import ListChange
from risk.domain.matching.evidence import SubstanceEvidence
from risk.domain.proving.blocks import Generator
from risk.domain.proving.blocks import Settings as RunSettings
from risk.domain.proving.kinds import chosen
from risk.domain.proving.materials import read_materials
from risk.domain.proving.plan import Kinds, Rates
from risk.domain.rescreening import told
from risk.domain.substances import ListEntry
from risk.models import GoodsText, TextKey
from risk.selectors.lists import ListsInForce, editions_that_are_law, lists_in_force
from risk.selectors.office import office_day
from risk.selectors.rescreenings import candidate_texts
from risk.services.texts import index_texts, store_texts
from targeting.management.benchmarks.base import Bench, Part, Result

SIZES = (20_000, 100_000)
MILLION = 1_000_000
NEW_ENTRIES = 20
STORED_AT_ONCE = 5_000
PLANTED = Rates(0.01, 0.01)
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2025, 12, 31)

_Told = dict[tuple[str, str], dict[str, tuple[SubstanceEvidence, ...]]]


class _Measured(NamedTuple):
    texts: int
    keys: int
    storing: float
    choosing: float
    candidates: int
    looking_back: float
    reading_all: float
    hits: int
    is_same: bool


def run(bench: Bench) -> Result:
    sizes = [bench.items] if bench.items else [*SIZES, *([MILLION] if bench.with_million else [])]
    day = office_day(timezone.now())
    entries = _new_entries(bench.seed)
    measured = [_measure(size, day, entries, bench) for size in sizes]
    rows: list[tuple[str, ...]] = []
    for one in measured:
        at = f"{one.texts:,} texts"
        share = one.looking_back / one.reading_all
        rows += [
            (
                f"storing {at} with their keys, µs a text",
                f"{1e6 * one.storing / one.texts:,.0f}",
                "",
            ),
            (f"distinct keys of {at}", f"{one.keys:,}", ""),
            (f"reading all {at}, s", f"{one.reading_all:,.1f}", "1"),
            (f"looking back over {at}, s", f"{one.looking_back:,.1f}", f"1/{1 / share:.0f}"),
            ("… of it choosing texts by their keys, s", f"{one.choosing:,.1f}", ""),
            (
                "… candidates, and hits among them",
                f"{one.candidates:,}, {one.hits:,}",
                "same result" if one.is_same else "RESULTS DIFFER",
            ),
        ]
    for small, large in pairwise(measured):
        name = f"look-back at {large.texts:,} ÷ at {small.texts:,} texts"
        rows.append((name, f"{large.looking_back / small.looking_back:.1f}", ""))
    return Result(
        title="look_back",
        notes=(
            f"Distinct generated goods texts (seed {bench.seed}, {PLANTED.planted:.0%} of the"
            " declarations planted), stored with their blocking keys; one process. All times are"
            " processor seconds of it and of its database session. As if"
            f" {NEW_ENTRIES} entries of the shipped lists, drawn by the seed, were new: the"
            " look-back chooses among the distinct keys, looks at the keys of the texts that have"
            " one and reads what is left; beside it all texts are read. Both with the same screener"
            " of all lists, the look-back first, and of both the evidence of the new substances is"
            " compared."
        ),
        columns=("measure", "value", "of reading all"),
        rows=tuple(rows),
    )


def _measure(size: int, day: date, entries: tuple[ListEntry, ...], bench: Bench) -> _Measured:
    lists = lists_in_force(day)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE risk_goodstext, risk_textkey CASCADE")
    bench.tell(f"generating {size:,} distinct texts")
    pairs = list(islice(_texts(size, bench.seed), size))
    bench.tell("storing them")
    started = _processor_seconds()
    for first in range(0, len(pairs), STORED_AT_ONCE):
        with transaction.atomic():
            store_texts(pairs[first : first + STORED_AT_ONCE])
    while index_texts(limit=STORED_AT_ONCE):
        pass
    storing = _processor_seconds() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE risk_goodstext, risk_textkey")
    bench.tell("looking back")
    started = _processor_seconds()
    with transaction.atomic():
        ids = list(candidate_texts(ListChange((), entries), day, len(pairs)))
    choosing = _processor_seconds() - started
    candidates = list(
        GoodsText.objects.filter(pk__in=ids).values_list("description", "commodity_code")
    )
    substances = frozenset(entry.substance_key for entry in entries)
    found = _read(candidates, lists, substances)
    looking_back = _processor_seconds() - started
    bench.tell(f"{len(candidates):,} candidates in {looking_back:.1f} s; reading all")
    started = _processor_seconds()
    wanted = _read(pairs, lists, substances)
    reading_all = _processor_seconds() - started
    return _Measured(
        texts=len(pairs),
        keys=TextKey.objects.count(),
        storing=storing,
        choosing=choosing,
        candidates=len(candidates),
        looking_back=looking_back,
        reading_all=reading_all,
        hits=len(found),
        is_same=found == wanted,
    )


def _processor_seconds() -> float:
    """Of this process and of its database session, as far as that runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    own = time.process_time()
    if not stat.exists():
        return own
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return own + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _read(pairs: list[tuple[str, str]], lists: ListsInForce, substances: frozenset[str]) -> _Told:
    """What the texts tell of the substances; nothing is kept of the others."""
    screen = lists.screener.screen
    found = ((pair, told(screen(*pair), substances)) for pair in pairs)
    return {pair: evidence for pair, evidence in found if evidence}


def _new_entries(seed: int) -> tuple[ListEntry, ...]:
    """Entries of as many substances, which the look-back takes for new."""
    first: dict[str, ListEntry] = {}
    for edition in editions_that_are_law():
        for entry in edition.entries:
            first.setdefault(entry.substance_key, entry)
    draw = random.Random(seed)  # noqa: S311 - data, not a secret
    drawn = draw.sample(sorted(first), NEW_ENTRIES)
    return tuple(first[key] for key in drawn)


def _texts(size: int, seed: int) -> Iterator[tuple[str, str]]:
    """Distinct (description, code) of generated declarations."""
    plants, traps = chosen([])
    settings_of_run = RunSettings(
        seed=seed,
        count=2 * size,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        rates=PLANTED,
        kinds=Kinds(plants, traps),
    )
    folder = Path(settings.TARGETING["FIXTURES_DIR"])
    materials = read_materials(folder, seed=seed, count=2 * size, first_day=FIRST_DAY)
    generator = Generator(settings_of_run, materials)
    known: set[tuple[str, str]] = set()
    for number in range(settings_of_run.blocks):
        for line in generator.block(number).pieces[".ndjson"].splitlines():
            for item in json.loads(line)["items"]:
                pair = (item["description"], item.get("commodity_code", ""))
                if pair not in known:
                    known.add(pair)
                    yield pair


PART = Part(
    name="look_back",
    summary="a look-back for 20 new entries, beside reading all stored texts again",
    needs_database=True,
    run=run,
)
