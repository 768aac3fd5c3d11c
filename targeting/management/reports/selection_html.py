"""The selection report as one HTML file: no script, nothing from elsewhere, pictures as SVG."""

from pathlib import Path

import msgspec
from django.template import Context, Engine

from risk.domain.selection_report import (
    CURVE_SHARES,
    MISS_SHARE,
    TOP_SHARES,
    KindRow,
    SelectionReport,
)
from risk.domain.selection_truth import Label
from targeting.management.reports.selection import (
    EXPLANATION,
    LABELS,
    REASONS,
    TOP_NAMES,
    interval,
    is_above_its_share,
    percent,
    shares_of,
    summary,
)

SHOWN_MISSES = 2000
"""More of them make the page heavy; the CSV has them all."""

_FOLDER = Path(__file__).parent
_PLACE = TOP_SHARES.index(MISS_SHARE)
_BAR_STEP, _BAR_LEFT, _BAR_WIDTH = 24, 290, 460
_CURVE_LEFT, _CURVE_TOP, _CURVE_SIDE = 60, 20, 320
_LEGEND_STEP = 20


def html(report: SelectionReport, *, source: str, day: str) -> str:
    """The page; ``source`` names the truth file, ``day`` when it was measured."""
    engine = Engine(dirs=[str(_FOLDER)], autoescape=True)
    return engine.get_template("selection.html").render(
        Context(
            {
                "source": source,
                "day": day,
                "summary": summary(report),
                "explanation": EXPLANATION,
                "columns": [*TOP_NAMES, "red or yellow", "red"],
                "tables": [
                    (LABELS[label], [_cells(row) for row in report.rows if row.label is label])
                    for label in Label
                ],
                "bars": _bars(report),
                "curves": _curves(report),
                "misses": [
                    (miss, REASONS[miss.reason.value]) for miss in report.misses[:SHOWN_MISSES]
                ],
                "miss_count": len(report.misses),
                "miss_share": f"{MISS_SHARE:.0%}",
            }
        )
    )


def _cells(row: KindRow) -> dict[str, object]:
    warned = [is_above_its_share(row, place) for place in range(len(TOP_SHARES))]
    shares = shares_of(row)
    return {
        "row": row,
        "median": "–" if row.median_score is None else f"{row.median_score:.1f}",
        "shares": [
            (percent(share), interval(share), is_warned)
            for share, is_warned in zip(
                shares, warned + [False] * (len(shares) - len(warned)), strict=True
            )
        ],
    }


class _Bar(msgspec.Struct, frozen=True):
    """A horizontal bar with its interval; all numbers in user units of the drawing."""

    name: str
    label: str
    text: str
    y: int
    width: float
    low: float
    high: float


def _bars(report: SelectionReport) -> dict[str, object]:
    """The share in the top by kind, with a line where chance alone would put it."""
    rows = [row for row in report.rows if row.by == "kind" and row.top[_PLACE].value is not None]
    bars = []
    for place, row in enumerate(rows):
        share = row.top[_PLACE]
        low, value, high = (
            _BAR_WIDTH * (bound or 0.0) for bound in (share.low, share.value, share.high)
        )
        text = f"{percent(share)} {interval(share)}"
        bars.append(_Bar(row.name, row.label.value, text, place * _BAR_STEP + 4, value, low, high))
    return {
        "bars": bars,
        "left": _BAR_LEFT,
        "chance": _BAR_LEFT + _BAR_WIDTH * MISS_SHARE,
        "width": _BAR_LEFT + _BAR_WIDTH + 130,
        "height": len(rows) * _BAR_STEP + 8,
        "text": "; ".join(f"{bar.label} {bar.name} {bar.text}" for bar in bars),
    }


def _curves(report: SelectionReport) -> dict[str, object]:
    """Found share against selected share, on a scale of square roots: the left is what counts."""

    def x(share: float) -> float:
        return float(round(_CURVE_LEFT + _CURVE_SIDE * share**0.5, 1))

    def y(share: float) -> float:
        return float(round(_CURVE_TOP + _CURVE_SIDE * (1 - share), 1))

    def path(values: tuple[float, ...]) -> str:
        points = zip((0.0, *CURVE_SHARES), (0.0, *values), strict=True)
        return " ".join(f"{x(share)},{y(found)}" for share, found in points)

    drawn = {row.label.value for row in report.rows}
    return {
        "lines": [
            (name, path(values), place * _LEGEND_STEP)
            for place, (name, values) in enumerate(report.curves.items(), 1)
            if name in drawn
        ],
        "chance": path(CURVE_SHARES),
        "x_marks": [(x(share), f"{share:.0%}") for share in (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)],
        "y_marks": [(y(share), f"{share:.0%}") for share in (0.0, 0.25, 0.5, 0.75, 1.0)],
        "left": _CURVE_LEFT,
        "right": _CURVE_LEFT + _CURVE_SIDE,
        "bottom": _CURVE_TOP + _CURVE_SIDE,
        "top": _CURVE_TOP,
        "text": "; ".join(
            f"{name}: "
            + ", ".join(
                f"{found:.0%} found in the top {share:.3g}"
                for share, found in zip(CURVE_SHARES, values, strict=True)
                if share in TOP_SHARES
            )
            for name, values in report.curves.items()
            if name in drawn
        ),
    }
