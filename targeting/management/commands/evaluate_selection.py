"""Measure the selection against a truth file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from risk.domain.errors import InvalidTruth
from risk.domain.selection_comparison import Compared, compare_rankings
from risk.domain.selection_report import SelectionReport, evaluate_selection
from risk.domain.selection_truth import Label, TruthRow, read_truth
from risk.models import RiskModel
from risk.models.choices import RiskModelState
from risk.selectors.risk_models import list_risk_models
from targeting.management.reports.rankings import print_rankings, write_rankings
from targeting.management.reports.selection import print_report, write_csv, write_misses
from targeting.management.reports.selection_html import html
from targeting.selectors.selection import population_around, scored_declarations
from targeting.selectors.selection_rankings import rankings

FILE_WIDTH = 160
"""Columns of text when the output is not a terminal."""


class Command(BaseCommand):
    help = (
        "Compare stored assessments with a truth file (`manage.py generate_declarations` writes"
        " one): by kind, the share of planted cases and traps in the top 1, 2, 5 and 10 percent by"
        " score and in red or yellow, the alerts per 1,000 honest declarations, and the misses"
        " with their reasons. The population is every assessed declaration of the batches that"
        " hold a declaration of the file. Beside it the same by other ways of ranking: by the"
        " learned model, by both, at random, by the commodity code. Nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("truth", type=Path, metavar="TRUTH.csv")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="the shares by kind")
        parser.add_argument("--misses-csv", type=Path, metavar="FILE", help="every miss")
        parser.add_argument("--html", type=Path, metavar="FILE", help="all of it, with pictures")
        parser.add_argument("--rankings-csv", type=Path, metavar="FILE", help="ways of ranking")
        parser.add_argument(
            "--model",
            type=int,
            metavar="NUMBER",
            help="the learned model to rank by (default: the newest that scores)",
        )
        parser.add_argument(
            "--shown-misses", type=int, default=30, help="on the terminal (default: 30)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        truth = self._read(options["truth"])
        model = _model(options["model"])
        report, compared = _measure(truth, model)
        name, day = options["truth"].name, timezone.now().date().isoformat()
        self._write(options["csv"], lambda stream: write_csv(report, stream))
        self._write(options["rankings_csv"], lambda stream: write_rankings(compared, stream))
        self._write(options["misses_csv"], lambda stream: write_misses(report.misses, stream))
        self._write(
            options["html"], lambda stream: stream.write(html(report, source=name, day=day))
        )
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        if not console.is_terminal:
            console.width = FILE_WIDTH
        print_report(report, console, shown_misses=max(0, options["shown_misses"]))
        print_rankings(compared, console)
        if model:
            console.print(f"Model {model.number} ({model.state}), outcomes before {model.as_of}.")

    def _read(self, path: Path) -> list[TruthRow]:
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                truth = list(read_truth(stream, file=path.name))
        except InvalidTruth as error:
            at = error.params
            raise CommandError(
                f"{at['file']}, line {at['line']}, {at['column']}: {at['value']!r} is not allowed;"
                f" allowed: {at['allowed']}"
            ) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path.name}: not UTF-8 ({error.reason})") from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        if not truth:
            raise CommandError(f"{path.name}: no rows under the header")
        return truth

    def _write(self, path: Path | None, write: Callable[[TextIO], object]) -> None:
        if path is None:
            return
        try:
            with path.open("w", encoding="utf-8", newline="") as stream:
                write(stream)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(f"written: {path}")


def _model(number: int | None) -> RiskModel | None:
    """The model of the number, else the newest that scores; None when there is none."""
    if number is None:
        return list_risk_models().exclude(state=RiskModelState.RETIRED).first()
    found = list_risk_models().filter(number=number).first()
    if found is None:
        raise CommandError(f"there is no model {number}")
    return found


def _measure(
    truth: list[TruthRow], model: RiskModel | None
) -> tuple[SelectionReport, list[Compared]]:
    numbers = {row.registration_number for row in truth}
    planted = {row.registration_number for row in truth if row.label is Label.PLANTED}
    scored = scored_declarations(numbers)
    if not scored:
        raise CommandError(
            f"none of the {len(numbers)} declarations of the truth file is stored: take the"
            " declarations in first (manage.py ingest_declarations)"
        )
    report = evaluate_selection(truth, scored, population_around(numbers, planted=planted))
    return report, compare_rankings(truth, scored, rankings(numbers, model=model))
