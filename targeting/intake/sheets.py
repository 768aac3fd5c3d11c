"""What was wrong in a message as CSV or XLSX: to read it, and to correct it and send it again.

Formulas in the files are made harmless, and reading us restores the texts.
"""

from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.http import FileResponse

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.corrections import rows_to_correct
from shipments.domain.issue_sentences import issue_sentence
from shipments.domain.sheets import CellTooLong, write_csv_sheet, write_xlsx_sheet
from shipments.models import IntakeBatch
from shipments.selectors.receipts import list_issues
from shipments.services.raw_messages import open_message
from targeting import pipeline

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_SHEET_ROWS = 1_000_000  # Excel's own, nearly
ISSUE_COLUMNS = (
    *("line", "registration_number", "field", "column", "code", "severity", "value", "allowed"),
)
_IN_MEMORY_BYTES = 1024 * 1024


def rejects_file(batch: IntakeBatch, *, wanted: str, lang: str) -> FileResponse:
    """The rows of a table that were not stored. Raises InvalidValue ``not_a_table`` for other
    formats, MessageRemoved and UnreadableFile as reading does."""
    with open_message(batch) as stream:
        found = rows_to_correct(
            stream,
            format_key=batch.format_key,
            mapping=pipeline.mapping_of(batch),
            context=pipeline.reading_context(batch.received_at),
            lang=lang,
        )
        name = f"{batch.public_id}-rejects"
        return _file(wanted, name, found.heading, found.rows, found.delimiter)


def issues_file(batch: IntakeBatch, *, wanted: str, lang: str) -> FileResponse:
    """Everything that was wrong, with a sentence for each."""
    rows = (
        [
            *(
                "" if (value := getattr(issue, name)) is None else str(value)
                for name in ISSUE_COLUMNS
            ),
            issue_sentence(
                issue.code,
                lang,
                field=issue.column or issue.field,
                value=issue.value,
                allowed=issue.allowed,
            ),
            issue.raw,
        ]
        for issue in list_issues(batch=batch).iterator(chunk_size=1_000)
    )
    return _file(wanted, f"{batch.public_id}-issues", [*ISSUE_COLUMNS, "message", "source"], rows)


def _file(
    wanted: str,
    name: str,
    heading: Sequence[str],
    rows: Iterable[Sequence[str]],
    delimiter: str = ",",
) -> FileResponse:
    """The table in a temporary file, on disk beyond 1 MiB, which the answer closes."""
    spool = cast(BinaryIO, SpooledTemporaryFile(_IN_MEMORY_BYTES))  # noqa: SIM115 (outlives this)
    if wanted == CSV:
        for piece in write_csv_sheet(heading, rows, delimiter):
            spool.write(piece)
    else:
        try:
            write_xlsx_sheet(spool, "issues", heading, _bounded(rows))
        except CellTooLong as fault:
            raise InvalidValue(
                "sheet_too_long", value=f"line {fault.line}", allowed=f"{fault.allowed}, or as=csv"
            ) from None
    spool.seek(0)
    return FileResponse(
        spool, as_attachment=True, filename=f"{name}.{wanted}", content_type=MEDIA_TYPES[wanted]
    )


def _bounded(rows: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    for number, row in enumerate(rows, 1):
        if number > MAX_SHEET_ROWS:
            raise InvalidValue("sheet_too_long", value=number, allowed="as=csv")
        yield row
