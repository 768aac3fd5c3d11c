"""Take in a table of outcomes of inspections."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from risk.domain.errors import InvalidOutcome
from risk.domain.outcomes_csv import COLUMNS, read_outcomes
from risk.services.outcome_import import import_outcomes

ACTOR = "command:import_outcomes"
SHOWN = 20


class Command(BaseCommand):
    help = (
        f"Take in outcomes of inspections from a CSV file with the columns {', '.join(COLUMNS)}"
        " and, optionally, act_number. An act that is there already stays as it is, so the same"
        " file again adds nothing. Declarations come first (manage.py ingest_declarations)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="OUT.outcomes.csv")
        parser.add_argument(
            "--source", default="import", help="whose act numbers they are (default: import)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        console = Console(file=self.stdout, stderr=False)  # type: ignore[arg-type]
        columns = (TextColumn("{task.completed} of {task.total} lines"), BarColumn())
        try:
            with path.open(encoding="utf-8-sig", newline="") as table:
                total = sum(1 for _ in table) - 1
                table.seek(0)
                with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
                    task = bar.add_task("", total=max(total, 0))
                    now = timezone.now()
                    done = import_outcomes(
                        lines=read_outcomes(table, now=now),
                        source=options["source"],
                        actor=ACTOR,
                        now=now,
                        progress=lambda lines: bar.update(task, completed=lines),
                    )
        except (OSError, UnicodeDecodeError, InvalidOutcome) as error:
            raise CommandError(f"{path}: {error}") from error
        self.stdout.write(
            f"{done.stored} outcomes stored, {done.known} known already,"
            f" {done.refused_count} lines refused, {done.proposals} cover names proposed"
        )
        for line, fault in done.refused[:SHOWN]:
            self.stdout.write(
                f"  line {line} {fault.field} {fault.value!r}: {fault.allowed} is allowed"
            )
        if done.refused_count:
            raise CommandError("not all lines were stored")
