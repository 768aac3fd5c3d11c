"""Matching: accuracy and speed on the frozen cases, beside the usual tools on the same lines."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec
from django.conf import settings

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.engine import Screener
from risk.domain.matching.met_words import read_goods_texts
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
from risk.domain.matching_cases.ranking import Ranked, best_guess, rank, reliability
from risk.domain.substances import SubstanceName
from targeting.management.benchmarks.base import Bench, Part, Result, Table
from targeting.management.benchmarks.matching_peers import PEERS, Names

SAMPLE = 1000
GROWTH_LINES = 1000
GROWTH = 10
REPEATED = 10
_EDGES = (0.0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
# In processes of their own: nothing of the lines was seen before, nothing else fills the memory.
# All in seconds of the processor: what else the machine does is no part of it.
_READY = """
import re, sys, time
from pathlib import Path
def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
idle, started = peak_kb(), time.process_time()
from risk.domain.lists.sources import read_lists
from risk.domain.matching.__main__ import build_screener
fixtures, cache = Path(sys.argv[1]), Path(sys.argv[2])
screener = build_screener(read_lists(fixtures / "lists"), fixtures / "names", cache)
screener.screen("acetone 99 %")
ready = time.process_time() - started
"""
_SHOW_READY = _READY + "print(ready, (peak_kb() - idle) / 1024)"
_SHOW_CALLS = (
    _READY
    + """
import json
calls = []
for text, code in json.load(sys.stdin):
    started = time.process_time()
    screener.screen(text, code)
    calls.append(time.process_time() - started)
print(*calls, (peak_kb() - idle) / 1024)
"""
)
_SHOW_REPEATS = (
    _READY
    + """
import json
rows = [tuple(row) for row in json.load(sys.stdin)]
started = time.process_time()
screener.screen_many(rows)
print(time.process_time() - started)
"""
)


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
    fresh = _FreshProcess(fixtures, bench.folder)
    measured = _beside_peers(bench, fresh, sample, Names(names))
    speed = _speed_table(bench, fresh, cases, names)
    return Result(
        title="matching",
        notes=_notes(judged, sample, len(Names(names).texts)) + _beside_the_best(measured),
        columns=(
            "on the same lines",
            "best F1",
            "recall at 99 % precision",
            "lines/s",
            "times as fast as it",
        ),
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
    bench: Bench, fresh: "_FreshProcess", sample: Sequence[MatchingCase], names: Names
) -> list[_Measured]:
    lines = [case.text for case in sample]
    bench.tell(f"this screener on {len(lines)} lines")
    *calls, _ = fresh.run(_SHOW_CALLS, [(line, "") for line in lines])
    guesses = [best_guess(fresh.screener.screen(line)) for line in lines]
    measured = [_Measured("this screener", rank(sample, guesses), len(lines) / sum(calls))]
    for name, peer in PEERS:
        bench.tell(f"{name} on {len(lines)} lines")
        # The database works in processes of its own.
        clock = time.perf_counter if name.startswith("pg_") else time.process_time
        started = clock()
        guesses = peer(names, lines)
        spent = clock() - started
        measured.append(_Measured(name, rank(sample, guesses), len(lines) / spent))
    return measured


def _beside_the_best(measured: Sequence[_Measured]) -> str:
    ours, *peers = measured
    best = max(peers, key=lambda one: one.ranked.f1)
    recall = max(peer.ranked.recall_at_99 for peer in peers)
    return (
        f" No peer is of like accuracy: at 99 % precision the best keeps {recall:.3f} of the"
        f" substances, the screener {ours.ranked.recall_at_99:.3f}. Beside the most accurate"
        f" one ({best.name}, F1 {best.ranked.f1:.3f}) the screener is"
        f" {ours.rate / best.rate:.1f} times as fast; 20 times are wanted."
    )


def _peer_rows(measured: Sequence[_Measured]) -> tuple[tuple[str, ...], ...]:
    best = max(measured[1:], key=lambda one: one.ranked.f1)
    return tuple(
        (
            one.name + (" (best peer)" if one is best else ""),
            f"{one.ranked.f1:.3f}",
            f"{one.ranked.recall_at_99:.3f}",
            f"{one.rate:,.0f}",
            f"{measured[0].rate / one.rate:.1f}",
        )
        for one in measured
    )


def _speed_table(
    bench: Bench,
    fresh: "_FreshProcess",
    cases: Sequence[MatchingCase],
    names: Sequence[SubstanceName],
) -> Table:
    rows = list(dict.fromkeys((case.text, case.commodity_code) for case in cases))
    bench.tell("ready in a fresh process")
    ready, _ = fresh.run(_SHOW_READY)
    first, _ = fresh.run(_SHOW_READY, is_first=True)
    bench.tell("one call at a time")
    *calls, memory = fresh.run(_SHOW_CALLS, rows)
    calls.sort()
    bench.tell("90 % repeats")
    (repeated,) = fresh.run(_SHOW_REPEATS, rows * REPEATED)
    growth = _growth(bench, fresh.fixtures, names, rows[:: max(1, len(rows) // GROWTH_LINES)])
    return Table(
        columns=("speed (seconds of one processor, every process fresh)", "value", "wanted"),
        rows=(
            ("distinct lines/s, frozen cases", f"{len(calls) / sum(calls):,.0f}", "5,000"),
            ("lines/s at 90 % repeats", f"{len(rows) * REPEATED / repeated:,.0f}", "50,000"),
            ("one call, median, ms", f"{calls[len(calls) // 2] * 1e3:.2f}", ""),
            ("one call, 99th percentile, ms", f"{calls[len(calls) * 99 // 100] * 1e3:.2f}", "5"),
            ("one call, slowest, ms", f"{calls[-1] * 1e3:.1f}", ""),
            ("ready, names compiled on disk, s", f"{ready:.2f}", "2"),
            ("ready, first start, s", f"{first:.2f}", ""),
            ("memory above the idle interpreter, all lines read, MB", f"{memory:.0f}", "400"),
            (f"time with {GROWTH} × names ÷ with the shipped names", f"{growth:.2f}", "2"),
        ),
    )


class _FreshProcess:
    """The screener in interpreters of their own, with compiled names kept in a folder."""

    def __init__(self, fixtures: Path, folder: Path) -> None:
        self.fixtures = fixtures
        self._folder = folder
        self.screener = ShippedLists(fixtures).screener()
        self.run(_SHOW_READY)

    def run(
        self, script: str, rows: Sequence[tuple[str, str]] = (), *, is_first: bool = False
    ) -> list[float]:
        """The figures that the script prints; ``is_first``: no compiled names are on disk."""
        cache = self._folder / ("first" if is_first else "compiled")
        shown = subprocess.run(
            [sys.executable, "-c", script, str(self.fixtures), str(cache)],
            cwd=settings.BASE_DIR,
            input=msgspec.json.encode(rows).decode(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return [float(figure) for figure in shown.split()]


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
    goods = read_goods_texts(fixtures / "goods")
    screeners = [Screener(entries, chosen, goods=goods) for chosen in (names, [*names, *more])]
    spent = [0.0, 0.0]
    # In turns, so that both meet the machine as it is at the moment.
    for row in rows:
        for at, screener in enumerate(screeners):
            started = time.process_time()
            screener.screen(*row)
            spent[at] += time.process_time() - started
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
