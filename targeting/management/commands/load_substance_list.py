"""Load control lists and substance names."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.domain.errors import InvalidList
from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_list
from risk.services.lists import load_list, load_names
from targeting.services.history import changes_by

ACTOR = "command:load_substance_list"


class Command(BaseCommand):
    help = (
        "Load control lists (folders with list.toml) as editions in force, and the names of"
        " substances. Without arguments, the lists and names that ship with the project."
        " Loading the same content again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folders", nargs="*", type=Path, help="list folders, each holding a list.toml"
        )
        parser.add_argument("--names", type=Path, help="a CSV of substance names")

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity: int = options["verbosity"]
        fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
        folders: list[Path] = options["folders"] or sorted(
            path.parent for path in (fixtures / "lists").glob("*/list.toml")
        )
        names_path: Path | None = options["names"]
        if names_path is None and not options["folders"]:
            names_path = fixtures / "names" / "synonyms.csv"
        try:
            for folder in folders:
                with changes_by(ACTOR, reason=str(folder.name)):
                    self._load_list(folder)
            if names_path:
                with changes_by(ACTOR, reason=names_path.name):
                    self._load_names(names_path)
        except InvalidList as error:
            lines = "\n".join(str(row) for row in error.params["errors"])  # type: ignore[attr-defined]
            raise CommandError(f"nothing of this file was loaded:\n{lines}") from error
        except OSError as error:
            raise CommandError(str(error)) from error

    def _load_list(self, folder: Path) -> None:
        loaded = load_list(list_file=read_list(folder), actor=ACTOR, now=timezone.now())
        if self.verbosity < 1:
            return
        edition = loaded.edition
        state = "in force" if loaded.is_new else "unchanged"
        badge = "verified" if edition.is_verified else "NOT VERIFIED"
        self.stdout.write(
            f"{edition.control_list.code:14} edition {edition.number}: "
            f"{loaded.entry_count:3} entries, {badge}, {state}"
        )

    def _load_names(self, path: Path) -> None:
        added, unknown = load_names(names=read_names(path))
        if self.verbosity >= 1:
            self.stdout.write(f"{added} new names from {path.name}")
        for key in unknown:
            self.stderr.write(f"no list names the substance {key}: its names were left out")
