"""Load pre-export notifications."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.errors import InvalidList, NotificationsRefused
from risk.domain.permits.notice_reading import NoticeReading, read_notice_sheet, read_notices
from risk.selectors.authorisations import known_substances
from risk.services.notifications import register_notifications
from targeting.services.history import changes_by

ACTOR = "command:load_notifications"


class Command(BaseCommand):
    help = (
        "Load pre-export notifications: .ndjson or .json (an object each), .csv or .xlsx (a row"
        " each). One with other content amends, the same changes nothing; a file with a fault is"
        " not loaded at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--authority", default="", help="who sent those that do not say it; else the"
            " exporter's country",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            reading = _read(path, options["authority"])
        except (OSError, InvalidList) as error:
            raise CommandError(str(error)) from error
        if reading.rejected:
            raise _not_loaded(reading.rejected)
        try:
            with changes_by(ACTOR, reason=path.name):
                done = register_notifications(
                    records=reading.records, actor=ACTOR, now=timezone.now()
                )
        except NotificationsRefused as error:
            faults: Any = error.params["faults"]
            raise _not_loaded(faults) from error
        if options["verbosity"] >= 1:
            self.stdout.write(
                f"{len(done.created)} notices entered, {len(done.amended)} amended,"
                f" {done.unchanged} unchanged"
            )


def _not_loaded(faults: Any) -> CommandError:
    lines = "\n".join(str(fault) for fault in faults)
    return CommandError(f"nothing of this file was loaded:\n{lines}")


def _read(path: Path, authority: str) -> NoticeReading:
    known = known_substances(authority=authority)
    if path.suffix not in (".json", ".ndjson"):
        return read_notice_sheet(path.read_bytes(), file_name=path.name, known=known)
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".ndjson":
            entries = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            entries = json.loads(text)
    except ValueError as error:
        raise CommandError(f"{path.name}: {error}") from error
    if not isinstance(entries, list):
        raise CommandError(f"{path.name}: an array of objects is allowed")
    return read_notices(entries, file_name=path.name, known=known)
