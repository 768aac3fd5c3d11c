"""Measure, and write what was measured into docs/benchmarks.md."""

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from targeting.management.benchmarks import PARTS
from targeting.management.benchmarks.base import Part, Result, markdown


class Command(BaseCommand):
    help = (
        "Run the benchmark parts and record them in docs/benchmarks.md. A part that needs the"
        " database makes one of its own and drops it; the data of the installation is not"
        " touched. Every figure is a ratio within one run: machines differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--part", choices=[part.name for part in PARTS], help="only this part (default: all)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print only, leave docs/benchmarks.md alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Only the test settings name a database beside the installation's.
        if not connection.settings_dict["TEST"].get("NAME"):
            raise CommandError("run it as `make bench`, which takes a database of its own")
        for part in PARTS:
            if options["part"] in (None, part.name):
                self._run(part, record=not options["dry_run"])

    def _run(self, part: Part, *, record: bool) -> None:
        if part.needs_database:
            with _own_database():
                result = part.run(self._tell)
        else:
            result = part.run(self._tell)
        section = markdown(
            result,
            machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
            day=timezone.now().date().isoformat(),
            command=f"make bench part={part.name}",
        )
        self.stdout.write(section)
        if record:
            _record(result, section)

    def _tell(self, message: str) -> None:
        self.stderr.write(f"… {message}")


@contextmanager
def _own_database() -> Iterator[None]:
    usual = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_substance_list", verbosity=0)
        call_command("load_risk_profile", verbosity=0)
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


def _record(result: Result, section: str) -> None:
    """Replace the part's section of the document, or add it at the end."""
    path = Path(settings.BASE_DIR) / "docs" / "benchmarks.md"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n\n"
    pattern = re.compile(rf"^## {re.escape(result.title)}\n.*?(?=^## |\Z)", re.M | re.S)
    if pattern.search(text):
        text = pattern.sub(lambda _: section + "\n", text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
