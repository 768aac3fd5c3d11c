"""Matching: accuracy and speed on the frozen cases, beside the usual tools on the same lines."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random

import msgspec
from django.conf import settings

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.engine import Screener
from risk.domain.matching_cases.case import FILES, FROZEN, MatchingCase, read_cases
from risk.domain.matching_cases.engines import ShippedLists
from risk.domain.matching_cases.evaluate import (
    Judged,
    by_class,
    evaluate,
    flagged_per_thousand,
    overall,
    wilson,
)
from risk.domain.matching_cases.floor import INNOCENT_CLASSES
from risk.domain.matching_cases.ranking import Guess, Ranked, best_guess, rank, reliability
from risk.domain.substances import SubstanceName
from targeting.management.benchmarks.base import Bench, Part, Result, Table, seconds
from targeting.management.benchmarks.matching_peers import PEERS, Names

SAMPLE = 1000
GROWTH_LINES = 2000
GROWTH = 10
REPEATED = 10
_EDGES = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
_READY = """
import re, sys, time
from pathlib import Path
def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
idle = peak_kb()
from risk.domain.matching_cases.engines import ShippedLists
started = time.perf_counter()
ShippedLists(Path(sys.argv[1])).screener().screen("acetone 99 %")
print(time.perf_counter() - started, (peak_kb() - idle) / 1024)
"""


class _Measured(msgspec.Struct):
    """A matcher on the sample: how well it ranks, and lines a second."""

    name: str
    ranked: Ranked
    rate: float


def run(bench: Bench) -> Result:
    fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
    cases = read_cases(fixtures / "matching" / FILES[FROZEN])
    engine = ShippedLists(fixtures)
    bench.tell(f"judging the screener on {len(cases)} frozen cases")
    judged = evaluate(cases, engine)
    sample = cases[:: max(1, len(cases) // (bench.items or SAMPLE))]
    lists = read_lists(fixtures / "lists")
    listed = [name for one in lists for name in one.names]
    names = [*listed, *read_names(fixtures / "names" / "synonyms.csv")]
    measured = _beside_peers(bench, engine.screener(), sample, Names(names))
    speed = _speed_table(bench, fixtures, engine.screener(), cases, names)
    return Result(
        title="matching",
        notes=_notes(judged, sample, len(Names(names).texts)),
        columns=("on the same lines", "best F1", "recall at 99 % precision", "lines/s", "ratio"),
        rows=_peer_rows(measured),
        tables=(speed, _reliability_table(judged), _class_table(judged)),
    )


def _notes(judged: Sequence[Judged], sample: Sequence[MatchingCase], names: int) -> str:
    total = overall(judged)
    rate = flagged_per_thousand(judged, INNOCENT_CLASSES)
    return (
        f"Frozen cases ({total.cases} lines, docs/matching-cases.md). All of them by the screener:"
        f" recall {_share(total.found, total.expected)}, precision"
        f" {_share(total.flagged_right, total.flagged_right + total.false_alarms)}, verdicts right"
        f" {total.verdict_accuracy or 0:.3f}, {rate:.2f} flagged per 1,000 innocent lines. Every"
        f" {total.cases // len(sample)}th line ({len(sample)}) also by the peers over {names}"
        " listed names, one core; a peer gives its best name a line, right when it is of the"
        " expected substance; spans, lists and concentrations are the screener's alone."
    )


def _beside_peers(
    bench: Bench, screener: Screener, sample: Sequence[MatchingCase], names: Names
) -> list[_Measured]:
    lines = [case.text for case in sample]

    def ours() -> list[Guess]:
        return [best_guess(screener.screen(line)) for line in lines]

    matchers: dict[str, Callable[[], list[Guess]]] = {"this screener": ours}
    matchers |= {name: partial(peer, names, lines) for name, peer in PEERS}
    measured = []
    for name, work in matchers.items():
        bench.tell(f"{name} on {len(lines)} lines")
        started = time.perf_counter()
        guesses = work()
        spent = time.perf_counter() - started
        measured.append(_Measured(name, rank(sample, guesses), len(lines) / spent))
    return measured


def _peer_rows(measured: Sequence[_Measured]) -> tuple[tuple[str, ...], ...]:
    best = max(measured[1:], key=lambda one: one.ranked.f1)
    return tuple(
        (
            one.name + (" (best peer)" if one is best else ""),
            f"{one.ranked.f1:.3f}",
            f"{one.ranked.recall_at_99:.3f}",
            f"{one.rate:,.0f}",
            f"{one.rate / best.rate:.1f}",
        )
        for one in measured
    )


def _speed_table(
    bench: Bench,
    fixtures: Path,
    screener: Screener,
    cases: Sequence[MatchingCase],
    names: Sequence[SubstanceName],
) -> Table:
    rows = [(case.text, case.commodity_code) for case in cases]
    bench.tell("one call at a time")
    calls = []
    for text, code in rows:
        started = time.perf_counter()
        screener.screen(text, code)
        calls.append(time.perf_counter() - started)
    bench.tell("90 % repeats")
    repeated = rows * REPEATED
    repeats = len(repeated) / seconds(lambda: screener.screen_many(repeated), repeats=1)
    bench.tell("ready in a fresh process")
    ready, memory = _ready(fixtures)
    growth = _growth(bench, fixtures, names, rows[:: max(1, len(rows) // GROWTH_LINES)])
    return Table(
        columns=("speed", "value"),
        rows=(
            ("distinct lines/s over all frozen cases", f"{len(calls) / sum(calls):,.0f}"),
            ("lines/s at 90 % repeats", f"{repeats:,.0f}"),
            ("one call, 99th percentile, ms", f"{sorted(calls)[len(calls) * 99 // 100] * 1e3:.2f}"),
            ("ready in a fresh process, s", f"{ready:.2f}"),
            ("memory above the idle interpreter, MB", f"{memory:.0f}"),
            (f"time with {GROWTH} × names ÷ time with the shipped names", f"{growth:.2f}"),
        ),
    )


def _ready(fixtures: Path) -> tuple[float, float]:
    """Seconds and megabytes of lists, names and screener in a new interpreter; the second of
    two runs, which finds what the first left on disk."""
    shown = ""
    for _ in range(2):
        shown = subprocess.run(
            [sys.executable, "-c", _READY, str(fixtures)],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    ready, memory = shown.split()
    return float(ready), float(memory)


def _growth(
    bench: Bench,
    fixtures: Path,
    names: Sequence[SubstanceName],
    rows: Sequence[tuple[str, str]],
) -> float:
    """Screening time with ten times the listed names against that with the shipped ones."""
    bench.tell(f"screening {len(rows)} lines with {GROWTH} × names")
    entries = [entry for one in read_lists(fixtures / "lists") for entry in one.entries]
    draw = Random(bench.seed)  # noqa: S311 - data, not a secret
    more = [
        msgspec.structs.replace(name, name=_other_letters(draw, name.name))
        for name in names
        for _ in range(GROWTH - 1)
    ]
    spent = []
    for chosen in (names, [*names, *more]):
        screener = Screener(entries, chosen)
        spent.append(seconds(partial(screener.screen_many, rows), repeats=1))
    return spent[1] / spent[0]


def _other_letters(draw: Random, name: str) -> str:
    """A name of the same shape: a third of its letters are others of its own alphabet."""
    letters = [char for char in name.lower() if char.isalpha()]
    return "".join(
        draw.choice(letters) if char.isalpha() and draw.random() < 1 / 3 else char for char in name
    )


def _reliability_table(judged: Sequence[Judged]) -> Table:
    return Table(
        columns=("match score", "evidence", "mean score", "share right"),
        rows=tuple(
            (
                f"{one.low:.2f} – {min(one.high, 1):.2f}",
                str(one.pieces),
                f"{one.mean_score:.3f}",
                f"{one.share_right:.3f}",
            )
            for one in reliability(judged, _EDGES)
        ),
    )


def _class_table(judged: Sequence[Judged]) -> Table:
    return Table(
        columns=("class", "lines", "recall", "lines with a false alarm", "verdicts right"),
        rows=tuple(
            (
                name,
                str(result.cases),
                _share(result.found, result.expected),
                str(result.lines_with_false_alarm),
                "" if result.verdict_accuracy is None else f"{result.verdict_accuracy:.3f}",
            )
            for name, result in by_class(judged).items()
        ),
    )


def _share(right: int, total: int) -> str:
    if not total:
        return ""
    low, high = wilson(right, total)
    return f"{right / total:.3f} [{low:.3f}, {high:.3f}]"


PART = Part(
    name="matching",
    summary="accuracy on the frozen cases and speed, beside the usual tools on the same lines",
    needs_database=True,
    run=run,
)
