"""Load authorisations: licences, registrations, permits."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.errors import AuthorisationsRefused, InvalidList
from risk.domain.permits.reading import Reading, read_entries, read_permit_sheet
from risk.selectors.authorisations import known_substances
from risk.services.authorisations import register_authorisations
from targeting.services.history import changes_by

ACTOR = "command:load_authorisations"


class Command(BaseCommand):
    help = (
        "Load authorisations into the register: .ndjson or .json (an object each), .csv or .xlsx"
        " (a row a line). An entry with other content amends, the same changes nothing;"
        " a file with a fault is not loaded at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--authority", default="", help="who issued the entries that do not say it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            reading = _read(path, options["authority"])
        except (OSError, InvalidList) as error:
            raise CommandError(str(error)) from error
        if reading.rejected:
            lines = "\n".join(str(fault) for fault in reading.rejected)
            raise CommandError(f"nothing of this file was loaded:\n{lines}")
        try:
            with changes_by(ACTOR, reason=path.name):
                done = register_authorisations(
                    records=reading.records, actor=ACTOR, now=timezone.now()
                )
        except AuthorisationsRefused as error:
            faults: Any = error.params["faults"]
            lines = "\n".join(str(fault) for fault in faults)
            raise CommandError(f"nothing of this file was loaded:\n{lines}") from error
        if options["verbosity"] >= 1:
            self.stdout.write(
                f"{len(done.created)} authorisations entered, {len(done.amended)} amended,"
                f" {done.unchanged} unchanged"
            )


def _read(path: Path, authority: str) -> Reading:
    known = known_substances(authority=authority)
    if path.suffix not in (".json", ".ndjson"):
        return read_permit_sheet(path.read_bytes(), file_name=path.name, known=known)
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
    return read_entries(entries, file_name=path.name, known=known)
