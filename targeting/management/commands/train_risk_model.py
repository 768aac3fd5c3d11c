"""Train a learned model on the outcomes of inspections."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.learning.evaluation import TOP_SHARES, Estimate
from risk.selectors.office import office_day
from risk.services.model_training import NotTrained, Trained, train_risk_model
from targeting.services.history import changes_by

ACTOR = "command:train_risk_model"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; YYYY-MM-DD is expected") from None


class Command(BaseCommand):
    help = (
        "Train a learned model on what inspections found, by the facts of each declaration as of"
        " its own day and the outcomes known before a day, and store it as the shadow: it scores"
        " what comes from then on, and nothing follows from that (docs/learned-score.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="first", type=_day, metavar="DAY",
            help="first day of acceptance (default: the first there is)",
        )  # fmt: skip
        parser.add_argument(
            "--to", dest="last", type=_day, metavar="DAY",
            help="last day of acceptance (default: the day before --as-of)",
        )  # fmt: skip
        parser.add_argument(
            "--as-of", type=_day, metavar="DAY",
            help="outcomes known before this day count (default: today)",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="measure, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        as_of = options["as_of"] or office_day(now)
        if as_of > office_day(now):
            raise CommandError(f"{as_of} is to come")
        try:
            with changes_by(ACTOR):
                trained = train_risk_model(
                    first=options["first"],
                    last=options["last"],
                    as_of=as_of,
                    by=ACTOR,
                    now=now,
                    is_trial=options["dry_run"],
                )
        except NotTrained as error:
            raise CommandError(f"not trained: {error.params['reason']}") from error
        self.stdout.write("\n".join(_told(trained, is_trial=options["dry_run"])))


def _told(trained: Trained, *, is_trial: bool) -> Iterator[str]:
    row, learned, quality = trained.row, trained.learned, trained.learned.quality
    yield f"declarations: {row.window_from} to {row.window_to}, outcomes before {row.as_of}"
    yield (
        f"items: {learned.found} with a finding, {learned.clean} clean; {learned.random} of the"
        f" random arm, each as {learned.random_weight:.1f}"
    )
    yield f"by traders left out of training: AUC {_shown(quality.auc)}"
    yield f"  average precision {_shown(quality.average_precision)}"
    for share, estimate in zip(TOP_SHARES, quality.top, strict=True):
        yield f"  precision in the first {share:.0%}: {_shown(estimate)}"
    yield f"digest: {row.digest}"
    if is_trial:
        yield "a trial: nothing stored"
    elif trained.is_new:
        yield f"model {row.number} stored as the shadow"
    else:
        yield f"the same as model {row.number} ({row.state}): nothing new"


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
