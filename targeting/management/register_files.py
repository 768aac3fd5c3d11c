"""Loading a file into a register: what commands of this kind share."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.errors import InvalidList
from risk.selectors.authorisations import known_substances
from targeting.services.history import changes_by
from targeting.services.registers import Register


class RegisterCommand(BaseCommand):
    """Reads .ndjson or .json (an object each), .csv or .xlsx (the columns of the sheet); a file
    with a fault is not loaded at all."""

    register: Register
    authority_help: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--authority", default="", help=self.authority_help)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        # As the history names who did it.
        actor = f"command:{self.__module__.rpartition('.')[2]}"
        try:
            reading = self._read(path, options["authority"])
        except (OSError, InvalidList) as error:
            raise CommandError(str(error)) from error
        try:
            with changes_by(actor, reason=path.name):
                done = self.register.store(reading, actor=actor, now=timezone.now())
        except self.register.refused as error:
            faults: Any = error.params["faults"]
            lines = "\n".join(str(fault) for fault in faults)
            raise CommandError(f"nothing of this file was loaded:\n{lines}") from error
        if options["verbosity"] >= 1:
            name = self.register.name.replace("-", " ")
            self.stdout.write(
                f"{name}: {done['created']} entered, {done['amended']} amended,"
                f" {done['unchanged']} unchanged"
            )

    def _read(self, path: Path, authority: str) -> Any:
        known = known_substances(authority=authority)
        if path.suffix not in (".json", ".ndjson"):
            return self.register.read_sheet(path.read_bytes(), file_name=path.name, known=known)
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
        return self.register.read_entries(entries, file_name=path.name, known=known)
