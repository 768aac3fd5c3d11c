"""Judge the learned score on the shipped Korean declarations."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from risk.domain.learning.evaluation import RESAMPLES, TOP_SHARES, Estimate
from risk.domain.learning.wco_korea import TEST, TRAINING, VALIDATION, read_part
from risk.domain.learning.wco_korea_report import BAR, Figures, Report, evaluate_on_wco_korea

_COLUMNS = ("", "AUC", "AP", *(f"P@{share:.0%}" for share in TOP_SHARES))


class Command(BaseCommand):
    help = (
        "Train on the training part of fixtures/learning/wco_korea, choose on its validation"
        " part and measure on its test part: all rows, and rows whose goods, price and mass"
        " are unseen in training, beside baselines (docs/learned-score.md). Stores nothing."
        f" Ends with 1 when the lower bound of the AUC on unseen rows is not above {BAR}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--resamples",
            type=int,
            default=RESAMPLES,
            help=f"of the bootstrap (default: {RESAMPLES})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["resamples"] < 2:
            raise CommandError("--resamples has to be 2 or more")
        folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "learning" / "wco_korea"
        training, validation, test = (
            read_part(folder / f"{name}.csv.xz") for name in (TRAINING, VALIDATION, TEST)
        )
        report = evaluate_on_wco_korea(training, validation, test, resamples=options["resamples"])
        self.stdout.write("\n".join(_lines(report)))
        if not report.is_above_bar:
            raise CommandError(f"the lower bound on unseen rows is not above {BAR}")


def _lines(report: Report) -> Iterator[str]:
    yield f"Chosen on the validation part: {report.chosen}"
    for part, figures in (("validation", report.candidates), ("test", report.test)):
        every, unseen = figures[0].every, figures[0].unseen
        yield f"\n{part}, all {every.rows} rows ({every.offences} fraud)\n"
        yield from _table(figures, "every")
        yield f"\n{part}, {unseen.rows} rows of unseen tuples ({unseen.offences} fraud)\n"
        yield from _table(figures, "unseen")


def _table(figures: Sequence[Figures], rows: str) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{' --- |' * len(_COLUMNS)}"
    for one in figures:
        told = getattr(one, rows)
        cells = (told.auc, told.average_precision, *told.top)
        yield f"| {one.name} | {' | '.join(map(_cell, cells))} |"


def _cell(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
