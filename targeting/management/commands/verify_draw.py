"""Show that a day's random selection was drawn by the key that was bound before the day."""

import csv
from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from risk.domain.draws import Drawn, check_draws, day_key, key_digest
from risk.domain.intervals import wilson
from risk.models import DrawDigest
from risk.selectors.draws import drawn_on, list_draw_days
from risk.selectors.office import midnight
from shipments.domain.sheets import neutralised

SHOWN = 20
"""At most so many differences are listed; all are counted."""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; YYYY-MM-DD is expected") from None


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ArgumentTypeError("a key in hexadecimal is expected, as it was published") from None


class Command(BaseCommand):
    help = (
        "Recompute the random draw of every declaration of a day (of the office) from the day's"
        " published key, and hold the key against the digest that was announced. Ends with 1 and"
        " the declarations that differ. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", type=_day, help="the day, YYYY-MM-DD")
        parser.add_argument("--key", type=_key, help="this key (hexadecimal) for the published one")
        parser.add_argument(
            "--secret",
            action="store_true",
            help="the key from this server's secret, while it is not published yet",
        )
        parser.add_argument(
            "--csv", type=Path, help="write registration number, draw, rate and selection here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day: date = options["day"]
        announced = list_draw_days().filter(day=day).first()
        key = options["key"] or _key_of(day, announced, may_use_secret=options["secret"])
        faults = [*self._binding(day, key, announced)]
        rows = list(drawn_on(day))
        differing = list(check_draws(key, rows))
        if options["csv"]:
            _write(options["csv"], rows)
        self._count(rows)
        faults += [
            f"{one.registration_number}: {one.what} is {one.stored}, the key gives {one.expected}"
            for one in differing[:SHOWN]
        ]
        if len(differing) > SHOWN:
            faults.append(f"… and {len(differing) - SHOWN} more")
        if faults:
            raise CommandError("the draw does not hold:\n" + "\n".join(faults), returncode=1)
        self.stdout.write("the draw holds")

    def _binding(self, day: date, key: bytes, announced: DrawDigest | None) -> Sequence[str]:
        """Print since when the key was bound; what speaks against it."""
        if announced is None:
            return [f"no digest was announced for {day}; the key could have been chosen afterwards"]
        self.stdout.write(f"announced: {announced.digest}, {announced.announced_at.isoformat()}")
        if announced.digest != key_digest(key):
            return [f"the key has the digest {key_digest(key)}, not the announced one"]
        if announced.announced_at >= midnight(day):
            self.stdout.write("note: the digest was announced only after the day had begun")
        return []

    def _count(self, rows: Sequence[Drawn]) -> None:
        drawn = sum(row.is_drawn for row in rows)
        self.stdout.write(f"decisions: {len(rows)}, selected by the draw: {drawn}")
        rates = {row.rate for row in rows}
        if len(rates) == 1:
            share = wilson(drawn, len(rows))
            self.stdout.write(
                f"share: {drawn / len(rows):.4f} (95 %: {share.low:.4f} to {share.high:.4f}),"
                f" rate: {rates.pop()}"
            )


def _key_of(day: date, announced: DrawDigest | None, *, may_use_secret: bool) -> bytes:
    if announced and hasattr(announced, "published"):
        return bytes.fromhex(announced.published.key)
    if may_use_secret:
        return day_key(settings.TARGETING["DRAW_SECRET"].encode(), day)
    due = day + timedelta(days=settings.TARGETING["DRAW_KEY_DAYS"] + 1)
    raise CommandError(
        f"The key of {day} is not published; it is due on {due}. Give --secret to use this"
        " server's own secret, or --key.",
        returncode=2,
    )


def _write(path: Path, rows: Sequence[Drawn]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("registration_number", "draw", "rate", "is_drawn"))
        for row in rows:
            writer.writerow(
                (neutralised(row.registration_number), row.draw, row.rate, row.is_drawn)
            )
