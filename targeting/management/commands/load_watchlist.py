"""Take in leads of another authority or system for the watchlist."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from risk.domain.errors import InvalidList
from risk.domain.four_eyes import FourEyesViolated
from risk.domain.lead_sharing import Sharing
from risk.domain.leads_csv import COLUMNS, OPTIONAL_COLUMNS, Lead, read_leads
from risk.selectors.office import office_day
from risk.services.watchlists import approve_entries, propose_leads
from targeting.domain.policy import CASE_WORKERS, SENIOR_ANALYSTS, allows
from targeting.models import User
from targeting.services.history import changes_by

SHOWN = 20


class Command(BaseCommand):
    help = (
        f"Propose the leads of a CSV file with the columns {', '.join(COLUMNS)} (and"
        f" {', '.join(OPTIONAL_COLUMNS)}) for the watchlist. A lead that its source gave before"
        " stays as it is, so the same file again adds nothing; with a wrong line nothing is taken"
        " in. They count once a senior analyst approved them: over the API, or at once by"
        " --approved-by, another person than --proposed-by."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="who gave the leads; few may see it")
        parser.add_argument(
            "--sharing",
            choices=[level.value for level in Sharing],
            default=Sharing.ANALYSTS.value,
            help="who may know of them (default: all who read cases)",
        )
        parser.add_argument("--proposed-by", required=True, help="account of who proposes them")
        parser.add_argument("--approved-by", default="", help="account of a senior analyst")

    def handle(self, *args: Any, **options: Any) -> None:
        proposer = _account(options["proposed_by"])
        approver = _account(options["approved_by"]) if options["approved_by"] else None
        if not allows(proposer.grants, CASE_WORKERS):
            raise CommandError(f"{proposer.username} is no analyst")
        if approver and not allows(approver.grants, SENIOR_ANALYSTS):
            raise CommandError(f"{approver.username} is no senior analyst")
        leads = _read(options["file"])
        try:
            with transaction.atomic(), changes_by("command:load_watchlist"):
                now = timezone.now()
                new = propose_leads(
                    leads=leads,
                    source=options["source"],
                    sharing=Sharing(options["sharing"]),
                    by=proposer.as_actor(),
                    now=now,
                )
                if approver:
                    ids = [entry.pk for entry in new]
                    approve_entries(entry_ids=ids, by=approver.as_actor(), now=now)
        except FourEyesViolated as error:
            raise CommandError(f"{error}: two known persons are needed") from error
        what = "approved" if approver else "proposed"
        self.stdout.write(f"{len(new)} leads {what}, {len(leads) - len(new)} known already")


def _read(path: Path) -> list[Lead]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as table:
            leads, faults = read_leads(table, today=office_day(timezone.now()))
    except (OSError, UnicodeDecodeError, InvalidList) as error:
        raise CommandError(f"{path}: {error}") from error
    if faults:
        shown = "\n".join(str(fault) for fault in faults[:SHOWN])
        raise CommandError(f"nothing was taken in; {len(faults)} wrong lines:\n{shown}")
    return leads


def _account(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"there is no account {username!r}")
    return user
