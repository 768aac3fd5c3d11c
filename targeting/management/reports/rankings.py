"""Ways of ranking beside each other, as a table on the terminal and as CSV."""

import csv
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from risk.domain.intervals import Share
from risk.domain.selection_comparison import MAIN_PLACE, Compared
from risk.domain.selection_report import MISS_SHARE, TOP_SHARES
from risk.domain.selection_truth import Label
from targeting.management.reports.selection import TOP_NAMES, interval, percent


def print_rankings(compared: Iterable[Compared], console: Console) -> None:
    """Planted cases found and traps met in the first of all, by way of ranking."""
    table = Table(title="Ways of ranking", title_justify="left")
    table.add_column("")
    for name in TOP_NAMES:
        table.add_column(f"planted, {name}", justify="right")
    table.add_column(f"weakest kind, top {MISS_SHARE:.0%}")
    table.add_column(f"traps, top {MISS_SHARE:.0%}", justify="right")
    table.add_column("traps above their share")
    for one in compared:
        least = one.weakest
        table.add_row(
            one.name,
            *(Text(_cell(share)) for share in one.of_all(Label.PLANTED)),
            Text(f"{least.name} {percent(least.top[MAIN_PLACE])}" if least else "–"),
            Text(_cell(one.of_all(Label.TRAP)[MAIN_PLACE])),
            Text(", ".join(one.lured)),
        )
    console.print(table)


def write_rankings(compared: Iterable[Compared], stream: TextIO) -> None:
    """One row a way of ranking; shares with the bounds of their 95 % intervals."""
    writer = csv.writer(stream)
    names = [f"top_{share * 100:g}_pct" for share in TOP_SHARES]
    shares = [f"{label}_{name}" for label in ("planted", "traps") for name in names]
    bounds = [f"{name}{end}" for name in shares for end in ("", "_low", "_high")]
    writer.writerow(["ranking", *bounds, "weakest_kind", "weakest_share", "traps_above_share"])
    for one in compared:
        numbers = [
            "" if value is None else f"{value:.4f}"
            for share in (*one.of_all(Label.PLANTED), *one.of_all(Label.TRAP))
            for value in (share.value, share.low, share.high)
        ]
        least = one.weakest
        weakest = (least.name, f"{least.top[MAIN_PLACE].value:.4f}") if least else ("", "")
        writer.writerow([one.name, *numbers, *weakest, " ".join(one.lured)])


def _cell(share: Share) -> str:
    return f"{percent(share)} {interval(share)}".strip()
