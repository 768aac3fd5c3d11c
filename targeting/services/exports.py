"""Exports: rows written into a file in the background, by a job with one stage run.

The run tells after every so many rows how far it is, which renews its lease too: another worker
that took it over makes it stop. Each attempt has a file of its own name, so that of two at once
neither writes into the other's.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from tempfile import TemporaryFile

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from risk.domain.lists.sheets import SheetFormat, write_sheet_into
from risk.services.judging import Draws
from shipments.models import Job, StageRun
from shipments.models.choices import JobKind, JobState
from shipments.services import jobs, stage_runs
from targeting.domain.errors import ExportsRunning
from targeting.domain.exports import MOST_RUNNING, ExportResource
from targeting.models import Export, User
from targeting.selectors.exports import Parameters
from targeting.services.exportable import EXPORTABLE

TOLD_AFTER_ROWS = 1_000

Row = Mapping[str, str]


def open_export(
    *,
    owner: User,
    resource: ExportResource,
    parameters: Parameters,
    sheet_format: SheetFormat,
    now: datetime,
) -> tuple[Export, bool]:
    """An export with its job, nothing written yet, and whether it is new: who asks for the same
    while it runs has it already.

    The caller holds the transaction, and looked whether the owner may. Locks the owner's row.
    Raises ExportRefused and ExportsRunning.
    """
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    running = Export.objects.filter(owner=owner, job__state=JobState.RUNNING)
    same = running.filter(
        resource=resource, parameters=dict(parameters), sheet_format=sheet_format
    ).first()
    if same:
        return same, False
    if running.count() >= MOST_RUNNING:
        raise ExportsRunning(allowed=f"{MOST_RUNNING} at a time")
    rows = EXPORTABLE[resource].rows(parameters, owner)
    opened = Export.objects.create(
        owner=owner,
        job=jobs.start_job(kind=JobKind.EXPORT, actor=owner.actor, now=now),
        resource=resource,
        parameters=dict(parameters),
        sheet_format=sheet_format,
        file_name=f"{rows.name}.{sheet_format}",
        row_count=rows.total,
        expires_at=_expiry(now),
    )
    return opened, True


def do_chunk(*, run: StageRun, draws: Draws) -> list[int]:
    """Write the file of an export and end its job; no run follows, and nothing is drawn.

    Raises LeaseLost when another worker has it, or when somebody ended the export.
    """
    lease = timedelta(seconds=settings.TARGETING["LEASE_SECONDS"])
    export = Export.objects.select_related("owner").filter(job=run.job_id).first()
    if export is None:
        raise stage_runs.LeaseLost(stage_run=run.pk)
    rows = EXPORTABLE[ExportResource(export.resource)].rows(export.parameters, export.owner)
    with TemporaryFile() as target:
        told = _telling(rows.read(), run, lease)
        write_sheet_into(target, SheetFormat(export.sheet_format), rows.columns, told)
        size = target.tell()
        target.seek(0)
        name = default_storage.save(_place(export, run.attempts), File(target))
    try:
        _complete(export, run, name=name, size=size, rows=rows.total)
    except BaseException:
        default_storage.delete(name)
        raise
    return []


def remove_export(*, export: Export) -> None:
    """End the export if it runs, and delete its file and all that is kept of it."""
    runs = StageRun.objects.filter(job=export.job_id)
    attempts = max(runs.values_list("attempts", flat=True), default=0)
    with transaction.atomic():
        jobs.lock_job(export.job_id)
        export.delete()
        Job.objects.filter(pk=export.job_id).delete()
    for attempt in range(1, attempts + 1):
        default_storage.delete(_place(export, attempt))


def remove_expired_exports(*, now: datetime) -> int:
    """Delete the exports whose time is over, with their files; how many."""
    expired = list(Export.objects.filter(expires_at__lte=now))
    for export in expired:
        remove_export(export=export)
    return len(expired)


def _telling(rows: Iterable[Row], run: StageRun, lease: timedelta) -> Iterator[Row]:
    """The rows; how many went by is stored from time to time, and the run kept by it."""
    for number, row in enumerate(rows, 1):
        if number % TOLD_AFTER_ROWS == 0:
            with stage_runs.redoable():
                now = timezone.now()
                stage_runs.renew_lease(run=run, now=now, lease=lease, counts={"row": number})
        yield row


@transaction.atomic
def _complete(export: Export, run: StageRun, *, name: str, size: int, rows: int) -> None:
    now = timezone.now()
    try:
        job = jobs.lock_job(export.job_id)
    except Job.DoesNotExist:
        raise stage_runs.LeaseLost(stage_run=run.pk) from None
    stage_runs.complete_run(run=run, counts={"row": rows}, now=now)
    export.file.name, export.size_bytes, export.row_count = name, size, rows
    export.expires_at = _expiry(now)
    export.save(update_fields=["file", "size_bytes", "row_count", "expires_at"])
    jobs.finish_job(job=job, now=now)


def _place(export: Export, attempt: int) -> str:
    """Where an attempt's file is kept; no word of it comes from a person."""
    return f"exports/{export.public_id}-{attempt}.{export.sheet_format}"


def _expiry(now: datetime) -> datetime:
    return now + timedelta(hours=settings.TARGETING["EXPORT_HOURS"])
