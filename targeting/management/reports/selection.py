"""The selection report as a table on the terminal and as CSV."""

import csv
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from risk.domain.intervals import Share
from risk.domain.selection_report import (
    MISS_SHARE,
    TOP_SHARES,
    KindRow,
    Miss,
    SelectionReport,
)
from risk.domain.selection_truth import Label

TOP_NAMES = tuple(f"top {share:.0%}" for share in TOP_SHARES)
LABELS = {Label.PLANTED: "planted cases", Label.TRAP: "traps"}
REASONS = {
    "not_assessed": "stored, not assessed",
    "item_not_stored": "the item was not stored",
    "no_match": "no substance recognised",
    "other_substance": "another substance recognised",
    "code_only": "recognised by the commodity code alone",
    "verdict_below": "recognised, stated below the limit",
    "below_alert_point": "recognised, below the alert operating point",
    "outscored": "indicators fired, others score higher",
    "nothing_fired": "no indicator fired",
}
EXPLANATION = (
    "Found: any declaration of the case is in the top share by score (a split consignment, a"
    " channel or another planted group counts once, whichever member is found; of traps every row"
    " counts by itself). Ties count by their chance. Red and yellow are by criteria, the random"
    " arm apart. In brackets: 95 % Wilson interval. A trap above its share (▲) is in the top more"
    " often than a declaration drawn at random would be."
)
_CSV_SHARES = (*(f"top_{share * 100:g}_pct" for share in TOP_SHARES), "red_or_yellow", "red")


def print_report(report: SelectionReport, console: Console, *, shown_misses: int) -> None:
    for label in Label:
        rows = [row for row in report.rows if row.label is label]
        if rows:
            console.print(_table(label, rows))
    console.print(EXPLANATION, style="dim", highlight=False)
    console.print(summary(report), highlight=False)
    if report.misses:
        console.print(_miss_table(report.misses[:shown_misses], len(report.misses)))


def summary(report: SelectionReport) -> str:
    """What the whole population says, in one line."""
    alerts = report.alerts_per_1000_honest
    not_stored = sum(row.not_stored for row in report.rows if row.by == "all")
    return (
        f"{report.population:,} assessed declarations, {report.honest:,} honest;"
        f" alerts per 1,000 honest declarations: {'–' if alerts is None else f'{alerts:.1f}'}."
        f" Cases of the truth file that are not stored: {not_stored}."
        f" Misses (not in the top {MISS_SHARE:.0%}): {len(report.misses)}."
    )


def percent(share: Share) -> str:
    return "–" if share.value is None else f"{share.value:.0%}"


def interval(share: Share) -> str:
    return "" if share.low is None or share.high is None else f"[{share.low:.0%}–{share.high:.0%}]"


def is_above_its_share(row: KindRow, place: int) -> bool:
    """Whether a trap is surely (95 %) more often in this top share than chance puts it there."""
    low = row.top[place].low
    return row.label is Label.TRAP and low is not None and low > TOP_SHARES[place]


def shares_of(row: KindRow) -> tuple[Share, ...]:
    """In the order of the columns: the top shares, red or yellow, red."""
    return (*row.top, row.selected, row.red)


def write_csv(report: SelectionReport, stream: TextIO) -> None:
    writer = csv.writer(stream)
    bounds = [f"{name}{end}" for name in _CSV_SHARES for end in ("", "_low", "_high")]
    writer.writerow(["label", "by", "name", "cases", "not_stored", "median_score", *bounds])
    for row in report.rows:
        shares = [
            "" if value is None else f"{value:.4f}"
            for share in shares_of(row)
            for value in (share.value, share.low, share.high)
        ]
        median = "" if row.median_score is None else f"{row.median_score:.2f}"
        writer.writerow(
            [row.label.value, row.by, row.name, row.cases, row.not_stored, median, *shares]
        )


def write_misses(misses: Iterable[Miss], stream: TextIO) -> None:
    writer = csv.writer(stream)
    columns = Miss.__struct_fields__
    writer.writerow(columns)
    for miss in misses:
        values = (getattr(miss, column) for column in columns)
        writer.writerow(" ".join(v) if isinstance(v, tuple) else v for v in values)


def _table(label: Label, rows: Iterable[KindRow]) -> Table:
    table = Table(title=LABELS[label].capitalize(), title_justify="left")
    table.add_column("")
    table.add_column("cases", justify="right")
    for name in (*TOP_NAMES, "red or yellow", "median"):
        table.add_column(name, justify="right")
    previous = "all"
    for row in rows:
        if row.by != previous:
            table.add_section()
            previous = row.by
        table.add_row(
            Text(row.name if row.by != "difficulty" else f"difficulty: {row.name}"),
            Text(f"{row.cases}" + (f" +{row.not_stored} not stored" if row.not_stored else "")),
            *(_cell(row, place) for place in range(len(TOP_SHARES))),
            Text(f"{percent(row.selected)} {interval(row.selected)}".strip()),
            "–" if row.median_score is None else f"{row.median_score:.1f}",
        )
    return table


def _cell(row: KindRow, place: int) -> Text:
    share = row.top[place]
    text = Text(f"{percent(share)} {interval(share)}".strip())
    if is_above_its_share(row, place):
        text.append(" ▲", style="red")
    return text


def _miss_table(misses: Iterable[Miss], total: int) -> Table:
    table = Table(title=f"Misses ({total})", title_justify="left")
    for name in ("kind", "declaration / item", "substance", "score", "why", "fired"):
        table.add_column(name, overflow="fold")
    for miss in misses:
        table.add_row(
            Text(f"{miss.kind} {miss.difficulty}".strip()),
            Text(f"{miss.registration_number} / {miss.item_number}"),
            Text(miss.substance_key),
            "–" if miss.score is None else f"{miss.score:g} {miss.lane}",
            REASONS[miss.reason.value],
            Text(", ".join(miss.fired)),
        )
    return table
