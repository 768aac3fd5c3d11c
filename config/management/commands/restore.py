from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups import BackupError, check, restore
from config.embedded.state import EmbeddedError
from config.installation import owner_login, storage_folder


class Command(BaseCommand):
    help = (
        "Bring a backup back into a database without tables and a storage without files, and prove"
        " that every table has the rows it had. Refuses an installation that holds something."
        " Afterwards: manage.py migrate, then start."
    )
    requires_system_checks = []  # the database may be empty

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="Only prove that the backup is as it was written."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].resolve()
        try:
            if options["check"]:
                told = check(folder)
            else:
                told = restore(folder, database=owner_login(), storage=storage_folder())
        except (BackupError, EmbeddedError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in told.tables.values())
        done = "intact" if options["check"] else "restored and equal"
        self.stdout.write(
            f"{done}: {rows} rows of {len(told.tables)} tables and {len(told.files)} files of"
            f" {told.taken_at.isoformat(timespec='seconds')}"
        )
