"""Screen a file of goods descriptions against the lists in force."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from risk.domain.matching.files import InvalidRow, screen_file
from risk.selectors.lists import lists_in_force
from risk.selectors.office import office_day

_CHUNK = 1 << 20


class Command(BaseCommand):
    help = (
        "Screen IN.csv (columns row_id, text, commodity_code) against the lists in force and"
        " write a row per match to OUT.csv (docs/matching.md). Nothing is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("input", type=Path, metavar="IN.csv")
        parser.add_argument("output", type=Path, metavar="OUT.csv")
        parser.add_argument(
            "--date",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="lists of that day; or today's",
        )
        parser.add_argument(
            "--no-systematic",
            action="store_true",
            help="do not read unlisted systematic names with OPSIN, which needs Java",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=self.stderr, stderr=True)  # type: ignore[arg-type]
        lines = _lines(options["input"])
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.completed:,.0f} rows"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("screening", total=lines)
            try:
                screened = screen_file(
                    lists_in_force(options["date"] or office_day(timezone.now())).screener,
                    options["input"],
                    options["output"],
                    systematic=not options["no_systematic"],
                    told=lambda rows: progress.update(bar, completed=rows),
                )
            except (OSError, InvalidRow) as error:
                raise CommandError(str(error)) from error
            progress.update(bar, total=screened.rows, completed=screened.rows)
        if screened.remark:
            self.stderr.write(screened.remark)
        self.stdout.write(f"{screened.matches} matches in {screened.rows} rows")


def _lines(path: Path) -> int:
    """Line ends of the file: as many rows or, where texts have several lines, more."""
    try:
        with path.open("rb") as stream:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(_CHUNK), b""))
    except OSError as error:
        raise CommandError(str(error)) from error
