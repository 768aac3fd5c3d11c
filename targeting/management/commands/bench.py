"""Measure, and write what was measured into docs/benchmarks.md."""

import argparse
import os
import platform
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from targeting.management.benchmarks import PARTS
from targeting.management.benchmarks.base import Bench, Part, Result, beside_earlier, markdown
from targeting.management.benchmarks.written import SUFFIXES

_CHOICES = ("items", "kills", "hosts", "megabytes", "format", "with_workers", "with_million")


class Command(BaseCommand):
    help = (
        "Run the benchmark parts and record them in docs/benchmarks.md. A part that needs the"
        " database makes one of its own and drops it; the data of the installation is not"
        " touched. Every figure is a ratio within one run: machines differ."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        width = max(len(part.name) for part in PARTS)
        listed = "\n".join(f"  {part.name:{width}}  {part.summary}" for part in PARTS)
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=f"parts, each under ten minutes as it stands:\n{listed}",
            formatter_class=_HelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--part", choices=[part.name for part in PARTS], help="only this part (default: all)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print only, leave docs/benchmarks.md alone"
        )
        parser.add_argument("--seed", type=int, default=7, help="of data and faults (default: 7)")
        parser.add_argument(
            "--items", type=_positive, default=0, help="one size instead of the part's own"
        )
        parser.add_argument(
            "--kills", type=_positive, default=0, help="faults: SIGKILLs (default: 20)"
        )
        parser.add_argument(
            "--hosts", type=_positive, default=0, help="faults: hosts with workers (default: 1)"
        )
        parser.add_argument(
            "--megabytes", type=_positive, default=0, help="intake_memory: size (default: 50)"
        )
        parser.add_argument(
            "--format",
            choices=sorted(SUFFIXES),
            default="",
            help="faults, intake_memory: the format of the file (default: ndjson, or all)",
        )
        parser.add_argument(
            "--with-workers",
            action="store_true",
            help="pipeline: also the largest size through the API and two worker processes",
        )
        parser.add_argument(
            "--with-million",
            action="store_true",
            help="pipeline, look_back: also 1,000,000 items, which takes far more than ten minutes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Only the test settings name a database beside the installation's.
        if not connection.settings_dict["TEST"].get("NAME"):
            raise CommandError("run it as `make bench`, which takes a database of its own")
        for part in PARTS:
            if options["part"] in (None, part.name):
                self._run(part, options)

    def _run(self, part: Part, options: dict[str, Any]) -> None:
        database = _own_database() if part.needs_database else nullcontext()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, database, _files_in(folder):
            result = part.run(
                Bench(
                    tell=self._tell,
                    folder=Path(folder),
                    seed=options["seed"],
                    items=options["items"],
                    kills=options["kills"],
                    hosts=options["hosts"],
                    megabytes=options["megabytes"],
                    format=options["format"],
                    with_workers=options["with_workers"],
                    with_million=options["with_million"],
                )
            )
        if result.adds_rows:
            result = beside_earlier(result, _section_of(result.title))
        section = markdown(
            result,
            machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
            day=timezone.now().date().isoformat(),
            command=_command(part, options),
        )
        self.stdout.write(section)
        if not options["dry_run"]:
            _record(result, section)

    def _tell(self, message: str) -> None:
        self.stderr.write(f"… {message}")


class _HelpFormatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the list of parts."""


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _command(part: Part, options: dict[str, Any]) -> str:
    """What to type to measure the same again."""
    words = [
        f"--{name.replace('_', '-')}" + ("" if options[name] is True else f" {options[name]}")
        for name in _CHOICES
        if options[name]
    ]
    chosen = f' args="{" ".join(words)}"' if words else ""
    return f"make bench part={part.name}{chosen}"


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


def _files_in(folder: str) -> AbstractContextManager[object]:
    """Uploads on disk, as in an installation: in the memory of tests they would be measured."""
    uploads = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": f"{folder}/uploads"},
    }
    return override_settings(STORAGES=settings.STORAGES | {"default": uploads})


def _section_of(title: str) -> str:
    """What the document says of the part now; empty when nothing."""
    found = _section_pattern(title).search(_document())
    return found[0] if found else ""


def _record(result: Result, section: str) -> None:
    """Replace the part's section of the document, or add it at the end."""
    text, pattern = _document() or "# Benchmarks\n\n", _section_pattern(result.title)
    if pattern.search(text):
        text = pattern.sub(lambda _: section + "\n", text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    _path().write_text(text.rstrip() + "\n", encoding="utf-8")


def _section_pattern(title: str) -> re.Pattern[str]:
    return re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.M | re.S)


def _document() -> str:
    return _path().read_text(encoding="utf-8") if _path().exists() else ""


def _path() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "benchmarks.md"
