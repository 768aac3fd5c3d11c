from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backups import BackupError, back_up
from config.embedded.state import EmbeddedError
from config.installation import owner_login, storage_folder


class Command(BaseCommand):
    help = (
        "Write database and stored files into a new folder, with a manifest of counts and digests,"
        " while everything runs. Secrets (SECRET_KEY, TARGETING_DRAW_SECRET) are not in it. Needs"
        " DATABASE_OWNER_URL and pg_dump of the server's version."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].resolve()
        try:
            made = back_up(
                folder, database=owner_login(), storage=storage_folder(), now=timezone.now()
            )
        except (BackupError, EmbeddedError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{rows} rows of {len(made.tables)} tables ({made.database.size_bytes} bytes) and"
            f" {len(made.files)} files in {folder}; database sha256 {made.database.sha256}"
        )
