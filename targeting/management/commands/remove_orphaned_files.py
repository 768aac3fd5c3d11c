"""Delete files of attachments, exports and imports that no row names."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from targeting.services.orphaned_files import LEAST_AGE, remove_orphaned_files


class Command(BaseCommand):
    help = (
        f"Delete files, older than {LEAST_AGE.days} days, that no row names, and print where they"
        " were. Beat does the same every day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print only, delete none")

    def handle(self, *args: Any, **options: Any) -> None:
        for place in remove_orphaned_files(now=timezone.now(), is_dry_run=options["dry_run"]):
            self.stdout.write(place)
