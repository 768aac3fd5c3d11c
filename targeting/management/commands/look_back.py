"""Look back on what an edition changed; also watch, cancel, resume and repeat it."""

import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.models import ListEdition, Rescreening
from risk.models.lists import LAW
from risk.selectors.office import office_day
from risk.services.look_backs import first_day
from shipments.domain.errors import WrongJobState
from shipments.models.choices import JobState
from shipments.services.jobs import cancel_job
from targeting import jobs
from targeting.selectors.rescreenings import list_look_backs

ACTOR = "command:look_back"
_POLL_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Hold stored declarations against what an edition changed when it came into force. It"
        " begins by itself on that day; here it is begun by hand, watched, cancelled, resumed or"
        " repeated (which changes nothing). Without a list, all look-backs are shown. Workers do"
        " the work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list_code", nargs="?", help="code of the control list")
        parser.add_argument("edition", nargs="?", type=int, help="number of its edition")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="of the change (default: the edition's first)"
        )
        parser.add_argument(
            "--names", action="store_true", help="for the names that changed since the last time"
        )
        parser.add_argument("--id", type=int, help="a look-back by its number, as shown")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--cancel", action="store_true")
        act.add_argument("--resume", action="store_true", help="a cancelled or failed one")
        act.add_argument("--repeat", action="store_true", help="one that ended, from the start")
        parser.add_argument("--wait", action="store_true", help="until it ends, with progress")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["list_code"] or options["names"] or options["id"]):
            for row in list_look_backs():
                self.stdout.write(_line(row))
            return
        found = self._found(options)
        try:
            self._act(found, options)
        except WrongJobState as error:
            params = error.params
            raise CommandError(f"it is {params['state']}; allowed: {params['allowed']}") from None
        self._tell(found.pk, wait=options["wait"])

    def _found(self, options: dict[str, Any]) -> Rescreening:
        now = timezone.now()
        if options["id"]:
            known = list_look_backs().filter(pk=options["id"]).first()
            if known is None:
                raise CommandError(f"there is no look-back {options['id']}")
            return known
        if options["names"]:
            opened = jobs.look_back_on_names(before=now, actor=ACTOR, now=now)
            if opened is None:
                raise CommandError("no name changed since the last look-back for names")
            return opened
        if options["edition"] is None:
            raise CommandError("name the number of an edition: look_back LIST NUMBER")
        edition = ListEdition.objects.filter(
            control_list__code=options["list_code"], number=options["edition"]
        ).first()
        if edition is None or edition.state not in LAW:
            raise CommandError(f"{options['list_code']} has no such edition that is law")
        day = options["day"] or first_day(edition, now=now)
        if day > office_day(now):
            raise CommandError(f"{day} has not come yet")
        return jobs.look_back(edition=edition, day=day, actor=ACTOR, now=now)

    def _act(self, found: Rescreening, options: dict[str, Any]) -> None:
        now = timezone.now()
        if options["cancel"]:
            cancel_job(job_id=found.job_id, actor=ACTOR, now=now)
        elif options["resume"]:
            jobs.resume_job(job_id=found.job_id, now=now)
        elif options["repeat"]:
            jobs.repeat_job(job_id=found.job_id, now=now)

    def _tell(self, pk: int, *, wait: bool) -> None:
        row = list_look_backs().get(pk=pk)
        self.stdout.write(_line(row))
        while wait and row.job.state == JobState.RUNNING:
            time.sleep(_POLL_SECONDS)
            row = list_look_backs().get(pk=pk)
            self.stdout.write(_line(row))
        if row.job.failure:
            raise CommandError(row.job.failure)


def _line(row: Any) -> str:
    """A row of :func:`list_look_backs` in words."""
    edition = row.edition
    what = f"{edition.control_list.code} edition {edition.number}" if edition else "changed names"
    return (
        f"{row.pk}: {what} from {row.day}: {row.job.state},"
        f" {row.done_count} of {row.chunk_count} chunks; {row.entry_count} entries changed,"
        f" {row.candidate_count} of {row.text_count} texts are candidates, {row.hit_count} hits"
        f" in {row.declaration_count} declarations, {row.match_count} new matches,"
        f" {row.alert_count} alerts"
    )
