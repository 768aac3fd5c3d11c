"""What a draft would change on stored declarations."""

import json
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.models import ListEdition
from risk.models.lists import LAW
from shipments.models.choices import JobState
from targeting import jobs
from targeting.selectors.rescreenings import latest_simulation

ACTOR = "command:simulate_edition"
_POLL_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Simulate a draft or proposal on the declarations of the last days: lines that newly"
        " match or stop matching, the alerts this means by risk profile, and the gravest"
        " examples, as JSON. Stores nothing else. Workers do the work; the command waits."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list_code", help="code of the control list")
        parser.add_argument("edition", type=int, help="number of the draft")
        parser.add_argument(
            "--days",
            type=int,
            default=settings.TARGETING["SIMULATION_DAYS"],
            help="how many days back (default: %(default)s)",
        )
        parser.add_argument("--no-wait", action="store_true", help="only ask for it")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = ListEdition.objects.filter(
            control_list__code=options["list_code"], number=options["edition"]
        ).first()
        if edition is None or edition.state in LAW:
            raise CommandError(f"{options['list_code']} has no such draft or proposal")
        if options["days"] < 1:
            raise CommandError("--days must be at least 1")
        jobs.simulate(edition=edition, days=options["days"], actor=ACTOR, now=timezone.now())
        if not options["no_wait"]:
            self._wait(edition)

    def _wait(self, edition: ListEdition) -> None:
        row: Any = latest_simulation(edition)
        while row and row.job.state == JobState.RUNNING:
            self.stderr.write(f"… {row.done_count} of {row.chunk_count} chunks")
            time.sleep(_POLL_SECONDS)
            row = latest_simulation(edition)
        if row is None or row.job.state != JobState.DONE:
            raise CommandError(row.job.failure if row else "the draft was discarded")
        took = row.job.finished_at - row.job.started_at if row.job.finished_at else None
        self.stdout.write(json.dumps(row.result, ensure_ascii=False, indent=2))
        self.stderr.write(f"{row.candidate_count} of {row.text_count} texts read, took {took}")
