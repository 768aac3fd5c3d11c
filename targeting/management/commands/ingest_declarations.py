"""Take in a file of declarations from the command line."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from shipments.domain.errors import ShipmentsError
from shipments.domain.formats import FORMATS, detect_format, format_by_key
from shipments.domain.formats.base import MappingUse
from shipments.domain.formats.mapping import mapping_by_key
from shipments.models import IntakeBatch
from shipments.models.choices import BatchState
from shipments.selectors.receipts import progress_of
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
        parser.add_argument("--no-wait", action="store_true", help="return once it is stored")
        parser.add_argument("--timeout", type=float, default=3600, help="seconds to wait")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                batch = self._receive(path, stream, options)
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
        self._show_receipt(batch)

    def _receive(self, path: Path, stream: Any, options: dict[str, Any]) -> IntakeBatch:
        key = options["format"]
        if key is None:
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
            key = detect_format(path.name, "", head).key
        if options["mapping"]:
            folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "mappings"
            mapping_by_key(folder, options["mapping"])
        elif format_by_key(key).mapping_use is MappingUse.REQUIRED:
            raise CommandError(f"{key} needs --mapping, which tells what its columns mean")
        return pipeline.receive(
            submitter=register_submitter(key=options["submitter"]),
            content=File(stream, name=path.name),
            format_key=key,
            mapping_key=options["mapping"],
            file_name=path.name,
            received_at=timezone.now(),
        )

    def _show_receipt(self, batch: IntakeBatch) -> None:
        batch.refresh_from_db()
        self.stdout.write(
            f"batch {batch.public_id}: {batch.get_state_display()}; "
            f"{batch.declaration_count} declarations with {batch.item_count} items stored, "
            f"{batch.unchanged_count} unchanged, {batch.rejected_count} rejected, "
            f"{batch.issue_count} issues"
        )
        if batch.failure_code:
            self.stdout.write(f"failure: {batch.failure_code} {batch.failure_detail}")
        for issue in batch.issues.order_by("line", "pk")[:SHOWN_ISSUES]:
            self.stdout.write(
                f"  line {issue.line} {issue.severity:10} {issue.field}: {issue.code}"
                f" {issue.value!r} (allowed: {issue.allowed})"
            )
        if batch.issue_count > SHOWN_ISSUES:
            self.stdout.write(f"  … and {batch.issue_count - SHOWN_ISSUES} more in the receipt")


def _standing(batch: IntakeBatch) -> Standing:
    batch.refresh_from_db()
    return Standing(
        label=f"{batch.file_name or batch.public_id}: {batch.get_state_display()}",
        percent=progress_of(batch),
        is_finished=batch.state in (BatchState.DONE, BatchState.FAILED),
    )
