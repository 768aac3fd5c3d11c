"""Tell whether what comes still looks like what learned models were trained on."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.learning.drift import STABLE_BELOW, UNSTABLE_FROM
from risk.selectors.model_drift import LEAST_DECLARATIONS, ModelDrift
from targeting.services.model_drift import check_drift

DAYS = 30


class Command(BaseCommand):
    help = (
        "Print the population stability index of the score and of every feature of each model that"
        " scores, between its training window and the last days: below"
        f" {STABLE_BELOW:.2f} stable, from {UNSTABLE_FROM:.2f} on to be looked at. Ends with 1 when"
        " the score, or a feature that some tree decides by, is to be looked at, and with 2 when"
        " there is nothing to compare. Beat does the same every day, and tells who asked for it"
        " (docs/learned-score.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=DAYS, help=f"whole days (default: {DAYS})")
        parser.add_argument("--model", type=int, metavar="NUMBER", help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days has to be 1 or more", returncode=2)
        found = check_drift(days=options["days"], now=timezone.now(), number=options["model"])
        if not found:
            raise CommandError("there is no such model", returncode=2)
        for one in found:
            self.stdout.write("\n".join(_told(one)))
        if any(one.is_unstable for one in found):
            raise CommandError("what comes is unlike what was trained on", returncode=1)
        if all(one.indices is None for one in found):
            raise CommandError(
                f"nothing to compare: fewer than {LEAST_DECLARATIONS} declarations, or no model"
                " that can be read",
                returncode=2,
            )


def _told(drift: ModelDrift) -> Iterator[str]:
    model, (first, last) = drift.model, drift.window
    yield (
        f"model {model.number} ({model.state}), trained on {model.window_from} to"
        f" {model.window_to}, beside {first} to {last} ({drift.declarations} declarations)"
    )
    for name, index in sorted((drift.indices or {}).items(), key=lambda one: (-one[1], one[0])):
        used = "" if name in drift.used else "  (no tree decides by it)"
        yield f"  {index:7.3f}  {_word(index):<12} {name}{used}"


def _word(index: float) -> str:
    if index < STABLE_BELOW:
        return "stable"
    return "look at it" if index >= UNSTABLE_FROM else "moved"
