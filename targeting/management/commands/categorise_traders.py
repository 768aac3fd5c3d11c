"""Give importers the risk category of a month."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from risk.selectors.office import office_day
from risk.services.trader_categories import categorise_traders


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no month; YYYY-MM is expected") from None


class Command(BaseCommand):
    help = (
        "Compute the risk category of every importer as of the first day of a month, from what"
        " was known before it (docs/risk.md). Beat does it for each month that begins; a month"
        " that was computed, or that a later one follows, is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", type=_month, help="YYYY-MM (default: this month)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        run = categorise_traders(day=options["month"] or office_day(now), now=now)
        if run is None:
            self.stdout.write("Computed before; nothing changed.")
            return
        changed = run.standings.count()
        self.stdout.write(
            f"{run.month}: {run.low_count} low, {run.medium_count} medium, {run.high_count} high;"
            f" {changed} changed"
        )
