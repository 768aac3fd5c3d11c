"""A look-back over stored texts for twenty new entries, beside reading all of them again."""

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import islice, pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from risk.domain.lists.changes import ListChange
from risk.domain.matching.blocking import KEYS_VERSION, blocking_keys
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
from risk.selectors.texts import text_digest
from risk.services.texts import index_texts, key_id, store_texts
from shipments.services.bulk import copy_rows, upsert_rows
from targeting.management.benchmarks.base import Bench, Part, Result, processor_seconds

SIZES = (20_000, 100_000)
MILLION = 1_000_000
NEW_ENTRIES = 20
# So many are stored as the pipeline and beat do it, and timed; the others by COPY.
TIMED_TEXTS = 20_000
STORED_AT_ONCE = 5_000
PLANTED = Rates(0.01, 0.01)
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2025, 12, 31)

_Pair = tuple[str, str]
_Part = TypeVar("_Part")
_Done = TypeVar("_Done")
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
                f"{1e6 * one.storing / min(one.texts, TIMED_TEXTS):,.0f}",
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
            " declarations planted), stored with their blocking keys. All times are"
            " processor seconds, those of the database session included. As if"
            f" {NEW_ENTRIES} entries of the shipped lists, drawn by the seed, were new: the"
            " look-back chooses among the distinct keys, looks at the keys of the texts that have"
            " one and reads what is left; beside it all texts are read, a million by a process a"
            " core. Both with the same screener of all lists, the look-back first, and of both the"
            f" evidence of the new substances is compared. The first {TIMED_TEXTS:,} texts are"
            " stored as the pipeline and beat do it, which is timed, the others by COPY."
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
    started = processor_seconds()
    for few in _slices(pairs[:TIMED_TEXTS]):
        with transaction.atomic():
            store_texts(few)
    while index_texts(limit=STORED_AT_ONCE):
        pass
    storing = processor_seconds() - started
    _copy_texts(pairs[TIMED_TEXTS:])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE risk_goodstext, risk_textkey")
    bench.tell("looking back")
    started = processor_seconds()
    with transaction.atomic():
        ids = list(candidate_texts(ListChange((), entries), day, len(pairs)))
    choosing = processor_seconds() - started
    candidates = list(
        GoodsText.objects.filter(pk__in=ids).values_list("description", "commodity_code")
    )
    substances = frozenset(entry.substance_key for entry in entries)
    found, _ = _read(lists, substances, candidates)
    looking_back = processor_seconds() - started
    bench.tell(f"{len(candidates):,} candidates in {looking_back:.1f} s; reading all")
    wanted: _Told = {}
    reading_all = 0.0
    read, slices = partial(_read, lists, substances), _slices(pairs)
    # A process a core fills its caches each by itself, which only a million hardly feels.
    done = map(read, slices) if size < MILLION else _on_all_cores(read, slices)
    for told_there, seconds in done:
        wanted |= told_there
        reading_all += seconds
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


def _read(
    lists: ListsInForce, substances: frozenset[str], pairs: Sequence[_Pair]
) -> tuple[_Told, float]:
    """What the texts tell of the substances, nothing of the others; and the processor seconds."""
    started = time.process_time()
    screen = lists.screener.screen
    found = ((pair, told(screen(*pair), substances)) for pair in pairs)
    kept = {pair: evidence for pair, evidence in found if evidence}
    return kept, time.process_time() - started


def _copy_texts(pairs: Sequence[_Pair]) -> None:
    """Store texts with their keys, as they would be in the end."""
    known: set[int] = set()
    columns = ("digest", "description", "commodity_code", "keys", "keys_version")
    for rows, keys in _on_all_cores(_with_keys, _slices(pairs)):
        new = keys.keys() - known
        known |= new
        with transaction.atomic():
            copy_rows(GoodsText, columns, rows)
            upsert_rows(TextKey, ("id", "key"), [(pk, keys[pk]) for pk in new], key=("id",))


def _with_keys(pairs: Sequence[_Pair]) -> tuple[list[tuple[object, ...]], dict[int, str]]:
    """Rows of GoodsText, and the keys of all of them by id."""
    rows: list[tuple[object, ...]] = []
    all_keys: dict[int, str] = {}
    for pair in pairs:
        keys = {key_id(key): key for key in sorted(blocking_keys(*pair))}
        all_keys |= keys
        rows.append((text_digest(*pair), *pair, list(keys), KEYS_VERSION))
    return rows, all_keys


def _slices(pairs: Sequence[_Pair]) -> list[Sequence[_Pair]]:
    starts = range(0, len(pairs), STORED_AT_ONCE)
    return [pairs[first : first + STORED_AT_ONCE] for first in starts]


def _on_all_cores(work: Callable[[_Part], _Done], parts: Sequence[_Part]) -> Iterator[_Done]:
    """``work`` of each part in order, by processes that have what this one has and no database."""
    if not parts:
        return
    connection.close()
    with get_context("fork").Pool(os.cpu_count(), _take, [work]) as pool:
        yield from pool.imap(_do, parts)


_given: list[Callable[..., Any]] = []


def _take(work: Callable[..., Any]) -> None:
    """In a forked process: what it is to do, which need not be sent."""
    _given[:] = [work]


def _do(part: object) -> Any:
    return _given[0](part)


def _new_entries(seed: int) -> tuple[ListEntry, ...]:
    """Entries of as many substances, which the look-back takes for new."""
    first: dict[str, ListEntry] = {}
    for edition in editions_that_are_law():
        for entry in edition.entries:
            first.setdefault(entry.substance_key, entry)
    draw = random.Random(seed)  # noqa: S311 - data, not a secret
    drawn = draw.sample(sorted(first), NEW_ENTRIES)
    return tuple(first[key] for key in drawn)


def _texts(size: int, seed: int) -> Iterator[_Pair]:
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
    known: set[_Pair] = set()
    for block in _on_all_cores(partial(_block, generator), range(settings_of_run.blocks)):
        for pair in block:
            if pair not in known:
                known.add(pair)
                yield pair


def _block(generator: Generator, number: int) -> list[_Pair]:
    """The texts of one block of declarations, each once."""
    lines = generator.block(number).pieces[".ndjson"].splitlines()
    items = (item for line in lines for item in json.loads(line)["items"])
    return list(dict.fromkeys((one["description"], one.get("commodity_code", "")) for one in items))


PART = Part(
    name="look_back",
    summary="a look-back for 20 new entries, beside reading all stored texts again",
    needs_database=True,
    run=run,
)
