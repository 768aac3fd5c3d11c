"""Screening: distinct descriptions per second, beside the usual fuzzy matcher."""

import json
import time
from itertools import islice
from pathlib import Path

from django.conf import settings
from rapidfuzz import fuzz, process

from risk.domain.lists.names_csv import read_innocent_names, read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.engine import Screener
from targeting.management.benchmarks.base import Bench, Part, Result, peak_memory_mb, seconds

PEER_LINES = 200
REPEATED_SHARE = 10


def run(bench: Bench) -> Result:
    fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
    idle_mb = peak_memory_mb()
    lists = read_lists(fixtures / "lists")
    names = [
        *(name for one in lists for name in one.names),
        *read_names(fixtures / "names" / "synonyms.csv"),
    ]
    innocent = read_innocent_names(fixtures / "names" / "innocent.csv")
    entries = [entry for one in lists for entry in one.entries]
    bench.tell("building the screener")
    started = time.perf_counter()
    screener = Screener(entries, names, innocent)
    built = time.perf_counter() - started
    memory = peak_memory_mb() - idle_mb

    lines = _lines(fixtures, innocent)
    bench.tell(f"screening {len(lines)} distinct lines")
    distinct = len(lines) / seconds(lambda: screener.screen_many(lines))
    repeated = lines * REPEATED_SHARE
    bench.tell(f"screening {len(repeated)} lines, 90 % of them repeats")
    repeats = len(repeated) / seconds(lambda: screener.screen_many(repeated), repeats=1)
    choices = sorted({name.name for name in names})
    sample = [text for text, _ in lines[:: max(1, len(lines) // PEER_LINES)]]
    bench.tell(f"RapidFuzz WRatio over {len(sample)} of the same lines")
    peer = len(sample) / seconds(lambda: _extract(sample, choices), repeats=1)
    return Result(
        title="screening",
        notes=(
            f"{len(lines)} distinct lines (demonstration goods texts and innocent chemical names)"
            f" against {len(choices)} names of the shipped lists, one core. The peer finds the"
            " nearest name of each line by `rapidfuzz.process.extractOne` with `WRatio`, and"
            " neither vetoes, spans nor concentrations."
        ),
        columns=("measure", "value", "ratio to peer"),
        rows=(
            ("RapidFuzz WRatio, lines/s", f"{peer:,.0f}", "1.0"),
            ("screener, distinct lines/s", f"{distinct:,.0f}", f"{distinct / peer:.1f}"),
            ("screener, lines/s at 90 % repeats", f"{repeats:,.0f}", f"{repeats / peer:.1f}"),
            ("screener ready, s", f"{built:.2f}", ""),
            ("lists, names and screener, MB above idle", f"{memory:.0f}", ""),
        ),
    )


def _lines(fixtures: Path, innocent: tuple[str, ...]) -> list[tuple[str, str]]:
    path = fixtures / "demo" / "declarations.ndjson"
    with path.open(encoding="utf-8") as stream:
        goods = {
            (item["description"], item.get("commodity_code", ""))
            for line in stream
            for item in json.loads(line)["items"]
        }
    return [*sorted(goods), *((name, "") for name in islice(innocent, 5000))]


def _extract(sample: list[str], choices: list[str]) -> None:
    for text in sample:
        process.extractOne(text, choices, scorer=fuzz.WRatio)


PART = Part(
    name="screening",
    summary="distinct goods texts a second, beside RapidFuzz on the same lines",
    needs_database=False,
    run=run,
)
