"""Take in a file of declarations from the command line."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from shipments.domain.errors import ShipmentsError
from shipments.domain.formats import FORMATS, detect_format, format_by_key
from shipments.domain.formats.mapping import (
    CHOOSABLE,
    CsvMapping,
    mapping_by_key,
    with_habits,
)
from shipments.domain.issue_sentences import LANGUAGES, issue_sentence
from shipments.domain.records import Issue, TableReading
from shipments.domain.validation import validate
from shipments.models import IntakeBatch, IntakeIssue
from shipments.models.choices import BatchState
from shipments.selectors.receipts import bytes_read, progress_of
from shipments.services.intake import register_submitter
from targeting import pipeline
from targeting.management.progress import Standing, wait

HEAD_BYTES = 4096
SHOWN_ISSUES = 20


class Command(BaseCommand):
    help = (
        "Take in a file of declarations, as a client would through the API, and show the"
        " receipt. The same file of the same submitter is taken in once. The worker must be"
        " running (make up)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--submitter", default="operator", help="key of the owner (default: operator)"
        )
        parser.add_argument(
            "--format",
            choices=[intake_format.key for intake_format in FORMATS],
            help="default: recognised from the name and the content",
        )
        parser.add_argument(
            "--mapping", default="", help="for CSV: a mapping of fixtures/mappings, by its key"
        )
        for habit in CHOOSABLE:
            parser.add_argument(
                f"--{habit.replace('_', '-')}", default="", help="of the table; default: found out"
            )
        parser.add_argument(
            "--validate-only", action="store_true", help="say what is wrong, store nothing"
        )
        parser.add_argument(
            "--lang", choices=LANGUAGES, default=LANGUAGES[0], help="of the sentences shown"
        )
        parser.add_argument("--no-wait", action="store_true", help="return once it is stored")
        parser.add_argument("--timeout", type=float, default=3600, help="seconds to wait")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                key, mapping = _format_and_mapping(path, stream, options)
                if options["validate_only"]:
                    self._validate(stream, key, mapping, options["lang"])
                    return
                batch = pipeline.receive(
                    submitter=register_submitter(key=options["submitter"]),
                    content=File(stream, name=path.name),
                    format_key=key,
                    mapping_key=mapping.key if mapping else "",
                    file_name=path.name,
                    received_at=timezone.now(),
                )
        except (OSError, ShipmentsError) as error:
            raise CommandError(f"{path}: {error}") from error
        if not options["no_wait"]:
            console = Console(file=self.stdout, stderr=False)  # type: ignore[arg-type]
            finished = wait(lambda: [_standing(batch)], console=console, timeout=options["timeout"])
            if not finished:
                raise CommandError(
                    f"batch {batch.public_id} is not finished after {options['timeout']:g} s;"
                    " it goes on: see that the worker runs (make status)"
                )
        self._show_receipt(batch, options["lang"])

    def _validate(self, stream: BinaryIO, key: str, mapping: CsvMapping | None, lang: str) -> None:
        """Show what would become of the file; an error exit when not all would be stored."""
        found = validate(
            stream,
            intake_format=format_by_key(key),
            mapping=mapping,
            context=pipeline.reading_context(timezone.now()),
        )
        self.stdout.write(
            f"{key}: {found.declarations} declarations with {found.items} items would be stored,"
            f" {found.rejected} rejected, {found.quarantined} items kept aside,"
            f" {found.warnings} warnings"
        )
        self._show_readings(found.table_readings)
        self._show_issues(found.issues, lang)
        if found.failure_code:
            raise CommandError(f"line {found.failure_line}: {found.failure_code}")
        if not found.is_clean:
            raise CommandError("not all of it would be stored")

    def _show_readings(self, readings: Iterable[TableReading]) -> None:
        """How each table was read, and what tells it."""
        for reading in readings:
            told = reading.evidence.items()
            habits = ", ".join(
                f"{habit} {getattr(reading, habit)!r} ({evidence})" for habit, evidence in told
            )
            self.stdout.write(f"  {reading.file} {habits}".rstrip())

    def _show_issues(self, issues: Iterable[Issue | IntakeIssue], lang: str) -> None:
        for issue in islice(issues, SHOWN_ISSUES):
            sentence = issue_sentence(
                issue.code, lang, field=issue.field, value=issue.value, allowed=issue.allowed
            )
            place = f" {issue.column}" if issue.column else ""
            self.stdout.write(
                f"  line {issue.line}{place} {issue.severity} {issue.code}: {sentence}"
            )

    def _show_receipt(self, batch: IntakeBatch, lang: str) -> None:
        batch.refresh_from_db()
        self.stdout.write(
            f"batch {batch.public_id}: {batch.get_state_display()}; "
            f"{batch.declaration_count} declarations with {batch.item_count} items stored, "
            f"{batch.unchanged_count} unchanged, {batch.rejected_count} rejected, "
            f"{batch.issue_count} issues"
        )
        if batch.failure_code:
            self.stdout.write(f"failure: {batch.failure_code} {batch.failure_detail}")
        self._show_readings(msgspec.convert(batch.table_readings, list[TableReading]))
        self._show_issues(batch.issues.order_by("line", "pk")[:SHOWN_ISSUES], lang)
        if batch.issue_count > SHOWN_ISSUES:
            self.stdout.write(f"  … and {batch.issue_count - SHOWN_ISSUES} more in the receipt")


def _format_and_mapping(
    path: Path, stream: BinaryIO, options: dict[str, Any]
) -> tuple[str, CsvMapping | None]:
    key = options["format"]
    if key is None:
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        key = detect_format(path.name, "", head).key
    mapping = None
    if options["mapping"]:
        folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "mappings"
        mapping = mapping_by_key(folder, options["mapping"])
        mapping = with_habits(mapping, {habit: options[habit] for habit in CHOOSABLE})
    format_by_key(key).check_mapping(mapping)
    return key, mapping


def _standing(batch: IntakeBatch) -> Standing:
    batch.refresh_from_db()
    label = f"{batch.file_name or batch.public_id}: {batch.get_state_display()}"
    if read := bytes_read(batch):
        label += f", {read / 1_000_000:.1f} MB read"
    return Standing(
        label=label,
        percent=progress_of(batch),
        is_finished=batch.state in (BatchState.DONE, BatchState.FAILED, BatchState.CANCELLED),
    )
